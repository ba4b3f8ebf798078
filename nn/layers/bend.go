package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// A bend is a convolution, transposed or not, or a dense layer worked in one go with an activation that
// is a curve and no plain rectifier (see block for that one). The activation is
// computed from each piece of the convolution's output while that is in the cache.
// Where its slope follows from its own output, what lies between is never stored.

// bends says that a layer is such an activation, and whether its slope follows from
// its output: then the output is above 0 exactly where the input is, or the slope
// does not look at the input at all.
func bends(spec nn.Spec) (bends, fromOutput bool) {
	switch s := spec.(type) {
	case *Sigmoid, *Tanh, *Selu:
		return true, true
	case *Elu:
		return true, s.Alpha >= 0
	case *LeakyReLU:
		return true, s.NegativeSlope >= 0
	case *ReLU:
		return true, s.MaxValue == nil && s.Threshold == 0 && s.NegativeSlope >= 0
	case *Gelu, *Silu, *Softplus:
		return true, false
	}
	return false, false
}

// fusedLength is how many nodes of a run are worked together with the convolution
// or dense layer in front.
func fusedLength(run []nn.Node) int {
	if n := max(newPattern(run, 1).length, normedLength(run, 1)); n > 1 || len(run) == 1 {
		return n
	}
	if bends, _ := bends(run[1].Spec); bends {
		return 2
	}
	return 1
}

// bent says that a run that is worked together is a bend, not a block.
func bent(run []nn.Node) bool { return newPattern(run, 1).length < len(run) }

// bendSpace follows what a bend does: see there. The convolution is nil for a dense
// layer.
func bendSpace(run []nn.Node, training bool, g *kernel.Conv) nn.Space {
	middle := tensor.Elements(run[0].Output.MustSizes())
	s := nn.Space{Back: middle}
	if _, fromOutput := bends(run[1].Spec); training && !fromOutput {
		s.Inside = middle
	}
	if g != nil {
		s.Workspace = g.Workspace(training)
	}
	return s
}

// bend is the run alive.
type bend[T tensor.Float] struct {
	conv  *conv[T]
	up    *convTranspose[T]
	dense *dense[T]
	curve *curve[T]
	// fromOutput says that the slope follows from the output.
	fromOutput bool
}

func newBend[T tensor.Float](run []nn.Node, activation nn.Layer[T], c *conv[T], d *dense[T]) *bend[T] {
	_, fromOutput := bends(run[1].Spec)
	return &bend[T]{conv: c, dense: d, curve: activation.(*curve[T]), fromOutput: fromOutput}
}

func (l *bend[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	if l.up != nil {
		y := p.Arena.New(x[0].Batch(), l.up.out...)
		z := l.before(p, y)
		l.up.take(x[0])
		l.curve.x, l.curve.y = z, y
		kernel.ConvTransposeCurve(p.Pool, &p.Scratch, &l.up.geometry, x[0].Data, l.up.kernel.Value, l.up.biases(), z.Data, y.Data, l.curve.value)
		return y
	}
	if l.conv == nil {
		y := p.Arena.New(x[0].Batch(), l.dense.units)
		z := l.before(p, y)
		l.dense.into(p, x[0], z)
		l.curve.along(p, z, y)
		return y
	}
	l.conv.take(x[0])
	y := p.Arena.New(x[0].Batch(), l.conv.out...)
	z := l.before(p, y)
	l.curve.x, l.curve.y = z, y
	kernel.ConvForwardCurve(p.Pool, &p.Scratch, &l.conv.geometry, x[0].Data, l.conv.kernel.Value, l.conv.biases(), z.Data, y.Data, l.curve.value)
	return y
}

// before is room for what is in front of the activation: that of the output, if
// nobody will look at it again.
func (l *bend[T]) before(p *nn.Pass[T], y *tensor.Tensor[T]) *tensor.Tensor[T] {
	if l.fromOutput || !p.Training {
		return y
	}
	return p.Arena.New(y.Batch(), y.Shape[1:]...)
}

func (l *bend[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	dz := p.Arena.New(dy.Batch(), dy.Shape[1:]...)
	l.curve.against(p, dy, dz)
	if l.curve.x != l.curve.y {
		p.Arena.Release(l.curve.x)
	}
	var dx []*tensor.Tensor[T]
	switch {
	case l.conv != nil:
		dx = l.conv.Backward(p, dz, need)
	case l.up != nil:
		dx = l.up.Backward(p, dz, need)
	default:
		dx = l.dense.Backward(p, dz, need)
	}
	p.Arena.Release(dz)
	return dx
}
