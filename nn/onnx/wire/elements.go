package wire

import (
	"encoding/binary"
	"io"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// ReadFloats reads the elements of an array of float32 or float64.
func (t *Tensor) ReadFloats(r io.ReaderAt) ([]float32, error) {
	values := make([]float32, 0, t.Len())
	var width int64
	var convert func([]byte) float32
	switch t.DType {
	case Float:
		width, convert = 4, func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }
	case Double:
		width, convert = 8, func(b []byte) float32 { return float32(math.Float64frombits(binary.LittleEndian.Uint64(b))) }
	default:
		return nil, damaged("the array %q is of type %s; weights are float32 or float64", t.Name, t.DType)
	}
	err := t.each(r, width, func(b []byte) { values = append(values, convert(b)) })
	if err == nil && len(values) != t.Len() {
		err = damaged("the array %q has the sizes %v, but %d elements", t.Name, t.Dims, len(values))
	}
	return values, err
}

// ReadInts reads the elements of an array of int64 or int32.
func (t *Tensor) ReadInts(r io.ReaderAt) ([]int64, error) {
	values := make([]int64, 0, t.Len())
	var width int64
	var convert func([]byte) int64
	switch t.DType {
	case Int64:
		width, convert = 8, func(b []byte) int64 { return int64(binary.LittleEndian.Uint64(b)) }
	case Int32:
		width, convert = 4, func(b []byte) int64 { return int64(int32(binary.LittleEndian.Uint32(b))) }
	default:
		return nil, damaged("the array %q is of type %s where whole numbers are needed", t.Name, t.DType)
	}
	err := t.each(r, width, func(b []byte) { values = append(values, convert(b)) })
	if err == nil && len(values) != t.Len() {
		err = damaged("the array %q has the sizes %v, but %d elements", t.Name, t.Dims, len(values))
	}
	return values, err
}

// each shows the bytes of every element, width of them, wherever the message
// keeps them: in raw_data, or in the field of its type.
func (t *Tensor) each(r io.ReaderAt, width int64, show func([]byte)) error {
	if t.Raw != nil {
		for b := t.Raw; len(b) >= int(width); b = b[width:] {
			show(b[:width])
		}
		return nil
	}
	c := &cursor{source: &source{r: r}, at: t.at, end: t.at + t.length}
	limit := t.Len()
	return c.each(func(f field) error {
		switch f.number {
		case 9:
			return t.blocks(r, f, width, show)
		case 4, 10:
			if fieldWidth := map[protowire.Number]int64{4: 4, 10: 8}[f.number]; fieldWidth != width {
				return f.unexpected()
			}
			if f.kind == protowire.BytesType {
				return t.blocks(r, f, width, show)
			}
			var b [8]byte
			binary.LittleEndian.PutUint64(b[:], f.value)
			show(b[:width])
		case 5, 7:
			if of := map[protowire.Number]DType{5: Int32, 7: Int64}[f.number]; of != t.DType {
				return f.unexpected()
			}
			return t.varints(c, f, limit, show)
		}
		return nil
	})
}

// blocks shows the elements of a packed field, read in blocks.
func (t *Tensor) blocks(r io.ReaderAt, f field, width int64, show func([]byte)) error {
	if f.kind != protowire.BytesType || f.length%width != 0 || f.length/width > int64(t.Len()) {
		return damaged("the array %q has %d bytes, which is not %v elements of type %s", t.Name, f.length, t.Dims, t.DType)
	}
	block := make([]byte, min(f.length, 1<<16))
	for at, left := f.at, f.length; left > 0; {
		b := block[:min(left, int64(len(block)))]
		if err := readFull(r, b, at); err != nil {
			return err
		}
		at, left = at+int64(len(b)), left-int64(len(b))
		for ; len(b) > 0; b = b[width:] {
			show(b[:width])
		}
	}
	return nil
}

// varints shows the elements of a field of whole numbers.
func (t *Tensor) varints(c *cursor, f field, limit int, show func([]byte)) error {
	var values []int64
	if err := c.ints(f, &values); err != nil {
		return err
	}
	if len(values) > limit {
		return damaged("the array %q has the sizes %v, but %d elements", t.Name, t.Dims, len(values))
	}
	var b [8]byte
	for _, v := range values {
		binary.LittleEndian.PutUint64(b[:], uint64(v))
		show(b[:])
	}
	return nil
}
