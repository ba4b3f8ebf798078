package weights

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn"
)

// Read fills into with a tensor's elements, F16, BF16, F32 and F64 converted to
// float32. It panics if into is not as long as the tensor.
func (t *Tensor) Read(r io.ReaderAt, into []float32) error {
	if len(into) != t.Elements() {
		panic(fmt.Sprintf("weights: %d elements for %q, which has %d", len(into), t.Name, t.Elements()))
	}
	convert, ok := converters[t.DType]
	if !ok {
		return damaged("%q has elements of type %s; weights are F16, BF16, F32 or F64", t.Name, t.DType)
	}
	width := elementBytes[t.DType]
	block := make([]byte, min(t.Bytes, 1<<16))
	for offset := t.Offset; len(into) > 0; {
		n := min(len(into), len(block)/width)
		if err := readFull(r, block[:n*width], offset); err != nil {
			return err
		}
		for i := range n {
			into[i] = convert(block[i*width:])
		}
		into, offset = into[n:], offset+int64(n*width)
	}
	return nil
}

var converters = map[string]func(b []byte) float32{
	"F16":  func(b []byte) float32 { return half(binary.LittleEndian.Uint16(b)) },
	"BF16": func(b []byte) float32 { return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16) },
	"F32":  func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) },
	"F64":  func(b []byte) float32 { return float32(math.Float64frombits(binary.LittleEndian.Uint64(b))) },
}

// half is an IEEE 754 half precision number: 1 sign bit, 5 of the exponent, 10
// of the fraction.
func half(bits uint16) float32 {
	sign := 1.0
	if bits&0x8000 != 0 {
		sign = -1
	}
	exponent, fraction := int(bits>>10&0x1f), float64(bits&0x3ff)
	switch {
	case exponent == 0:
		return float32(sign * math.Ldexp(fraction, -24))
	case exponent < 0x1f:
		return float32(sign * math.Ldexp(1024+fraction, exponent-25))
	case fraction == 0:
		return float32(math.Inf(int(sign)))
	}
	return float32(math.NaN())
}

// Difference is how a file's arrays differ from a network's weights.
type Difference struct {
	// Missing are weights that the file lacks, Unknown arrays that the network has
	// no weight for.
	Missing, Unknown []string
	// Shapes are weights of another shape in the file, each with both.
	Shapes []ShapeDifference
}

// ShapeDifference is a weight whose array has another shape.
type ShapeDifference struct {
	Name       string
	File, Want []int
}

// Error lists the differences, at most a few of each kind.
func (d *Difference) Error() string {
	var parts []string
	for _, s := range first(d.Shapes) {
		parts = append(parts, fmt.Sprintf("%s has shape %v in the file and %v in the model", s.Name, s.File, s.Want))
	}
	if more := len(d.Shapes) - len(first(d.Shapes)); more > 0 {
		parts = append(parts, fmt.Sprintf("%d more have another shape", more))
	}
	if len(d.Missing) > 0 {
		parts = append(parts, "the file lacks "+listed(d.Missing))
	}
	if len(d.Unknown) > 0 {
		parts = append(parts, "the model has no "+listed(d.Unknown))
	}
	return "the weights do not belong to this model: " + strings.Join(parts, "; ")
}

// first is as many as a message can hold.
func first[T any](all []T) []T { return all[:min(len(all), 4)] }

func listed(names []string) string {
	text := strings.Join(first(names), ", ")
	if more := len(names) - len(first(names)); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// Load reads a file of so many bytes into a network. All of its weights must be
// there under their names and in their shapes, and nothing else: otherwise the
// error is a *Difference. On an error the network is as it was.
func Load(r io.ReaderAt, size int64, net *nn.Network[float32]) error {
	return LoadParams(r, size, net.Params())
}

// LoadParams is Load for any weights, such as the arrays that an optimizer keeps.
func LoadParams(r io.ReaderAt, size int64, params []*nn.Param[float32]) error {
	header, err := ReadHeader(r, size)
	if err != nil {
		return err
	}
	tensors, err := header.match(params)
	if err != nil {
		return err
	}
	values := make([][]float32, len(params))
	for i, t := range tensors {
		values[i] = make([]float32, t.Elements())
		if err := t.Read(r, values[i]); err != nil {
			return err
		}
	}
	for i, p := range params {
		copy(p.Value, values[i])
	}
	return nil
}

// match finds the tensor of each weight.
func (h *Header) match(params []*nn.Param[float32]) ([]*Tensor, error) {
	left := make(map[string]*Tensor, len(h.Tensors))
	for i := range h.Tensors {
		left[h.Tensors[i].Name] = &h.Tensors[i]
	}
	var d Difference
	tensors := make([]*Tensor, len(params))
	for i, p := range params {
		t, found := left[p.Name]
		switch {
		case !found:
			d.Missing = append(d.Missing, p.Name)
		case !slices.Equal(t.Shape, p.Shape):
			d.Shapes = append(d.Shapes, ShapeDifference{p.Name, t.Shape, p.Shape})
		}
		tensors[i] = t
		delete(left, p.Name)
	}
	for _, t := range h.Tensors {
		if left[t.Name] != nil {
			d.Unknown = append(d.Unknown, t.Name)
		}
	}
	if d.Missing != nil || d.Unknown != nil || d.Shapes != nil {
		return nil, &d
	}
	return tensors, nil
}
