package npy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// framed is a file with any text for its header.
func framed(version byte, text string, payload int) []byte {
	file := append([]byte(magic), version, 0)
	if version == 1 {
		file = binary.LittleEndian.AppendUint16(file, uint16(len(text)))
	} else {
		file = binary.LittleEndian.AppendUint32(file, uint32(len(text)))
	}
	return append(append(file, text...), make([]byte, payload)...)
}

func TestOpenReadsUnusualHeaders(t *testing.T) {
	for name, file := range map[string][]byte{
		"another order of keys": framed(1, "{'shape': (2,), 'descr': '<f4', 'fortran_order': False}", 8),
		"double quotes":         framed(1, `{"descr": "<f4", "fortran_order": False, "shape": (2,)}`, 8),
		"no spaces":             framed(1, "{'descr':'<f4','fortran_order':False,'shape':(2,)}", 8),
		"Python 2":              framed(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2L,), }\n", 8),
		"version 3":             framed(3, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", 8),
	} {
		a, err := Open(bytes.NewReader(file), int64(len(file)), "t.npy")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if a.DType.String() != "float32" || len(a.Shape) != 1 || a.Shape[0] != 2 || a.Offset != int64(len(file)-8) {
			t.Errorf("%s: %+v", name, a.Header)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	good := write("<f4", false, []int{2, 3}, make([]byte, 24))
	header := func(descr, shape string) []byte {
		return framed(1, "{'descr': "+descr+", 'fortran_order': False, 'shape': "+shape+", }\n", 24)
	}
	for want, file := range map[string][]byte{
		"it is empty: 0 bytes":                {},
		"it ends within its header: 5 bytes":  good[:5],
		"it ends within its header: 60 bytes": good[:60],
		"it is shorter than its header says: the shape (2, 3) of float32 needs 6 × 4 = 24 bytes after the header, there are 23": good[:len(good)-1],
		"it is longer than its header says: the shape (2, 3) of float32 needs 6 × 4 = 24 bytes after the header, there are 26":  append(good[:len(good):len(good)], 0, 0),
		"it holds Python objects (a pickle)":                                    header("'|O'", "(3,)"),
		"it holds records of several fields":                                    header("[('a', '<f4'), ('b', '<i4')]", "(3,)"),
		"it holds complex numbers":                                              header("'<c8'", "(3,)"),
		"it holds dates or durations":                                           header("'<M8[ns]'", "(3,)"),
		`its elements are of type "<f5"`:                                        header("'<f5'", "(3,)"),
		`its type "=f4" does not say the order of its bytes`:                    header("'=f4'", "(6,)"),
		"it holds no elements: axis 1 of its shape (6, 0)":                      header("'<f4'", "(6, 0)"),
		"has more elements than any file can hold":                              header("'<f4'", "(4611686018427387904, 4, 4)"),
		"the axis length 99999999999999999999 is too large for this machine":    header("'<f4'", "(99999999999999999999,)"),
		"axis 0 of its shape (-2, 3) is negative":                               header("'<f4'", "(-2, 3)"),
		"its header is damaged: the shape is a number, not a tuple":             header("'<f4'", "(6)"),
		`its header is damaged: the key "descr" is there twice`:                 framed(1, "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (6,)}", 24),
		`its header is damaged: the key "shape" is missing`:                     framed(1, "{'descr': '<f4', 'fortran_order': False}", 24),
		"its header is damaged: it ends where":                                  framed(1, "{'descr': '<f4', 'fortran_order': ", 0),
		"its header is damaged: a description of 1 bytes is none":               framed(1, "{", 10),
		"its header claims to be 2147483647 bytes long":                         append([]byte(magic), 2, 0, 0xff, 0xff, 0xff, 0xff, '{', '}'),
		"it has format version 9.0; versions 1.0, 2.0 and 3.0 are known":        framed(9, "{}", 0),
		"but looks like a gzip file":                                            []byte("\x1f\x8b\x08\x00 and the rest"),
		"but looks like a zip or .npz archive":                                  []byte("PK\x03\x04 and the rest"),
		"but looks like a NIfTI image (.nii)":                                   append(make([]byte, 344), "n+1\x00 and the rest"...),
		`but looks like text that begins "image,label"`:                         []byte("image,label\na,1\n"),
		"but looks like a Git LFS pointer in place of the file":                 []byte("version https://git-lfs.github.com/spec/v1\noid sha256:1\n"),
		"it is not a .npy file: it begins with the bytes 00 01 02 03 04 05":     {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13},
		"its elements are texts of 0 letters":                                   header("'<U0'", "(3,)"),
		"its elements are extended-precision floats of 16 bytes (type \"<f16\"": header("'<f16'", "(1,)"),
	} {
		a, err := Open(bytes.NewReader(file), int64(len(file)), "t.npy")
		var problem *Error
		if !errors.As(err, &problem) {
			t.Errorf("%s: opened as %+v, %v", want, a, err)
			continue
		}
		if !strings.Contains(problem.Problem, want) || problem.Name != "t.npy" || problem.Remedy == "" {
			t.Errorf("got  %v\nwant %s", problem, want)
		}
	}
}

// A header that lies about its length costs no memory.
func TestOpenAllocatesWhatTheFileJustifies(t *testing.T) {
	lying := framed(1, "{'descr': '<f8', 'fortran_order': True, 'shape': (1099511627776,), }\n", 64)
	if n := allocated(func() { _, _ = Open(bytes.NewReader(lying), int64(len(lying)), "t.npy") }); n > 1<<16 {
		t.Errorf("%d bytes for a file of %d", n, len(lying))
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(write("<f4", false, []int{2, 3}, make([]byte, 24)))
	f.Add(write(">i2", true, []int{3, 2}, make([]byte, 12)))
	f.Add(write("<U2", false, []int{2}, []byte("a\x00\x00\x00b\x00\x00\x00c\x00\x00\x00\x00\x00\x00\x00")))
	f.Add(framed(3, "{'shape': (), 'descr': '|b1', 'fortran_order': False}", 1))
	f.Add(framed(2, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", 4))
	f.Fuzz(func(t *testing.T, file []byte) {
		var a *Array
		var err error
		if n := allocated(func() { a, err = Open(bytes.NewReader(file), int64(len(file)), "t.npy") }); n > allowance(len(file)) {
			t.Fatalf("opening %d bytes cost %d", len(file), n)
		}
		exercise(t, a, err, len(file))
		// The same file in an archive, deflated, is the same array.
		packed := pack(t, member{"x.npy", true, file})
		opened, archiveErr := OpenArchive(bytes.NewReader(packed), int64(len(packed)), "a.npz")
		if archiveErr != nil {
			t.Fatal(archiveErr)
		}
		b, memberErr := opened.Member("x")
		exercise(t, b, memberErr, len(packed))
		if (err == nil) != (memberErr == nil) {
			t.Fatalf("alone: %v; in an archive: %v", err, memberErr)
		}
		if err == nil && !slices.Equal(exact(t, a), exact(t, b)) {
			t.Fatal("the values in an archive are others")
		}
	})
}

// exact are the elements of an array, so that NaN is equal to itself.
func exact(t *testing.T, a *Array) []uint64 {
	t.Helper()
	if a.DType.IsText() {
		return nil
	}
	values, err := a.Floats()
	if err != nil {
		t.Fatal(err)
	}
	words := make([]uint64, len(values))
	for i, v := range values {
		words[i] = math.Float64bits(v)
	}
	return words
}
