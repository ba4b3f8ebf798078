package onnx

import (
	"math"

	"github.com/voxelpipe/pipe/nn/layers"
)

// activation writes a function of each value by itself, or along one axis.
func (e *exporter) activation(in *flow) (*flow, bool) {
	values, first := e.alike([]*flow{in})
	x := values[0]
	one := func(op string, attributes ...Attribute) *flow {
		return e.as(e.op(op, []Value{x}, attributes...), first)
	}
	switch s := e.node.Spec.(type) {
	case *layers.ReLU:
		return e.as(e.relu(x, s), first), true
	case *layers.LeakyReLU:
		return one("LeakyRelu", Float("alpha", s.NegativeSlope)), true
	case *layers.PReLU:
		return e.as(e.op("PRelu", []Value{x, e.slopes(first)}), first), true
	case *layers.Elu:
		return one("Elu", Float("alpha", s.Alpha)), true
	case *layers.Selu:
		return one("Selu"), true
	case *layers.Gelu:
		return e.as(e.gelu(x, s.Approximate), first), true
	case *layers.Silu:
		return e.as(e.op("Mul", []Value{x, e.b.Op("Sigmoid", []Value{x})}), first), true
	case *layers.Sigmoid:
		return one("Sigmoid"), true
	case *layers.Tanh:
		return one("Tanh"), true
	case *layers.Softmax:
		return one("Softmax", Int("axis", e.axis(s.Axis, first))), true
	case *layers.Softplus:
		return one("Softplus"), true
	}
	return nil, false
}

// relu is x above the threshold and up to the largest value, and falls off below.
func (e *exporter) relu(x Value, s *layers.ReLU) Value {
	switch {
	case s.MaxValue == nil && s.Threshold == 0 && s.NegativeSlope == 0:
		return e.op("Relu", []Value{x})
	case s.MaxValue == nil && s.Threshold == 0:
		return e.op("LeakyRelu", []Value{x}, Float("alpha", s.NegativeSlope))
	case s.Threshold == 0 && s.NegativeSlope == 0:
		return e.op("Clip", []Value{x, e.b.Floats("zero", nil, 0), e.b.Floats("max_value", nil, float32(*s.MaxValue))})
	}
	b := e.b
	threshold := b.Floats("threshold", nil, float32(s.Threshold))
	below := b.Op("Mul", []Value{b.Op("Sub", []Value{x, threshold}), b.Floats("negative_slope", nil, float32(s.NegativeSlope))})
	above := x
	if s.MaxValue != nil {
		limit := b.Floats("max_value", nil, float32(*s.MaxValue))
		above = b.Op("Where", []Value{b.Op("GreaterOrEqual", []Value{x, limit}), limit, x})
	}
	return e.op("Where", []Value{b.Op("LessOrEqual", []Value{x, threshold}), below, above})
}

// slopes are those of prelu, in the order of the axes of what they apply to.
func (e *exporter) slopes(first bool) Value {
	alpha := e.weight("alpha")
	values, sizes := alpha.Value, alpha.Shape
	if first && len(sizes) > 1 {
		values, sizes = permuted(values, sizes, toFirst(len(sizes)))
	}
	return e.b.Floats("alpha", sizes, values...)
}

// gelu is put together: the operator of that name is younger than the set. The
// exact one is x·(1 + erf(x/√2))/2, the other one
// x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2.
func (e *exporter) gelu(x Value, approximate bool) Value {
	b := e.b
	number := func(name string, v float64) Value { return b.Floats(name, nil, float32(v)) }
	var bent Value
	if approximate {
		square := b.Op("Mul", []Value{x, x})
		cube := b.Op("Mul", []Value{square, x})
		inner := b.Op("Add", []Value{x, b.Op("Mul", []Value{cube, number("cubic", 0.044715)})})
		bent = b.Op("Tanh", []Value{b.Op("Mul", []Value{inner, number("rate", math.Sqrt(2/math.Pi))})})
	} else {
		bent = b.Op("Erf", []Value{b.Op("Div", []Value{x, number("root", math.Sqrt2)})})
	}
	share := b.Op("Add", []Value{bent, number("one", 1)})
	return e.op("Mul", []Value{b.Op("Mul", []Value{x, share}), number("half", 0.5)})
}
