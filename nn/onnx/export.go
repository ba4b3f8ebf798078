package onnx

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/onnx/wire"
)

// What is written: version 8 of the format, version 18 of the operators
// (December 2022), which the runtimes of the years since can read.
const (
	irVersion    = 8
	opsetVersion = 18
)

// producer is this program, as its files call it.
const producer = "pipe"

// The names of the graph's input and output, and of the batch axis.
const (
	inputName  = "input"
	outputName = "output"
	batchAxis  = "N"
)

// Settings say what is written beside the network.
type Settings struct {
	// Name is the graph's.
	Name string
	// Before is what is done to raw examples, of the sizes Raw, before the network
	// gets them; nil if the file begins with the network itself. It gives [N, …] in
	// the network's input sizes, float32.
	Before func(b *Builder, x Value) (Value, error)
	Raw    []int
	// Metadata are free names and texts.
	Metadata map[string]string
}

// Unsupported is a layer that the format has no operators for.
type Unsupported struct {
	// Layer is its full name, Kind what it is.
	Layer, Kind string
}

func (u *Unsupported) Error() string {
	return fmt.Sprintf("the layer %s (%s) cannot be written as ONNX", u.Layer, u.Kind)
}

// Write writes a network as it works outside training: dropout and noise are
// left out, batch_norm uses its moving averages. A layer that cannot be written
// is an *Unsupported.
func Write(w io.Writer, net *nn.Network[float32], s Settings) error {
	b := newBuilder()
	b.taken[inputName], b.taken[outputName] = true, true
	raw := net.Graph.Input.MustSizes()
	x := Value(inputName)
	if s.Before != nil {
		raw = s.Raw
		var err error
		if x, err = s.Before(b, x); err != nil {
			return err
		}
	}
	e := &exporter{b: b, graph: net.Graph, params: map[string]*nn.Param[float32]{}}
	for _, p := range net.Params() {
		e.params[p.Name] = p
	}
	y, err := e.network(x)
	if err != nil {
		return err
	}
	if y == inputName {
		b.Under("")
		y = b.Op("Identity", []Value{y})
	}
	b.rename(y, outputName)
	b.graph.Name = s.Name
	b.graph.Inputs = []wire.Value{declared(inputName, raw)}
	b.graph.Outputs = []wire.Value{declared(outputName, net.Graph.Output().MustSizes())}
	m := wire.Model{
		IRVersion: irVersion, Producer: producer,
		Opsets: []wire.Opset{{Version: opsetVersion}}, Graph: b.graph, Metadata: entries(s.Metadata),
	}
	return m.Write(w)
}

// declared is an input or output with an open batch axis.
func declared(name string, sizes []int) wire.Value {
	v := wire.Value{Name: name, DType: wire.Float, Shaped: true, Dims: []wire.Dim{{Name: batchAxis}}}
	for _, n := range sizes {
		v.Dims = append(v.Dims, wire.Dim{Size: int64(n), Known: true})
	}
	return v
}

func entries(texts map[string]string) []wire.Entry {
	var list []wire.Entry
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		list = append(list, wire.Entry{Key: key, Text: texts[key]})
	}
	return list
}

// exporter writes the nodes of a network one after the other.
type exporter struct {
	b      *Builder
	graph  *nn.Graph
	params map[string]*nn.Param[float32]
	// node is the one that is being written, name what its operator is called.
	node *nn.Node
	name string
}

func (e *exporter) network(x Value) (Value, error) {
	input := &flow{last: x, axes: len(e.graph.Input)}
	at := func(node int, all []*flow) *flow {
		if node == nn.FromInput {
			return input
		}
		return all[node]
	}
	var done []*flow
	for i := range e.graph.Nodes {
		e.node = &e.graph.Nodes[i]
		e.name = e.node.ID
		if e.node.Attached {
			e.name += "/" + e.kind()
		}
		e.b.Under(e.name)
		in := make([]*flow, len(e.node.Inputs))
		for k, from := range e.node.Inputs {
			in[k] = at(from, done)
		}
		y, known := e.layer(in)
		if !known {
			return "", &Unsupported{Layer: e.node.ID, Kind: e.kind()}
		}
		done = append(done, y)
	}
	e.b.Under(outputName)
	return e.last(at(len(done)-1, done)), nil
}

// kind is the name of a layer's kind.
func (e *exporter) kind() string {
	if name, listed := layers.Table().NameOf(e.node.Spec); listed {
		return name
	}
	return fmt.Sprintf("%T", e.node.Spec)
}

// op writes the node's operator.
func (e *exporter) op(op string, inputs []Value, attributes ...Attribute) Value {
	return e.b.node(e.name, op, inputs, attributes...)
}

// weight is one of the node's weights.
func (e *exporter) weight(name string) *nn.Param[float32] {
	p, found := e.params[e.node.ID+"/"+name]
	if !found {
		panic(fmt.Sprintf("onnx: layer %s has no weight %s", e.node.ID, name))
	}
	return p
}

// flow is what a node gives, in one order of its axes or in both. With fewer
// than two axes beside the batch there is only one order.
type flow struct {
	// last has the channels behind all other axes, first right behind the batch; ""
	// if it is not there yet.
	last, first Value
	axes        int
	// firstHand says that it was made with the channels first.
	firstHand bool
}

func (e *exporter) channelsLast(v Value) *flow {
	return &flow{last: v, axes: len(e.node.Output)}
}

func (e *exporter) channelsFirst(v Value) *flow {
	return &flow{first: v, axes: len(e.node.Output), firstHand: true}
}

// last gives a tensor with its channels last, moving them if need be.
func (e *exporter) last(t *flow) Value {
	if t.last == "" {
		t.last = t.first
		if t.axes > 1 {
			t.last = e.b.Transpose(t.first, toLast(t.axes))
		}
	}
	return t.last
}

// first gives a tensor with its channels first, moving them if need be.
func (e *exporter) first(t *flow) Value {
	if t.first == "" {
		t.first = t.last
		if t.axes > 1 {
			t.first = e.b.Transpose(t.last, toFirst(t.axes))
		}
	}
	return t.first
}

// toFirst is the order that brings the last of so many axes to the front.
func toFirst(axes int) []int {
	order := make([]int, axes)
	for i := range order {
		order[i] = (i + axes - 1) % axes
	}
	return order
}

// toLast is the order that brings the first of so many axes to the back.
func toLast(axes int) []int {
	order := make([]int, axes)
	for i := range order {
		order[i] = (i + 1) % axes
	}
	return order
}

// alike gives tensors in one order of axes: that in which most of them are
// there already. make gives the result's tensor for a value in that order.
func (e *exporter) alike(in []*flow) (values []Value, first bool) {
	made := 0
	for _, t := range in {
		if t.firstHand {
			made++
		}
	}
	first = 2*made >= len(in) && made > 0
	for _, t := range in {
		if first {
			values = append(values, e.first(t))
		} else {
			values = append(values, e.last(t))
		}
	}
	return values, first
}

// as is the node's output in one of the two orders.
func (e *exporter) as(v Value, first bool) *flow {
	if first {
		return e.channelsFirst(v)
	}
	return e.channelsLast(v)
}
