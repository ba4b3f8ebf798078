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

// computedAgain is normalised without storing the output of the convolution: it is
// computed once for its statistics, and once more for the largest of each window. A
// channel that the normalisation turns upside down is turned before, so that the
// largest is the one that counts.
func (l *block[T]) computedAgain(p *nn.Pass[T], x *tensor.Tensor[T], codes []uint8) {
	l.conv.take(x)
	g, weights, bias, channels := &l.conv.geometry, l.conv.kernel.Value, l.conv.biases(), l.norm.channels
	kernel.ConvMoments(p.Pool, &p.Scratch, g, x.Data, weights, bias, &l.moments)
	l.norm.observed(l.moments.Mean, l.moments.Variance)

	if l.upright.Factor == nil {
		zeros := make([]T, channels)
		l.upright = kernel.Norm[T]{Center: zeros, Factor: make([]T, channels), Offset: zeros}
	}
	down := false
	for c := range channels {
		l.upright.Factor[c] = 1
		if l.norm.scale(c) < 0 {
			l.upright.Factor[c], down = -1, true
		}
	}
	if down {
		l.kernel, l.bias = grown(l.kernel, len(weights)), grown(l.bias, channels)
		for i, w := range weights {
			l.kernel[i] = w * l.upright.Factor[i%channels]
		}
		weights = l.kernel
		if bias != nil {
			for c, b := range bias {
				l.bias[c] = b * l.upright.Factor[c]
			}
			bias = l.bias
		}
	}
	l.peak = grown(l.peak, len(l.y.Data))
	l.plain.N, l.flat.N = l.tail.N, l.tail.N
	kernel.ConvPool(p.Pool, &p.Scratch, g, &l.plain, x.Data, weights, bias, l.peak, codes)
	if down {
		l.flat.Relu = false
		kernel.NormForward(p.Pool, &p.Scratch, &l.flat, &l.upright, l.peak, l.peak, nil, nil)
		l.flat.Relu = l.tail.Relu
	}
	kernel.NormForward(p.Pool, &p.Scratch, &l.flat, &l.values, l.peak, l.y.Data, nil, nil)
}
