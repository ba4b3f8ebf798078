package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Concatenate puts its inputs one behind the other along an axis, by default the
// channels. Along all other axes they must have the same sizes.
type Concatenate struct {
	// The axis, counted with the batch as axis 0; negative numbers count from the
	// end, so -1 is the channels.
	Axis     int `yaml:"axis"`
	merging  `yaml:"-"`
	Training `yaml:",inline"`
}

// Output is the inputs' shape, with the sum of their sizes along the axis.
func (c *Concatenate) Output(in []shape.Shape) (shape.Shape, error) {
	if err := several(in); err != nil {
		return nil, err
	}
	var known shape.Shape
	for _, s := range in {
		if s != nil {
			known = s
			break
		}
	}
	if known == nil {
		return nil, nil
	}
	axis, ok := exampleAxis(c.Axis, known.Rank())
	if !ok {
		return nil, wrongAxis(c.Axis, known)
	}
	out, err := agreed(in, axis)
	if err != nil {
		return nil, err
	}
	out[axis] = shape.Of(0)
	for _, s := range in {
		if s == nil {
			return nil, nil
		}
		out[axis] = out[axis].Add(s[axis])
	}
	return out, nil
}

// Space: the way back looks at neither.
func (c *Concatenate) Space([]shape.Shape, shape.Shape, bool) nn.Space {
	return nn.Space{ForgetsInput: true, ForgetsOutput: true}
}

// Build makes the layer alive.
func (c *Concatenate) Build(site nn.Site[float32]) nn.Layer[float32] {
	return newConcatenation(c.Axis, site)
}

// Build64 makes the layer alive in double precision.
func (c *Concatenate) Build64(site nn.Site[float64]) nn.Layer[float64] {
	return newConcatenation(c.Axis, site)
}

// concatenation sees each input as rows, one for each position in front of the
// axis; a row of the output is the inputs' rows one behind the other.
type concatenation[T tensor.Float] struct {
	in  [][]int
	out []int
	// rows is the number of rows of an example, widths[i] the length of input i's,
	// width that of the output's.
	rows, width int
	widths      []int
	batch       int
	grads       []*tensor.Tensor[T]
}

func newConcatenation[T tensor.Float](axis int, site nn.Site[T]) *concatenation[T] {
	axis, _ = exampleAxis(axis, len(site.Out))
	l := &concatenation[T]{in: site.In, out: site.Out, rows: tensor.Elements(site.Out[:axis]), width: tensor.Elements(site.Out[axis:])}
	for _, in := range site.In {
		l.widths = append(l.widths, tensor.Elements(in[axis:]))
	}
	l.grads = make([]*tensor.Tensor[T], len(site.In))
	return l
}

func (l *concatenation[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	l.batch = x[0].Batch()
	y := p.Arena.New(l.batch, l.out...)
	at := 0
	for i, width := range l.widths {
		inRows(p.Pool, l.batch*l.rows, l.width, func(from, to int) {
			for row := from; row < to; row++ {
				copy(y.Data[row*l.width+at:][:width], x[i].Data[row*width:])
			}
		})
		at += width
	}
	return y
}

func (l *concatenation[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	at := 0
	for i, width := range l.widths {
		l.grads[i] = nil
		if need[i] {
			dx := p.Arena.New(l.batch, l.in[i]...)
			inRows(p.Pool, l.batch*l.rows, l.width, func(from, to int) {
				for row := from; row < to; row++ {
					copy(dx.Data[row*width:][:width], dy.Data[row*l.width+at:])
				}
			})
			l.grads[i] = dx
		}
		at += width
	}
	return l.grads
}
