package npy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf8"

	library "github.com/sbinet/npyio/npy"
)

// Header is what a .npy file says of its array.
type Header struct {
	// DType is the type of the elements.
	DType DType
	// Shape has the length of each axis, all of them above zero. It is empty
	// for a single number.
	Shape []int
	// Fortran says that the first axis varies fastest in the file.
	Fortran bool
	// BigEndian says that the elements' words have their highest byte first.
	BigEndian bool
	// Offset is where the first element is, in bytes from the beginning of the
	// file or member.
	Offset int64
}

// Elements is the product of the shape.
func (h Header) Elements() int {
	product := 1
	for _, size := range h.Shape {
		product *= size
	}
	return product
}

// payload is the length of the elements in bytes.
func (h Header) payload() int64 { return int64(h.Elements()) * int64(h.DType.size) }

// maxHeader bounds the dictionary. NumPy itself reads none above 10 000 bytes
// unless told to.
const maxHeader = 1 << 20

// The fields before the dictionary: magic, version, and the dictionary's length
// in two bytes (version 1) or four (2, and 3 whose text is UTF-8). See the NumPy
// enhancement proposal 1 and numpy/lib/format.py.
const (
	magic        = "\x93NUMPY"
	shortPreface = len(magic) + 2 + 2
	longPreface  = len(magic) + 2 + 4
)

// readHeader reads the header of a .npy file of size bytes that begins where r
// stands, and holds it against the size. It leaves r at the first element.
// The bytes that it has read are returned for a checksum.
func readHeader(r io.Reader, size int64, name string) (Header, []byte, error) {
	if size == 0 {
		return Header{}, nil, &Error{Name: name, Problem: "it is empty: 0 bytes", Remedy: remakeFile}
	}
	raw, err := readFrame(r, size, name)
	if err != nil {
		return Header{}, nil, err
	}
	d, err := describe(raw)
	if errors.Is(err, errStructured) {
		return Header{}, nil, &Error{Name: name, Problem: structured, Remedy: saveOneField}
	}
	if err != nil {
		return Header{}, nil, &Error{Name: name, Problem: "its header is damaged: " + err.Error(), Remedy: remakeFile}
	}
	h := Header{Shape: d.shape, Fortran: d.fortran, Offset: int64(len(raw))}
	h.DType, h.BigEndian, err = parseDescr(d.descr)
	if err == nil {
		err = h.fits(size)
	}
	var problem *Error
	if errors.As(err, &problem) {
		problem.Name = name
		return Header{}, nil, problem
	}
	return h, raw, nil
}

// readFrame reads everything before the first element. It allocates no more than
// the size justifies, whatever the file says of itself.
func readFrame(r io.Reader, size int64, name string) ([]byte, error) {
	head := make([]byte, min(size, foreignPrefix))
	if err := readFull(r, head[:min(len(head), longPreface)], 0, name); err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(head, []byte(magic)) && !strings.HasPrefix(magic, string(head)) {
		if len(head) > longPreface {
			if err := readFull(r, head[longPreface:], int64(longPreface), name); err != nil {
				return nil, err
			}
		}
		return nil, foreign(name, "a .npy file", head)
	}
	truncated := func(needed int) error {
		return &Error{Name: name, Problem: fmt.Sprintf("it ends within its header: %d bytes, the header alone has %d", size, needed), Remedy: remakeFile}
	}
	if size < int64(longPreface) {
		return nil, truncated(longPreface)
	}
	var length, preface int
	switch major, minor := head[len(magic)], head[len(magic)+1]; {
	case major == 1 && minor == 0:
		length, preface = int(binary.LittleEndian.Uint16(head[len(magic)+2:])), shortPreface
	case (major == 2 || major == 3) && minor == 0:
		length, preface = int(min(binary.LittleEndian.Uint32(head[len(magic)+2:]), math.MaxInt32)), longPreface
	default:
		return nil, &Error{
			Name: name, Problem: fmt.Sprintf("it has format version %d.%d; versions 1.0, 2.0 and 3.0 are known", major, minor),
			Remedy: "save it again with np.save",
		}
	}
	if length > maxHeader {
		return nil, &Error{Name: name, Problem: fmt.Sprintf("its header claims to be %d bytes long; none above %d is read", length, maxHeader), Remedy: remakeFile}
	}
	whole := preface + length
	if int64(whole) > size {
		return nil, truncated(whole)
	}
	if whole < longPreface { // the longer preface has been read already
		return nil, &Error{Name: name, Problem: fmt.Sprintf("its header is damaged: a description of %d bytes is none", length), Remedy: remakeFile}
	}
	raw := make([]byte, whole)
	copy(raw, head[:longPreface])
	if err := readFull(r, raw[longPreface:], int64(longPreface), name); err != nil {
		return nil, err
	}
	return raw, nil
}

