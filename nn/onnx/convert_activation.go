package onnx

import (
	"math"
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
)

// activation adds the layer of an activation.
func (c *converter) activation(unit nn.Spec, positive bool) error {
	x, err := c.value(0)
	if err != nil {
		return err
	}
	y := c.add(c.id(unit), unit, x)
	y.positive, y.pooled = positive, x.pooled
	return c.give(y)
}

// selu has fixed constants here.
func (c *converter) selu() error {
	const alpha, gamma = 1.67326319217681884765625, 1.05070102214813232421875
	if a, g := c.float("alpha", alpha), c.float("gamma", gamma); math.Abs(a-alpha) > 1e-5 || math.Abs(g-gamma) > 1e-5 {
		return c.refuse("its constants are %g and %g; those of selu are %.7g and %.7g", a, g, alpha, gamma)
	}
	return c.activation(layers.New(func(*layers.Selu) {}), false)
}

func (c *converter) gelu() error {
	how := c.text("approximate")
	if how != "" && how != "none" && how != "tanh" {
		return c.refuse("approximate is %q", how)
	}
	return c.activation(layers.New(func(g *layers.Gelu) { g.Approximate = how == "tanh" }), false)
}

// slope is that of leaky_relu.
func (c *converter) leakyReLU() error {
	slope := c.float("alpha", 0.01)
	if !(slope >= 0) || math.IsInf(slope, 0) {
		return c.refuse("its slope is %g; here it is at least 0", slope)
	}
	return c.activation(layers.New(func(l *layers.LeakyReLU) { l.NegativeSlope = slope }), false)
}

func (c *converter) elu() error {
	alpha := c.float("alpha", 1)
	if !(alpha >= 0) || math.IsInf(alpha, 0) {
		return c.refuse("its alpha is %g; here it is at least 0", alpha)
	}
	return c.activation(layers.New(func(e *layers.Elu) { e.Alpha = alpha }), false)
}

// prelu has one slope, one for every channel, or one for every element.
func (c *converter) prelu() error {
	x, err := c.value(0)
	if err != nil {
		return err
	}
	slope, err := c.weights(1)
	if err != nil {
		return err
	}
	if x.pooled {
		return c.refuse("it comes between a global pooling and what lays it out")
	}
	sizes := x.sizes()
	dims := asInts(slope.array.Dims)
	if len(dims) == len(sizes)+1 && dims[0] == 1 {
		dims = dims[1:]
	}
	for len(dims) < len(sizes) {
		dims = append([]int{1}, dims...)
	}
	if len(dims) != len(sizes) {
		return c.refuse("its slopes have the sizes %v for examples of %v", dims, sizes)
	}
	var shared []int
	here := make([]int, len(dims))
	for i, n := range dims {
		if n != 1 && n != sizes[i] {
			return c.refuse("its slopes have the sizes %v for examples of %v", dims, sizes)
		}
		here[x.axes[i]] = n
		if n == 1 && sizes[i] != 1 {
			shared = append(shared, x.axes[i]+1)
		}
	}
	slices.Sort(shared)
	unit := layers.New(func(p *layers.PReLU) { p.SharedAxes = shared })
	y := c.add(c.id(unit), unit, x)
	order := make([]int, len(dims))
	for i, axis := range x.axes {
		order[axis] = i
	}
	blocks := x.rows
	err = c.weight(y, "alpha", here, slope, func(v []float32) []float32 {
		if len(dims) == 1 && len(v) > 1 {
			return placed(v, rowsOf(blocks), 1)
		}
		return moved(v, dims, order)
	})
	if err != nil {
		return err
	}
	return c.give(y)
}

// softmax competes along an axis; before version 13 along all axes from one on.
func (c *converter) softmax() error {
	x, err := c.value(0)
	if err != nil {
		return err
	}
	rank, standard := len(x.axes)+1, int64(-1)
	if c.file.opset < 13 {
		standard = 1
	}
	axis := int(c.int("axis", standard))
	if axis < 0 {
		axis += rank
	}
	if axis < 1 || axis >= rank || c.file.opset < 13 && axis != rank-1 || x.pooled {
		return c.refuse("it goes along axis %d of %d, the first of them the batch", axis, rank)
	}
	own := x.axes[axis-1] + 1
	if own == rank-1 {
		own = -1
	}
	return c.activation(layers.New(func(s *layers.Softmax) { s.Axis = own }), true)
}

// clip cuts values off: relu with a largest value.
func (c *converter) clip() error {
	low, high := math.Inf(-1), math.Inf(1)
	for i, name := range []string{"min", "max"} {
		into := []*float64{&low, &high}[i]
		if a := attributeOf(c.node, name); a.Name != "" {
			*into = plain(a.Float)
		}
		if in := c.input(1 + i); in != "" {
			k := c.constants[in]
			if k == nil {
				return c.refuse("its bound %q is no number of the file", in)
			}
			n, err := c.number(k, 1+i)
			if err != nil {
				return err
			}
			*into = n
		}
	}
	if low != 0 || !(high >= 0) {
		return c.refuse("it cuts off at %g and %g; there is a layer for 0 and a number above it (relu)", low, high)
	}
	return c.activation(layers.New(func(r *layers.ReLU) {
		if !math.IsInf(high, 1) {
			r.MaxValue = &high
		}
	}), true)
}
