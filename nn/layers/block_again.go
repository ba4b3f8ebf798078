package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// again says that the output of the convolution in front is computed again, in
// training, where no gradient by the network's input is asked for.
func (p *pattern) again(run []nn.Node, g *kernel.Conv) bool {
	if g == nil || p.norm < 0 || p.pool < 0 || run[0].Inputs[0] != nn.FromInput || run[0].Frozen || run[p.norm].Frozen {
		return false
	}
	tail := p.tail(run)
	return kernel.Again[float32](g, &tail)
}

// worksAgain says that the output of the convolution need not be stored in this pass.
// A channel that the normalisation makes flat has no largest value to pool: it is.
func (l *block[T]) worksAgain(p *nn.Pass[T]) bool {
	if !p.Training || p.InputGrad || !l.first || l.conv == nil || l.norm.frozen || !l.pools || !l.conv.kernel.Trainable || !kernel.Again[T](&l.conv.geometry, &l.tail) {
		return false
	}
	for c := range l.norm.channels {
		if l.norm.scale(c) == 0 {
			return false
		}
	}
	return true
}

// computedAgain is normalised without storing the output of the convolution, but the
// element of each window that will be the largest: of a channel that the normalisation
// turns upside down it is the smallest.
func (l *block[T]) computedAgain(p *nn.Pass[T], x *tensor.Tensor[T], codes []uint8) {
	l.conv.take(x)
	if l.upright.Factor == nil {
		zeros := make([]T, l.norm.channels)
		l.upright = kernel.Norm[T]{Center: zeros, Factor: make([]T, l.norm.channels), Offset: zeros}
	}
	for c := range l.upright.Factor {
		l.upright.Factor[c] = 1
		if l.norm.scale(c) < 0 {
			l.upright.Factor[c] = -1
		}
	}
	l.peak = grown(l.peak, len(l.y.Data))
	kernel.ConvPeaks(p.Pool, &p.Scratch, &l.conv.geometry, &l.tail, &l.upright, x.Data, l.conv.kernel.Value, l.conv.biases(), &l.moments, l.peak, codes)
	l.norm.observed(l.moments.Mean, l.moments.Variance)
	l.flat.N = l.tail.N
	kernel.NormForward(p.Pool, &p.Scratch, &l.flat, &l.values, l.peak, l.y.Data, nil, nil)
}
