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

	// What flows back, and to which of the inputs.
	dy, dx *tensor.Tensor[T]
	which  int
	// work is done on every stretch, one of the two below it; they are made once, as
	// what runs them is, so that a pass takes no memory for them.
	work        func(x [][]T, from, to int)
	forth, back func(x [][]T, from, to int)
	// chunks works on a stretch, or a stretch of rows; gathers on an example.
	chunks, gathers func(chunk int)
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
	l.forth, l.back, l.chunks, l.gathers = l.join, l.part, l.chunk, l.gather
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
	l.stretches(p, l.forth)
	return l.y
}

// join sets elements [from, to) of the output, given the inputs' values there.
func (l *combination[T]) join(x [][]T, from, to int) { l.value(x, l.y.Data[from:to]) }

// stretches calls work for elements [from, to) of the output and the inputs'
// values there, several at the same time.
func (l *combination[T]) stretches(p *nn.Pass[T], work func(x [][]T, from, to int)) {
	l.work = work
	count := stretchCount(len(l.y.Data))
	if !l.whole {
		count = rowStretches(l.y.Batch()*l.rows, l.width)
	}
	l.crew(count)
	p.Pool.Run(count, l.chunks)
}

// chunk works on a stretch.
func (l *combination[T]) chunk(i int) {
	if !l.whole {
		from, to := rowStretch(i, l.y.Batch()*l.rows, l.width)
		l.eachRow(&l.hands[i], from, to, l.work)
		return
	}
	from, to := stretchOf(i, len(l.y.Data))
	x := l.hands[i].x
	for k, t := range l.x {
		x[k] = t.Data[from:to]
	}
	l.work(x, from, to)
}

// crew readies so many hands.
func (l *combination[T]) crew(n int) {
	for len(l.hands) < n {
		h := hand[T]{x: make([][]T, len(l.in))}
		if !l.whole {
			h.filled, h.row = make([][]T, len(l.in)), make([]T, l.width)
		}
		l.hands = append(l.hands, h)
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
	l.dy = dy
	for which := range l.x {
		l.which = which
		switch {
		case !need[which]:
			l.grads[which] = nil
		case l.slope == nil && l.whole:
			l.grads[which] = dy
		case l.starts[which] == nil:
			l.dx = p.Arena.New(dy.Batch(), l.out...)
			l.stretches(p, l.back)
			l.grads[which] = l.dx
		default:
			l.grads[which] = l.gathered(p)
		}
	}
	return l.grads
}

// part sets a stretch of the gradient by an input.
func (l *combination[T]) part(x [][]T, from, to int) { l.slopes(x, from, to, l.dx.Data[from:to]) }

func (l *combination[T]) slopes(x [][]T, from, to int, dx []T) {
	if l.slope == nil {
		copy(dx, l.dy.Data[from:to])
		return
	}
	l.slope(x, l.which, l.y.Data[from:to], l.dy.Data[from:to], dx)
}

// gathered is the gradient by an input that was repeated: the sum over all places
// where each of its values went.
func (l *combination[T]) gathered(p *nn.Pass[T]) *tensor.Tensor[T] {
	batch := l.dy.Batch()
	l.dx = p.Arena.New(batch, l.in[l.which]...)
	l.sums = grown(l.sums, len(l.dx.Data))
	clear(l.sums)
	l.crew(batch)
	p.Pool.Run(batch, l.gathers)
	return l.dx
}

// gather sums up what goes back to an example of such an input.
func (l *combination[T]) gather(n int) {
	h, size, starts, narrow := &l.hands[n], l.dx.Stride(), l.starts[l.which], l.narrow[l.which]
	sums := l.sums[n*size : (n+1)*size]
	l.eachRow(h, n*l.rows, (n+1)*l.rows, func(x [][]T, from, to int) {
		l.slopes(x, from, to, h.row)
		into := sums[starts[from/l.width%l.rows]:]
		if narrow {
			for _, v := range h.row {
				into[0] += float64(v)
			}
			return
		}
		for i, v := range h.row {
			into[i] += float64(v)
		}
	})
	for i, v := range sums {
		l.dx.Data[n*size+i] = T(v)
	}
}
