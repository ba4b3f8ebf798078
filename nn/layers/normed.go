package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// A normed run is a normalisation and an activation that are worked in one go, with
// the convolution or dense layer in front of them, if there is one: batch
// normalisation with an activation other than the plain rectifier, for which there
// are blocks, or the normalisation of groups or channels of each example, with an
// activation or, behind a convolution, with none. The activation's slope follows from
// its output (others would have to be worked out twice on the way back, which takes
// longer than to store what is between).
//
// Statistics are taken from each piece of the convolution's output while that is in
// the cache, and the activation follows as each piece is normalised: what flows
// between the two is never stored.

// normedLength is how many nodes of a run are worked like this, those in front
// included; 0 for none.
func normedLength(run []nn.Node, front int) int {
	if front >= len(run) {
		return 0
	}
	activated := false
	if front+1 < len(run) {
		_, activated = bends(run[front+1].Spec)
	}
	if _, batch := run[front].Spec.(*BatchNorm); batch {
		if activated && newPattern(run, front).length == front+1 {
			return front + 2
		}
		return 0
	}
	group := groupOf(run[front].Spec)
	if group == nil || !group.lastAxis(run[front].Output.Rank()) {
		return 0
	}
	switch {
	case activated:
		return front + 2
	case front > 0:
		return front + 1
	}
	return 0
}

// normedRun says that a run that is worked together is one of these, no block and
// no bend.
func normedRun(run []nn.Node, front int) bool {
	return newPattern(run, front).length < len(run) && normedLength(run, front) == len(run)
}

// groupOf is the normalisation of groups that a layer is; nil if it is none.
func groupOf(spec nn.Spec) *GroupNorm {
	switch s := spec.(type) {
	case *GroupNorm:
		return s
	case *InstanceNorm:
		return s.group()
	}
	return nil
}

// Fuse counts the layers that can be worked with the normalisation.
func (g *GroupNorm) Fuse(_ []shape.Shape, run []nn.Node) int { return max(1, normedLength(run, 0)) }

// FusedSpace is how a normed run uses memory.
func (g *GroupNorm) FusedSpace(_ []shape.Shape, run []nn.Node, training bool) nn.Space {
	return normedSpace(run, 0, training, nil)
}

// Fused makes a normed run.
func (g *GroupNorm) Fused(run []nn.Node, sites []nn.Site[float32]) nn.Layer[float32] {
	return newNormed(run, sites, built(run, sites), nil, nil)
}

// Fused64 makes a normed run in double precision.
func (g *GroupNorm) Fused64(run []nn.Node, sites []nn.Site[float64]) nn.Layer[float64] {
	return newNormed(run, sites, built64(run, sites), nil, nil)
}

// Fuse counts the layers that can be worked with the normalisation.
func (n *InstanceNorm) Fuse(_ []shape.Shape, run []nn.Node) int { return max(1, normedLength(run, 0)) }

// FusedSpace is how a normed run uses memory.
func (n *InstanceNorm) FusedSpace(_ []shape.Shape, run []nn.Node, training bool) nn.Space {
	return normedSpace(run, 0, training, nil)
}

// Fused makes a normed run.
func (n *InstanceNorm) Fused(run []nn.Node, sites []nn.Site[float32]) nn.Layer[float32] {
	return newNormed(run, sites, built(run, sites), nil, nil)
}

// Fused64 makes a normed run in double precision.
func (n *InstanceNorm) Fused64(run []nn.Node, sites []nn.Site[float64]) nn.Layer[float64] {
	return newNormed(run, sites, built64(run, sites), nil, nil)
}

// built is the last node of a run as a layer of its own.
func built(run []nn.Node, sites []nn.Site[float32]) nn.Layer[float32] {
	last := len(run) - 1
	return run[last].Spec.Build(sites[last])
}

// built64 is built in double precision.
func built64(run []nn.Node, sites []nn.Site[float64]) nn.Layer[float64] {
	last := len(run) - 1
	return run[last].Spec.Build64(sites[last])
}

// normedSpace follows what a normed run does: see there. The convolution is nil if
// there is none.
func normedSpace(run []nn.Node, front int, training bool, g *kernel.Conv) nn.Space {
	s := nn.Space{ForgetsOutput: len(run) == front+1}
	if front > 0 && training {
		s.Inside = tensor.Elements(run[0].Output.MustSizes())
	}
	if groupOf(run[front].Spec) != nil {
		sizes := run[front].Output.MustSizes()
		s.Own = bytesOfChannel * sizes[len(sizes)-1]
	}
	if g != nil {
		s.Workspace = g.Workspace(training)
	}
	return s
}

// normed is the run alive. It has a convolution or a dense layer or neither, and one
// of the normalisations.
type normed[T tensor.Float] struct {
	conv  *conv[T]
	dense *dense[T]
	batch *batchNorm[T]
	group *groupNorm[T]
	bend  kernel.Bend[T]
	// out is the shape of an example, channels its last axis.
	out      []int
	channels int

	moments kernel.Moments[T]
	// values are what is done to each channel, or to each of every example.
	values *kernel.Norm[T]
	// kernel and bias are those of the convolution with its normalisation in them.
	kernel, bias []T
	sum, along   []float64

	// z is what is normalised.
	z, y *tensor.Tensor[T]
	one[T]
}

