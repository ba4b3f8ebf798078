package layers

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// ZeroPad3D puts zeros around a volume: a convolution with padding "valid" behind
// it then reaches to the border, and sizes can be brought to what a network
// needs.
//
// It takes [N, D, H, W, C] and gives [N, D', H', W', C], each size longer by the
// zeros at both its ends.
type ZeroPad3D struct {
	// How many zeros: a number for all ends, three for depth, height and width, or
	// three pairs for the beginning and the end of each.
	Padding  [3][2]int `yaml:"padding" validate:"dive,dive,min=0"`
	Training `yaml:",inline"`
}

// Output is [D', H', W', C].
func (z *ZeroPad3D) Output(in []shape.Shape) (shape.Shape, error) {
	if err := volume(in[0]); err != nil || in[0] == nil {
		return nil, err
	}
	out := append(shape.Shape{}, in[0]...)
	for axis, ends := range z.Padding {
		if err := bounded(in[0], axis, "padding", ends); err != nil {
			return nil, err
		}
		out[axis] = in[0][axis].Plus(ends[0] + ends[1])
	}
	return out, nil
}

// bounded refuses numbers of voxels at the ends of an axis that no volume has.
func bounded(in shape.Shape, axis int, setting string, ends [2]int) error {
	for _, n := range ends {
		comparison, remedy := "", ""
		switch {
		case n < 0:
			comparison, remedy = fmt.Sprintf("%d < 0", n), fmt.Sprintf("make %s at least 0", setting)
		case n > longest:
			comparison, remedy = fmt.Sprintf("%d > %d", n, longest), fmt.Sprintf("make %s no longer than a volume", setting)
		default:
			continue
		}
		return &shape.Mismatch{
			Fault: shape.Setting, Settings: []string{setting}, Input: in, Axis: axis,
			Problem:    fmt.Sprintf("%s is %d along the %s", setting, n, shape.AxisName(4, axis)),
			Arithmetic: comparison,
			Remedy:     remedy,
		}
	}
	return nil
}

// Weights are none.
func (z *ZeroPad3D) Weights([]shape.Shape) []nn.Weight { return nil }

// Space: the way back looks at neither.
func (z *ZeroPad3D) Space([]shape.Shape, shape.Shape, bool) nn.Space {
	return nn.Space{ForgetsInput: true, ForgetsOutput: true}
}

// Build makes the layer alive.
func (z *ZeroPad3D) Build(site nn.Site[float32]) nn.Layer[float32] {
	return newPlacement(site, beginnings(z.Padding, 1))
}

// Build64 makes the layer alive in double precision.
func (z *ZeroPad3D) Build64(site nn.Site[float64]) nn.Layer[float64] {
	return newPlacement(site, beginnings(z.Padding, 1))
}

// beginnings are the numbers at the beginning of each axis, times a sign.
func beginnings(ends [3][2]int, sign int) [3]int {
	return [3]int{sign * ends[0][0], sign * ends[1][0], sign * ends[2][0]}
}

// placement puts volumes into others at an offset: what sticks out is cut off,
// what is not covered is 0. The way back does the same in the other direction.
type placement[T tensor.Float] struct {
	// forth and back are the two ways: their sizes and offsets, and what flows.
	forth, back placing[T]
	one[T]
}

func newPlacement[T tensor.Float](site nn.Site[T], offset [3]int) *placement[T] {
	l := &placement[T]{
		forth: placing[T]{in: site.In[0], out: site.Out, offset: offset},
		back:  placing[T]{in: site.Out, out: site.In[0], offset: [3]int{-offset[0], -offset[1], -offset[2]}},
	}
	l.forth.work, l.back.work = l.forth.plane, l.back.plane
	return l
}

func (l *placement[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	return l.forth.place(p, x[0])
}

func (l *placement[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	if !need[0] {
		return l.of(nil)
	}
	return l.of(l.back.place(p, dy))
}

// placing copies volumes of sizes in, row by row, to the offset in those of sizes
// out.
type placing[T tensor.Float] struct {
	in, out []int
	offset  [3]int
	x, y    *tensor.Tensor[T]
	// work is plane, made once, so that a pass takes no memory for it.
	work func(chunk int)
}

func (l *placing[T]) place(p *nn.Pass[T], x *tensor.Tensor[T]) *tensor.Tensor[T] {
	l.x, l.y = x, p.Arena.New(x.Batch(), l.out...)
	p.Pool.Run(x.Batch()*l.out[0], l.work)
	return l.y
}

// plane fills a plane of the output.
func (l *placing[T]) plane(chunk int) {
	in, out, offset, channels := l.in, l.out, l.offset, l.in[3]
	row, plane := out[2]*channels, out[1]*out[2]*channels
	// The part of a row of the output that is covered, and where it comes from.
	from, to := max(0, offset[2])*channels, min(out[2], in[2]+offset[2])*channels
	start := max(0, -offset[2]) * channels
	n, d := chunk/out[0], chunk%out[0]-offset[0]
	into := l.y.Data[chunk*plane:][:plane]
	if d < 0 || d >= in[0] {
		clear(into)
		return
	}
	for h := range out[1] {
		line, r := into[h*row:][:row], h-offset[1]
		if r < 0 || r >= in[1] || from >= to {
			clear(line)
			continue
		}
		clear(line[:from])
		copy(line[from:to], l.x.Data[((n*in[0]+d)*in[1]+r)*in[2]*channels+start:])
		clear(line[to:])
	}
}
