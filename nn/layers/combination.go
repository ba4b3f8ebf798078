package layers

import (
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// combination joins inputs element by element. Inputs that are smaller than the
// output are repeated along the axes where they have size 1.
type combination[T tensor.Float] struct {
	// value sets y from stretches of the inputs that are as long.
	value func(x [][]T, y []T)
	// slope sets dx, the gradient by one of the inputs; nil where that is dy itself.
	slope func(x [][]T, which int, y, dy, dx []T)

	in  [][]int
	out []int
	// width is the size of the last axis, rows the number of rows of so many in an
	// example.
	width, rows int
	// starts[i] is nil for an input of the output's shape, else where in an example
	// of it the elements for each row begin; narrow[i] says that there is one alone.
	starts [][]int32
	narrow []bool
	whole  bool

	x     []*tensor.Tensor[T]
	y     *tensor.Tensor[T]
	grads []*tensor.Tensor[T]
	// sums are what goes back to an input that was repeated.
	sums []float64
	// hands are what each piece of work holds.
	hands []hand[T]
}

// hand is the inputs' values for a row, room for those that are filled with one
// value, and for a row of gradients.
type hand[T tensor.Float] struct {
	x, filled [][]T
	row       []T
}

func newCombination[T tensor.Float](site nn.Site[T], value func([][]T, []T), slope func([][]T, int, []T, []T, []T)) nn.Layer[T] {
	l := &combination[T]{value: value, slope: slope, in: site.In, out: site.Out, width: 1, whole: true}
	if rank := len(l.out); rank > 0 {
		l.width = l.out[rank-1]
	}
	l.rows = tensor.Elements(l.out) / l.width
	l.starts, l.narrow = make([][]int32, len(l.in)), make([]bool, len(l.in))
	for i, in := range l.in {
		if !slices.Equal(in, l.out) {
			l.whole = false
			l.starts[i] = l.rowsOf(in)
			l.narrow[i] = l.width > 1 && (len(in) == 0 || in[len(in)-1] == 1)
		}
	}
	return l
}

// rowsOf lists for each row of the output where the elements of an input begin.
func (l *combination[T]) rowsOf(in []int) []int32 {
	starts := make([]int32, l.rows)
	for row := range starts {
		rest, at, step := row, 0, 1
		if len(in) > 0 {
			step = in[len(in)-1]
		}
		for axis, own := len(l.out)-2, len(in)-2; axis >= 0; axis, own = axis-1, own-1 {
			place := rest % l.out[axis]
			rest /= l.out[axis]
			if own >= 0 && in[own] > 1 {
				at += place * step
			}
			if own >= 0 {
				step *= in[own]
			}
		}
		starts[row] = int32(at)
	}
	return starts
}

func (l *combination[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	l.x = append(l.x[:0], x...)
	l.y = p.Arena.New(x[0].Batch(), l.out...)
	l.stretches(p, func(x [][]T, from, to int) { l.value(x, l.y.Data[from:to]) })
	return l.y
}

// stretches calls work for elements [from, to) of the output and the inputs'
// values there, several at the same time.
func (l *combination[T]) stretches(p *nn.Pass[T], work func(x [][]T, from, to int)) {
	if l.whole {
		stretches(p.Pool, len(l.y.Data), func(from, to int) {
			x := make([][]T, len(l.x))
			for i, t := range l.x {
				x[i] = t.Data[from:to]
			}
			work(x, from, to)
		})
		return
	}
	rows, size := l.y.Batch()*l.rows, rowsAtATime(l.width)
	l.crew((rows + size - 1) / size)
	inRows(p.Pool, rows, l.width, func(from, to int) { l.eachRow(&l.hands[from/size], from, to, work) })
}

// crew readies so many hands.
func (l *combination[T]) crew(n int) {
	for len(l.hands) < n {
		l.hands = append(l.hands, hand[T]{x: make([][]T, len(l.in)), filled: make([][]T, len(l.in)), row: make([]T, l.width)})
	}
}

// eachRow calls work for rows [from, to).
func (l *combination[T]) eachRow(h *hand[T], from, to int, work func(x [][]T, from, to int)) {
	x, filled := h.x, h.filled
	for row := from; row < to; row++ {
		for i, t := range l.x {
			switch {
			case l.starts[i] == nil:
				x[i] = t.Data[row*l.width:][:l.width]
			case l.narrow[i]:
				filled[i] = grown(filled[i], l.width)
				fill(filled[i], t.Example(row / l.rows)[l.starts[i][row%l.rows]])
				x[i] = filled[i]
			default:
				x[i] = t.Example(row / l.rows)[l.starts[i][row%l.rows]:][:l.width]
			}
		}
		work(x, row*l.width, (row+1)*l.width)
	}
}

func fill[T tensor.Float](to []T, value T) {
	for i := range to {
		to[i] = value
	}
}

func (l *combination[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	l.grads = grown(l.grads, len(l.x))
	for which := range l.x {
		switch {
		case !need[which]:
			l.grads[which] = nil
		case l.slope == nil && l.whole:
			l.grads[which] = dy
		case l.starts[which] == nil:
			dx := p.Arena.New(dy.Batch(), l.out...)
			l.stretches(p, func(x [][]T, from, to int) { l.back(x, which, from, to, dy.Data[from:to], dx.Data[from:to]) })
			l.grads[which] = dx
		default:
			l.grads[which] = l.gathered(p, dy, which)
		}
	}
	return l.grads
}

// back sets a stretch of the gradient by an input.
func (l *combination[T]) back(x [][]T, which, from, to int, dy, dx []T) {
	if l.slope == nil {
		copy(dx, dy)
		return
	}
	l.slope(x, which, l.y.Data[from:to], dy, dx)
}

// gathered is the gradient by an input that was repeated: the sum over all places
// where each of its values went.
func (l *combination[T]) gathered(p *nn.Pass[T], dy *tensor.Tensor[T], which int) *tensor.Tensor[T] {
	dx := p.Arena.New(dy.Batch(), l.in[which]...)
	size := dx.Stride()
	l.sums = grown(l.sums, dy.Batch()*size)
	sums, starts := l.sums, l.starts[which]
	clear(sums)
	l.crew(dy.Batch())
	p.Pool.Run(dy.Batch(), func(n int) {
		h := &l.hands[n]
		row := h.row
		l.eachRow(h, n*l.rows, (n+1)*l.rows, func(x [][]T, from, to int) {
			l.back(x, which, from, to, dy.Data[from:to], row)
			into := sums[n*size+int(starts[from/l.width%l.rows]):]
			if l.narrow[which] {
				for _, v := range row {
					into[0] += float64(v)
				}
				return
			}
			for i, v := range row {
				into[i] += float64(v)
			}
		})
		for i, v := range sums[n*size : (n+1)*size] {
			dx.Data[n*size+i] = T(v)
		}
	})
	return dx
}
