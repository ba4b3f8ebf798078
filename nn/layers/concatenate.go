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

	x, grads []*tensor.Tensor[T]
	y, dy    *tensor.Tensor[T]
	// forth and back work on a stretch of rows; they are made once, so that a pass
	// takes no memory for them.
	forth, back func(stretch int)
}

func newConcatenation[T tensor.Float](axis int, site nn.Site[T]) *concatenation[T] {
	axis, _ = exampleAxis(axis, len(site.Out))
	l := &concatenation[T]{in: site.In, out: site.Out, rows: tensor.Elements(site.Out[:axis]), width: tensor.Elements(site.Out[axis:])}
	for _, in := range site.In {
		l.widths = append(l.widths, tensor.Elements(in[axis:]))
	}
	l.grads = make([]*tensor.Tensor[T], len(site.In))
	l.forth, l.back = l.join, l.part
	return l
}

func (l *concatenation[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	l.x, l.y = append(l.x[:0], x...), p.Arena.New(x[0].Batch(), l.out...)
	p.Pool.Run(rowStretches(l.y.Batch()*l.rows, l.width), l.forth)
	return l.y
}

// join fills some rows of the output.
func (l *concatenation[T]) join(stretch int) {
	from, to := rowStretch(stretch, l.y.Batch()*l.rows, l.width)
	y, at := l.y.Data[from*l.width:to*l.width], 0
	for i, width := range l.widths {
		copyRows(y[at:], l.width, l.x[i].Data[from*width:to*width], width, width)
		at += width
	}
}

func (l *concatenation[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	l.dy = dy
	for i := range l.widths {
		l.grads[i] = nil
		if need[i] {
			l.grads[i] = p.Arena.New(dy.Batch(), l.in[i]...)
		}
	}
	p.Pool.Run(rowStretches(dy.Batch()*l.rows, l.width), l.back)
	return l.grads
}

// part takes some rows of the gradient apart.
func (l *concatenation[T]) part(stretch int) {
	from, to := rowStretch(stretch, l.dy.Batch()*l.rows, l.width)
	up, at := l.dy.Data[from*l.width:to*l.width], 0
	for i, width := range l.widths {
		if l.grads[i] != nil {
			copyRows(l.grads[i].Data[from*width:to*width], width, up[at:], l.width, width)
		}
		at += width
	}
}

// copyRows copies the first so many elements of rows that lie steps apart, as many
// as there are in both.
func copyRows[T tensor.Float](to []T, toStep int, from []T, fromStep, width int) {
	for row := 0; row*toStep < len(to) && row*fromStep < len(from); row++ {
		copy(to[row*toStep:][:width], from[row*fromStep:])
	}
}
