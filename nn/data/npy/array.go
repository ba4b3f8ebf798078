// Package npy reads NumPy's .npy and .npz files: what their headers say, and
// their elements in large blocks. Nothing that a file claims is believed before
// it has been held against the bytes that are there, so no file makes it panic
// or allocate more than it justifies.
package npy

import (
	"fmt"
	"io"
	"math"
	"sync"
)

// Array is an array in a file or a member of an archive. Only its header has been
// read; the elements are read when asked for. It may be used by several
// goroutines at once, as long as the file is open.
type Array struct {
	Header
	name string
	// rows are the bytes of the elements where any part of them can be read at
	// once; nil if they have to be made first.
	rows io.ReaderAt
	// make gives all bytes of the elements in C order, the lowest byte of each word
	// first, for an array that is deflated or in Fortran order; they are then kept,
	// in their own type.
	make   func() ([]byte, error)
	making sync.Once
	made   []byte
	failed error
}

// Open reads the header of a .npy file of size bytes, whose name for people is
// given. The error is an *Error.
func Open(r io.ReaderAt, size int64, name string) (*Array, error) {
	h, _, err := readHeader(io.NewSectionReader(r, 0, size), size, name)
	if err != nil {
		return nil, err
	}
	return stored(h, r, name), nil
}

// stored is an array whose bytes lie in r as they are, h.Offset before them.
func stored(h Header, r io.ReaderAt, name string) *Array {
	a := &Array{Header: h, name: name}
	payload := io.NewSectionReader(r, h.Offset, h.payload())
	if h.inCOrder() {
		a.rows = payload
		return a
	}
	a.make = func() ([]byte, error) {
		whole := make([]byte, h.payload())
		if err := readFull(payload, whole, h.Offset, name); err != nil {
			return nil, err
		}
		return h.plain(whole), nil
	}
	return a
}

// Name is the name for people that the array was opened with.
func (a *Array) Name() string { return a.name }

// Len is the length of the first axis; 1 for a single number.
func (a *Array) Len() int {
	if len(a.Shape) == 0 {
		return 1
	}
	return a.Shape[0]
}

// Rows fills into with n examples along the first axis, starting with the first
// one, each in C order, as float32: the nearest value for a number, 0 or 1 for a
// truth value. len(into) is n times the product of the other axes. It panics if
// the rows are outside the array or its elements are text. The error is an *Error.
func (a *Array) Rows(first, n int, into []float32) error {
	stride := a.Elements() / a.Len()
	if first < 0 || n < 0 || first+n > a.Len() || len(into) != n*stride {
		panic(fmt.Sprintf("npy: rows %d to %d into %d numbers, of an array %v", first, first+n, len(into), a.Shape))
	}
	decode := decoder[float32](a.DType)
	return a.blocks(int64(first)*int64(stride), int64(len(into)), func(at int64, block []byte) {
		decode(block, into[at:])
	})
}

// blockSize is the bytes decoded at once: few enough to stay in a processor's
// cache between reading and decoding, many enough for a read to cost nothing.
const blockSize = 1 << 17

// buffers are blocks that no call is using, as *[]byte.
var buffers = sync.Pool{New: func() any {
	block := make([]byte, blockSize)
	return &block
}}

// blocks hands the bytes of count elements, the first of them at first, to take
// in pieces of whole elements, the lowest byte of each word first; at counts the
// elements before a piece.
func (a *Array) blocks(first, count int64, take func(at int64, block []byte)) error {
	size := int64(a.DType.size)
	if a.rows == nil {
		whole, err := a.whole()
		if err != nil {
			return err
		}
		take(0, whole[first*size:(first+count)*size])
		return nil
	}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	if int64(len(*buffer)) < size {
		*buffer = make([]byte, size) // a very long text
	}
	perBlock := int64(len(*buffer)) / size
	for at := int64(0); at < count; at += perBlock {
		block := (*buffer)[:min(perBlock, count-at)*size]
		from := (first + at) * size
		// A reader may say io.EOF along with the last bytes.
		if n, err := a.rows.ReadAt(block, from); n < len(block) {
			return unreadable(a.name, a.Offset+from+int64(n), err)
		}
		if a.BigEndian {
			reverse(block, a.DType.wordSize())
		}
		take(at, block)
	}
	return nil
}

// whole is all bytes of an array that has to be made, in C order.
func (a *Array) whole() ([]byte, error) {
	a.making.Do(func() { a.made, a.failed = a.make() })
	return a.made, a.failed
}

// Ints gives all elements of an array of integers or truth values, in C order.
func (a *Array) Ints() ([]int64, error) {
	if !a.DType.IsInteger() && !a.DType.IsBool() {
		return nil, &Error{Name: a.name, Problem: fmt.Sprintf("its elements are %s, not whole numbers", a.DType), Remedy: "save it with np.save(..., arr.astype('int64'))"}
	}
	values := make([]int64, a.Elements())
	decode := decoder[int64](a.DType)
	if err := a.blocks(0, int64(len(values)), func(at int64, block []byte) { decode(block, values[at:]) }); err != nil {
		return nil, err
	}
	if a.DType == (DType{kind: 'u', size: 8}) {
		for i, v := range values {
			if v < 0 {
				return nil, &Error{
					Name: a.name, Problem: fmt.Sprintf("element %d is %d, beyond the largest number that is understood, %d", i, uint64(v), int64(math.MaxInt64)),
					Remedy: "save smaller numbers",
				}
			}
		}
	}
	return values, nil
}

// Floats gives all elements of an array of numbers or truth values, in C order.
func (a *Array) Floats() ([]float64, error) {
	if a.DType.IsText() {
		return nil, &Error{Name: a.name, Problem: "its elements are text, not numbers", Remedy: saveAsFloat32}
	}
	values := make([]float64, a.Elements())
	decode := decoder[float64](a.DType)
	err := a.blocks(0, int64(len(values)), func(at int64, block []byte) { decode(block, values[at:]) })
	if err != nil {
		return nil, err
	}
	return values, nil
}

// inCOrder says whether the bytes are in C order as they lie: in an array with
// at most one axis longer than 1 the orders are the same.
func (h Header) inCOrder() bool {
	long := 0
	for _, length := range h.Shape {
		if length > 1 {
			long++
		}
	}
	return !h.Fortran || long < 2
}

// plain gives the bytes of a whole array in C order, the lowest byte of each word
// first. It may use the bytes given for it.
func (h Header) plain(whole []byte) []byte {
	if h.BigEndian {
		reverse(whole, h.DType.wordSize())
	}
	if h.inCOrder() {
		return whole
	}
	size, last := h.DType.size, len(h.Shape)-1
	// step[k] is how many bytes apart neighbours along axis k lie.
	step := make([]int, len(h.Shape))
	for k, apart := 0, size; k <= last; k++ {
		step[k], apart = apart, apart*h.Shape[k]
	}
	ordered := make([]byte, len(whole))
	index, from := make([]int, last), 0
	for to := 0; to < len(ordered); {
		for k := range h.Shape[last] {
			to += copy(ordered[to:to+size], whole[from+k*step[last]:])
		}
		// The next row: count up the other axes, the last of them fastest.
		for k := last - 1; k >= 0; k-- {
			index[k]++
			from += step[k]
			if index[k] < h.Shape[k] {
				break
			}
			from -= index[k] * step[k]
			index[k] = 0
		}
	}
	return ordered
}
