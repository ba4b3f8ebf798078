package penalty

import (
	"math"
	"testing"

	"github.com/voxelpipe/pipe/nn"
)

// Values worked out by hand from the formulas in Keras' documentation.
func TestPenalty(t *testing.T) {
	for _, c := range []struct {
		name         string
		regularizer  nn.Regularizer
		w            float64
		value, slope float64
	}{
		{"l1 of a positive weight", &L1{Factor: 0.1}, 3, 0.3, 0.1},
		{"l1 of a negative weight", &L1{Factor: 0.1}, -3, 0.3, -0.1},
		{"l1 at rest", &L1{Factor: 0.1}, 0, 0, 0},
		{"l2 has no half", &L2{Factor: 0.1}, -3, 0.9, -0.6},
		{"both", &L1L2{L1: 0.1, L2: 0.01}, -2, 0.24, -0.14},
	} {
		value, slope := c.regularizer.Penalty(c.w)
		if math.Abs(value-c.value) > 1e-12 || math.Abs(slope-c.slope) > 1e-12 {
			t.Errorf("%s: Penalty(%g) = %g, %g, want %g, %g", c.name, c.w, value, slope, c.value, c.slope)
		}
	}
}

func TestTable(t *testing.T) {
	for _, name := range Table().Names() {
		settings, _ := Table().New(name)
		if _, ok := settings.(nn.Regularizer); !ok {
			t.Errorf("%s: %T is no regularizer", name, settings)
		}
		if _, err := Table().Manual(name); err != nil {
			t.Error(err)
		}
	}
	if l2, _ := Table().New("l2"); l2.(*L2).Factor != 0.01 {
		t.Errorf("l2 is %g by default, want Keras' 0.01", l2.(*L2).Factor)
	}
}
