package stages_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// storedArray is an array as NumPy would save it, in any of the ways in which it
// does: types, byte orders, orders of the axes, versions of the header.
type storedArray struct {
	shape []int
	// dtype is the type in the language's words; "text" for names.
	dtype string
	// value gives element i in C order; text does for dtype "text".
	value   func(i int) float64
	text    func(i int) string
	fortran bool
	big     bool
	// version of the .npy format: 1, 2 or 3.
	version byte
}

// descriptors are NumPy's codes for the types.
var descriptors = map[string]string{
	"bool": "b1", "uint8": "u1", "uint16": "u2", "uint32": "u4", "uint64": "u8",
	"int8": "i1", "int16": "i2", "int32": "i4", "int64": "i8",
	"float16": "f2", "float32": "f4", "float64": "f8", "text": "U8",
}

// textLength is the number of characters of a stored text.
const textLength = 8

// encoded is the content of the .npy file.
func (a storedArray) encoded() []byte {
	order := binary.AppendByteOrder(binary.LittleEndian)
	sign := "<"
	if a.big {
		order, sign = binary.BigEndian, ">"
	}
	descriptor := descriptors[a.dtype]
	if strings.HasSuffix(descriptor, "1") {
		sign = "|"
	}
	sizes := strings.Trim(strings.Join(strings.Fields(fmt.Sprint(a.shape)), ", "), "[]")
	if len(a.shape) == 1 {
		sizes += ","
	}
	fortran := "False"
	if a.fortran {
		fortran = "True"
	}
	header := fmt.Sprintf("{'descr': '%s%s', 'fortran_order': %s, 'shape': (%s), }", sign, descriptor, fortran, sizes)
	version := max(a.version, 1)
	const magic = "\x93NUMPY"
	start := len(magic) + 4
	if version > 1 {
		start += 2
	}
	header += strings.Repeat(" ", 63-(start+len(header))%64) + "\n"
	out := append([]byte(magic), version, 0)
	if version == 1 {
		out = binary.LittleEndian.AppendUint16(out, uint16(len(header)))
	} else {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(header)))
	}
	out = append(out, header...)
	for _, i := range a.order() {
		out = a.element(out, order, i)
	}
	return out
}

// order lists the elements, numbered in C order, in the order in which they are
// stored.
func (a storedArray) order() []int {
	count := 1
	for _, size := range a.shape {
		count *= size
	}
	elements := make([]int, count)
	for k := range elements {
		elements[k] = k
		if !a.fortran {
			continue
		}
		strides := 1
		rest, index := k, make([]int, len(a.shape))
		for axis, size := range a.shape { // the first axis is the fastest
			index[axis] = rest % size
			rest /= size
		}
		elements[k] = 0
		for axis := len(a.shape) - 1; axis >= 0; axis-- {
			elements[k] += index[axis] * strides
			strides *= a.shape[axis]
		}
	}
	return elements
}

func (a storedArray) element(out []byte, order binary.AppendByteOrder, i int) []byte {
	if a.dtype == "text" {
		text := []rune(a.text(i))
		for k := range textLength {
			var r rune
			if k < len(text) {
				r = text[k]
			}
			out = order.AppendUint32(out, uint32(r))
		}
		return out
	}
	v := a.value(i)
	switch a.dtype {
	case "bool", "uint8":
		return append(out, byte(v))
	case "int8":
		return append(out, byte(int8(v)))
	case "uint16":
		return order.AppendUint16(out, uint16(v))
	case "int16":
		return order.AppendUint16(out, uint16(int16(v)))
	case "float16":
		return order.AppendUint16(out, binary16(v))
	case "uint32":
		return order.AppendUint32(out, uint32(v))
	case "int32":
		return order.AppendUint32(out, uint32(int32(v)))
	case "float32":
		return order.AppendUint32(out, math.Float32bits(float32(v)))
	case "uint64":
		return order.AppendUint64(out, uint64(v))
	case "int64":
		return order.AppendUint64(out, uint64(int64(v)))
	}
	return order.AppendUint64(out, math.Float64bits(v))
}

// binary16 stores a number that has at most 11 significant bits and an exponent
// from -14 to 15, or 0, or no number, as IEEE 754 binary16.
func binary16(v float64) uint16 {
	bits := math.Float32bits(float32(v))
	sign := uint16(bits >> 16 & 0x8000)
	switch {
	case v == 0:
		return sign
	case math.IsNaN(v):
		return 0x7e00
	}
	return sign | uint16((bits>>23&0xff-127+15)<<10) | uint16(bits>>13&0x3ff)
}

// archive is the content of a .npz file, its members compressed or not.
func archive(t testing.TB, compressed bool, members map[string]storedArray) []byte {
	t.Helper()
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		head := &zip.FileHeader{Name: name + ".npy", Method: zip.Store}
		if compressed {
			head.Method = zip.Deflate
		}
		member, err := w.CreateHeader(head)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := member.Write(members[name].encoded()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// place writes a file into a folder, which is made if need be.
func place(t testing.TB, folder, name string, content []byte) {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
