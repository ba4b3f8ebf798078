package onnx

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/nn/onnx/wire"
)

// Value is the name of a tensor in a graph. The first axis of every one is the
// batch.
type Value string

// Builder collects the nodes of a graph, each behind its inputs.
type Builder struct {
	graph wire.Graph
	// taken are the names of the values there are, named those of the nodes.
	taken, named map[string]bool
	// scope is put in front of the names of nodes.
	scope string
}

func newBuilder() *Builder {
	return &Builder{taken: map[string]bool{"": true}, named: map[string]bool{}}
}

// free gives a name that is not taken yet, and takes it.
func free(taken map[string]bool, name string) string {
	unused := name
	for n := 1; taken[unused]; n++ {
		unused = fmt.Sprintf("%s_%d", name, n)
	}
	taken[unused] = true
	return unused
}

// Under puts a name in front of those of the nodes and arrays to come:
// "normalize" gives "normalize/Mul". "" ends it.
func (b *Builder) Under(scope string) { b.scope = scope }

// Op adds an operator of the standard set, named after itself, and gives its
// output. An input that is left out is "".
func (b *Builder) Op(op string, inputs []Value, attributes ...Attribute) Value {
	return b.node(b.scoped(op), op, inputs, attributes...)
}

// Ops is Op for an operator with so many outputs.
func (b *Builder) Ops(op string, outputs int, inputs []Value, attributes ...Attribute) []Value {
	return b.nodes(b.scoped(op), op, outputs, inputs, attributes...)
}

// node is Op with a name.
func (b *Builder) node(name, op string, inputs []Value, attributes ...Attribute) Value {
	return b.nodes(name, op, 1, inputs, attributes...)[0]
}

func (b *Builder) nodes(name, op string, outputs int, inputs []Value, attributes ...Attribute) []Value {
	name = free(b.named, name)
	n := wire.Node{Name: name, Op: op, Attributes: attributes}
	for _, in := range inputs {
		n.Inputs = append(n.Inputs, string(in))
	}
	var values []Value
	for range outputs {
		output := free(b.taken, name)
		n.Outputs = append(n.Outputs, output)
		values = append(values, Value(output))
	}
	b.graph.Nodes = append(b.graph.Nodes, n)
	return values
}

// Floats adds an array of float32 that is part of the graph; no sizes stand for a
// single number.
func (b *Builder) Floats(name string, sizes []int, values ...float32) Value {
	return b.constant(wire.Floats(b.array(name), sizes, values))
}

// Doubles adds an array of float64 that is part of the graph.
func (b *Builder) Doubles(name string, sizes []int, values ...float64) Value {
	return b.constant(wire.Doubles(b.array(name), sizes, values))
}

// Ints adds a list of whole numbers that is part of the graph.
func (b *Builder) Ints(name string, values ...int) Value {
	return b.constant(wire.Ints(b.array(name), values))
}

func (b *Builder) array(name string) string { return free(b.taken, b.scoped(name)) }

func (b *Builder) scoped(name string) string {
	if b.scope == "" {
		return name
	}
	return b.scope + "/" + name
}

func (b *Builder) constant(t wire.Tensor) Value {
	b.graph.Initializers = append(b.graph.Initializers, t)
	return Value(t.Name)
}

// maker is the operator that gives a value, "" if none does.
func (b *Builder) maker(v Value) string {
	for i := len(b.graph.Nodes) - 1; i >= 0; i-- {
		if n := &b.graph.Nodes[i]; slices.Contains(n.Outputs, string(v)) {
			return n.Op
		}
	}
	return ""
}

// rename gives a node's output another name, wherever it is used.
func (b *Builder) rename(from Value, to string) {
	for i := range b.graph.Nodes {
		n := &b.graph.Nodes[i]
		for _, list := range [][]string{n.Inputs, n.Outputs} {
			for k, name := range list {
				if name == string(from) {
					list[k] = to
				}
			}
		}
	}
}

// Attribute is a setting of an operator.
type Attribute = wire.Attribute

// Int is a whole number.
func Int(name string, v int) Attribute {
	return Attribute{Name: name, Type: wire.IntAttribute, Int: int64(v)}
}

// Ints are whole numbers.
func Ints(name string, list ...int) Attribute {
	a := Attribute{Name: name, Type: wire.IntsAttribute}
	for _, v := range list {
		a.Ints = append(a.Ints, int64(v))
	}
	return a
}

// Float is a number.
func Float(name string, v float64) Attribute {
	return Attribute{Name: name, Type: wire.FloatAttribute, Float: float32(v)}
}

// Text is a word.
func Text(name, v string) Attribute {
	return Attribute{Name: name, Type: wire.StringAttribute, Text: v}
}

// To is the type that the operator Cast gives.
func To(t wire.DType) Attribute { return Int("to", int(t)) }

// Cast gives a value another type of number.
func (b *Builder) Cast(x Value, t wire.DType) Value { return b.Op("Cast", []Value{x}, To(t)) }

// Reshape gives every example other sizes, its elements in the same order.
func (b *Builder) Reshape(x Value, sizes []int) Value {
	return b.Op("Reshape", []Value{x, b.Ints("shape", append([]int{0}, sizes...)...)})
}

// Transpose brings the axes of every example into another order: axis i comes
// from axis order[i].
func (b *Builder) Transpose(x Value, order []int) Value {
	return b.Op("Transpose", []Value{x}, Ints("perm", withBatch(order)...))
}

// withBatch counts the axes of one example with the batch in front.
func withBatch(order []int) []int {
	perm := make([]int, len(order)+1)
	for i, axis := range order {
		perm[i+1] = axis + 1
	}
	return perm
}
