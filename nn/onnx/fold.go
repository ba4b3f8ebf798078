package onnx

import (
	"slices"

	"github.com/voxelpipe/pipe/nn/onnx/wire"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// fold works out an operator on whole numbers, as they lead from the sizes of one
// tensor to those of another or to a padding; false if it is none.
func (c *converter) fold() (bool, error) {
	n := c.node
	switch n.Op {
	case "Constant":
		return true, c.constant()
	case "Shape":
		return true, c.shapeOf()
	}
	if len(n.Inputs) == 0 || c.constants[n.Inputs[0]] == nil {
		return false, nil
	}
	first := c.constants[n.Inputs[0]]
	if n.Op == "Identity" {
		return true, c.known(first)
	}
	work := map[string]func(*constant) (*constant, error){
		"Gather": c.gather, "Unsqueeze": c.unsqueezed, "Squeeze": c.squeezed, "Concat": c.joinedNumbers, "Cast": c.unchanged,
		"Slice": c.slice, "Reshape": c.reshaped, "Transpose": c.turned, "ConstantOfShape": c.filled,
	}[n.Op]
	if work == nil || first.array != nil && first.array.DType != wire.Int64 && first.array.DType != wire.Int32 {
		return false, nil
	}
	list, err := first.whole()
	if err != nil {
		return true, c.refuse("%s", err)
	}
	k, err := work(&constant{numbers: list, dims: first.sizes()})
	if err != nil {
		return true, err
	}
	if len(k.numbers) != tensor.Elements(k.dims) {
		return true, c.refuse("%d whole numbers do not have the sizes %v", len(k.numbers), k.dims)
	}
	return true, c.known(k)
}

func (c *converter) known(k *constant) error {
	if len(c.node.Outputs) == 0 {
		return c.refuse("it has no output")
	}
	c.constants[c.node.Outputs[0]] = k
	return nil
}

// constant is an array that stands among the operators.
func (c *converter) constant() error {
	for _, a := range c.node.Attributes {
		switch {
		case a.Tensor != nil:
			if a.Tensor.Name == "" && len(c.node.Outputs) > 0 {
				a.Tensor.Name = c.node.Outputs[0]
			}
			return c.known(&constant{file: c.file, array: a.Tensor})
		case a.Name == "value_float":
			t := wire.Floats("", nil, []float32{a.Float})
			return c.known(&constant{file: c.file, array: &t})
		case a.Name == "value_floats":
			t := wire.Floats("", []int{len(a.Floats)}, a.Floats)
			return c.known(&constant{file: c.file, array: &t})
		case a.Name == "value_int":
			return c.known(&constant{numbers: []number{{n: a.Int}}})
		case a.Name == "value_ints":
			return c.known(vectorOf(a.Ints))
		}
	}
	return c.refuse("its value is of a form that is not read")
}

func vectorOf(list []int64) *constant {
	k := &constant{dims: []int{len(list)}}
	for _, v := range list {
		k.numbers = append(k.numbers, number{n: v})
	}
	return k
}

// shapeOf are the sizes of a tensor, as the file sees it.
func (c *converter) shapeOf() error {
	v, err := c.value(0)
	if err != nil || c.stopped {
		return err
	}
	numbers := []number{{batch: true}}
	for _, size := range v.sizes() {
		numbers = append(numbers, number{n: int64(size)})
	}
	start, end := bounds(c.int("start", 0), c.int("end", int64(len(numbers))), len(numbers))
	numbers = numbers[start:end]
	return c.known(&constant{numbers: numbers, dims: []int{len(numbers)}})
}

// sizes are those of one example as the file sees it.
func (v *value) sizes() []int {
	here := v.shape.MustSizes()
	sizes := make([]int, len(v.axes))
	for i, axis := range v.axes {
		sizes[i] = here[axis]
	}
	if v.pooled {
		sizes = append(sizes, 1, 1, 1)
	}
	return sizes
}

// bounds are a range of n elements; negative ones count from the end.
func bounds(start, end int64, n int) (int, int) {
	at := func(i int64) int {
		if i < 0 {
			i += int64(n)
		}
		return int(min(max(i, 0), int64(n)))
	}
	from, to := at(start), at(end)
	return from, max(from, to)
}

func (c *converter) unchanged(k *constant) (*constant, error) { return k, nil }

func (c *converter) gather(k *constant) (*constant, error) {
	index, given, err := c.numbers(1)
	if err != nil {
		return nil, err
	}
	if !given || len(k.dims) > 1 {
		return nil, c.refuse("it takes rows of an array of sizes")
	}
	picked := make([]number, len(index))
	for i, at := range index {
		if at.n < 0 {
			at.n += int64(len(k.numbers))
		}
		if at.batch || at.n < 0 || at.n >= int64(len(k.numbers)) {
			return nil, c.refuse("it takes number %d of %d", at.n, len(k.numbers))
		}
		picked[i] = k.numbers[at.n]
	}
	return &constant{numbers: picked, dims: c.constants[c.input(1)].sizes()}, nil
}

func (c *converter) unsqueezed(k *constant) (*constant, error) {
	if len(k.numbers) != 1 && len(k.dims) != 1 {
		return nil, c.refuse("it puts an axis into an array of sizes")
	}
	return &constant{numbers: k.numbers, dims: []int{len(k.numbers)}}, nil
}

func (c *converter) squeezed(k *constant) (*constant, error) {
	if len(k.numbers) == 1 {
		return &constant{numbers: k.numbers}, nil
	}
	return &constant{numbers: k.numbers, dims: []int{len(k.numbers)}}, nil
}

func (c *converter) joinedNumbers(*constant) (*constant, error) {
	k := &constant{}
	for i := range c.node.Inputs {
		more, _, err := c.numbers(i)
		if err != nil {
			return nil, err
		}
		if k.numbers = append(k.numbers, more...); len(k.numbers) > most {
			return nil, c.refuse("it joins more than %d whole numbers", most)
		}
	}
	k.dims = []int{len(k.numbers)}
	return k, nil
}

func (c *converter) reshaped(k *constant) (*constant, error) {
	target, _, err := c.settings(1, "shape")
	if err != nil {
		return nil, err
	}
	dims, rest, open := make([]int, len(target)), 1, -1
	for i, n := range target {
		if dims[i] = int(n); n == -1 && open < 0 {
			open, dims[i] = i, 1
		}
		if dims[i] < 1 || dims[i] > most {
			return nil, c.refuse("it gives whole numbers the sizes %v", target)
		}
		if rest *= dims[i]; rest > most {
			return nil, c.refuse("it gives whole numbers the sizes %v", target)
		}
	}
	if open >= 0 {
		dims[open] = len(k.numbers) / rest
	}
	return &constant{numbers: k.numbers, dims: dims}, nil
}

// turned moves the axes of an array of whole numbers.
func (c *converter) turned(k *constant) (*constant, error) {
	order := asInts(c.ints("perm"))
	if len(order) == 0 {
		order = inOrder(len(k.dims))
		slices.Reverse(order)
	}
	if sorted := slices.Sorted(slices.Values(order)); !slices.Equal(sorted, inOrder(len(k.dims))) || len(k.numbers) != tensor.Elements(k.dims) {
		return nil, c.refuse("perm is %v", order)
	}
	numbers, dims := permuted(k.numbers, k.dims, order)
	return &constant{numbers: numbers, dims: dims}, nil
}

// filled is an array of one number.
func (c *converter) filled(k *constant) (*constant, error) {
	n := int64(1)
	var dims []int
	for _, size := range k.numbers {
		if size.batch || size.n < 0 || size.n > most {
			return nil, c.refuse("it fills an array of the sizes %s", listed(k.numbers))
		}
		if n *= size.n; n > most {
			return nil, c.refuse("it fills an array of the sizes %s", listed(k.numbers))
		}
		dims = append(dims, int(size.n))
	}
	out := &constant{numbers: make([]number, n), dims: dims}
	if with := attributeOf(c.node, "value").Tensor; with != nil {
		v, single := (&constant{file: c.file, array: with}).single()
		if !single {
			return nil, c.refuse("what it fills an array with is no number")
		}
		for i := range out.numbers {
			out.numbers[i].n = int64(v)
		}
	}
	return out, nil
}

// slice takes some of the rows of an array of whole numbers, perhaps backwards.
func (c *converter) slice(k *constant) (*constant, error) {
	starts, given, err := c.settings(1, "starts")
	if err != nil {
		return nil, err
	}
	ends, ended, err := c.settings(2, "ends")
	if err != nil {
		return nil, err
	}
	axes, _, err := c.settings(3, "axes")
	if err != nil {
		return nil, err
	}
	steps, stepped, err := c.settings(4, "steps")
	if err != nil {
		return nil, err
	}
	if !given || !ended || len(starts) != 1 || len(ends) != 1 || len(k.dims) == 0 || k.dims[0] == 0 || len(axes) > 0 && axes[0] != 0 || stepped && len(steps) != 1 {
		return nil, c.refuse("it takes a part of an array of sizes along several axes")
	}
	step := int64(1)
	if stepped {
		step = steps[0]
	}
	rows := k.dims[0]
	width := len(k.numbers) / rows
	var at []int
	switch step {
	case 1:
		from, to := bounds(starts[0], ends[0], rows)
		at = inOrder(rows)[from:to]
	case -1:
		// Backwards, from the start down to behind the end.
		from, to := starts[0], ends[0]
		if from < 0 {
			from += int64(rows)
		}
		if to < 0 {
			to += int64(rows)
		}
		for i := min(from, int64(rows)-1); i > max(to, -1); i-- {
			at = append(at, int(i))
		}
	default:
		return nil, c.refuse("it takes sizes in steps of %d", step)
	}
	out := &constant{dims: append([]int{len(at)}, k.dims[1:]...)}
	for _, row := range at {
		out.numbers = append(out.numbers, k.numbers[row*width:(row+1)*width]...)
	}
	return out, nil
}
