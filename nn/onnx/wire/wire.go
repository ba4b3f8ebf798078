// Package wire holds the messages of an ONNX file as plain values, and reads and
// writes them: protocol buffers with the numbers of the format's onnx.proto.
//
// Only what networks need is here. What a file holds beyond that is passed over,
// but never silently taken for something else: a node keeps the name of its
// operator and its domain, an attribute that is a graph says so.
//
// Reading an initializer stops at its header: where its elements lie is
// remembered, and they are read when they are asked for.
package wire

// DType is the type of a tensor's elements.
type DType int32

// The types of elements that occur in networks.
const (
	Float  DType = 1
	Int32  DType = 6
	Int64  DType = 7
	Bool   DType = 9
	Half   DType = 10
	Double DType = 11
)

var dtypeNames = map[DType]string{
	Float: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", Int32: "int32", Int64: "int64",
	8: "text", Bool: "bool", Half: "float16", Double: "float64", 12: "uint32", 13: "uint64",
	14: "complex64", 15: "complex128", 16: "bfloat16",
}

// String is the type's name.
func (d DType) String() string {
	if name, known := dtypeNames[d]; known {
		return name
	}
	return "an unknown type"
}

// Model is a file.
type Model struct {
	// IRVersion is the version of the format itself.
	IRVersion int64
	// Producer and ProducerVersion name the program that wrote it.
	Producer, ProducerVersion string
	// Opsets are the sets of operators that the graph uses.
	Opsets []Opset
	Graph  Graph
	// Metadata are free names and texts.
	Metadata []Entry
}

// Opset is a set of operators; the domain of the standard ones is "".
type Opset struct {
	Domain  string
	Version int64
}

// Entry is a name with a text.
type Entry struct{ Key, Text string }

// Graph is a network: nodes in an order in which each follows its inputs.
type Graph struct {
	Name            string
	Nodes           []Node
	Initializers    []Tensor
	Inputs, Outputs []Value
	// Sparse counts initializers in a form that is not read.
	Sparse int
}

// Node is one operator at work. An input that is left out is "".
type Node struct {
	Name, Op, Domain string
	Inputs, Outputs  []string
	Attributes       []Attribute
}

// AttributeType says which of an attribute's fields counts.
type AttributeType int32

// The types of attributes; those with graphs in them are read no further.
const (
	FloatAttribute   AttributeType = 1
	IntAttribute     AttributeType = 2
	StringAttribute  AttributeType = 3
	TensorAttribute  AttributeType = 4
	GraphAttribute   AttributeType = 5
	FloatsAttribute  AttributeType = 6
	IntsAttribute    AttributeType = 7
	StringsAttribute AttributeType = 8
)

// Attribute is a setting of a node.
type Attribute struct {
	Name   string
	Type   AttributeType
	Float  float32
	Int    int64
	Text   string
	Tensor *Tensor
	Floats []float32
	Ints   []int64
}

// Value is an input or an output of the graph.
type Value struct {
	Name  string
	DType DType
	// Dims are its sizes; Shaped says that the file declares them.
	Dims   []Dim
	Shaped bool
}

// Dim is a size: a number, or a name for one that is left open, or neither.
type Dim struct {
	Size int64
	Name string
	// Known says that Size is the size.
	Known bool
}

// Tensor is an array. One that was made here has its elements in Raw; one that
// was read remembers where they lie.
type Tensor struct {
	Name  string
	DType DType
	Dims  []int64
	// External says that the elements are in a file of their own.
	External bool
	// Raw are the elements, little-endian, in C order.
	Raw []byte

	// at is where the message lies in its file, length how long it is.
	at, length int64
}
