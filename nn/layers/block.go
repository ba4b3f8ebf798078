package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// A block is a run of layers that is worked in one go: a convolution or a dense
// layer, then batch normalisation, then a rectifier and max pooling in either
// order; any of them may be missing, but there are at least two. What flows
// between them stays in the processor's cache:
//
//   - Without batch normalisation the output of the convolution is never stored,
//     only what is left of it behind the pooling, with a byte for each value that
//     says which element of its window it was. The rectifier's slope follows from
//     its output.
//   - With it, statistics are taken from each piece of the convolution's output
//     while it is still in the cache; one pass more normalises, rectifies and
//     pools. On the way back the slopes take the place of the convolution's output.
//     Of a network's first convolution with pooling the output is not stored either,
//     but computed for each of these again.
//   - Outside training batch normalisation is a factor and a shift of the kernel
//     and the bias.
//
// The largest of rectified values is the largest value, rectified; so the order of
// rectifier and pooling does not matter.

// Fuse counts the layers behind the convolution that can be worked with it.
func (c *Conv3D) Fuse(in []shape.Shape, run []nn.Node) int {
	if _, known := in[0].Sizes(); !known {
		return 1
	}
	if n := c.headedLength(in[0].MustSizes(), run); n > 0 {
		return n
	}
	return fusedLength(run)
}

// Fused makes a block, a bend or a normed run.
func (c *Conv3D) Fused(run []nn.Node, sites []nn.Site[float32]) nn.Layer[float32] {
	return fused(run, sites, built(run, sites), newConv3D(c, sites[0]), nil)
}

// Fused64 makes a block, a bend or a normed run in double precision.
func (c *Conv3D) Fused64(run []nn.Node, sites []nn.Site[float64]) nn.Layer[float64] {
	return fused(run, sites, built64(run, sites), newConv3D(c, sites[0]), nil)
}

// fused makes what a run behind a convolution or a dense layer is worked as; the
// last layer is also given alive by itself.
func fused[T tensor.Float](run []nn.Node, sites []nn.Site[T], last nn.Layer[T], c *conv[T], d *dense[T]) nn.Layer[T] {
	switch {
	case headedRun(run):
		return newHeaded(run, sites, c)
	case normedRun(run, 1):
		return newNormed(run, sites, last, c, d)
	case bent(run):
		return newBend(run, last, c, d)
	}
	return newBlock(run, sites, 1, c, d)
}

// fusedSpace is how such a run uses memory; the convolution is nil for a dense
// layer.
func fusedSpace(run []nn.Node, training bool, g *kernel.Conv) nn.Space {
	switch {
	case headedRun(run):
		return headedSpace(run, training, g)
	case normedRun(run, 1):
		return normedSpace(run, 1, training, g)
	case bent(run):
		return bendSpace(run, training, g)
	}
	return blockSpace(run, 1, training, g)
}

// Fuse counts the layers behind the convolution that can be worked with it.
func (c *DepthwiseConv3D) Fuse(in []shape.Shape, run []nn.Node) int {
	if _, known := in[0].Sizes(); !known {
		return 1
	}
	return fusedLength(run)
}

// Fused makes a block, a bend or a normed run.
func (c *DepthwiseConv3D) Fused(run []nn.Node, sites []nn.Site[float32]) nn.Layer[float32] {
	return fused(run, sites, built(run, sites), newConv(c.geometry(sites[0].In[0], sites[0].Out), sites[0]), nil)
}

// Fused64 makes a block, a bend or a normed run in double precision.
func (c *DepthwiseConv3D) Fused64(run []nn.Node, sites []nn.Site[float64]) nn.Layer[float64] {
	return fused(run, sites, built64(run, sites), newConv(c.geometry(sites[0].In[0], sites[0].Out), sites[0]), nil)
}

// FusedSpace is how the run uses memory.
func (c *DepthwiseConv3D) FusedSpace(in []shape.Shape, run []nn.Node, training bool) nn.Space {
	g := c.geometry(in[0].MustSizes(), run[0].Output.MustSizes())
	return fusedSpace(run, training, &g)
}

// Fuse counts the layers behind the dense layer that can be worked with it.
func (d *Dense) Fuse(_ []shape.Shape, run []nn.Node) int { return fusedLength(run) }

// Fused makes a block, a bend or a normed run.
func (d *Dense) Fused(run []nn.Node, sites []nn.Site[float32]) nn.Layer[float32] {
	return fused(run, sites, built(run, sites), nil, newDense(d, sites[0]))
}

