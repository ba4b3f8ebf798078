package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// A headed run is a network's first convolution with its rectifier and max pooling (see
// block), flattened and followed by a dense layer of a few units. What the dense layer
// gives back to its features, an array as large as the pooled volumes, is never stored:
// the gradient of the convolution's kernel makes each piece of it anew from the dense
// layer's weights. Where a gradient by the network's input is asked for, it is.

// headedLength is how many nodes of a run that begins with the convolution are worked
// like this; 0 for none.
func (c *Conv3D) headedLength(in []int, run []nn.Node) int {
	p := newPattern(run, 1)
	if p.norm >= 0 || p.pool < 0 || run[0].Inputs[0] != nn.FromInput || len(run) < p.length+2 {
		return 0
	}
	dense, is := run[p.length+1].Spec.(*Dense)
	if _, flat := run[p.length].Spec.(*Flatten); !flat || !is {
		return 0
	}
	g := c.geometry(in, run[0].Output.MustSizes())
	tail := kernel.Tail{Pooling: run[p.pool].Spec.(*MaxPool3D).geometry(run[p.pool-1].Output.MustSizes(), run[p.pool].Output.MustSizes())}
	if !kernel.HeadWeightGrads[float32](&g, &tail, dense.Units) {
		return 0
	}
	return p.length + 2
}

// headedRun says that a run that is worked together is one of these.
func headedRun(run []nn.Node) bool {
	_, dense := run[len(run)-1].Spec.(*Dense)
	return dense && len(run) > 1
}

// headedSpace follows what a headed run does: see there.
func headedSpace(run []nn.Node, training bool, g *kernel.Conv) nn.Space {
	tail := len(run) - 2
	s := blockSpace(run[:tail], 1, training, g)
	features := tensor.Elements(run[tail].Output.MustSizes())
	s.ForgetsOutput = true
	s.BackInput += features
	if training {
		s.Inside += features
		s.Workspace = s.Workspace.Beside(kernel.HeadWorkspace(features, run[tail+1].Spec.(*Dense).Units))
	} else {
		s.Forth += features
	}
	return s
}

// headed is the run alive.
type headed[T tensor.Float] struct {
	block *block[T]
	dense *dense[T]
	head  kernel.Head[T]
	// flat are the features of the last pass.
	flat *tensor.Tensor[T]
}

func newHeaded[T tensor.Float](run []nn.Node, sites []nn.Site[T], c *conv[T]) *headed[T] {
	tail := len(run) - 2
	return &headed[T]{
		block: newBlock(run[:tail], sites[:tail], 1, c, nil),
		dense: newDense(run[tail+1].Spec.(*Dense), sites[tail+1]),
	}
}

func (l *headed[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	y := p.Arena.New(x[0].Batch(), l.dense.units)
	pooled := l.block.Forward(p, x)
	l.flat = p.Arena.View(pooled.Data, x[0].Batch(), l.dense.features)
	p.Arena.Release(pooled)
	if !p.Training {
		l.dense.into(p, l.flat, y)
		p.Arena.Release(l.flat)
		return y
	}
	// By units the weights are wanted here and on the way back.
	l.head = kernel.Head[T]{Units: l.dense.units, Turned: kernel.TurnHead(p.Pool, &p.Scratch, l.dense.kernel.Value, l.dense.units)}
	l.dense.weigh(p, l.flat, y, l.head.Turned, true)
	return y
}

func (l *headed[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	b, c := l.block, l.block.conv
	dx := b.of(nil)
	l.dense.learn(p, dy)
	switch {
	case !need[0] && !c.kernel.Trainable:
	case !need[0] && kernel.HeadWeightGrads[T](&c.geometry, &b.tail, l.dense.units):
		var bias []T
		if c.bias != nil {
			bias = c.bias.Grad
		}
		l.head.Slopes = dy.Data
		kernel.ConvHeadWeightGrad(p.Pool, &p.Scratch, &c.geometry, &b.tail, &l.head, c.x.Data, b.y.Data, b.codes, c.kernel.Grad, bias)
	default:
		features := l.dense.inputGrad(p, dy)
		pooled := p.Arena.View(features.Data, dy.Batch(), b.out...)
		p.Arena.Release(features)
		dx = b.Backward(p, pooled, need)
		p.Arena.Release(pooled)
	}
	p.Arena.Release(l.flat)
	return dx
}
