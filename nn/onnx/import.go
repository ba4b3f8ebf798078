package onnx

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/onnx/wire"
)

// File is an ONNX file whose nodes have been read, not its weights.
type File struct {
	r     io.ReaderAt
	model *wire.Model
	// input is the one input that is no weight, output the one output.
	input, output wire.Value
	opset         int64
}

// Input is what a file says of the examples that its network takes.
type Input struct {
	// Sizes are those of one example in the order of the file, 0 for one that is
	// left open; nil if the file says nothing of them.
	Sizes []int
	// ChannelsFirst says that the channels stand in front of the other axes.
	ChannelsFirst bool
}

// Refused is something in a file that cannot be read as a network.
type Refused struct {
	// Op is the operator, Name the node's, Index its place in the file; Index is -1
	// where no node is at fault.
	Op, Name string
	Index    int
	// Problem is a short text.
	Problem string
}

func (r *Refused) Error() string {
	if r.Index < 0 {
		return r.Problem
	}
	return fmt.Sprintf("%s: %s", r.Place(), r.Problem)
}

// Place names the node: `operator 3, Conv "conv1"`, counted from 1.
func (r *Refused) Place() string {
	name := ""
	if r.Name != "" {
		name = fmt.Sprintf(" %q", r.Name)
	}
	return fmt.Sprintf("operator %d, %s%s", r.Index+1, r.Op, name)
}

func refused(format string, values ...any) error {
	return &Refused{Index: -1, Problem: fmt.Sprintf(format, values...)}
}

// oldestOpset is the first version of the operators in which those of a
// convolutional network mean what they do today (2017).
const oldestOpset = 7

// Open reads a file of so many bytes, but not its weights. A file that is not
// sound gives a *wire.FormatError, one that is no network as they are here a
// *Refused; anything else is an error of r.
func Open(r io.ReaderAt, size int64) (*File, error) {
	model, err := wire.Read(r, size)
	if err != nil {
		return nil, err
	}
	f := &File{r: r, model: model}
	for _, set := range model.Opsets {
		if standard(set.Domain) {
			f.opset = max(f.opset, set.Version)
		}
	}
	switch {
	case f.opset == 0:
		return nil, refused("the file does not say which version of the operators it uses")
	case f.opset < oldestOpset:
		return nil, refused("the file uses version %d of the operators; %d is the oldest that is read", f.opset, oldestOpset)
	case model.Graph.Sparse > 0:
		return nil, refused("the file has sparse weights")
	}
	weights := make(map[string]bool, len(model.Graph.Initializers))
	for _, w := range model.Graph.Initializers {
		weights[w.Name] = true
	}
	var inputs []wire.Value
	for _, v := range model.Graph.Inputs {
		if !weights[v.Name] { // files of old list their weights among the inputs
			inputs = append(inputs, v)
		}
	}
	if len(inputs) != 1 || len(model.Graph.Outputs) != 1 {
		return nil, refused("the network has %s and %s; one of each is needed", count(len(inputs), "input"), count(len(model.Graph.Outputs), "output"))
	}
	f.input, f.output = inputs[0], model.Graph.Outputs[0]
	return f, nil
}

func standard(domain string) bool { return domain == "" || domain == "ai.onnx" }

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Input is what the file says of its input.
func (f *File) Input() Input {
	in := Input{ChannelsFirst: f.channelsFirst()}
	if !f.input.Shaped || len(f.input.Dims) == 0 {
		return in
	}
	in.Sizes = []int{}
	for _, d := range f.input.Dims[1:] {
		size := 0
		if d.Known && d.Size > 0 && d.Size < 1<<31 {
			size = int(d.Size)
		}
		in.Sizes = append(in.Sizes, size)
	}
	return in
}

// ChannelsLast are the sizes of an example as they are counted here, 0 for those
// that are left open; nil if the file says nothing of them.
func (in Input) ChannelsLast() []int {
	if !in.ChannelsFirst || len(in.Sizes) < 2 {
		return in.Sizes
	}
	return append(slices.Clone(in.Sizes[1:]), in.Sizes[0])
}

// String writes the sizes as the file orders them, [N, 1, 16, ?, ?].
func (in Input) String() string {
	if in.Sizes == nil {
		return "[N, …]"
	}
	words := []string{"N"}
	for _, n := range in.Sizes {
		if n == 0 {
			words = append(words, "?")
		} else {
			words = append(words, fmt.Sprint(n))
		}
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// Takes says whether examples of these sizes, channels last, are what the file
// declares its input to be.
func (in Input) Takes(sizes []int) bool {
	declared := in.ChannelsLast()
	if declared == nil {
		return true
	}
	if len(declared) != len(sizes) {
		return false
	}
	for i, n := range declared {
		if n != 0 && n != sizes[i] {
			return false
		}
	}
	return true
}

// channelsFirst says whether the channels stand in front of the other axes at
// the input. This program's own files have them last; else the first operator
// that depends on it tells: one that moves the last axis to the front, or one
// that wants the channels there. Where none tells they are in front, as the format
// has it.
func (f *File) channelsFirst() bool {
	if f.model.Producer == producer {
		return false
	}
	reached := map[string]bool{f.input.Name: true}
	for i := range f.model.Graph.Nodes {
		n := &f.model.Graph.Nodes[i]
		if !slices.ContainsFunc(n.Inputs, func(name string) bool { return reached[name] }) {
			continue
		}
		switch n.Op {
		case "Transpose":
			perm := asInts(attributeOf(n, "perm").Ints)
			return len(perm) < 2 || !slices.Equal(perm, withBatch(toFirst(len(perm)-1)))
		case "Relu", "LeakyRelu", "Elu", "Selu", "Sigmoid", "Tanh", "Softplus", "Gelu", "Clip", "Dropout", "Identity",
			"Add", "Sub", "Mul", "Div", "Erf":
			for _, name := range n.Outputs {
				reached[name] = true
			}
		default:
			return true
		}
	}
	return true
}

// attributeOf is a setting of a node; the zero value if it is not given.
func attributeOf(n *wire.Node, name string) wire.Attribute {
	for _, a := range n.Attributes {
		if a.Name == name {
			return a
		}
	}
	return wire.Attribute{}
}

// Imported is the network of a file, as layers that are written and trained like
// any others.
type Imported struct {
	// Items are the layers. Where a layer refuses its input they end with it:
	// nn.Resolve then says why.
	Items []nn.Item
	// Weights are those of the file, by their full names here.
	Weights []Weight
}

// Weight is an array of a file as a layer here holds it.
type Weight struct {
	// Name is its full name, Shape its sizes in Keras' layout.
	Name  string
	Shape []int

	read func() ([]float32, error)
}

// Read reads its elements.
func (w *Weight) Read() ([]float32, error) { return w.read() }

// Load reads the weights into the network of the layers. On an error some may
// have been read.
func (m *Imported) Load(net *nn.Network[float32]) error {
	weights := make(map[string]*Weight, len(m.Weights))
	for i := range m.Weights {
		weights[m.Weights[i].Name] = &m.Weights[i]
	}
	for _, p := range net.Params() {
		w, found := weights[p.Name]
		if !found || !slices.Equal(w.Shape, p.Shape) {
			return refused("the file has no weight %s of the sizes %v", p.Name, p.Shape)
		}
		values, err := w.Read()
		if err != nil {
			return err
		}
		copy(p.Value, values)
	}
	return nil
}
