package wire

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// largest is the longest message that protocol buffers allow.
const largest = 1<<31 - 1

// Write writes the file. The arrays are written from where they are, without a
// copy.
func (m *Model) Write(w io.Writer) error {
	out := m.message()
	if out.size > largest {
		return fmt.Errorf("the model takes %d bytes; an ONNX file holds at most %d", out.size, largest)
	}
	for _, part := range append(out.parts, out.last) {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// message is a message under way: parts that are done, and the one that still
// grows.
type message struct {
	parts [][]byte
	last  []byte
	size  int
}

func (m *message) grow(by func([]byte) []byte) {
	before := len(m.last)
	m.last = by(m.last)
	m.size += len(m.last) - before
}

func (m *message) int(field protowire.Number, v int64) {
	m.grow(func(b []byte) []byte {
		return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), uint64(v))
	})
}

func (m *message) float(field protowire.Number, v float32) {
	m.grow(func(b []byte) []byte {
		return protowire.AppendFixed32(protowire.AppendTag(b, field, protowire.Fixed32Type), math.Float32bits(v))
	})
}

func (m *message) length(field protowire.Number, n int) {
	m.grow(func(b []byte) []byte {
		return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.BytesType), uint64(n))
	})
}

// text writes a text, unless it is empty.
func (m *message) text(field protowire.Number, s string) {
	if s != "" {
		m.element(field, s)
	}
}

// element writes a text of a list, where an empty one counts too.
func (m *message) element(field protowire.Number, s string) {
	m.length(field, len(s))
	m.grow(func(b []byte) []byte { return append(b, s...) })
}

// bytes writes an array without copying it.
func (m *message) bytes(field protowire.Number, b []byte) {
	m.length(field, len(b))
	m.parts = append(m.parts, m.last, b)
	m.last = nil
	m.size += len(b)
}

// inner writes a message inside.
func (m *message) inner(field protowire.Number, in *message) {
	m.length(field, in.size)
	if len(in.parts) == 0 {
		m.grow(func(b []byte) []byte { return append(b, in.last...) })
		return
	}
	m.parts = append(append(m.parts, m.last), in.parts...)
	m.last = in.last
	m.size += in.size
}

func (m *Model) message() *message {
	out := &message{}
	out.int(1, m.IRVersion)
	out.text(2, m.Producer)
	out.text(3, m.ProducerVersion)
	out.inner(7, m.Graph.message())
	for _, set := range m.Opsets {
		in := &message{}
		in.text(1, set.Domain)
		in.int(2, set.Version)
		out.inner(8, in)
	}
	for _, entry := range m.Metadata {
		in := &message{}
		in.text(1, entry.Key)
		in.text(2, entry.Text)
		out.inner(14, in)
	}
	return out
}

func (g *Graph) message() *message {
	out := &message{}
	for i := range g.Nodes {
		out.inner(1, g.Nodes[i].message())
	}
	out.text(2, g.Name)
	for i := range g.Initializers {
		out.inner(5, g.Initializers[i].message())
	}
	for i := range g.Inputs {
		out.inner(11, g.Inputs[i].message())
	}
	for i := range g.Outputs {
		out.inner(12, g.Outputs[i].message())
	}
	return out
}

func (n *Node) message() *message {
	out := &message{}
	for _, name := range n.Inputs {
		out.element(1, name)
	}
	for _, name := range n.Outputs {
		out.element(2, name)
	}
	out.text(3, n.Name)
	out.text(4, n.Op)
	for i := range n.Attributes {
		out.inner(5, n.Attributes[i].message())
	}
	out.text(7, n.Domain)
	return out
}

func (a *Attribute) message() *message {
	out := &message{}
	out.text(1, a.Name)
	switch a.Type {
	case FloatAttribute:
		out.float(2, a.Float)
	case IntAttribute:
		out.int(3, a.Int)
	case StringAttribute:
		out.element(4, a.Text)
	case TensorAttribute:
		out.inner(5, a.Tensor.message())
	case FloatsAttribute:
		for _, v := range a.Floats {
			out.float(7, v)
		}
	case IntsAttribute:
		for _, v := range a.Ints {
			out.int(8, v)
		}
	default:
		panic(fmt.Sprintf("wire: attribute %s has type %d", a.Name, a.Type))
	}
	out.int(20, int64(a.Type))
	return out
}

func (t *Tensor) message() *message {
	out := &message{}
	for _, n := range t.Dims {
		out.int(1, n)
	}
	out.int(2, int64(t.DType))
	out.text(8, t.Name)
	if t.External {
		out.int(14, 1)
		return out
	}
	out.bytes(9, t.Raw)
	return out
}

func (v *Value) message() *message {
	sizes := &message{}
	for _, d := range v.Dims {
		in := &message{}
		if d.Known {
			in.int(1, d.Size)
		} else {
			in.text(2, d.Name)
		}
		sizes.inner(1, in)
	}
	array, kind, out := &message{}, &message{}, &message{}
	array.int(1, int64(v.DType))
	array.inner(2, sizes)
	kind.inner(1, array)
	out.text(1, v.Name)
	out.inner(2, kind)
	return out
}

// Floats makes an array of float32.
func Floats(name string, sizes []int, values []float32) Tensor {
	raw := make([]byte, 0, 4*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return Tensor{Name: name, DType: Float, Dims: dims(sizes), Raw: raw}
}

// Doubles makes an array of float64.
func Doubles(name string, sizes []int, values []float64) Tensor {
	raw := make([]byte, 0, 8*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(v))
	}
	return Tensor{Name: name, DType: Double, Dims: dims(sizes), Raw: raw}
}

// Ints makes an array of int64, with one axis.
func Ints(name string, values []int) Tensor {
	raw := make([]byte, 0, 8*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return Tensor{Name: name, DType: Int64, Dims: []int64{int64(len(values))}, Raw: raw}
}

func dims(sizes []int) []int64 {
	list := make([]int64, len(sizes))
	for i, n := range sizes {
		list[i] = int64(n)
	}
	return list
}
