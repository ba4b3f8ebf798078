package layers

import (
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

func TestConvolutionCounts(t *testing.T) {
	c := convolution(func(c *Conv3D) { c.Filters, c.KernelSize, c.Groups = 8, [3]int{3, 3, 3}, 2 })
	graph, refusals := nn.Resolve(shape.New(10, 12, 12, 4), []nn.Item{{ID: "conv3d", Unit: c}})
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	trained, fixed := graph.Weights(graph.Last())
	if !trained.Is(3*3*3*2*8+8) || !fixed.Is(0) {
		t.Errorf("%s trained and %s fixed weights", trained, fixed)
	}
	if macs := graph.MACs(graph.Last()); !macs.Is(8 * 10 * 10 * 8 * 27 * 2) {
		t.Errorf("%s multiply-adds", macs)
	}
}

// linear says that there is no activation, so there is no node for it.
func TestLinearIsNoActivation(t *testing.T) {
	for _, c := range []struct {
		then Activation
		want nn.Spec
	}{{nil, nil}, {New(func(*Linear) {}), nil}, {&ReLU{}, &ReLU{}}} {
		got := convolution(func(l *Conv3D) { l.Then = c.then }).Activation()
		if (got == nil) != (c.want == nil) {
			t.Errorf("activation %v gives %v", c.then, got)
		}
	}
}
