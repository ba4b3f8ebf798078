package onnx

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
)

// sliding is a window of an operator over three axes.
type sliding struct {
	size, strides, dilations [3]int
	// front and back are the elements that are added to each axis.
	front, back [3]int
	// auto is how the padding is to be found: "SAME_UPPER", "SAME_LOWER", "VALID",
	// or not at all.
	auto string
	// ceil lets the last window stick out.
	ceil bool
}

// window reads the settings that all such operators have. The size is that of
// the kernel where there is one.
func (c *converter) window(kernel []int64) (*sliding, error) {
	w := &sliding{strides: [3]int{1, 1, 1}, dilations: [3]int{1, 1, 1}, ceil: c.int("ceil_mode", 0) != 0}
	given := c.ints("kernel_shape")
	if given == nil {
		given = kernel
	}
	if len(kernel) == 3 {
		for i, n := range given {
			if i < 3 && n != kernel[i] {
				return nil, c.refuse("kernel_shape is %v, its weights have %v", given, kernel)
			}
		}
	}
	if len(given) != 3 {
		return nil, c.refuse("it slides over %s; the layers here over 3", axes(len(given)))
	}
	if err := c.triple("kernel_shape", given, &w.size); err != nil {
		return nil, err
	}
	for name, into := range map[string]*[3]int{"strides": &w.strides, "dilations": &w.dilations} {
		if list := c.ints(name); list != nil {
			if err := c.triple(name, list, into); err != nil {
				return nil, err
			}
		}
	}
	if w.auto = c.text("auto_pad"); w.auto == "NOTSET" {
		w.auto = ""
	}
	if w.auto != "" && w.auto != "SAME_UPPER" && w.auto != "SAME_LOWER" && w.auto != "VALID" {
		return nil, c.refuse("auto_pad is %q", w.auto)
	}
	pads := c.ints("pads")
	if pads == nil || w.auto != "" {
		return w, nil
	}
	if len(pads) != 6 {
		return nil, c.refuse("pads has %d numbers; 6 are needed", len(pads))
	}
	for i, n := range pads {
		if n < 0 || n > longest {
			return nil, c.refuse("pads are %v", pads)
		}
		if i < 3 {
			w.front[i] = int(n)
		} else {
			w.back[i-3] = int(n)
		}
	}
	return w, nil
}

// longest is more than any volume has along an axis.
const longest = 1 << 24

func axes(n int) string {
	if n == 1 {
		return "1 axis"
	}
	return fmt.Sprintf("%d axes", n)
}

// triple reads three numbers of at least 1.
func (c *converter) triple(name string, list []int64, into *[3]int) error {
	if len(list) != 3 {
		return c.refuse("%s has %d numbers; 3 are needed", name, len(list))
	}
	for i, n := range list {
		if n < 1 || n > longest {
			return c.refuse("%s are %v", name, list)
		}
		into[i] = int(n)
	}
	return nil
}

func (w *sliding) span(i int) int { return (w.size[i]-1)*w.dilations[i] + 1 }

// settle finds the padding that was left to be found, for a volume of these
// sizes.
func (w *sliding) settle(in []int) {
	if w.auto != "SAME_UPPER" && w.auto != "SAME_LOWER" {
		return
	}
	for i := range 3 {
		out := (in[i] + w.strides[i] - 1) / w.strides[i]
		all := max(0, (out-1)*w.strides[i]+w.span(i)-in[i])
		w.front[i], w.back[i] = all/2, all-all/2
		if w.auto == "SAME_LOWER" {
			w.front[i], w.back[i] = w.back[i], w.front[i]
		}
	}
}

// length is the size of an axis behind the window.
func (w *sliding) length(i, in int) int {
	room := in + w.front[i] + w.back[i] - w.span(i)
	if room < 0 {
		return 0
	}
	out := room/w.strides[i] + 1
	// A last window that sticks out has to begin inside or in front of the volume.
	if w.ceil && room%w.strides[i] != 0 && out*w.strides[i] < in+w.front[i] {
		out++
	}
	return out
}

