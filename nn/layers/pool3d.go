package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
)

// Pool3D is what the pooling layers have in common.
type Pool3D struct {
	// The size of the window along depth, height and width.
	PoolSize [3]int `yaml:"pool_size" validate:"dive,min=1"`
	// How far the window moves at each step; pool_size if not given, so that
	// windows touch and do not overlap.
	Strides [3]int `yaml:"strides" validate:"dive,min=0"`
	// The treatment of the border: "valid" leaves out a rest in which the window
	// does not fit, so a size becomes floor((size - pool_size) / strides) + 1; "same"
	// lets the window stick out evenly, so that it becomes ceil(size / strides).
	// What sticks out counts for nothing.
	Padding  string `yaml:"padding" validate:"oneof=valid same"`
	Training `yaml:",inline"`
}

func (p *Pool3D) window() *window {
	w := &window{noun: "window", setting: "pool_size", size: p.PoolSize, strides: p.Strides, dilations: [3]int{1, 1, 1}, padding: p.Padding}
	if w.strides == ([3]int{}) {
		w.strides = w.size
	}
	return w
}

// Output is [D', H', W', C].
func (p *Pool3D) Output(in []shape.Shape) (shape.Shape, error) {
	if err := volume(in[0]); err != nil || in[0] == nil {
		return nil, err
	}
	out, err := p.window().output(in[0])
	if err != nil {
		return nil, err
	}
	return shape.Shape{out[0], out[1], out[2], in[0][3]}, nil
}

// Weights are none.
func (p *Pool3D) Weights([]shape.Shape) []nn.Weight { return nil }

// geometry is the window at a place, for the kernels.
func (p *Pool3D) geometry(in, out []int) kernel.Pooling {
	w := p.window()
	return kernel.Pooling{
		D: in[0], H: in[1], W: in[2], C: in[3],
		OD: out[0], OH: out[1], OW: out[2],
		KD: w.size[0], KH: w.size[1], KW: w.size[2],
		SD: w.strides[0], SH: w.strides[1], SW: w.strides[2],
		PD: w.front(0, in[0], out[0]), PH: w.front(1, in[1], out[1]), PW: w.front(2, in[2], out[2]),
	}
}
