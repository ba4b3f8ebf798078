package onnx

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/onnx/wire"
)

// pool keeps the largest value or the mean of each window.
func (c *converter) pool() error {
	x, err := c.first(0)
	if err != nil {
		return err
	}
	w, err := c.window(nil)
	if err != nil {
		return err
	}
	if w.dilations != [3]int{1, 1, 1} {
		return c.refuse("its window has holes (dilations %v); the layer here has none", w.dilations)
	}
	mean := c.node.Op == "AveragePool"
	sized := func(size, strides [3]int, padding string) nn.Spec {
		if mean {
			return layers.New(func(p *layers.AveragePool3D) { p.PoolSize, p.Strides, p.Padding = size, strides, padding })
		}
		return layers.New(func(p *layers.MaxPool3D) { p.PoolSize, p.Strides, p.Padding = size, strides, padding })
	}
	plain := sized(w.size, w.strides, validPadding)
	id := c.id(plain)
	if len(x.shape) != 4 {
		return c.give(c.add(id, plain, x))
	}
	in := x.shape.MustSizes()
	w.settle(in)
	// What is added counts as zero: for a mean if the operator says so, for the
	// largest of values that are never below zero.
	zeros := w.padded() && !w.ceil && (mean && c.int("count_include_pad", 0) != 0 || !mean && x.positive)
	counted := mean && c.int("count_include_pad", 0) != 0 && w.padded()
	var y *value
	switch {
	case w.plainly(in):
		y = c.add(id, plain, x)
	case !counted && w.evenly(in):
		y = c.add(id, sized(w.size, w.strides, samePadding), x)
	case zeros:
		y = c.add(id+"_pad", layers.New(func(z *layers.ZeroPad3D) { z.Padding = w.pads() }), x)
		y = c.add(id, plain, y)
	case !counted && w.centred(in):
		y = c.add(id, sized(w.size, [3]int{1, 1, 1}, samePadding), x)
		y = c.add(id+"_strides", layers.New(func(p *layers.MaxPool3D) {
			p.PoolSize, p.Strides, p.Padding = [3]int{1, 1, 1}, w.strides, validPadding
		}), y)
	default:
		return c.refuse("its padding, %v in front and %v behind, is none that the layer here has", w.front, w.back)
	}
	y.positive = x.positive
	return c.give(y)
}

// centred says that every window lies evenly around a voxel, from the first one
// on in steps of strides: then "same" with strides 1 gives them all, and every
// so manieth is taken.
func (w *sliding) centred(in []int) bool {
	for i := range 3 {
		if w.size[i]%2 == 0 || w.front[i] != w.size[i]/2 || w.length(i, in[i]) != (in[i]-1)/w.strides[i]+1 {
			return false
		}
	}
	return true
}

// globalPool keeps one value of each channel. The axes of size 1 that the
// operator leaves are taken off if all that follows is to lay them out.
func (c *converter) globalPool(mean bool) error {
	x, err := c.first(0)
	if err != nil {
		return err
	}
	next := c.onlyUser(c.node.Outputs)
	flat := next != nil && c.laysOut(next)
	var unit nn.Spec
	if mean {
		unit = layers.New(func(g *layers.GlobalAveragePool3D) { g.KeepDims = !flat })
	} else {
		unit = layers.New(func(g *layers.GlobalMaxPool3D) { g.KeepDims = !flat })
	}
	y := c.add(c.id(unit), unit, x)
	y.positive = x.positive
	y.pooled = flat
	return c.give(y)
}

// laysOut says that a node behind a global pooling leaves nothing but [N, C].
func (c *converter) laysOut(n *wire.Node) bool {
	switch n.Op {
	case "Flatten":
		return true
	case "Reshape":
		target := c.constants[append(n.Inputs, "", "")[1]]
		if target == nil {
			return false
		}
		list, err := target.whole()
		return err == nil && len(list) == 2
	case "Squeeze":
		axes := attributeOf(n, "axes").Ints
		return len(n.Inputs) > 1 || len(axes) == 3
	}
	return false
}

// onlyUser is the one node that takes the first output; nil if there are none or
// several.
func (c *converter) onlyUser(outputs []string) *wire.Node {
	if len(outputs) == 0 {
		return nil
	}
	users := c.users[outputs[0]]
	if len(users) != 1 || users[0] >= len(c.file.model.Graph.Nodes) {
		return nil
	}
	return &c.file.model.Graph.Nodes[users[0]]
}

// reduced is a mean or a maximum over the three axes of a volume.
func (c *converter) reduced() error {
	axes, _, err := c.settings(1, "axes")
	if err != nil {
		return err
	}
	seen := map[int64]bool{}
	for _, axis := range axes {
		if axis < 0 {
			axis += 5
		}
		seen[axis] = true
	}
	if len(axes) != 3 || !seen[2] || !seen[3] || !seen[4] {
		return c.refuse("it goes over the axes %v; only over those of space, [2, 3, 4], there is a layer for it", axes)
	}
	x, err := c.first(0)
	if err != nil {
		return err
	}
	keep := c.int("keepdims", 1) != 0
	var unit nn.Spec
	if c.node.Op == "ReduceMean" {
		unit = layers.New(func(g *layers.GlobalAveragePool3D) { g.KeepDims = keep })
	} else {
		unit = layers.New(func(g *layers.GlobalMaxPool3D) { g.KeepDims = keep })
	}
	y := c.add(c.id(unit), unit, x)
	y.positive = x.positive
	return c.give(y)
}
