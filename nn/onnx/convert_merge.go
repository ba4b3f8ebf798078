package onnx

import (
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
)

// concatenation joins tensors along an axis of the file.
func (c *converter) concatenation() error {
	var in []*value
	for i := range c.node.Inputs {
		v, err := c.value(i)
		if err != nil {
			return err
		}
		in = append(in, v)
	}
	if len(in) == 0 {
		return c.refuse("it joins nothing")
	}
	rank := len(in[0].axes) + 1
	axis := int(c.int("axis", 1))
	if axis < 0 {
		axis += rank
	}
	if axis < 1 || axis >= rank {
		return c.refuse("it joins along axis %d of %d, the first of them the batch", axis, rank)
	}
	if len(in) == 1 {
		return c.give(in[0])
	}
	if err := c.alike(in); err != nil {
		return err
	}
	own := in[0].axes[axis-1] + 1
	if own == rank-1 {
		own = -1
	}
	unit := layers.New(func(l *layers.Concatenate) { l.Axis = own })
	y := c.add(c.id(unit), unit, in...)
	y.positive = true
	var blocks []block
	mixed := false
	for _, v := range in {
		y.positive = y.positive && v.positive
		if rank == 2 {
			blocks, mixed = append(blocks, v.blocks()...), mixed || v.rows != nil
		}
	}
	if y.rows = nil; mixed {
		y.rows = blocks
	}
	return c.give(y)
}

// alike brings tensors that are joined to one order of axes.
func (c *converter) alike(in []*value) error {
	for i, v := range in {
		if len(v.axes) != len(in[0].axes) || v.pooled != in[0].pooled {
			return c.refuse("it joins tensors of %s and of %s", axes(len(in[0].sizes())+1), axes(len(v.sizes())+1))
		}
		if i > 0 && !slices.Equal(v.axes, in[0].axes) {
			in[i] = c.permuted(v, in[0].axes)
		}
	}
	return nil
}

// merge joins tensors of one shape element by element.
func (c *converter) merge(unit nn.Spec, in ...*value) error {
	if err := c.alike(in); err != nil {
		return err
	}
	for _, v := range in {
		if len(v.rows) != 0 {
			return c.refuse("it joins vectors whose order is not ours")
		}
	}
	y := c.add(c.id(unit), unit, in...)
	_, less := unit.(*layers.Subtract)
	y.positive = !less
	for _, v := range in {
		y.positive = y.positive && v.positive
	}
	y.pooled = in[0].pooled
	return c.give(y)
}

// several joins any number of tensors.
func (c *converter) several(unit nn.Spec) error {
	var in []*value
	for i := range c.node.Inputs {
		v, err := c.value(i)
		if err != nil {
			return err
		}
		in = append(in, v)
	}
	switch len(in) {
	case 0:
		return c.refuse("it joins nothing")
	case 1:
		return c.give(in[0])
	}
	return c.merge(unit, in...)
}
