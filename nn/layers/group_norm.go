package layers

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// GroupNorm brings each group of channels of each example to mean 0 and variance
// 1, then scales and shifts every channel by learnt numbers. It does the same in
// training and afterwards, and does not depend on the batch: the choice where
// volumes are so large that only a few fit into one (Wu and He, 2018).
//
// It takes [N, …, C] and gives the same shape. Its weights are gamma [C] and
// beta [C]. PyTorch's default for epsilon is 1e-5, and it has none for groups.
type GroupNorm struct {
	// In how many groups of neighbours the channels are cut; their number must be a
	// multiple of it. 1 normalises all channels together; -1 stands for as many
	// groups as there are channels, which is instance_norm.
	Groups int `yaml:"groups" validate:"min=-1"`
	// The axis of the channels, counted with the batch as axis 0; negative numbers
	// count from the end, so -1 is the last one.
	Axis        int `yaml:"axis"`
	Normalizing `yaml:",inline"`
}

// Output is the input's shape.
func (g *GroupNorm) Output(in []shape.Shape) (shape.Shape, error) {
	switch {
	case g.Groups == 0 || g.Groups < -1:
		return nil, &shape.Mismatch{
			Fault: shape.Setting, Settings: []string{"groups"}, Input: in[0], Axis: -1,
			Problem:    fmt.Sprintf("groups is %d", g.Groups),
			Arithmetic: fmt.Sprintf("%d is neither -1 nor at least 1", g.Groups),
			Remedy:     "use groups: -1 for one channel in each group, or a number that divides the channels",
		}
	case in[0] == nil:
		return nil, nil
	}
	axis, ok := exampleAxis(g.Axis, in[0].Rank())
	if !ok {
		return nil, wrongAxis(g.Axis, in[0])
	}
	if channels, known := in[0][axis].Known(); known && g.Groups > 0 && channels%g.Groups != 0 {
		return nil, &shape.Mismatch{
			Fault: shape.Indivisible, Settings: []string{"groups"}, Input: in[0], Axis: axis,
			Problem:    fmt.Sprintf("%d channels cannot be cut into %d equal groups", channels, g.Groups),
			Arithmetic: fmt.Sprintf("%d mod %d = %d", channels, g.Groups, channels%g.Groups),
			Remedy:     fmt.Sprintf("use groups: %d", largestDivisor(channels, g.Groups)),
		}
	}
	return in[0], nil
}

// largestDivisor is the largest number up to most that divides n.
func largestDivisor(n, most int) int {
	for d := min(n, most); d > 1; d-- {
		if n%d == 0 {
			return d
		}
	}
	return 1
}

// Weights are gamma and beta, [C] each.
func (g *GroupNorm) Weights(in []shape.Shape) []nn.Weight {
	axis, _ := exampleAxis(g.Axis, in[0].Rank())
	return g.affine(shape.Shape{in[0][axis]})
}

// order is the axes of an example with that of the channels last.
func (g *GroupNorm) order(rank int) []int {
	axis, _ := exampleAxis(g.Axis, rank)
	var order []int
	for other := range rank {
		if other != axis {
			order = append(order, other)
		}
	}
	return append(order, axis)
}

// bytesOfChannel is what the layer keeps of each channel of an example, in single
// precision: five numbers of that, and its mean, spread and two sums in double.
const bytesOfChannel = 5*4 + 4*8

// Space: the way back looks at the input.
func (g *GroupNorm) Space(in []shape.Shape, out shape.Shape, training bool) nn.Space {
	axis, _ := exampleAxis(g.Axis, out.Rank())
	return reorderedSpace(out, g.order(out.Rank()), training, bytesOfChannel*out.MustSizes()[axis])
}

// Build makes the layer alive.
func (g *GroupNorm) Build(site nn.Site[float32]) nn.Layer[float32] { return newGroupNorm(g, site) }

// Build64 makes the layer alive in double precision.
func (g *GroupNorm) Build64(site nn.Site[float64]) nn.Layer[float64] { return newGroupNorm(g, site) }

// groupNorm normalises examples whose last axis is the channels.
type groupNorm[T tensor.Float] struct {
	epsilon          float64
	channels, groups int
	gamma, beta      *nn.Param[T]

	batch   int
	x       []T
	moments kernel.Moments[T]
	// mean and inverse are, for each example and group, the mean and
	// 1 / √(variance + ε).
	mean, inverse []float64
	// values are what is done to each channel of each example.
	values kernel.Norm[T]
	// Sums for each channel of each example: of dy, and of dy·(x - mean).
	sum, along []float64
}

func newGroupNorm[T tensor.Float](g *GroupNorm, site nn.Site[T]) nn.Layer[T] {
	return newExampleNorm(newGroups(g, site), site.In[0], g.order(len(site.In[0])))
}

