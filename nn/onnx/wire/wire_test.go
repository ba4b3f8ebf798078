package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

func sample() *Model {
	return &Model{
		IRVersion: 8, Producer: "pipe", ProducerVersion: "1", Opsets: []Opset{{Version: 18}, {Domain: "ai.other", Version: 2}},
		Metadata: []Entry{{"classes", "[]"}, {"empty", ""}},
		Graph: Graph{
			Name: "g",
			Nodes: []Node{
				{Name: "a", Op: "Conv", Inputs: []string{"x", "", "w"}, Outputs: []string{"y"}, Attributes: []Attribute{
					{Name: "i", Type: IntAttribute, Int: -3}, {Name: "f", Type: FloatAttribute, Float: 0.5},
					{Name: "s", Type: StringAttribute, Text: "SAME"}, {Name: "is", Type: IntsAttribute, Ints: []int64{1, -2}},
					{Name: "fs", Type: FloatsAttribute, Floats: []float32{1.5, float32(math.Inf(1))}},
				}},
				{Op: "Odd", Domain: "ai.other"},
			},
			Initializers: []Tensor{Floats("w", []int{2, 3}, []float32{1, 2, 3, 4, 5, 6}), Ints("n", []int{0, -1, 7}), Doubles("d", nil, []float64{2.5})},
			Inputs:       []Value{{Name: "x", DType: Float, Shaped: true, Dims: []Dim{{Name: "N"}, {Size: 4, Known: true}, {}}}},
			Outputs:      []Value{{Name: "y", DType: Float, Shaped: true, Dims: []Dim{{Name: "N"}}}},
		},
	}
}

func encoded(t *testing.T, m *Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(b []byte) (*Model, error) { return Read(bytes.NewReader(b), int64(len(b))) }

func TestRoundTrip(t *testing.T) {
	want := sample()
	b := encoded(t, want)
	m, err := read(b)
	if err != nil {
		t.Fatal(err)
	}
	file := bytes.NewReader(b)
	values, err := m.Graph.Initializers[0].ReadFloats(file)
	if err != nil || !slices.Equal(values, []float32{1, 2, 3, 4, 5, 6}) {
		t.Errorf("w is %v, %v", values, err)
	}
	numbers, err := m.Graph.Initializers[1].ReadInts(file)
	if err != nil || !slices.Equal(numbers, []int64{0, -1, 7}) {
		t.Errorf("n is %v, %v", numbers, err)
	}
	values, err = m.Graph.Initializers[2].ReadFloats(file)
	if err != nil || !slices.Equal(values, []float32{2.5}) {
		t.Errorf("d is %v, %v", values, err)
	}
	for i := range m.Graph.Initializers { // where they lie is no part of what they are
		of := &m.Graph.Initializers[i]
		of.at, of.length, of.Raw = 0, 0, want.Graph.Initializers[i].Raw
		if len(of.Dims) == 0 {
			of.Dims = []int64{}
		}
	}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("read\n%+v, want\n%+v", m, want)
	}
	for i := range want.Graph.Initializers {
		if _, err := want.Graph.Initializers[i].ReadInts(nil); (err == nil) != (i == 1) {
			t.Errorf("array %d as whole numbers: %v", i, err)
		}
	}
}

// message writes a message by hand.
func hand(fields ...func([]byte) []byte) []byte {
	var b []byte
	for _, f := range fields {
		b = f(b)
	}
	return b
}

func varint(field protowire.Number, v uint64) func([]byte) []byte {
	return func(b []byte) []byte {
		return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
	}
}

func fixed32(field protowire.Number, v float32) func([]byte) []byte {
	return func(b []byte) []byte {
		return protowire.AppendFixed32(protowire.AppendTag(b, field, protowire.Fixed32Type), math.Float32bits(v))
	}
}

func part(field protowire.Number, in []byte) func([]byte) []byte {
	return func(b []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), in)
	}
}

// whole is a file with one initializer.
func whole(tensor ...func([]byte) []byte) []byte {
	return hand(varint(1, 8), part(7, hand(part(5, hand(tensor...)))))
}

