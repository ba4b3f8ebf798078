package weights

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// FormatError says why a file is not a safetensors file, or a damaged one.
type FormatError struct {
	Problem string
}

func (e *FormatError) Error() string { return e.Problem }

func damaged(format string, values ...any) error {
	return &FormatError{fmt.Sprintf(format, values...)}
}

// maxHeader is the longest header, that of the reference implementation.
const maxHeader = 100_000_000

// ReadHeader reads the header of a file of so many bytes and proves it sound:
// every array lies inside the file, has the length that its type and shape say,
// overlaps no other, and none of the file belongs to no array. It takes no more
// memory than the header's own length justifies. A file that is not sound gives
// a *FormatError, anything else is an error of r.
func ReadHeader(r io.ReaderAt, size int64) (Header, error) {
	var length [lengthBytes]byte
	if size < lengthBytes {
		return Header{}, damaged("the file is no safetensors file: it has %d bytes, less than the 8 that such a file begins with", size)
	}
	if err := readFull(r, length[:], 0); err != nil {
		return Header{}, err
	}
	n := binary.LittleEndian.Uint64(length[:])
	switch {
	case n > maxHeader:
		return Header{}, damaged("the file is no safetensors file: its header would be %d bytes long", n)
	case int64(n) > size-lengthBytes:
		return Header{}, damaged("the file is cut short: its header is %d bytes long, the whole file %d", n, size)
	}
	text := make([]byte, n)
	if err := readFull(r, text, lengthBytes); err != nil {
		return Header{}, err
	}
	if n == 0 || text[0] != '{' {
		return Header{}, damaged("the file is no safetensors file: its header does not begin with {")
	}
	header, err := parseHeader(text)
	if err != nil {
		return Header{}, err
	}
	return header, header.place(lengthBytes+int64(n), size)
}

// readFull reads all of b; a file that ends early is a damaged one.
func readFull(r io.ReaderAt, b []byte, offset int64) error {
	n, err := r.ReadAt(b, offset)
	switch {
	case n == len(b):
		return nil
	case errors.Is(err, io.EOF):
		return damaged("the file is cut short: it ends at byte %d, %d are missing", offset+int64(n), len(b)-n)
	}
	return err
}

// parseHeader reads the JSON key by key, since a name that comes twice would
// otherwise hide one of its arrays.
func parseHeader(text []byte) (Header, error) {
	var header Header
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	broken := func(problem string) (Header, error) {
		return Header{}, damaged("the file's header is broken at byte %d: %s", lengthBytes+decoder.InputOffset(), problem)
	}
	if _, err := decoder.Token(); err != nil {
		return broken("it is not JSON")
	}
	names := make(map[string]bool)
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return broken("it is not JSON")
		}
		name := key.(string) // in an object every other token is a key
		if names[name] {
			return Header{}, damaged("the file's header has %q twice", name)
		}
		names[name] = true
		if name == metadataKey {
			if err := decoder.Decode(&header.Metadata); err != nil {
				return broken("its metadata is not a map of texts")
			}
			continue
		}
		tensor, err := parseTensor(name, decoder)
		if err != nil {
			return Header{}, err
		}
		header.Tensors = append(header.Tensors, tensor)
	}
	if _, err := decoder.Token(); err != nil {
		return broken("it is not JSON")
	}
	if len(bytes.TrimRight(text[decoder.InputOffset():], " ")) > 0 {
		return broken("there is more text behind it")
	}
	return header, nil
}

// parseTensor reads one entry. Its offset still counts from the header's end.
func parseTensor(name string, decoder *json.Decoder) (Tensor, error) {
	var e struct {
		DType   *string `json:"dtype"`
		Shape   []int64 `json:"shape"`
		Offsets []int64 `json:"data_offsets"`
	}
	if err := decoder.Decode(&e); err != nil || e.DType == nil || e.Shape == nil || len(e.Offsets) != 2 {
		return Tensor{}, damaged("the file's header has no type, shape and two offsets for %q", name)
	}
	width, known := elementBytes[*e.DType]
	if !known {
		return Tensor{}, damaged("%q has elements of type %q, which is not known", name, *e.DType)
	}
	begin, end := e.Offsets[0], e.Offsets[1]
	if begin < 0 || end < begin {
		return Tensor{}, damaged("%q lies at bytes %d to %d, which is no range", name, begin, end)
	}
	tensor := Tensor{Name: name, DType: *e.DType, Offset: begin, Bytes: end - begin, Shape: make([]int, len(e.Shape))}
	want, fits := int64(width), true
	for i, n := range e.Shape {
		if n < 0 {
			return Tensor{}, damaged("%q has the shape %v, with a negative size", name, e.Shape)
		}
		tensor.Shape[i] = int(n)
		fits = fits && (n == 0 || want <= math.MaxInt64/n)
		want *= n
	}
	if slices.Contains(e.Shape, 0) {
		want, fits = 0, true
	}
	if !fits || want != tensor.Bytes {
		return Tensor{}, damaged("%q has %d bytes, which is not %v elements of type %s", name, tensor.Bytes, e.Shape, *e.DType)
	}
	return tensor, nil
}

// place puts the tensors in the order of the file, moves their offsets behind
// the header, and refuses gaps and overlaps.
func (h *Header) place(base, size int64) error {
	slices.SortStableFunc(h.Tensors, func(a, b Tensor) int {
		switch {
		case a.Offset != b.Offset:
			return cmp.Compare(a.Offset, b.Offset)
		case a.Bytes != b.Bytes:
			return cmp.Compare(a.Bytes, b.Bytes)
		}
		return 0
	})
	next := int64(0)
	for i := range h.Tensors {
		t := &h.Tensors[i]
		switch {
		case t.Bytes > size-base-t.Offset:
			return damaged("the file is cut short, or no safetensors file: %q should end at byte %d, the file has %d", t.Name, uint64(base)+uint64(t.Offset)+uint64(t.Bytes), size)
		case t.Offset < next:
			return damaged("%q overlaps the array before it", t.Name)
		case t.Offset > next:
			return damaged("%d bytes in front of %q belong to no array", t.Offset-next, t.Name)
		}
		next = t.Offset + t.Bytes
		t.Offset += base
	}
	if base+next != size {
		return damaged("%d bytes at the end of the file belong to no array", size-base-next)
	}
	return nil
}
