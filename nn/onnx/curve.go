package onnx

import (
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
)

// curve is a function of each element of one tensor, put together from operators
// such as those that make up a gelu. Which activation it is, its values tell: it
// is worked out at places that no two activations here have in common.
type curve struct {
	of *value
	y  [places]float64
	// left and right are what the last operator joined, and join the layer that does
	// it, where both were tensors: a curve that is no activation may still be that.
	left, right *value
	join        nn.Spec
	// index is the last operator.
	index int
	// layer is what gives it, once something has asked for it.
	layer *value
}

// places is how many there are.
const places = 41

// place is the i-th one, between -8 and 8. None is whole, and none is the
// opposite of another.
func place(i int) float64 { return -8 + 0.4*float64(i) + 0.0137*float64(i%7) + 0.003 }

// line is a tensor as a curve of itself.
func line(v *value) *curve {
	k := &curve{of: v}
	for i := range k.y {
		k.y[i] = place(i)
	}
	return k
}

// curveOf is a value as a curve: of the tensor it was made from as long as no
// layer gives it.
func curveOf(v *value) *curve {
	switch {
	case v.curve == nil:
		return line(v)
	case v.curve.layer != nil:
		return line(v.curve.layer)
	}
	return v.curve
}

// base is a value as a curve that something is to be made of by itself. No
// activation is a part of another one here, so one that is complete gets its layer,
// and what comes is a curve of that. So does what joins two such.
func (c *converter) base(v *value) (*curve, error) {
	if k := v.curve; k != nil && (k.complete() || k.join != nil && k.left != k.right && whole(k.left) && whole(k.right)) {
		of, err := c.drawn(v)
		return line(of), err
	}
	return curveOf(v), nil
}

// whole says that a layer gives a value, or could.
func whole(v *value) bool { return v.curve == nil || v.curve.complete() }

// complete says that a curve is an activation.
func (k *curve) complete() bool {
	_, is := k.activation()
	return k.layer != nil || is
}

// candidate is an activation that a curve can be. The unit of a tensor itself is
// nil.
type candidate struct {
	unit     nn.Spec
	positive bool
	f        func(x float64) float64
}

func candidates() []candidate {
	logistic := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	return []candidate{
		{nil, false, func(x float64) float64 { return x }},
		{layers.New(func(*layers.Sigmoid) {}), true, logistic},
		{layers.New(func(*layers.Tanh) {}), false, math.Tanh},
		{layers.New(func(*layers.Silu) {}), false, func(x float64) float64 { return x * logistic(x) }},
		{layers.New(func(*layers.Gelu) {}), false, func(x float64) float64 { return x * (1 + math.Erf(x/math.Sqrt2)) / 2 }},
		{layers.New(func(g *layers.Gelu) { g.Approximate = true }), false, func(x float64) float64 {
			return x * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x))) / 2
		}},
		{layers.New(func(*layers.ReLU) {}), true, func(x float64) float64 { return max(x, 0) }},
		{layers.New(func(*layers.Softplus) {}), true, func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }},
	}
}

// activation is the one that a curve is.
func (k *curve) activation() (candidate, bool) {
	for _, candidate := range candidates() {
		like := true
		for i, y := range k.y {
			// The constants of a file have seven digits.
			want := candidate.f(place(i))
			like = like && !math.IsNaN(y) && math.Abs(y-want) <= 2e-6*max(1, math.Abs(want))
		}
		if like {
			return candidate, true
		}
	}
	return candidate{}, false
}

// at is the converter at another operator.
func (c *converter) at(index int) *converter {
	other := *c
	other.index, other.node = index, &c.file.model.Graph.Nodes[index]
	return &other
}

// drawn is the tensor of a curve: a layer that is the same function, or one that
// joins two.
func (c *converter) drawn(v *value) (*value, error) {
	k := v.curve
	if k.layer != nil {
		return k.layer, nil
	}
	switch is, known := k.activation(); {
	case known && is.unit == nil:
		k.layer = k.of
		return k.layer, nil
	case known:
		k.layer = c.add(c.at(k.index).id(is.unit), is.unit, k.of)
		k.layer.positive, k.layer.pooled = is.positive, k.of.pooled
		return k.layer, nil
	}
	unknown := c.at(k.index).refuse("what it gives is no activation that is known here")
	if k.join == nil {
		return nil, unknown
	}
	left, leftErr := c.solid(k.left)
	right, rightErr := c.solid(k.right)
	if leftErr != nil || rightErr != nil {
		return nil, unknown
	}
	before, index := c.node, c.index
	c.index, c.node = k.index, &c.file.model.Graph.Nodes[k.index]
	err := c.merge(k.join, left, right)
	k.layer = c.values[c.node.Outputs[0]]
	c.node, c.index = before, index
	return k.layer, err
}

// solid is a value that a layer gives.
func (c *converter) solid(v *value) (*value, error) {
	if v.curve == nil {
		return v, nil
	}
	return c.drawn(v)
}

// bend gives a function of a tensor's elements.
func (c *converter) bend(f func(x float64) float64) error {
	v, err := c.flowing(c.input(0))
	if err != nil {
		return err
	}
	return c.bent(v, f)
}

func (c *converter) bent(v *value, f func(x float64) float64) error {
	from, err := c.base(v)
	if err != nil {
		return err
	}
	k := &curve{of: from.of, index: c.index}
	for i, y := range from.y {
		k.y[i] = f(y)
	}
	return c.give(&value{curve: k})
}

// arithmetic joins two tensors, or a tensor and a number of the file.
func (c *converter) arithmetic(f func(a, b float64) float64, join nn.Spec) error {
	if len(c.node.Inputs) != 2 {
		return c.refuse("it has %s; 2 are needed", count(len(c.node.Inputs), "input"))
	}
	for i, name := range c.node.Inputs {
		k, isNumber := c.constants[name]
		if !isNumber {
			continue
		}
		n, err := c.number(k, i)
		if err != nil {
			return err
		}
		v, err := c.flowing(c.input(1 - i))
		if err != nil {
			return err
		}
		if i == 0 {
			return c.bent(v, func(y float64) float64 { return f(n, y) })
		}
		return c.bent(v, func(y float64) float64 { return f(y, n) })
	}
	left, err := c.flowing(c.input(0))
	if err != nil {
		return err
	}
	right, err := c.flowing(c.input(1))
	if err != nil {
		return err
	}
	if left == right {
		if _, err := c.base(left); err != nil {
			return err
		}
		if c.node.Op != "Mul" { // x·x is a part of activations, x + x of none
			x, err := c.solid(left)
			if err != nil {
				return err
			}
			return c.merge(join, x, x)
		}
	}
	a, b := curveOf(left), curveOf(right)
	// A tensor with itself, as in x·sigmoid(x), is a curve.
	if a.of == b.of {
		k := &curve{of: a.of, index: c.index, left: left, right: right, join: join}
		for i := range k.y {
			k.y[i] = f(a.y[i], b.y[i])
		}
		return c.give(&value{curve: k})
	}
	if join == nil {
		return c.refuse("it joins two tensors; there is a layer for their sum, difference and product")
	}
	x, err := c.solid(left)
	if err != nil {
		return err
	}
	y, err := c.solid(right)
	if err != nil {
		return err
	}
	return c.merge(join, x, y)
}

// number is a single number of the file.
func (c *converter) number(k *constant, i int) (float64, error) {
	n, single := k.single()
	if !single {
		return 0, c.refuse("its input %q is an array; a layer can only take a single number there, or a tensor of examples", c.input(i))
	}
	return n, nil
}