// padded says whether anything is added to an axis.
func (w *sliding) padded() bool { return w.front != [3]int{} || w.back != [3]int{} }

// plainly says that "valid" gives the same windows.
func (w *sliding) plainly(in []int) bool {
	for i := range 3 {
		if w.front[i] != 0 || w.length(i, in[i]) != max(0, in[i]-w.span(i)+w.strides[i])/w.strides[i] {
			return false
		}
	}
	return true
}

// evenly says that "same" gives the same windows. What it adds behind an axis may
// be less or more: it is not seen.
func (w *sliding) evenly(in []int) bool {
	for i := range 3 {
		out := (in[i] + w.strides[i] - 1) / w.strides[i]
		all := max(0, (out-1)*w.strides[i]+w.span(i)-in[i])
		if w.front[i] != all/2 || w.length(i, in[i]) != out {
			return false
		}
	}
	return true
}

// pads are what is added, as layers write it.
func (w *sliding) pads() [3][2]int {
	var pads [3][2]int
	for i := range pads {
		pads[i] = [2]int{w.front[i], w.back[i]}
	}
	return pads
}

// The two ways to treat the border.
const (
	validPadding = "valid"
	samePadding  = "same"
)

// convolution is a kernel [out, in, kd, kh, kw] that slides.
func (c *converter) convolution() error {
	x, err := c.first(0)
	if err != nil {
		return err
	}
	kernel, err := c.weights(1)
	if err != nil {
		return err
	}
	dims := kernel.array.Dims
	if len(dims) != 5 {
		return c.refuse("its kernel has %s, %v; a kernel that slides over a volume has 5", axes(len(dims)), dims)
	}
	w, err := c.window(dims[2:])
	if err != nil {
		return err
	}
	groups := c.int("group", 1)
	if groups < 1 || groups > dims[0] || dims[0] < 1 {
		return c.refuse("%d groups of %d filters", groups, dims[0])
	}
	id, padding := c.id(&layers.Conv3D{}), validPadding
	if len(x.shape) == 4 {
		in := x.shape.MustSizes()
		if w.settle(in); in[3] != int(dims[1]*groups) {
			return c.refuse("its kernel takes %s; %s come in", count(int(dims[1]*groups), "channel"), count(in[3], "channel"))
		}
		switch {
		case w.plainly(in):
		case w.evenly(in):
			padding = samePadding
		default:
			x = c.add(id+"_pad", layers.New(func(z *layers.ZeroPad3D) { z.Padding = w.pads() }), x)
		}
	}
	_, biased := c.constants[c.input(2)]
	if !biased && c.input(2) != "" {
		_, err := c.weights(2)
		return err
	}
	var unit nn.Spec = layers.New(func(l *layers.Conv3D) {
		l.Filters, l.KernelSize, l.Strides, l.DilationRate = int(dims[0]), w.size, w.strides, w.dilations
		l.Padding, l.Groups, l.UseBias = padding, int(groups), biased
	})
	sizes, order := asInts(dims), kernelHere
	if groups > 1 && dims[1] == 1 && dims[0]%groups == 0 { // every channel by itself
		multiplier := int(dims[0] / groups)
		unit = layers.New(func(l *layers.DepthwiseConv3D) {
			l.KernelSize, l.Strides, l.DilationRate, l.DepthMultiplier = w.size, w.strides, w.dilations, multiplier
			l.Padding, l.UseBias = padding, biased
		})
		sizes, order = append([]int{int(groups), multiplier}, sizes[2:]...), []int{2, 3, 4, 0, 1}
	}
	y := c.add(id, unit, x)
	err = c.weight(y, "kernel", reordered(sizes, order), kernel, func(v []float32) []float32 { return moved(v, sizes, order) })
	if err == nil && biased {
		err = c.bias(y, 2, int(dims[0]))
	}
	if err != nil {
		return err
	}
	return c.give(y)
}

// kernelHere is the order in which [out, in, kd, kh, kw] becomes [kd, kh, kw, in,
// out].
var kernelHere = []int{2, 3, 4, 1, 0}