// readFull fills block, which begins offset bytes into the file.
func readFull(r io.Reader, block []byte, offset int64, name string) error {
	n, err := io.ReadFull(r, block)
	if err != nil {
		return unreadable(name, offset+int64(n), err)
	}
	return nil
}

// describe reads the dictionary of a whole header.
//
// The npyio library goes first. It looks for substrings rather than parsing,
// trusts what it finds, panics where the substrings are not in NumPy's order and
// knows no version 3; so it is only believed if writing down what it has
// understood gives the very bytes that it has read, as is the case for every
// file that NumPy itself writes. All others, and all messages, are the strict
// parser's.
func describe(raw []byte) (description, error) {
	preface := shortPreface
	if raw[len(magic)] > 1 {
		preface = longPreface
	}
	text := string(raw[preface:])
	if d, ok := understood(raw); ok && d.canonical() == strings.TrimRight(text, " \n") {
		return d, nil
	}
	if raw[len(magic)] == 3 && !utf8.ValidString(text) {
		return description{}, errors.New("it is not text (UTF-8)")
	}
	return parseDescription(text)
}

// understood is what the library makes of a header, false if it gives up.
func understood(raw []byte) (d description, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	r, err := library.NewReader(bytes.NewReader(raw))
	if err != nil {
		return description{}, false
	}
	said := r.Header.Descr
	return description{descr: said.Type, fortran: said.Fortran, shape: said.Shape}, true
}

// canonical is the dictionary as NumPy writes it.
func (d description) canonical() string {
	order := "False"
	if d.fortran {
		order = "True"
	}
	return fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", d.descr, order, tuple(d.shape))
}

// tuple writes a shape as Python does.
func tuple(shape []int) string {
	sizes := make([]string, len(shape))
	for i, size := range shape {
		sizes[i] = strconv.Itoa(size)
	}
	if len(sizes) == 1 {
		return "(" + sizes[0] + ",)"
	}
	return "(" + strings.Join(sizes, ", ") + ")"
}

// fits holds the shape against the bytes that are there. It is what makes every
// later allocation safe: after it, the elements are really in the file. The
// error is a *Error without a name.
func (h Header) fits(size int64) error {
	var product uint64 = 1
	for axis, length := range h.Shape {
		if length < 0 {
			return &Error{Problem: fmt.Sprintf("axis %d of its shape %s is negative", axis, tuple(h.Shape)), Remedy: remakeFile}
		}
		if length == 0 {
			return &Error{Problem: fmt.Sprintf("it holds no elements: axis %d of its shape %s is 0 long", axis, tuple(h.Shape)), Remedy: "save an array that is not empty"}
		}
	}
	for _, length := range h.Shape {
		high, low := bits.Mul64(product, uint64(length))
		if high > 0 || low > math.MaxInt64/uint64(h.DType.size) {
			return &Error{
				Problem: fmt.Sprintf("its shape %s has more elements than any file can hold; %d bytes are there", tuple(h.Shape), size),
				Remedy:  remakeFile,
			}
		}
		product = low
	}
	expected, got := int64(product)*int64(h.DType.size), size-h.Offset
	if expected == got {
		return nil
	}
	relation, remedy := "shorter", "the file was cut off: save or copy it again"
	if got > expected {
		relation, remedy = "longer", "save one array in a file, or several with np.savez"
	}
	return &Error{
		Problem: fmt.Sprintf("it is %s than its header says: the shape %s of %s needs %d × %d = %d bytes after the header, there are %d",
			relation, tuple(h.Shape), h.DType, product, h.DType.size, expected, got),
		Remedy: remedy,
	}
}