// Fused64 makes a block, a bend or a normed run in double precision.
func (d *Dense) Fused64(run []nn.Node, sites []nn.Site[float64]) nn.Layer[float64] {
	return fused(run, sites, built64(run, sites), nil, newDense(d, sites[0]))
}

// Fuse counts the layers that can be worked with the normalisation.
func (b *BatchNorm) Fuse(_ []shape.Shape, run []nn.Node) int {
	return max(newPattern(run, 0).length, normedLength(run, 0))
}

// Fused makes a block or a normed run.
func (b *BatchNorm) Fused(run []nn.Node, sites []nn.Site[float32]) nn.Layer[float32] {
	if normedRun(run, 0) {
		return newNormed(run, sites, built(run, sites), nil, nil)
	}
	return newBlock[float32](run, sites, 0, nil, nil)
}

// Fused64 makes a block or a normed run in double precision.
func (b *BatchNorm) Fused64(run []nn.Node, sites []nn.Site[float64]) nn.Layer[float64] {
	if normedRun(run, 0) {
		return newNormed(run, sites, built64(run, sites), nil, nil)
	}
	return newBlock[float64](run, sites, 0, nil, nil)
}

// FusedSpace is how the run uses memory.
func (c *Conv3D) FusedSpace(in []shape.Shape, run []nn.Node, training bool) nn.Space {
	g := c.geometry(in[0].MustSizes(), run[0].Output.MustSizes())
	return fusedSpace(run, training, &g)
}

// FusedSpace is how the run uses memory.
func (d *Dense) FusedSpace(_ []shape.Shape, run []nn.Node, training bool) nn.Space {
	return fusedSpace(run, training, nil)
}

// FusedSpace is how the run uses memory.
func (b *BatchNorm) FusedSpace(_ []shape.Shape, run []nn.Node, training bool) nn.Space {
	if normedRun(run, 0) {
		return normedSpace(run, 0, training, nil)
	}
	return blockSpace(run, 0, training, nil)
}

// blockSpace follows what a block does: see there. The convolution is nil in a
// block without one.
func blockSpace(run []nn.Node, front int, training bool, g *kernel.Conv) nn.Space {
	p := newPattern(run, front)
	var s nn.Space
	middle := 0
	if front > 0 {
		middle = tensor.Elements(run[0].Output.MustSizes())
	}
	apart := p.pool >= 0 && g != nil && !g.Pools()
	switch {
	case p.norm >= 0 && training && p.again(run, g):
		s.InsideInput = middle
	case p.norm >= 0 && training:
		s.Inside = middle
	case p.norm >= 0 && (g == nil || apart), apart:
		s.Forth = middle
	}
	if p.norm < 0 && kernel.TailWeightGrads[float32](g) {
		s.BackInput = middle
	} else if p.norm < 0 {
		s.Back = middle
	}
	if g != nil {
		s.Workspace = g.Workspace(training)
	}
	if training && p.pool >= 0 {
		sizes := run[p.pool].Output.MustSizes()
		channels := sizes[len(sizes)-1]
		positions := tensor.Elements(sizes) / channels
		s.Own = positions * kernel.CodeStride(channels)
		if p.norm >= 0 {
			s.Own += 4 * positions * channels
		}
	}
	return s
}

// pattern is which nodes of a run are what in a block; -1 for none.
type pattern struct {
	norm, relu, pool int
	// length is how many nodes there are, those in front included.
	length int
}

// newPattern finds the tail of a block behind the first nodes.
func newPattern(run []nn.Node, front int) pattern {
	p := pattern{norm: -1, relu: -1, pool: -1, length: front}
	for i := front; i < len(run); i++ {
		switch spec := run[i].Spec.(type) {
		case *BatchNorm:
			if i > front {
				return p
			}
			p.norm = i
		case *ReLU:
			if p.relu >= 0 || spec.MaxValue != nil || spec.NegativeSlope != 0 || spec.Threshold != 0 {
				return p
			}
			p.relu = i
		case *MaxPool3D:
			if p.pool >= 0 {
				return p
			}
			in, known := run[i-1].Output.Sizes()
			out, also := run[i].Output.Sizes()
			if !known || !also {
				return p
			}
			if g := spec.geometry(in, out); !g.Windows() {
				return p
			}
			p.pool = i
		default:
			return p
		}
		p.length = i + 1
	}
	return p
}

