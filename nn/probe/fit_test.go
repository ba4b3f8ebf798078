package probe_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/voxelpipe/pipe/nn/probe"
)

// TestFalling: what a loss does at the end of the steps, whatever it did before.
func TestFalling(t *testing.T) {
	losses := func(of func(step float64) float64) *probe.Fit {
		f := &probe.Fit{}
		for i := range 300 {
			f.Losses = append(f.Losses, of(float64(i)))
		}
		return f
	}
	noise := rand.New(rand.NewPCG(1, 2))
	for name, c := range map[string]struct {
		fit  *probe.Fit
		want float64
	}{
		"evenly":                  {losses(func(i float64) float64 { return 1 - 0.001*i }), 0.001},
		"fast, and then no more":  {losses(func(i float64) float64 { return 1 + 9*math.Exp(-i/5) }), 0},
		"only up":                 {losses(func(i float64) float64 { return 1 + 0.001*i }), 0},
		"noise":                   {losses(func(float64) float64 { return 0.7 + 0.2*noise.NormFloat64() }), 0},
		"too few steps to say it": {&probe.Fit{Losses: []float64{1, 0.9, 0.8}}, 0},
	} {
		if got := c.fit.Falling(); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s: %g, want %g", name, got, c.want)
		}
	}
	// Learnt in 250 steps of which the training makes 100, and nothing by then; and what
	// is just not so late.
	slow := losses(func(i float64) float64 { return 1 - 0.0004*max(0, i-60) })
	slow.Steps, slow.Done, slow.Prior = 250, true, 1
	if !slow.Late(100) || slow.Late(125) || slow.Late(0) {
		t.Errorf("late for 100 steps, 125, 0: %t %t %t", slow.Late(100), slow.Late(125), slow.Late(0))
	}
	early := losses(func(i float64) float64 { return 1 - 0.001*i })
	early.Steps, early.Done, early.Prior = 250, true, 1
	if early.Late(100) {
		t.Error("what has lost a tenth is late")
	}
	diverged := losses(func(i float64) float64 { return 1 - 0.001*i })
	diverged.Diverged = true
	if diverged.Falling() != 0 {
		t.Error("a loss that is not finite falls")
	}
}
