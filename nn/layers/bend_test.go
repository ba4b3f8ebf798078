package layers

import (
	"testing"

	"github.com/voxelpipe/pipe/nn"
)

// TestBends: which activations are worked with the layer in front, and for which
// of them nothing in between is kept. That they give the same numbers as apart is
// shown with the other blocks.
func TestBends(t *testing.T) {
	for name, c := range map[string]struct {
		spec        nn.Spec
		bends, kept bool
	}{
		"leaky_relu":                {New(func(*LeakyReLU) {}), true, false},
		"leaky_relu, slope of -0.1": {New(func(l *LeakyReLU) { l.NegativeSlope = -0.1 }), true, true},
		"elu":                       {New(func(*Elu) {}), true, false},
		"elu, alpha of -1":          {New(func(e *Elu) { e.Alpha = -1 }), true, true},
		"relu of a threshold":       {New(func(r *ReLU) { r.Threshold = 1 }), true, true},
		"sigmoid":                   {New(func(*Sigmoid) {}), true, false},
		"gelu":                      {New(func(*Gelu) {}), true, true},
		"softmax":                   {New(func(*Softmax) {}), false, false},
	} {
		items := run(New(func(c *Conv3D) { c.Filters, c.KernelSize = 2, [3]int{1, 1, 1} }), c.spec.(nn.Unit))
		fused, _ := graphs(t, []int{3, 4, 5, 1}, items)
		if got := fusedLength(fused.Nodes) == 2; got != c.bends {
			t.Errorf("%s: worked with the layer in front: %t", name, got)
		}
		if inside := bendSpace(fused.Nodes, true, nil).Inside; c.bends && inside > 0 != c.kept {
			t.Errorf("%s: %d values in between are kept", name, inside)
		}
		if inside := bendSpace(fused.Nodes, false, nil).Inside; inside > 0 {
			t.Errorf("%s: %d values in between are kept without training", name, inside)
		}
	}
}
