package onnx

import (
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
)

// convert turns the operator at hand into layers.
func (c *converter) convert() error {
	if c.joined[c.index] {
		return nil // an operator before it has taken it along
	}
	if !standard(c.node.Domain) {
		return c.refuse("the operator is one of %q; the standard ones are read", c.node.Domain)
	}
	if done, err := c.fold(); done || err != nil {
		return err
	}
	switch c.node.Op {
	case "Conv":
		return c.convolution()
	case "ConvTranspose":
		return c.transposed()
	case "MaxPool", "AveragePool":
		return c.pool()
	case "GlobalAveragePool", "GlobalMaxPool":
		return c.globalPool(c.node.Op == "GlobalAveragePool")
	case "ReduceMean", "ReduceMax":
		return c.reduced()
	case "Gemm":
		return c.gemm()
	case "MatMul":
		return c.product()
	case "BatchNormalization":
		return c.batchNorm()
	case "InstanceNormalization":
		return c.instanceNorm()
	case "LayerNormalization":
		return c.layerNorm()
	case "Flatten":
		return c.flatten()
	case "Reshape":
		return c.reshape()
	case "Squeeze":
		return c.squeeze()
	case "Unsqueeze":
		return c.unsqueeze()
	case "Transpose":
		return c.transpose()
	case "Pad":
		return c.pad()
	case "Resize", "Upsample":
		return c.resize()
	case "Concat":
		return c.concatenation()
	case "Identity", "Dropout", "Cast":
		return c.same()
	}
	return c.elementwise()
}

// elementwise turns an operator on every element by itself into a layer, or into
// a part of one.
func (c *converter) elementwise() error {
	switch c.node.Op {
	case "Relu":
		return c.activation(layers.New(func(*layers.ReLU) {}), true)
	case "LeakyRelu":
		return c.leakyReLU()
	case "PRelu":
		return c.prelu()
	case "Elu":
		return c.elu()
	case "Selu":
		return c.selu()
	case "Gelu":
		return c.gelu()
	case "Softmax":
		return c.softmax()
	case "Clip":
		return c.clip()
	case "Sigmoid":
		return c.bend(func(x float64) float64 { return 1 / (1 + math.Exp(-x)) })
	case "Tanh":
		return c.bend(math.Tanh)
	case "Erf":
		return c.bend(math.Erf)
	case "Softplus":
		return c.bend(func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) })
	case "Exp":
		return c.bend(math.Exp)
	case "Log":
		return c.bend(math.Log)
	case "Neg":
		return c.bend(func(x float64) float64 { return -x })
	case "Sqrt":
		return c.bend(math.Sqrt)
	case "Reciprocal":
		return c.bend(func(x float64) float64 { return 1 / x })
	case "Pow":
		return c.arithmetic(math.Pow, nil)
	case "Div":
		return c.arithmetic(func(a, b float64) float64 { return a / b }, nil)
	case "Add":
		return c.arithmetic(func(a, b float64) float64 { return a + b }, layers.New(func(*layers.Add) {}))
	case "Sub":
		return c.arithmetic(func(a, b float64) float64 { return a - b }, layers.New(func(*layers.Subtract) {}))
	case "Mul":
		return c.arithmetic(func(a, b float64) float64 { return a * b }, layers.New(func(*layers.Multiply) {}))
	case "Sum":
		return c.several(layers.New(func(*layers.Add) {}))
	case "Mean":
		return c.several(layers.New(func(*layers.Average) {}))
	case "Max":
		return c.several(layers.New(func(*layers.Maximum) {}))
	}
	return c.refuse("there is no layer for this operator")
}

// same gives its input: what an operator does only in training, or only to the
// type of the numbers.
func (c *converter) same() error {
	if to := c.int("to", 1); c.node.Op == "Cast" && to != 1 {
		return c.refuse("it turns tensors into another type of number; here they are float32")
	}
	v, err := c.flowing(c.input(0))
	if err != nil {
		return err
	}
	if c.node.Op == "Dropout" && v.curve == nil {
		return c.dropout(v)
	}
	return c.give(v)
}

// dropout keeps its rate, which counts as soon as the network is trained.
func (c *converter) dropout(v *value) error {
	rate := c.float("ratio", 0.5)
	if k := c.constants[c.input(1)]; k != nil {
		n, err := c.number(k, 1)
		if err != nil {
			return err
		}
		rate = n
	}
	if !(rate >= 0 && rate < 1) {
		return c.refuse("its ratio is %g; it must be at least 0 and below 1", rate)
	}
	if rate == 0 {
		return c.give(v)
	}
	var unit nn.Spec = layers.New(func(d *layers.Dropout) { d.Rate = rate })
	y := c.add(c.id(unit), unit, v)
	y.positive, y.pooled = v.positive, v.pooled
	return c.give(y)
}