// bias is the array of the node's i-th input.
func (c *converter) bias(y *value, i, n int) error {
	bias, err := c.weights(i)
	if err != nil {
		return err
	}
	return c.weight(y, "bias", []int{n}, bias, nil)
}

func asInts(list []int64) []int {
	plain := make([]int, len(list))
	for i, n := range list {
		plain[i] = int(n)
	}
	return plain
}

func reordered(sizes, order []int) []int {
	list := make([]int, len(order))
	for i, axis := range order {
		list[i] = sizes[axis]
	}
	return list
}

// moved is permuted without the sizes.
func moved(values []float32, sizes, order []int) []float32 {
	out, _ := permuted(values, sizes, order)
	return out
}

// transposed is a kernel [in, out, kd, kh, kw] that makes a volume larger. What
// the file cuts off its ends is cut off by a layer of its own, unless it is what
// "same" cuts.
func (c *converter) transposed() error {
	x, err := c.first(0)
	if err != nil {
		return err
	}
	kernel, err := c.weights(1)
	if err != nil {
		return err
	}
	dims := kernel.array.Dims
	if len(dims) != 5 {
		return c.refuse("its kernel has %s, %v; a kernel that slides over a volume has 5", axes(len(dims)), dims)
	}
	w, err := c.window(dims[2:])
	if err != nil {
		return err
	}
	if groups := c.int("group", 1); groups != 1 {
		return c.refuse("it cuts the channels into %d groups; the layer here has none", groups)
	}
	if c.ints("output_shape") != nil || w.auto == "SAME_UPPER" || w.auto == "SAME_LOWER" {
		return c.refuse("its padding follows from the size of its output; write it as pads")
	}
	more := [3]int64{}
	if list := c.ints("output_padding"); list != nil {
		if len(list) != 3 {
			return c.refuse("output_padding has %d numbers; 3 are needed", len(list))
		}
		copy(more[:], list)
	}
	if len(x.shape) == 4 {
		if in := x.shape.MustSizes(); in[3] != int(dims[0]) {
			return c.refuse("its kernel takes %s; %s come in", count(int(dims[0]), "channel"), count(in[3], "channel"))
		}
	}
	same, crop := true, [3][2]int{}
	for i := range 3 {
		if more[i] < 0 || more[i] > longest {
			return c.refuse("output_padding are %v", more)
		}
		// Of what the windows reach, front is cut off, and at the back so much less as
		// is added.
		crop[i] = [2]int{w.front[i], w.back[i] - int(more[i])}
		cut := max(0, w.span(i)-w.strides[i])
		same = same && w.front[i] == cut/2 && w.span(i)-w.front[i]-w.back[i]+int(more[i]) == w.strides[i]
	}
	_, biased := c.constants[c.input(2)]
	if !biased && c.input(2) != "" {
		_, err := c.weights(2)
		return err
	}
	id := c.id(&layers.Conv3DTranspose{})
	pad := [3]int{}
	if !same {
		for i := range crop {
			if crop[i][1] < 0 {
				pad[i], crop[i][1] = -crop[i][1], 0
			}
		}
	}
	y := c.add(id, layers.New(func(l *layers.Conv3DTranspose) {
		l.Filters, l.KernelSize, l.Strides, l.DilationRate, l.UseBias = int(dims[1]), w.size, w.strides, w.dilations, biased
		if l.Padding = validPadding; same {
			l.Padding = samePadding
		} else {
			l.OutputPadding = &pad
		}
	}), x)
	sizes, order := asInts(dims), []int{2, 3, 4, 1, 0}
	err = c.weight(y, "kernel", reordered(sizes, order), kernel, func(v []float32) []float32 { return moved(v, sizes, order) })
	if err == nil && biased {
		err = c.bias(y, 2, int(dims[1]))
	}
	if err != nil {
		return err
	}
	if !same && crop != [3][2]int{} {
		y = c.add(id+"_crop", layers.New(func(l *layers.Crop3D) { l.Cropping = crop }), y)
	}
	return c.give(y)
}