// tail is what the nodes do, for the kernels.
func (p *pattern) tail(run []nn.Node) kernel.Tail {
	t := kernel.Tail{Relu: p.relu >= 0}
	if p.pool >= 0 {
		in, out := run[p.pool-1].Output.MustSizes(), run[p.pool].Output.MustSizes()
		t.Pooling = run[p.pool].Spec.(*MaxPool3D).geometry(in, out)
	}
	return t
}

// block is the run alive.
type block[T tensor.Float] struct {
	conv  *conv[T]
	dense *dense[T]
	norm  *batchNorm[T]
	tail  kernel.Tail
	// pools says that the windows have more than one element.
	pools bool
	// first says that the block takes the network's input, again that in the last pass
	// the output of the convolution was not stored.
	first, again bool
	// flat are the pooled positions.
	flat kernel.Tail
	// upright turns the channels upside down that the normalisation turns so.
	upright kernel.Norm[T]
	// out is the shape of an example at the end.
	out []int

	moments kernel.Moments[T]
	// values are the factors and offsets of the normalisation.
	values kernel.Norm[T]
	// kernel and bias are those of the convolution with its normalisation in them.
	kernel, bias []T
	sum, along   []float64

	// What the way back needs: the output of the convolution or dense layer, if
	// there is normalisation; that of the block; the codes of the windows, and the
	// elements they stand for.
	z, y  *tensor.Tensor[T]
	peak  []T
	codes []uint8
	one[T]
}

func newBlock[T tensor.Float](run []nn.Node, sites []nn.Site[T], front int, c *conv[T], d *dense[T]) *block[T] {
	p := newPattern(run, front)
	l := &block[T]{conv: c, dense: d, out: sites[len(sites)-1].Out, first: run[0].Inputs[0] == nn.FromInput}
	if p.norm >= 0 {
		l.norm = newBatchNorm(run[p.norm].Spec.(*BatchNorm), sites[p.norm])
		l.values = *l.norm.values()
		l.sum, l.along = make([]float64, l.norm.channels), make([]float64, l.norm.channels)
	}
	l.tail = p.tail(run)
	if l.pools = p.pool >= 0; !l.pools {
		l.tail.Pooling = unpooled(l.out)
	}
	l.flat = kernel.Tail{Pooling: unpooled(l.out), Relu: l.tail.Relu}
	return l
}

// unpooled is pooling whose windows have one element, for examples of any rank:
// rows of positions.
func unpooled(example []int) kernel.Pooling {
	sizes := [4]int{1, 1, 1, example[len(example)-1]}
	axis := 2
	for i := len(example) - 2; i >= 0; i-- {
		sizes[axis] *= example[i]
		axis = max(0, axis-1)
	}
	return kernel.Pooling{
		D: sizes[0], H: sizes[1], W: sizes[2], C: sizes[3], OD: sizes[0], OH: sizes[1], OW: sizes[2],
		KD: 1, KH: 1, KW: 1, SD: 1, SH: 1, SW: 1,
	}
}

