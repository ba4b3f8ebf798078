package layers

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

// Residual adds its input to what its layers make of it. They need only learn the
// difference, and gradients reach the layers above unweakened (He et al., 2016). An activation behind the sum is written as the next layer.
//
// The weights inside are named after it: `residual__conv3d/kernel`.
type Residual struct {
	// The layers. The first takes the residual's input, the last gives what is
	// added to it.
	Layers []nn.Item `yaml:"layers" validate:"required,min=1"`
	// How the input reaches the sum: "identity" as it is, so the layers must keep
	// its shape; "projection" through a convolution with kernel_size 1 (a dense
	// layer where examples are vectors) that brings it to the shape of their output.
	Shortcut string `yaml:"shortcut" validate:"oneof=identity projection"`
	Training `yaml:",inline"`
}

// The ways of the input to the sum.
const (
	identity   = "identity"
	projection = "projection"
)

// Expand gives the layers, the projection if there is one, and the sum.
func (r *Residual) Expand(in shape.Shape) ([]nn.Item, error) {
	if len(r.Layers) == 0 {
		return nil, &shape.Mismatch{
			Fault: shape.Setting, Settings: []string{"layers"}, Input: in, Axis: -1,
			Problem: "there is no layer to add the input to", Arithmetic: "0 layers", Remedy: "give it at least one layer",
		}
	}
	items := append([]nn.Item{}, r.Layers...)
	last := items[len(items)-1].ID
	shortcut := nn.Outer
	if r.Shortcut == projection {
		project, err := r.project(in)
		if err != nil {
			return nil, err
		}
		if project != nil {
			shortcut = r.unused("shortcut")
			items = append(items, nn.Item{ID: shortcut, From: []string{nn.Outer}, Unit: project})
		}
	}
	sum := nn.Item{ID: r.unused("add"), From: []string{shortcut, last}, Unit: New(func(a *Add) { a.shortcut = true })}
	return append(items, sum), nil
}

// project is the layer that brings the input to the shape of the layers' output;
// nil where that cannot be said yet, or where a layer was refused, which is
// reported by itself.
func (r *Residual) project(in shape.Shape) (nn.Unit, error) {
	graph, refusals := nn.Resolve(in, r.Layers)
	out := graph.Output()
	if len(refusals) > 0 || in == nil || out == nil || in.Rank() == 0 {
		return nil, nil
	}
	channels, known := out[out.Rank()-1].Known()
	if !known || in.Rank() != out.Rank() {
		return nil, nil
	}
	switch in.Rank() {
	case 1:
		return New(func(d *Dense) { d.Units = channels }), nil
	case 4:
		strides, err := r.strides(in, out)
		if err != nil {
			return nil, err
		}
		return New(func(c *Conv3D) {
			c.Filters, c.KernelSize, c.Strides = channels, [3]int{1, 1, 1}, strides
		}), nil
	}
	return nil, nil
}

// strides are those with which a window of size 1 gives the spatial sizes of the
// output: ceil(in / stride) = out.
func (r *Residual) strides(in, out shape.Shape) ([3]int, error) {
	var strides [3]int
	for axis := range strides {
		stride, reaches := strideBetween(in[axis], out[axis])
		if !reaches {
			return strides, r.unreachable(in, out, axis)
		}
		strides[axis] = stride
	}
	return strides, nil
}

// strideBetween is the stride with which ceil(in / stride) = out; false if there is
// none.
func strideBetween(in, out shape.Dim) (stride int, reaches bool) {
	n, knownIn := in.Known()
	m, knownOut := out.Known()
	if knownIn && knownOut {
		stride = max(1, (n+m-1)/m)
		return stride, !shape.Of(n).CeilDiv(stride).Differs(out)
	}
	for stride = 1; stride < largestStride; stride++ {
		if in.CeilDiv(stride).Equal(out) {
			return stride, true
		}
	}
	return 1, true // it is worked out again once the sizes are known
}

// largestStride is how far strides are looked for while sizes are symbols.
const largestStride = 64

// projected says how the two inputs of a residual's sum can be brought together.
func projected(m *shape.Mismatch, in []shape.Shape) {
	rank := in[0].Rank()
	if rank != in[1].Rank() || rank != 1 && rank != 4 {
		return
	}
	m.Settings, m.Remedy = []string{"shortcut"}, "use shortcut: projection"
	for axis := range rank - 1 {
		if _, reaches := strideBetween(in[0][axis], in[1][axis]); !reaches {
			m.Settings, m.Remedy = nil, "use padding: same in the layers"
		}
	}
}

func (r *Residual) unreachable(in, out shape.Shape, axis int) error {
	return &shape.Mismatch{
		Fault: shape.Disagree, Settings: []string{"layers", "shortcut"}, Input: in, Axis: axis,
		Problem:    fmt.Sprintf("no stride brings the input to the shape %s of the layers' output", out.Batch()),
		Arithmetic: fmt.Sprintf("ceil(%s / stride) = %s has no whole solution along the %s", in[axis], out[axis], shape.AxisName(4, axis)),
		Remedy:     "use padding: same in the layers",
	}
}

// unused is the name, with a number behind it if a layer has it already.
func (r *Residual) unused(name string) string {
	for free, n := name, 1; ; free, n = fmt.Sprintf("%s_%d", name, n), n+1 {
		taken := false
		for _, item := range r.Layers {
			taken = taken || item.ID == free
		}
		if !taken {
			return free
		}
	}
}
