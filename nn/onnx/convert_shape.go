package onnx

import (
	"slices"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

func (c *converter) flatten() error {
	v, err := c.value(0)
	if err != nil {
		return err
	}
	rank := int64(len(v.sizes()) + 1)
	axis := c.int("axis", 1)
	if axis < 0 {
		axis += rank
	}
	if axis != 1 {
		return c.refuse("it lays the batch out with the examples (axis %d); only axis 1 keeps them apart", c.int("axis", 1))
	}
	y, err := c.flattened(v)
	if err != nil {
		return err
	}
	return c.give(y)
}

// reshape gives examples other sizes, their elements in the order of the file.
func (c *converter) reshape() error {
	v, err := c.value(0)
	if err != nil {
		return err
	}
	target, given, err := c.numbers(1)
	if err != nil {
		return err
	}
	if !given { // an attribute before version 5
		return c.refuse("it says no shape")
	}
	sizes, err := c.target(v.sizes(), target)
	if err != nil {
		return err
	}
	return c.resized(v, sizes)
}

// target works out a shape that is asked for, without the batch.
func (c *converter) target(in []int, target []number) ([]int, error) {
	all := tensor.Elements(in)
	if len(target) == 0 {
		return nil, c.refuse("it leaves no axis for the examples")
	}
	var sizes []int
	open, rest := -1, 1
	for i, t := range target[1:] {
		n := t.n
		if n == 0 && c.int("allowzero", 0) == 0 && i < len(in) {
			n = int64(in[i])
		}
		switch {
		case t.batch:
			return nil, c.refuse("it moves the batch to another axis")
		case n == -1 && open < 0:
			open, n = i, 1
		case n < 1 || n > int64(all):
			return nil, c.refuse("it asks for the sizes %s; an example has %d values", listed(target), all)
		}
		sizes = append(sizes, int(n))
		if rest > all/int(n) {
			return nil, c.refuse("it asks for the sizes %s; an example has %d values", listed(target), all)
		}
		rest *= int(n)
	}
	// The first size is the batch's, whether it says so or not, if the others are
	// those of an example.
	if open >= 0 {
		if all%rest != 0 {
			return nil, c.refuse("it asks for the sizes %s; an example has %d values", listed(target), all)
		}
		sizes[open], rest = all/rest, all
	}
	batch := target[0]
	if rest != all || !batch.batch && batch.n > 1 && c.declaredBatch() != batch.n {
		return nil, c.refuse("it asks for the sizes %s, which mixes examples of %d values", listed(target), all)
	}
	return sizes, nil
}

// declaredBatch is the size of the batch that a file is made for; 0 if any.
func (c *converter) declaredBatch() int64 {
	if dims := c.file.input.Dims; len(dims) > 0 && dims[0].Known {
		return dims[0].Size
	}
	return 0
}

func listed(numbers []number) string {
	s := make(shape.Shape, len(numbers))
	for i, n := range numbers {
		if s[i] = shape.Of(int(n.n)); n.batch {
			s[i] = shape.Symbol("N")
		}
	}
	return s.String()
}

// resized gives a value other sizes.
func (c *converter) resized(v *value, sizes []int) error {
	switch {
	case slices.Equal(sizes, v.sizes()):
		return c.give(v)
	case len(sizes) == 1:
		y, err := c.flattened(v)
		if err != nil {
			return err
		}
		return c.give(y)
	}
	if groups, cut := c.cut(v, sizes); cut {
		v = c.permuted(v, toFirst(4))
		return c.give(&value{from: v.from, shape: v.shape, axes: v.axes, groups: &grouped{groups, v}})
	}
	if v.pooled {
		v = &value{from: v.from, shape: v.shape, axes: v.axes, positive: v.positive}
	}
	v, err := c.straight(v)
	if err != nil {
		return err
	}
	unit := layers.New(func(r *layers.Reshape) { r.TargetShape = sizes })
	y := c.add(c.id(unit), unit, v)
	y.axes, y.positive = inOrder(len(sizes)), v.positive
	return c.give(y)
}

// squeeze takes axes of size 1 out, unsqueeze puts them in.
func (c *converter) squeeze() error {
	v, err := c.value(0)
	if err != nil {
		return err
	}
	axes, given, err := c.settings(1, "axes")
	if err != nil {
		return err
	}
	sizes := v.sizes()
	rank := int64(len(sizes) + 1)
	var left []int
	for i, n := range sizes {
		out := n == 1
		if given {
			out = slices.Contains(axes, int64(i+1)) || slices.Contains(axes, int64(i+1)-rank)
			if out && n != 1 {
				return c.refuse("it takes out axis %d, whose size is %d", i+1, n)
			}
		}
		if !out {
			left = append(left, n)
		}
	}
	if slices.Contains(axes, 0) || slices.Contains(axes, -rank) {
		return c.refuse("it takes out the batch")
	}
	if len(left) == 0 {
		left = []int{1}
	}
	return c.resized(v, left)
}

func (c *converter) unsqueeze() error {
	v, err := c.value(0)
	if err != nil {
		return err
	}
	axes, _, err := c.settings(1, "axes")
	if err != nil {
		return err
	}
	if len(axes) > 8 {
		return c.refuse("it puts in %d axes", len(axes))
	}
	sizes := append([]int{0}, v.sizes()...)
	rank := int64(len(sizes) + len(axes))
	at := map[int64]bool{}
	for _, axis := range axes {
		if axis < 0 {
			axis += rank
		}
		if axis < 1 || axis >= rank {
			return c.refuse("it puts in axis %d of %d", axis, rank)
		}
		at[axis] = true
	}
	wide := make([]int, 0, rank)
	for len(wide) < int(rank) {
		if at[int64(len(wide))] || len(sizes) == 0 {
			wide = append(wide, 1)
			continue
		}
		wide, sizes = append(wide, sizes[0]), sizes[1:]
	}
	return c.resized(v, wide[1:])
}

// transpose is no layer: only the file sees the axes in another order.
func (c *converter) transpose() error {
	v, err := c.value(0)
	if err != nil {
		return err
	}
	if v.pooled {
		return c.refuse("it moves the axes of size 1 that a pooling left")
	}
	perm := c.ints("perm")
	if perm == nil {
		return c.refuse("it moves the batch")
	}
	if len(perm) != len(v.axes)+1 || perm[0] != 0 {
		return c.refuse("perm is %v for a tensor of %s, the first of them the batch", perm, axes(len(v.axes)+1))
	}
	y := *v
	y.axes = make([]int, len(v.axes))
	seen := map[int64]bool{}
	for i, axis := range perm[1:] {
		if axis < 1 || int(axis) > len(v.axes) || seen[axis] {
			return c.refuse("perm is %v", perm)
		}
		seen[axis] = true
		y.axes[i] = v.axes[axis-1]
	}
	return c.give(&y)
}
