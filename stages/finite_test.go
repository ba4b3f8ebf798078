package stages

import (
	"errors"
	"math"
	"testing"
)

func TestFinite(t *testing.T) {
	values := make([]float32, 4)
	if err := finite(2, values); err != nil {
		t.Errorf("zeros: %v", err)
	}
	values[1], values[2] = float32(math.NaN()), float32(math.Inf(-1))
	var fault *notFinite
	if err := finite(2, values); !errors.As(err, &fault) || *fault != (notFinite{example: 2, wrong: 2, of: 4}) {
		t.Errorf("got %v", err)
	}
}