// newNormed makes a run of whose layers the last is given, alive by itself.
func newNormed[T tensor.Float](run []nn.Node, sites []nn.Site[T], last nn.Layer[T], c *conv[T], d *dense[T]) *normed[T] {
	front := 0
	if c != nil || d != nil {
		front = 1
	}
	out := sites[front].Out
	l := &normed[T]{conv: c, dense: d, out: out, channels: out[len(out)-1]}
	if spec, batch := run[front].Spec.(*BatchNorm); batch {
		l.batch = newBatchNorm(spec, sites[front])
		l.values = l.batch.values()
		l.sum, l.along = l.batch.sum, l.batch.along
	} else {
		l.group = newGroups(groupOf(run[front].Spec), sites[front])
		l.values = &l.group.values
	}
	if front+1 < len(run) {
		curve := last.(*curve[T])
		l.bend.Value, l.bend.Slope = curve.value, curve.slope
	}
	return l
}

// examples is how many examples have statistics of their own in a batch.
func (l *normed[T]) examples() int {
	if l.group != nil {
		return l.y.Batch()
	}
	return 1
}

func (l *normed[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	l.y = p.Arena.New(x[0].Batch(), l.out...)
	if l.conv != nil && l.batch != nil && !p.Training {
		l.folded(p, x[0])
		return l.y
	}
	observes := l.group != nil || p.Training && !l.batch.frozen
	l.front(p, x[0], observes)
	switch {
	case l.group != nil:
		l.group.settle(l.y.Batch(), &l.moments)
	case observes:
		l.batch.observed(l.moments.Mean, l.moments.Variance)
	default:
		l.batch.recall()
	}
	kernel.BendForward(p.Pool, &p.Scratch, l.examples(), l.channels, l.values, &l.bend, l.z.Data, l.y.Data)
	return l.y
}

// front computes what is normalised, and its statistics if they are asked for.
// Without training nobody will look at it again: it takes the output's place.
func (l *normed[T]) front(p *nn.Pass[T], x *tensor.Tensor[T], observes bool) {
	l.z = x
	if l.conv != nil || l.dense != nil {
		l.z = l.y
		if p.Training {
			l.z = p.Arena.New(x.Batch(), l.out...)
		}
	}
	if l.conv != nil {
		l.conv.take(x)
		g, weights, bias := &l.conv.geometry, l.conv.kernel.Value, l.conv.biases()
		switch {
		case !observes:
			kernel.ConvForward(p.Pool, &p.Scratch, g, x.Data, weights, bias, l.z.Data)
		case l.group != nil:
			kernel.ConvForwardEachMoments(p.Pool, &p.Scratch, g, x.Data, weights, bias, l.z.Data, &l.moments)
		default:
			kernel.ConvForwardMoments(p.Pool, &p.Scratch, g, x.Data, weights, bias, l.z.Data, &l.moments)
		}
		return
	}
	if l.dense != nil {
		l.dense.into(p, x, l.z)
	}
	switch {
	case !observes:
	case l.group != nil:
		l.moments.EachMoments(p.Pool, x.Batch(), l.channels, l.z.Data)
	default:
		l.moments.Of(p.Pool, l.z.Data, l.channels)
	}
}

// folded is the run outside training, where batch normalisation is a part of the
// convolution.
func (l *normed[T]) folded(p *nn.Pass[T], x *tensor.Tensor[T]) {
	l.conv.take(x)
	l.batch.recall()
	l.kernel, l.bias = l.batch.fold(l.conv, l.kernel, l.bias)
	kernel.ConvForwardCurve(p.Pool, &p.Scratch, &l.conv.geometry, x.Data, l.kernel, l.bias, l.y.Data, l.y.Data, l.bend.Value)
}

func (l *normed[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	examples := l.examples()
	if l.group != nil {
		l.group.room()
		l.sum, l.along = l.group.sum, l.group.along
	}
	kernel.BendSums(p.Pool, &p.Scratch, examples, l.channels, l.values, &l.bend, l.z.Data, l.y.Data, dy.Data, l.sum, l.along)
	rows := len(dy.Data) / l.channels / examples
	switch {
	case l.group != nil:
		l.group.learnt()
		l.group.pulls(rows)
	case l.batch.frozen:
		l.batch.constant()
	default:
		l.batch.recentre(l.sum, l.along)
		l.batch.learn(l.sum, l.along, rows)
	}
	if l.conv == nil && l.dense == nil {
		if !need[0] {
			return l.of(nil)
		}
		dx := p.Arena.New(dy.Batch(), l.out...)
		l.slopes(p, examples, dy, dx)
		return l.of(dx)
	}
	l.biasGrad(rows)
	l.slopes(p, examples, dy, l.z)
	var dx *tensor.Tensor[T]
	if l.conv != nil {
		dx = l.conv.gradients(p, l.z, need[0])
	} else {
		dx = l.dense.gradients(p, l.z, need[0])
	}
	p.Arena.Release(l.z)
	return l.of(dx)
}

// slopes sets dz, which may be z, to the slopes of z.
func (l *normed[T]) slopes(p *nn.Pass[T], examples int, dy, dz *tensor.Tensor[T]) {
	kernel.BendBackward(p.Pool, &p.Scratch, examples, l.channels, l.values, &l.bend, l.z.Data, l.y.Data, dy.Data, dz.Data)
}

// biasGrad finds the slope of the bias in front: the sum of those of z over so many
// rows of each example, which follows from the sums that there are. Statistics of
// the batch take the bias off again: it has none then.
func (l *normed[T]) biasGrad(rows int) {
	var bias *nn.Param[T]
	if l.conv != nil {
		bias = l.conv.bias
	} else {
		bias = l.dense.bias
	}
	if !learns(bias) || l.batch != nil && !l.batch.frozen {
		return
	}
	for at, sum := range l.sum {
		slope := float64(l.values.Factor[at]) * sum
		if l.group != nil {
			away := l.moments.Mean[at] - float64(l.values.Center[at])
			slope += float64(rows) * (float64(l.values.Pull[at])*away + float64(l.values.Push[at]))
		}
		bias.Grad[at%l.channels] += T(slope)
	}
}
