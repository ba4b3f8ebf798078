package wire

import (
	"errors"
	"fmt"
	"io"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// FormatError says why a file is not an ONNX file, or a damaged one.
type FormatError struct{ Problem string }

func (e *FormatError) Error() string { return e.Problem }

func damaged(format string, values ...any) error {
	return &FormatError{fmt.Sprintf(format, values...)}
}

// source is a file with the stretch of it that was read last.
type source struct {
	r      io.ReaderAt
	window []byte
	start  int64
}

// ahead is how much is read at a time while fields are looked for.
const ahead = 4096

// longestHead is the longest that a field's number and length, or its value, can
// be.
const longestHead = 20

// peek gives up to longestHead bytes at a place, fewer only at the end.
func (s *source) peek(at, end int64) ([]byte, error) {
	want := min(longestHead, end-at)
	if at < s.start || at+want > s.start+int64(len(s.window)) {
		if cap(s.window) < ahead {
			s.window = make([]byte, ahead)
		}
		s.window, s.start = s.window[:min(ahead, end-at)], at
		if err := readFull(s.r, s.window, at); err != nil {
			s.window = s.window[:0]
			return nil, err
		}
	}
	return s.window[at-s.start:][:want], nil
}

// readFull reads all of b; a file that ends early is a damaged one.
func readFull(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	switch {
	case n == len(b):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return damaged("the file is cut short: it ends at byte %d, %d are missing", at+int64(n), len(b)-n)
	}
	return err
}

// cursor goes through the fields of a message.
type cursor struct {
	*source
	at, end int64
}

// field is a field of a message: a number, or so many bytes at a place.
type field struct {
	number protowire.Number
	kind   protowire.Type
	// value is the number of a varint or of a fixed width.
	value uint64
	// at and length are where the bytes lie.
	at, length int64
}

// each shows every field of the message in turn.
func (c *cursor) each(show func(field) error) error {
	for c.at < c.end {
		f, err := c.next()
		if err != nil {
			return err
		}
		if err := show(f); err != nil {
			return err
		}
	}
	return nil
}

func (c *cursor) next() (field, error) {
	start := c.at
	head, err := c.peek(c.at, c.end)
	if err != nil {
		return field{}, err
	}
	broken := func() (field, error) {
		return field{}, damaged("the file is no ONNX file, or a damaged one: byte %d begins no field", start)
	}
	number, kind, n := protowire.ConsumeTag(head)
	if n < 0 {
		return broken()
	}
	f := field{number: number, kind: kind}
	head = head[n:]
	c.at += int64(n)
	switch kind {
	case protowire.VarintType:
		f.value, n = protowire.ConsumeVarint(head)
	case protowire.Fixed32Type:
		var v uint32
		v, n = protowire.ConsumeFixed32(head)
		f.value = uint64(v)
	case protowire.Fixed64Type:
		f.value, n = protowire.ConsumeFixed64(head)
	case protowire.BytesType:
		var length uint64
		length, n = protowire.ConsumeVarint(head)
		if n >= 0 && length > uint64(c.end-c.at-int64(n)) {
			return field{}, damaged("the file is cut short, or no ONNX file: a part at byte %d would be %d bytes long, %d are left", start, length, c.end-c.at-int64(n))
		}
		f.at, f.length = c.at+int64(max(n, 0)), int64(length)
	default:
		return broken()
	}
	if n < 0 {
		return broken()
	}
	c.at += int64(n) + f.length
	return f, nil
}

// inner goes through the message in a field.
func (c *cursor) inner(f field, show func(*cursor, field) error) error {
	if f.kind != protowire.BytesType {
		return f.unexpected()
	}
	in := &cursor{source: c.source, at: f.at, end: f.at + f.length}
	return in.each(func(f field) error { return show(in, f) })
}

func (f field) unexpected() error {
	return damaged("the file is no ONNX file, or a damaged one: part %d of a message at byte %d has another form than it should", f.number, f.at)
}

// bytes reads a field.
func (c *cursor) bytes(f field) ([]byte, error) {
	if f.kind != protowire.BytesType {
		return nil, f.unexpected()
	}
	b := make([]byte, f.length)
	return b, readFull(c.r, b, f.at)
}

func (c *cursor) text(f field, into *string) error {
	b, err := c.bytes(f)
	*into = string(b)
	return err
}

func (f field) int(into *int64) error {
	if f.kind != protowire.VarintType {
		return f.unexpected()
	}
	*into = int64(f.value)
	return nil
}

func (f field) float(into *float32) error {
	if f.kind != protowire.Fixed32Type {
		return f.unexpected()
	}
	*into = math.Float32frombits(uint32(f.value))
	return nil
}

// ints appends one number, or a packed list of them.
func (c *cursor) ints(f field, into *[]int64) error {
	if f.kind == protowire.VarintType {
		*into = append(*into, int64(f.value))
		return nil
	}
	b, err := c.bytes(f)
	if err != nil {
		return err
	}
	for len(b) > 0 {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return f.unexpected()
		}
		*into, b = append(*into, int64(v)), b[n:]
	}
	return nil
}

// floats appends one number, or a packed list of them.
func (c *cursor) floats(f field, into *[]float32) error {
	if f.kind == protowire.Fixed32Type {
		*into = append(*into, math.Float32frombits(uint32(f.value)))
		return nil
	}
	b, err := c.bytes(f)
	if err != nil {
		return err
	}
	for len(b) > 0 {
		v, n := protowire.ConsumeFixed32(b)
		if n < 0 {
			return f.unexpected()
		}
		*into, b = append(*into, math.Float32frombits(v)), b[n:]
	}
	return nil
}