func newGroups[T tensor.Float](g *GroupNorm, site nn.Site[T]) *groupNorm[T] {
	in := site.In[0]
	axis, _ := exampleAxis(g.Axis, len(in))
	l := &groupNorm[T]{epsilon: g.Epsilon, channels: in[axis], groups: g.Groups}
	if g.Groups == -1 {
		l.groups = l.channels
	}
	l.gamma, l.beta = affineOf(site.Params, g.Scale, g.Center)
	return l
}

// lastAxis says that the channels of an example with so many axes are the last.
func (g *GroupNorm) lastAxis(rank int) bool {
	axis, _ := exampleAxis(g.Axis, rank)
	return axis == rank-1
}

// number is a weight of a channel, or what stands for it.
func number[T tensor.Float](p *nn.Param[T], at int, otherwise float64) float64 {
	if p == nil {
		return otherwise
	}
	return float64(p.Value[at])
}

func (l *groupNorm[T]) forward(p *nn.Pass[T], batch int, x, y []T) {
	l.x = x
	l.moments.EachMoments(p.Pool, batch, l.channels, x)
	l.settle(batch, &l.moments)
	kernel.EachForward(p.Pool, &p.Scratch, batch, l.channels, &l.values, x, y)
}

// settle works out what is done to each channel of each example, given their
// moments.
func (l *groupNorm[T]) settle(batch int, moments *kernel.Moments[T]) {
	l.batch = batch
	l.mean, l.inverse = grown(l.mean, batch*l.groups), grown(l.inverse, batch*l.groups)
	for _, numbers := range []*[]T{&l.values.Center, &l.values.Factor, &l.values.Offset, &l.values.Pull, &l.values.Push} {
		*numbers = grown(*numbers, batch*l.channels)
	}
	each := l.channels / l.groups
	for i := range l.mean {
		means, variances := moments.Mean[i*each:][:each], moments.Variance[i*each:][:each]
		var mean, variance float64
		for _, m := range means {
			mean += m
		}
		mean /= float64(each)
		for c, m := range means {
			variance += variances[c] + (m-mean)*(m-mean)
		}
		l.mean[i], l.inverse[i] = mean, 1/math.Sqrt(variance/float64(each)+l.epsilon)
	}
	for at := range batch * l.channels {
		c, i := at%l.channels, at/each
		l.values.Center[at] = T(l.mean[i])
		l.values.Factor[at] = T(number(l.gamma, c, 1) * l.inverse[i])
		l.values.Offset[at] = T(number(l.beta, c, 0))
	}
}

// backward: with x̂ = (x - mean)·inverse and ĝ = γ·dy over the m values of a group,
//
//	dγ = Σ dy·x̂, dβ = Σ dy, dx = inverse·(ĝ - Σ ĝ/m - x̂·Σ ĝ·x̂/m).
func (l *groupNorm[T]) backward(p *nn.Pass[T], dy, dx []T) {
	l.room()
	kernel.EachSums(p.Pool, &p.Scratch, l.batch, l.channels, l.x, dy, l.values.Center, l.sum, l.along)
	l.learnt()
	if dx == nil {
		return
	}
	l.pulls(len(l.x) / l.batch / l.channels)
	kernel.EachBackward(p.Pool, &p.Scratch, l.batch, l.channels, &l.values, l.x, dy, dx)
}

// room is that for the sums.
func (l *groupNorm[T]) room() {
	l.sum, l.along = grown(l.sum, l.batch*l.channels), grown(l.along, l.batch*l.channels)
}

// learnt turns the sums, taken about the rounded mean, into those about the mean,
// and adds to the gradients of the weights.
func (l *groupNorm[T]) learnt() {
	each := l.channels / l.groups
	for at := range l.along {
		i := at / each
		l.along[at] = (l.along[at] + l.sum[at]*(float64(l.values.Center[at])-l.mean[i])) * l.inverse[i] // Σ dy·x̂
	}
	l.learn()
}

// pulls works out how the statistics, of so many rows, pull at x.
func (l *groupNorm[T]) pulls(rows int) {
	each := l.channels / l.groups
	m := float64(rows * each)
	for i := range l.mean {
		var sum, along float64
		for at := i * each; at < (i+1)*each; at++ {
			gamma := number(l.gamma, at%l.channels, 1)
			sum += gamma * l.sum[at]
			along += gamma * l.along[at]
		}
		for at := i * each; at < (i+1)*each; at++ {
			l.values.Pull[at] = T(-l.inverse[i] * l.inverse[i] * along / m)
			l.values.Push[at] = T(-l.inverse[i] * sum / m)
		}
	}
}

// learn adds to the gradients of the weights.
func (l *groupNorm[T]) learn() {
	for c := range l.channels {
		var sum, along float64
		for at := c; at < len(l.sum); at += l.channels {
			sum += l.sum[at]
			along += l.along[at]
		}
		if learns(l.beta) {
			l.beta.Grad[c] += T(sum)
		}
		if learns(l.gamma) {
			l.gamma.Grad[c] += T(along)
		}
	}
}
