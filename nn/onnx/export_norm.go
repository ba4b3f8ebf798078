package onnx

import (
	"slices"

	"github.com/voxelpipe/pipe/nn/layers"
)

// batchNorm uses the moving averages.
func (e *exporter) batchNorm(s *layers.BatchNorm, in *flow) *flow {
	mean, variance := e.weight("moving_mean"), e.weight("moving_variance")
	channels := mean.Shape[0]
	gamma, beta := slices.Repeat([]float32{1}, channels), make([]float32, channels)
	if s.Scale {
		gamma = e.weight("gamma").Value
	}
	if s.Center {
		beta = e.weight("beta").Value
	}
	return e.channelsFirst(e.op("BatchNormalization", []Value{
		e.first(in),
		e.b.Floats("gamma", mean.Shape, gamma...), e.b.Floats("beta", mean.Shape, beta...),
		e.b.Floats("moving_mean", mean.Shape, mean.Value...), e.b.Floats("moving_variance", mean.Shape, variance.Value...),
	}, Float("epsilon", s.Epsilon)))
}

// gammaAndBeta are the scale and the shift of a normalisation, ones and zeros where
// it has none.
func (e *exporter) gammaAndBeta(s *layers.Normalizing, n int) (gamma, beta []float32) {
	gamma, beta = slices.Repeat([]float32{1}, n), make([]float32, n)
	if s.Scale {
		gamma = e.weight("gamma").Value
	}
	if s.Center {
		beta = e.weight("beta").Value
	}
	return gamma, beta
}

// own is an axis of one example, from one that is counted as Keras does.
func own(axis, rank int) int {
	if axis < 0 {
		axis += rank + 1
	}
	return axis - 1
}

// instanceNorm has an operator of its own for channels that are last; elsewhere
// they are groups of one.
func (e *exporter) instanceNorm(s *layers.InstanceNorm, in *flow) *flow {
	sizes := e.node.Output.MustSizes()
	axis := own(s.Axis, len(sizes))
	channels := sizes[axis]
	if len(sizes) < 2 || axis != len(sizes)-1 {
		return e.groups(&s.Normalizing, channels, axis, in)
	}
	gamma, beta := e.gammaAndBeta(&s.Normalizing, channels)
	return e.channelsFirst(e.op("InstanceNormalization", []Value{
		e.first(in), e.b.Floats("gamma", []int{channels}, gamma...), e.b.Floats("beta", []int{channels}, beta...),
	}, Float("epsilon", s.Epsilon)))
}

func (e *exporter) groupNorm(s *layers.GroupNorm, in *flow) *flow {
	sizes := e.node.Output.MustSizes()
	axis := own(s.Axis, len(sizes))
	groups := s.Groups
	if groups < 0 {
		groups = sizes[axis]
	}
	return e.groups(&s.Normalizing, groups, axis, in)
}

// groups lets groups of channels stand for instances: the operator for groups
// came later, and was changed. The channels have a scale and a shift each.
func (e *exporter) groups(s *layers.Normalizing, groups, axis int, in *flow) *flow {
	sizes := e.node.Output.MustSizes()
	order := []int{axis}
	for i := range sizes {
		if i != axis {
			order = append(order, i)
		}
	}
	atEnd := axis == len(sizes)-1
	x := e.last(in)
	switch {
	case atEnd:
		x = e.first(in)
	case axis != 0:
		x = e.b.Transpose(x, order)
	}
	moved, channels := reordered(sizes, order), sizes[axis]
	y := e.b.Op("Reshape", []Value{x, e.b.Ints("groups", 0, groups, -1)})
	y = e.op("InstanceNormalization", []Value{
		y, e.b.Floats("ones", []int{groups}, slices.Repeat([]float32{1}, groups)...), e.b.Floats("zeros", []int{groups}, make([]float32, groups)...),
	}, Float("epsilon", s.Epsilon))
	y = e.b.Reshape(y, moved)
	each := make([]int, len(sizes))
	for i := range each {
		each[i] = 1
	}
	each[0] = channels
	gamma, beta := e.gammaAndBeta(s, channels)
	y = e.b.Op("Mul", []Value{y, e.b.Floats("gamma", each, gamma...)})
	y = e.b.Op("Add", []Value{y, e.b.Floats("beta", each, beta...)})
	switch {
	case atEnd:
		return e.channelsFirst(y)
	case axis != 0:
		y = e.b.Transpose(y, inverse(order))
	}
	return e.channelsLast(y)
}

// inverse is the order that undoes another one.
func inverse(order []int) []int {
	back := make([]int, len(order))
	for i, axis := range order {
		back[axis] = i
	}
	return back
}

// layerNorm takes the axes that are normalised behind the others.
func (e *exporter) layerNorm(s *layers.LayerNorm, in *flow) *flow {
	sizes := e.node.Output.MustSizes()
	var along, order []int
	for _, axis := range s.Axis {
		along = append(along, own(axis, len(sizes)))
	}
	slices.Sort(along)
	for axis := range sizes {
		if !slices.Contains(along, axis) {
			order = append(order, axis)
		}
	}
	order = append(order, along...)
	moves := !slices.Equal(order, inOrder(len(sizes)))
	x := e.last(in)
	if moves {
		x = e.b.Transpose(x, order)
	}
	of, n := reordered(sizes, along), 1
	for _, size := range of {
		n *= size
	}
	var y Value
	if s.RMSScaling {
		y = e.scaledByDeviation(s, x, of)
	} else {
		gamma, beta := e.gammaAndBeta(&s.Normalizing, n)
		y = e.op("LayerNormalization", []Value{x, e.b.Floats("gamma", of, gamma...), e.b.Floats("beta", of, beta...)},
			Int("axis", -len(along)), Float("epsilon", s.Epsilon))
	}
	if moves {
		y = e.b.Transpose(y, inverse(order))
	}
	return e.channelsLast(y)
}

// scaledByDeviation divides by the deviation along the last axes, of these sizes,
// and takes nothing off.
func (e *exporter) scaledByDeviation(s *layers.LayerNorm, x Value, of []int) Value {
	b := e.b
	axes := make([]int, len(of))
	for i := range axes {
		axes[i] = i - len(of)
	}
	mean := func(x Value) Value { return b.Op("ReduceMean", []Value{x, b.Ints("axes", axes...)}) }
	apart := b.Op("Sub", []Value{x, mean(x)})
	variance := mean(b.Op("Mul", []Value{apart, apart}))
	deviation := b.Op("Sqrt", []Value{b.Op("Add", []Value{variance, b.Floats("epsilon", nil, float32(s.Epsilon))})})
	gamma := e.weight("gamma")
	return e.op("Mul", []Value{b.Op("Div", []Value{x, deviation}), b.Floats("gamma", of, gamma.Value...)})
}
