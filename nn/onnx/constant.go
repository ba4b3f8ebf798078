package onnx

import (
	"fmt"
	"strconv"

	"github.com/voxelpipe/pipe/nn/onnx/wire"
)

// constant is an array that is known without an input: one of the file, or whole
// numbers that were reckoned from sizes.
type constant struct {
	file  *File
	array *wire.Tensor
	// numbers are whole numbers that were reckoned, of the sizes dims.
	numbers []number
	dims    []int
}

// number is a whole number, or the size of the batch.
type number struct {
	n     int64
	batch bool
}

// most is how many whole numbers an array of sizes or axes can have.
const most = 1 << 10

// readable refuses what cannot be a weight.
func (k *constant) readable() error {
	switch {
	case k.array == nil:
		return fmt.Errorf("sizes stand where weights are expected")
	case k.array.External:
		return fmt.Errorf("the array %q lies in a file of its own (external data); save the model with its weights inside", k.array.Name)
	case k.array.DType != wire.Float && k.array.DType != wire.Double:
		return fmt.Errorf("the array %q is of type %s; weights are float32 or float64", k.array.Name, k.array.DType)
	}
	return nil
}

func (k *constant) floats() ([]float32, error) {
	if err := k.readable(); err != nil {
		return nil, err
	}
	return k.array.ReadFloats(k.file.r)
}

// single is a number that stands alone.
func (k *constant) single() (float64, bool) {
	if k.array == nil || k.array.Len() != 1 || k.array.External {
		return 0, false
	}
	if values, err := k.array.ReadFloats(k.file.r); err == nil {
		return plain(values[0]), true
	}
	if values, err := k.array.ReadInts(k.file.r); err == nil {
		return float64(values[0]), true
	}
	return 0, false
}

// plain is a float32 as the shortest decimal that means it, so that 0.1 in a file
// is 0.1 here.
func plain(v float32) float64 {
	wide, err := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
	if err != nil {
		return float64(v)
	}
	return wide
}

// sizes are those of its axes.
func (k *constant) sizes() []int {
	if k.array != nil {
		return asInts(k.array.Dims)
	}
	return k.dims
}

// whole are its whole numbers.
func (k *constant) whole() ([]number, error) {
	if k.array == nil {
		return k.numbers, nil
	}
	if k.array.Len() > most {
		return nil, fmt.Errorf("%q has %d whole numbers", k.array.Name, k.array.Len())
	}
	if k.array.External {
		return nil, k.readable()
	}
	values, err := k.array.ReadInts(k.file.r)
	if err != nil {
		return nil, err
	}
	numbers := make([]number, len(values))
	for i, v := range values {
		numbers[i].n = v
	}
	return numbers, nil
}

// weights is the array of the node's i-th input.
func (c *converter) weights(i int) (*constant, error) {
	name := c.input(i)
	k := c.constants[name]
	switch {
	case name == "":
		return nil, c.refuse("an array of weights is missing")
	case k == nil || k.array == nil:
		return nil, c.refuse("its weights %q are reckoned by other operators; here they must be arrays of the file", name)
	}
	if err := k.readable(); err != nil {
		return nil, c.refuse("%s", err)
	}
	return k, nil
}

// numbers are the whole numbers of the node's i-th input; false if it has none.
func (c *converter) numbers(i int) ([]number, bool, error) {
	name := c.input(i)
	if name == "" {
		return nil, false, nil
	}
	k := c.constants[name]
	if k == nil {
		return nil, false, c.refuse("its input %q is reckoned by other operators; here it must be known", name)
	}
	list, err := k.whole()
	if err != nil {
		return nil, false, c.refuse("%s", err)
	}
	return list, true, nil
}

// settings are whole numbers that newer versions of an operator take as an input
// and older ones as an attribute.
func (c *converter) settings(i int, attribute string) ([]int64, bool, error) {
	list, given, err := c.numbers(i)
	if err != nil || !given {
		a := attributeOf(c.node, attribute)
		return a.Ints, a.Name != "", err
	}
	plain := make([]int64, len(list))
	for k, v := range list {
		if v.batch {
			return nil, false, c.refuse("it depends on the size of the batch")
		}
		plain[k] = v.n
	}
	return plain, true, nil
}