// TestTypedFields: elements may lie in the field of their type, packed or not,
// and sizes in one packed field.
func TestTypedFields(t *testing.T) {
	packed := func(values ...float32) []byte {
		var b []byte
		for _, v := range values {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		return b
	}
	double := binary.LittleEndian.AppendUint64(nil, math.Float64bits(0.25))
	for name, c := range map[string]struct {
		file   []byte
		floats []float32
		ints   []int64
	}{
		"packed floats":   {whole(varint(1, 2), varint(2, 1), part(4, packed(1, 2))), []float32{1, 2}, nil},
		"floats":          {whole(varint(1, 2), varint(2, 1), fixed32(4, 1), fixed32(4, 2)), []float32{1, 2}, nil},
		"packed sizes":    {whole(part(1, []byte{2, 1}), varint(2, 1), part(9, packed(1, 2))), []float32{1, 2}, nil},
		"packed doubles":  {whole(varint(2, 11), part(10, double)), []float32{0.25}, nil},
		"raw doubles":     {whole(varint(2, 11), part(9, double)), []float32{0.25}, nil},
		"packed int64":    {whole(varint(1, 3), varint(2, 7), part(7, hand(func(b []byte) []byte { return append(b, 5, 0x80, 1, 0) }))), nil, []int64{5, 128, 0}},
		"int64":           {whole(varint(1, 2), varint(2, 7), varint(7, 5), varint(7, math.MaxUint64)), nil, []int64{5, -1}},
		"int32":           {whole(varint(1, 1), varint(2, 6), varint(5, math.MaxUint64)), nil, []int64{-1}},
		"raw int32":       {whole(varint(1, 1), varint(2, 6), part(9, []byte{0xff, 0xff, 0xff, 0xff})), nil, []int64{-1}},
		"no elements":     {whole(varint(1, 0), varint(2, 1)), []float32{}, nil},
		"a single number": {whole(varint(2, 1), part(9, packed(3))), []float32{3}, nil},
	} {
		m, err := read(c.file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		tensor := m.Graph.Initializers[0]
		if c.floats != nil {
			if got, err := tensor.ReadFloats(bytes.NewReader(c.file)); err != nil || !slices.Equal(got, c.floats) {
				t.Errorf("%s: %v, %v", name, got, err)
			}
		} else if got, err := tensor.ReadInts(bytes.NewReader(c.file)); err != nil || !slices.Equal(got, c.ints) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// TestDamaged: each of these files is refused, with the reason.
func TestDamaged(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":                    {nil, "no graph"},
		"a foreign file":           {[]byte("\x93NUMPY\x01\x00v\x00{'descr'"), "no ONNX file"},
		"text":                     {[]byte("version: 1\nstages:\n"), "no ONNX file"},
		"two graphs":               {hand(varint(1, 8), part(7, nil), part(7, nil)), "2 graphs"},
		"no version":               {hand(part(7, nil)), "no graph"},
		"a graph that is a number": {hand(varint(1, 8), varint(7, 3)), "another form"},
		"cut short":                {encoded(t, sample())[:300], "cut short"},
		"sizes without elements":   {whole(varint(1, 1<<30), varint(2, 1)), "only"},
		"negative sizes":           {whole(varint(1, math.MaxUint64), varint(2, 1)), "only"},
		"sizes that overflow":      {whole(varint(1, 1<<62), varint(1, 4), varint(2, 1), part(9, make([]byte, 4))), "only"},
		"a tag of nothing":         {[]byte{0}, "begins no field"},
		"a group":                  {[]byte{0x0b, 0x0c}, "begins no field"},
	} {
		_, err := read(c.file)
		var format *FormatError
		if !errors.As(err, &format) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"half an element":    {whole(varint(1, 1), varint(2, 1), part(9, []byte{1, 2, 3})), "not [1] elements"},
		"too many":           {whole(varint(1, 1), varint(2, 1), part(9, make([]byte, 8))), "not [1] elements"},
		"too few":            {whole(varint(1, 2), varint(2, 1), part(9, make([]byte, 4))), "but 1 elements"},
		"of another type":    {whole(varint(1, 1), varint(2, 10), part(9, []byte{1, 2})), "of type float16"},
		"in another's field": {whole(varint(1, 1), varint(2, 1), varint(7, 5)), "another form"},
	} {
		m, err := read(c.file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := m.Graph.Initializers[0].ReadFloats(bytes.NewReader(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// counting counts what is read.
type counting struct {
	io.ReaderAt
	bytes int
}

func (c *counting) ReadAt(b []byte, at int64) (int, error) {
	c.bytes += len(b)
	return c.ReaderAt.ReadAt(b, at)
}

// Reading a file leaves its weights alone.
func TestReadSkipsElements(t *testing.T) {
	m := sample()
	m.Graph.Initializers = append(m.Graph.Initializers, Floats("large", []int{1 << 20}, make([]float32, 1<<20)))
	b := encoded(t, m)
	r := &counting{ReaderAt: bytes.NewReader(b)}
	if _, err := Read(r, int64(len(b))); err != nil || r.bytes > 64<<10 {
		t.Errorf("%d of %d bytes read, %v", r.bytes, len(b), err)
	}
}

func TestWriteRefusesWhatProtocolBuffersCannotHold(t *testing.T) {
	m := sample()
	half := make([]byte, 1<<30)
	for range 2 {
		m.Graph.Initializers = append(m.Graph.Initializers, Tensor{Name: "w", DType: Float, Dims: []int64{1 << 28}, Raw: half})
	}
	if err := m.Write(io.Discard); err == nil || !strings.Contains(err.Error(), "at most 2147483647") {
		t.Errorf("got %v", err)
	}
}

// FuzzRead: nothing crashes, and what is accepted can be read without taking more
// memory than the file justifies.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := sample().Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(whole(varint(1, 2), varint(2, 1), fixed32(4, 1), fixed32(4, 2)))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := read(b)
		if err != nil {
			return
		}
		for i := range m.Graph.Initializers {
			tensor := &m.Graph.Initializers[i]
			if tensor.External {
				continue
			}
			if tensor.Len() > len(b) {
				t.Fatalf("%d elements in %d bytes", tensor.Len(), len(b))
			}
			floats, floatsErr := tensor.ReadFloats(bytes.NewReader(b))
			ints, intsErr := tensor.ReadInts(bytes.NewReader(b))
			if floatsErr == nil && len(floats) != tensor.Len() || intsErr == nil && len(ints) != tensor.Len() {
				t.Fatalf("%d and %d elements, not %d", len(floats), len(ints), tensor.Len())
			}
		}
	})
}
