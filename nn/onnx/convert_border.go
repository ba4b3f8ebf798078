package onnx

import (
	"math"

	"github.com/voxelpipe/pipe/nn/layers"
)

// pad adds zeros around a volume, or cuts voxels off where it is negative.
func (c *converter) pad() error {
	if mode := c.text("mode"); mode != "" && mode != "constant" {
		return c.refuse("it fills the border by %q; the layer here with zeros", mode)
	}
	fill := 0.0
	if a := attributeOf(c.node, "value"); a.Name != "" {
		fill = float64(a.Float)
	}
	if name := c.input(2); name != "" {
		k := c.constants[name]
		known := k != nil
		if known {
			fill, known = k.single()
		}
		if !known {
			return c.refuse("what it fills the border with is no number of the file")
		}
	}
	if fill != 0 {
		return c.refuse("it fills the border with %g; the layer here with zeros", fill)
	}
	x, err := c.first(0)
	if err != nil {
		return err
	}
	pads, _, err := c.settings(1, "pads")
	if err != nil {
		return err
	}
	axes, partial, err := c.settings(3, "axes")
	if err != nil {
		return err
	}
	if partial {
		full := make([]int64, 10)
		for i, axis := range axes {
			if axis < 0 {
				axis += 5
			}
			if axis < 0 || axis > 4 || len(pads) != 2*len(axes) {
				return c.refuse("pads are %v for the axes %v", pads, axes)
			}
			full[axis], full[5+axis] = pads[i], pads[len(axes)+i]
		}
		pads = full
	}
	if len(pads) != 10 || pads[0] != 0 || pads[1] != 0 || pads[5] != 0 || pads[6] != 0 {
		return c.refuse("pads are %v; only the three axes of a volume can be padded", pads)
	}
	var add, cut [3][2]int
	for i := range add {
		for end := range 2 {
			n := pads[2+i+5*end]
			if n > longest || n < -longest {
				return c.refuse("pads are %v", pads)
			}
			add[i][end], cut[i][end] = int(max(n, 0)), int(max(-n, 0))
		}
	}
	y := x
	if cut != [3][2]int{} {
		unit := layers.New(func(l *layers.Crop3D) { l.Cropping = cut })
		y = c.add(c.id(unit), unit, y)
	}
	if add != [3][2]int{} {
		unit := layers.New(func(l *layers.ZeroPad3D) { l.Padding = add })
		y = c.add(c.id(unit), unit, y)
	}
	y.positive = x.positive
	return c.give(y)
}

// resize repeats voxels.
func (c *converter) resize() error {
	if mode := c.text("mode"); mode != "" && mode != "nearest" {
		return c.refuse("it makes volumes larger by %q; the layer here repeats voxels (nearest)", mode)
	}
	x, err := c.first(0)
	if err != nil {
		return err
	}
	if len(x.shape) != 4 {
		return c.refuse("its input has %s; the layer here takes a volume with channels", axes(len(x.shape)+1))
	}
	factors, err := c.factors(x)
	if err != nil {
		return err
	}
	in := x.shape.MustSizes()
	for i, factor := range factors {
		if in[i] < 1<<12 && factor < 1<<8 && !c.repeats(in[i], factor) {
			return c.refuse("it takes other voxels than their repetition would (%s, %s)", c.coordinates(), c.rounding())
		}
	}
	unit := layers.New(func(u *layers.UpSample3D) { u.Size = factors })
	y := c.add(c.id(unit), unit, x)
	y.positive = x.positive
	return c.give(y)
}

// factors are whole numbers by which the three axes of a volume become longer.
func (c *converter) factors(x *value) ([3]int, error) {
	var factors [3]int
	sizes := x.sizes()
	at := 2
	if c.node.Op == "Upsample" || c.file.opset < 11 {
		at = 1
	}
	if name := c.input(at); name != "" {
		k := c.constants[name]
		if k == nil || k.array == nil || k.array.Len() != 5 {
			return factors, c.refuse("its scales are not 5 numbers of the file")
		}
		scales, err := k.floats()
		if err != nil {
			return factors, c.refuse("%s", err)
		}
		for i := range factors {
			factors[i] = int(min(max(scales[2+i], 0), longest))
			if float32(factors[i]) != scales[2+i] || factors[i] < 1 || scales[0] != 1 || scales[1] != 1 {
				return factors, c.refuse("its scales are %v; the layer here repeats every voxel a whole number of times", scales)
			}
		}
		return factors, nil
	}
	list, given, err := c.numbers(3)
	if err != nil {
		return factors, err
	}
	if !given || len(list) != 5 || list[1].n != int64(sizes[0]) {
		return factors, c.refuse("its sizes are not 5 numbers that keep the channels")
	}
	for i := range factors {
		n := int64(sizes[1+i])
		if list[2+i].batch || list[2+i].n < n || list[2+i].n%n != 0 || list[2+i].n > longest {
			return factors, c.refuse("it makes a volume of %v into %s; the layer here repeats every voxel a whole number of times", sizes[1:], listed(list))
		}
		factors[i] = int(list[2+i].n / n)
	}
	return factors, nil
}

func (c *converter) coordinates() string {
	if mode := c.text("coordinate_transformation_mode"); mode != "" {
		return mode
	}
	if c.node.Op == "Upsample" || c.file.opset < 11 {
		return "asymmetric"
	}
	return "half_pixel"
}

func (c *converter) rounding() string {
	if mode := c.text("nearest_mode"); mode != "" {
		return mode
	}
	if c.node.Op == "Upsample" || c.file.opset < 11 {
		return "floor"
	}
	return "round_prefer_floor"
}

// repeats says whether the nearest voxels are those that repetition gives, by the
// rules of the format.
func (c *converter) repeats(in, factor int) bool {
	out := in * factor
	for i := range out {
		var x float64
		switch c.coordinates() {
		case "asymmetric":
			x = float64(i) / float64(factor)
		case "half_pixel", "pytorch_half_pixel", "half_pixel_symmetric":
			if x = (float64(i)+0.5)/float64(factor) - 0.5; c.coordinates() == "pytorch_half_pixel" && out == 1 {
				x = 0
			}
		default:
			return false
		}
		at, known := nearest(x, c.rounding())
		if !known || min(max(at, 0), in-1) != i/factor {
			return false
		}
	}
	return true
}

// nearest rounds a place to a voxel, by a rule of the format.
func nearest(x float64, rule string) (int, bool) {
	switch rule {
	case "floor":
		return int(math.Floor(x)), true
	case "ceil":
		return int(math.Ceil(x)), true
	case "round_prefer_floor":
		return int(math.Ceil(x - 0.5)), true
	case "round_prefer_ceil":
		return int(math.Floor(x + 0.5)), true
	}
	return 0, false
}
