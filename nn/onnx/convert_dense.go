package onnx

import (
	"slices"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/onnx/wire"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// block is a stretch of a vector: a volume that was laid out. Its elements come
// in the order of the file, axes[i] being the axis here of its i-th axis there.
type block struct {
	// sizes are those of the axes here.
	sizes, axes []int
}

// rowsOf gives for every element of a vector in the order of the file its place
// here; nil if they are the same.
func rowsOf(blocks []block) []int {
	if blocks == nil {
		return nil
	}
	var rows []int
	for _, b := range blocks {
		places := make([]int, tensor.Elements(b.sizes))
		for i := range places {
			places[i] = len(rows) + i
		}
		if len(b.sizes) > 1 {
			places, _ = permuted(places, b.sizes, b.axes)
		}
		rows = append(rows, places...)
	}
	return rows
}

// blocks are those of a vector, one for the whole if its order is ours.
func (v *value) blocks() []block {
	if v.rows != nil {
		return v.rows
	}
	n := v.shape.MustSizes()[0]
	return []block{{sizes: []int{n}, axes: []int{0}}}
}

// flattened lays a value out as a vector. Where all that follows can take it in
// our order, it is left in that: the weights behind it are turned round instead.
func (c *converter) flattened(v *value) (*value, error) {
	switch {
	case v.pooled:
		plain := *v
		plain.pooled = false
		return &plain, nil
	case len(v.axes) < 2:
		return v, nil
	}
	sizes, axes := v.shape.MustSizes(), v.axes
	mixed := !staysPut(sizes, axes)
	if mixed && !c.foldable(c.node.Outputs[0], map[string]bool{}) {
		straight, err := c.straight(v)
		if err != nil {
			return nil, err
		}
		v, mixed = straight, false
	}
	unit := layers.New(func(*layers.Flatten) {})
	y := c.add(c.id(unit), unit, v)
	y.positive = v.positive
	if y.axes, y.rows = []int{0}, nil; mixed {
		y.rows = []block{{sizes: sizes, axes: axes}}
	}
	return y, nil
}

// foldable says whether everything that takes a vector takes it in any order, its
// weights turned round: dense layers, and what works on each value by itself on
// the way to them.
func (c *converter) foldable(name string, seen map[string]bool) bool {
	if seen[name] {
		return true
	}
	seen[name] = true
	for _, user := range c.users[name] {
		if user >= len(c.file.model.Graph.Nodes) {
			return false
		}
		n := &c.file.model.Graph.Nodes[user]
		switch n.Op {
		case "Gemm", "MatMul":
			if n.Inputs[0] != name || attributeInt(n, "transA") != 0 {
				return false
			}
		case "Relu", "LeakyRelu", "Elu", "Selu", "Gelu", "Sigmoid", "Tanh", "Softplus", "Softmax", "Dropout", "Identity", "Clip",
			"Erf", "BatchNormalization", "Concat", "Flatten":
			if !c.foldable(n.Outputs[0], seen) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func attributeInt(n *wire.Node, name string) int64 { return attributeOf(n, name).Int }

// gemm is alpha·x·B + beta·C.
func (c *converter) gemm() error {
	if c.int("transA", 0) != 0 {
		return c.refuse("it turns its input round, so that examples would be mixed")
	}
	return c.dense(c.int("transB", 0) != 0, c.float("alpha", 1), c.input(2), c.float("beta", 1), c.node.Outputs)
}

// product is x·B, with the sum behind it if that adds one number to each unit.
func (c *converter) product() error {
	bias, outputs := "", c.node.Outputs
	kernel := c.constants[c.input(1)]
	if next := c.onlyUser(outputs); next != nil && next.Op == "Add" && len(next.Inputs) == 2 && len(next.Outputs) > 0 && kernel != nil && kernel.array != nil {
		other := next.Inputs[0]
		if other == outputs[0] {
			other = next.Inputs[1]
		}
		dims := kernel.array.Dims
		if k := c.constants[other]; k != nil && k.array != nil && len(dims) == 2 && len(k.array.Dims) > 0 && int64(k.array.Len()) == dims[1] && k.array.Dims[len(k.array.Dims)-1] == dims[1] {
			bias, outputs = other, next.Outputs
			c.joined[c.users[c.node.Outputs[0]][0]] = true
		}
	}
	return c.dense(false, 1, bias, 1, outputs)
}

// dense is a product of a vector with weights [in, out], or [out, in] if they are
// turned, and a bias.
func (c *converter) dense(turned bool, alpha float64, bias string, beta float64, outputs []string) error {
	if len(outputs) == 0 {
		return c.refuse("it has no output")
	}
	x, err := c.value(0)
	if err != nil {
		return err
	}
	kernel, err := c.weights(1)
	if err != nil {
		return err
	}
	dims := kernel.array.Dims
	if len(dims) != 2 {
		return c.refuse("its weights have %s, %v; a product of matrices needs 2", axes(len(dims)), dims)
	}
	sizes := asInts(dims)
	in, out := sizes[0], sizes[1]
	if turned {
		in, out = out, in
	}
	unit := layers.New(func(d *layers.Dense) { d.Units, d.UseBias = out, bias != "" })
	if len(x.shape) == 1 && !x.shape[0].Is(in) {
		return c.refuse("its weights take %s; %s come in", count(in, "value"), x.shape[0])
	}
	y := c.add(c.id(unit), unit, x)
	y.rows = nil
	blocks := x.rows
	err = c.weight(y, "kernel", []int{in, out}, kernel, func(v []float32) []float32 {
		if turned {
			v = moved(v, sizes, []int{1, 0})
		}
		return placed(scaled(v, alpha), rowsOf(blocks), out)
	})
	if err != nil {
		return err
	}
	if bias != "" {
		if err := c.denseBias(y, bias, beta, out); err != nil {
			return err
		}
	}
	c.values[outputs[0]] = y
	return nil
}

// denseBias is one number for each unit, or the same for all.
func (c *converter) denseBias(y *value, name string, beta float64, units int) error {
	k := c.constants[name]
	if k == nil || k.array == nil {
		return c.refuse("its bias %q is reckoned by other operators; here it must be an array of the file", name)
	}
	if err := k.readable(); err != nil {
		return c.refuse("%s", err)
	}
	single := k.array.Len() == 1
	if !single && (k.array.Len() != units || k.array.Dims[len(k.array.Dims)-1] != int64(units)) {
		return c.refuse("its bias has the sizes %v; there are %s", k.array.Dims, count(units, "unit"))
	}
	if c.stopped {
		return nil
	}
	c.made.Weights = append(c.made.Weights, Weight{Name: y.from + "/bias", Shape: []int{units}, read: func() ([]float32, error) {
		values, err := k.floats()
		if err == nil && single {
			values = slices.Repeat(values, units)
		}
		return scaled(values, beta), err
	}})
	return nil
}

func scaled(values []float32, by float64) []float32 {
	if by != 1 {
		for i, v := range values {
			values[i] = float32(float64(v) * by)
		}
	}
	return values
}

// placed puts rows of some width, which come in the order of the file, where they
// are here.
func placed(values []float32, rows []int, width int) []float32 {
	if rows == nil {
		return values
	}
	out := make([]float32, len(values))
	for i, row := range rows {
		copy(out[row*width:(row+1)*width], values[i*width:])
	}
	return out
}