func (l *block[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	l.tail.N = x[0].Batch()
	l.y = p.Arena.New(l.tail.N, l.out...)
	codes := l.codesFor(p)
	switch {
	case l.norm == nil:
		l.straight(p, x[0], codes)
	case l.conv != nil && !p.Training:
		l.folded(p, x[0])
	default:
		l.normalised(p, x[0], codes)
	}
	return l.y
}

// codesFor is room for the windows' codes, if they will be needed.
func (l *block[T]) codesFor(p *nn.Pass[T]) []uint8 {
	if !p.Training || !l.pools {
		return nil
	}
	l.codes = grown(l.codes, l.tail.Codes())
	return l.codes
}

// straight is the block without normalisation.
func (l *block[T]) straight(p *nn.Pass[T], x *tensor.Tensor[T], codes []uint8) {
	if l.conv == nil {
		l.dense.into(p, x, l.y)
		kernel.Rectify(p.Pool, &p.Scratch, l.y.Data)
		return
	}
	l.conv.take(x)
	l.convolve(p, x, l.conv.kernel.Value, l.conv.biases(), codes)
}

// convolve computes the convolution and the tail.
func (l *block[T]) convolve(p *nn.Pass[T], x *tensor.Tensor[T], weights, bias []T, codes []uint8) {
	g := &l.conv.geometry
	switch {
	case l.pools && !g.Pools():
		z := p.Arena.New(x.Batch(), l.conv.out...)
		kernel.ConvForward(p.Pool, &p.Scratch, g, x.Data, weights, bias, z.Data)
		kernel.NormForward(p.Pool, &p.Scratch, &l.tail, nil, z.Data, l.y.Data, nil, codes)
		p.Arena.Release(z)
	case l.pools:
		kernel.ConvPool(p.Pool, &p.Scratch, g, &l.tail, x.Data, weights, bias, l.y.Data, codes)
	case l.tail.Relu:
		kernel.ConvForwardRelu(p.Pool, &p.Scratch, g, x.Data, weights, bias, l.y.Data)
	default:
		kernel.ConvForward(p.Pool, &p.Scratch, g, x.Data, weights, bias, l.y.Data)
	}
}

// folded is the block outside training, where the normalisation is a part of the
// convolution.
func (l *block[T]) folded(p *nn.Pass[T], x *tensor.Tensor[T]) {
	l.conv.take(x)
	l.norm.recall()
	l.kernel, l.bias = l.norm.fold(l.conv, l.kernel, l.bias)
	l.convolve(p, x, l.kernel, l.bias, nil)
}

// normalised is the block with normalisation.
func (l *block[T]) normalised(p *nn.Pass[T], x *tensor.Tensor[T], codes []uint8) {
	if l.again = l.worksAgain(p); l.again {
		l.computedAgain(p, x, codes)
		return
	}
	observes := p.Training && !l.norm.frozen
	channels := l.norm.channels
	switch {
	case l.conv != nil:
		l.conv.take(x)
		l.z = p.Arena.New(x.Batch(), l.conv.out...)
		g, weights, bias := &l.conv.geometry, l.conv.kernel.Value, l.conv.biases()
		if observes {
			kernel.ConvForwardMoments(p.Pool, &p.Scratch, g, x.Data, weights, bias, l.z.Data, &l.moments)
		} else {
			kernel.ConvForward(p.Pool, &p.Scratch, g, x.Data, weights, bias, l.z.Data)
		}
	case l.dense != nil:
		l.z = p.Arena.New(x.Batch(), l.dense.units)
		l.dense.into(p, x, l.z)
	default:
		l.z = x
	}
	if observes && l.conv == nil {
		l.moments.Of(p.Pool, l.z.Data, channels)
	}
	if observes {
		l.norm.observed(l.moments.Mean, l.moments.Variance)
	} else {
		l.norm.recall()
	}
	var peak []T
	if observes && l.pools {
		l.peak = grown(l.peak, len(l.y.Data))
		peak = l.peak
	}
	kernel.NormForward(p.Pool, &p.Scratch, &l.tail, &l.values, l.z.Data, l.y.Data, peak, codes)
	if !p.Training && l.z != x {
		p.Arena.Release(l.z)
	}
}

func (l *block[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	var codes []uint8
	if l.pools {
		codes = l.codes
	}
	var norm *kernel.Norm[T]
	var z []T
	if l.norm != nil {
		l.learn(p, dy)
		norm = &l.values
	}
	if l.again {
		kernel.ConvAgainWeightGrad(p.Pool, &p.Scratch, &l.conv.geometry, &l.tail, norm, l.conv.x.Data, l.conv.kernel.Value, l.conv.biases(), l.y.Data, dy.Data, codes, l.conv.kernel.Grad)
		return l.of(nil)
	}
	if l.norm != nil {
		z = l.z.Data
	}
	if l.conv != nil && l.conv.kernel.Trainable && kernel.TailWeightGrads[T](&l.conv.geometry) {
		if !need[0] {
			// Nobody else asks for the slopes of the convolution's output.
			l.fromTail(p, dy, norm, z, codes, nil)
			l.forget(p, l.z)
			return l.of(nil)
		}
		dz := l.z
		if dz == nil {
			dz = p.Arena.New(dy.Batch(), l.conv.out...)
		}
		l.fromTail(p, dy, norm, z, codes, dz.Data)
		dx := l.conv.inputGrad(p, dz)
		l.forget(p, dz)
		return l.of(dx)
	}
	apart := l.norm != nil || l.pools
	if apart {
		l.biasGrad(p, dy)
	}
	dz := l.slopes(p, dy, codes)
	if bias := l.biasInFront(); !apart && learns(bias) {
		// The slopes themselves are one array, what they are made from are two.
		kernel.BiasGrad(p.Pool, &p.Scratch, len(dz.Data)/len(bias.Grad), len(bias.Grad), dz.Data, bias.Grad)
	}
	switch {
	case l.conv != nil:
		dx := l.conv.gradients(p, dz, need[0])
		l.forget(p, dz)
		return l.of(dx)
	case l.dense != nil:
		dx := l.dense.gradients(p, dz, need[0])
		l.forget(p, dz)
		return l.of(dx)
	case !need[0]:
		return l.of(nil)
	}
	return l.of(dz)
}

// forget gives back what nobody looks at any more.
func (l *block[T]) forget(p *nn.Pass[T], t *tensor.Tensor[T]) {
	if t != nil {
		p.Arena.Release(t)
	}
	l.z = nil
}

// fromTail adds to the gradients of the convolution, and gives the slopes of its
// output to dz unless that is nil.
func (l *block[T]) fromTail(p *nn.Pass[T], dy *tensor.Tensor[T], norm *kernel.Norm[T], z []T, codes []uint8, dz []T) {
	var bias []T
	switch {
	case norm != nil:
		l.biasGrad(p, dy)
	case l.conv.bias != nil:
		bias = l.conv.bias.Grad
	}
	kernel.ConvTailWeightGrad(p.Pool, &p.Scratch, &l.conv.geometry, &l.tail, norm, l.conv.x.Data, z, l.y.Data, dy.Data, codes, dz, l.conv.kernel.Grad, bias)
}

// learn finds the slopes of gamma and beta, and with them how the statistics pull
// at the normalisation's input.
func (l *block[T]) learn(p *nn.Pass[T], dy *tensor.Tensor[T]) {
	n := l.norm
	peak := l.peak
	if !l.pools {
		peak = l.z.Data
	}
	if n.frozen {
		peak = l.y.Data // only the sum is asked for
	}
	kernel.NormSums(p.Pool, &p.Scratch, len(dy.Data)/n.channels, n.channels, l.tail.Relu, l.y.Data, dy.Data, peak, n.center, l.sum, l.along)
	if n.frozen {
		n.constant()
		return
	}
	n.recentre(l.sum, l.along)
	n.learn(l.sum, l.along, l.tail.N*l.tail.D*l.tail.H*l.tail.W)
}

// biasGrad finds the slope of the bias in front: the sum of what comes back
// through the tail. Statistics of the batch take the bias off again: it has none
// then.
func (l *block[T]) biasGrad(p *nn.Pass[T], dy *tensor.Tensor[T]) {
	bias := l.biasInFront()
	switch {
	case bias == nil || !bias.Trainable || l.norm != nil && !l.norm.frozen:
	case l.norm != nil:
		for c, sum := range l.sum {
			bias.Grad[c] += l.norm.factor[c] * T(sum)
		}
	default:
		kernel.GatedBiasGrad(p.Pool, &p.Scratch, len(dy.Data)/len(bias.Grad), len(bias.Grad), l.tail.Relu, l.y.Data, dy.Data, bias.Grad)
	}
}

// biasInFront is the bias of the layer in front; nil if there is none.
func (l *block[T]) biasInFront() *nn.Param[T] {
	switch {
	case l.conv != nil:
		return l.conv.bias
	case l.dense != nil:
		return l.dense.bias
	}
	return nil
}

// slopes are those of the output of the convolution or dense layer, or of the
// block's input if there is neither.
func (l *block[T]) slopes(p *nn.Pass[T], dy *tensor.Tensor[T], codes []uint8) *tensor.Tensor[T] {
	switch {
	case l.norm != nil:
		dz := l.z
		if l.conv == nil && l.dense == nil {
			// The input belongs to somebody else.
			dz = p.Arena.New(l.z.Batch(), l.z.Shape[1:]...)
		}
		kernel.NormBackward(p.Pool, &p.Scratch, &l.tail, &l.values, l.z.Data, l.y.Data, dy.Data, codes, dz.Data)
		return dz
	case l.pools:
		dz := p.Arena.New(dy.Batch(), l.conv.out...)
		kernel.Scatter(p.Pool, &p.Scratch, &l.tail, l.y.Data, dy.Data, codes, dz.Data)
		return dz
	}
	dz := p.Arena.New(dy.Batch(), dy.Shape[1:]...)
	kernel.Gate(p.Pool, &p.Scratch, l.y.Data, dy.Data, dz.Data)
	return dz
}
