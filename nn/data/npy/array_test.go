package npy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// write makes a .npy file of version 1, as NumPy does.
func write(descr string, fortran bool, shape []int, payload []byte) []byte {
	text := description{descr: descr, fortran: fortran, shape: shape}.canonical()
	length := (shortPreface+len(text)+1+63)/64*64 - shortPreface
	text += strings.Repeat(" ", length-len(text)-1) + "\n"
	file := append([]byte(magic), 1, 0, byte(length), byte(length>>8))
	return slices.Concat(file, []byte(text), payload)
}

func open(t *testing.T, file []byte) *Array {
	t.Helper()
	a, err := Open(bytes.NewReader(file), int64(len(file)), "t.npy")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// fromNumPy is what NumPy says is in an array.
type fromNumPy struct {
	DType  string
	Shape  []int
	Values []string
}

func expected(t *testing.T) map[string]fromNumPy {
	t.Helper()
	text, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var arrays map[string]fromNumPy
	if err := json.Unmarshal(text, &arrays); err != nil {
		t.Fatal(err)
	}
	return arrays
}

func archive(t *testing.T, path string) *Archive {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a, err := OpenArchive(bytes.NewReader(file), int64(len(file)), "a.npz")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Every dtype, byte order and layout, stored and deflated, has the values that
// NumPy says it has.
func TestValuesAreNumPys(t *testing.T) {
	arrays := expected(t)
	for _, path := range []string{"testdata/stored.npz", "testdata/deflated.npz"} {
		opened := archive(t, path)
		if len(opened.Members()) != len(arrays) || len(arrays) < 50 {
			t.Errorf("%s has %d members, %d are expected", path, len(opened.Members()), len(arrays))
		}
		for name, want := range arrays {
			a, err := opened.Member(name)
			if err != nil {
				t.Errorf("%s#%s: %v", path, name, err)
				continue
			}
			if a.DType.String() != want.DType || !slices.Equal(a.Shape, want.Shape) {
				t.Errorf("%s#%s: %s %v, want %s %v", path, name, a.DType, a.Shape, want.DType, want.Shape)
				continue
			}
			if problem := compare(a, want.Values); problem != "" {
				t.Errorf("%s#%s: %s", path, name, problem)
			}
		}
	}
}

// compare reads an array in every way its dtype allows.
func compare(a *Array, want []string) string {
	if a.DType.IsText() {
		texts, err := a.Texts()
		if err != nil || !slices.Equal(texts, want) {
			return fmt.Sprintf("texts %q (%v), want %q", texts, err, want)
		}
		return ""
	}
	if !a.DType.IsReal() {
		ints, err := a.Ints()
		if err != nil {
			return err.Error()
		}
		for i, v := range ints {
			if v != integer(want[i]) {
				return fmt.Sprintf("element %d is %d, want %s", i, v, want[i])
			}
		}
	}
	floats, err := a.Floats()
	if err != nil {
		return err.Error()
	}
	rows := make([]float32, a.Elements())
	if err := a.Rows(0, a.Len(), rows); err != nil {
		return err.Error()
	}
	stride := a.Elements() / a.Len()
	row := make([]float32, stride)
	for i, v := range floats {
		w := real64(want[i])
		if math.Float64bits(v) != math.Float64bits(w) && !(math.IsNaN(v) && math.IsNaN(w)) {
			return fmt.Sprintf("element %d is %v as float64, want %v", i, v, w)
		}
		if math.Float32bits(rows[i]) != math.Float32bits(float32(w)) && !(math.IsNaN(w) && rows[i] != rows[i]) {
			return fmt.Sprintf("element %d is %v as float32, want %v", i, rows[i], float32(w))
		}
		if i%stride == 0 {
			if err := a.Rows(i/stride, 1, row); err != nil {
				return err.Error()
			}
		}
		if math.Float32bits(row[i%stride]) != math.Float32bits(rows[i]) {
			return fmt.Sprintf("element %d is %v in its row, %v in all rows", i, row[i%stride], rows[i])
		}
	}
	return ""
}

func integer(text string) int64 {
	switch text {
	case "True":
		return 1
	case "False":
		return 0
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic(err)
	}
	return v
}

func real64(text string) float64 {
	if text == "True" || text == "False" {
		return float64(integer(text))
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(err)
	}
	return v
}

func TestHeaderVersions(t *testing.T) {
	for _, path := range []string{"testdata/version2.npy", "testdata/version3.npy"} {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		ints, err := open(t, file).Ints()
		if err != nil || !slices.Equal(ints, []int64{0, 1, 2, 3, 4, 5}) {
			t.Errorf("%s: %v, %v", path, ints, err)
		}
	}
}

// Rows longer than a block, of every size of element, and rows out of the middle.
func TestRowsAcrossBlocks(t *testing.T) {
	const rows, stride = 3, blockSize/2 + 13
	for _, descr := range []string{"|u1", "<u2", ">u4"} {
		d, big, err := parseDescr(descr)
		if err != nil {
			t.Fatal(err)
		}
		payload := make([]byte, rows*stride*d.size)
		at := func(i int) int { return (i*7 + i/stride) % 251 }
		for i := range rows * stride {
			low := i * d.size
			if big {
				low += d.size - 1
			}
			payload[low] = byte(at(i))
		}
		a := open(t, write(descr, false, []int{rows, stride}, payload))
		for _, part := range [][2]int{{0, rows}, {1, 1}, {1, 2}, {2, 0}} {
			into := make([]float32, part[1]*stride)
			if err := a.Rows(part[0], part[1], into); err != nil {
				t.Fatal(err)
			}
			for i, v := range into {
				if want := float32(at(part[0]*stride + i)); v != want {
					t.Fatalf("%s rows %v: element %d is %v, want %v", descr, part, i, v, want)
				}
			}
		}
	}
}

func TestRowsAtTheSameTime(t *testing.T) {
	for _, path := range []string{"testdata/stored.npz", "testdata/deflated.npz"} {
		opened := archive(t, path)
		a, err := opened.Member("int16_big_F")
		if err != nil {
			t.Fatal(err)
		}
		want := make([]float32, 12)
		if err := a.Rows(0, 2, want); err != nil {
			t.Fatal(err)
		}
		fresh, _ := opened.Member("int16_big_F")
		var readers sync.WaitGroup
		for k := range 16 {
			readers.Go(func() {
				row := make([]float32, 6)
				if err := fresh.Rows(k%2, 1, row); err != nil || !slices.Equal(row, want[k%2*6:][:6]) {
					t.Errorf("row %d is %v, %v; want %v", k%2, row, err, want[k%2*6:][:6])
				}
			})
		}
		readers.Wait()
	}
}

func TestValuesRefuse(t *testing.T) {
	beyond := write("<u8", false, []int{2}, []byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80})
	if _, err := open(t, beyond).Ints(); err == nil || !strings.Contains(err.Error(), "element 1 is 9223372036854775808") {
		t.Errorf("got %v", err)
	}
	reals := open(t, write("<f4", false, []int{1}, make([]byte, 4)))
	if _, err := reals.Ints(); err == nil || !strings.Contains(err.Error(), "its elements are float32, not whole numbers") {
		t.Errorf("got %v", err)
	}
	if _, err := reals.Texts(); err == nil || !strings.Contains(err.Error(), "its elements are float32, not text") {
		t.Errorf("got %v", err)
	}
	texts := open(t, write("<U1", false, []int{1}, []byte{0, 0, 0x11, 0}))
	if _, err := texts.Floats(); err == nil || !strings.Contains(err.Error(), "text, not numbers") {
		t.Errorf("got %v", err)
	}
	if _, err := texts.Texts(); err == nil || !strings.Contains(err.Error(), "element 0 is no text") {
		t.Errorf("got %v", err)
	}
}

// A file that is cut off after it was opened says where.
func TestRowsOfAFileThatShrank(t *testing.T) {
	file := write("<f4", false, []int{2, 3}, make([]byte, 24))
	shrinking := &shrunk{file: file}
	a, err := Open(shrinking, int64(len(file)), "t.npy")
	if err != nil {
		t.Fatal(err)
	}
	shrinking.file = file[:len(file)-5]
	err = a.Rows(1, 1, make([]float32, 3))
	var problem *Error
	if !errors.As(err, &problem) || !strings.Contains(problem.Problem, fmt.Sprintf("cannot be read at byte %d", len(file)-5)) {
		t.Errorf("got %v", err)
	}
	if err := a.Rows(0, 1, make([]float32, 3)); err != nil {
		t.Errorf("the whole row is there: %v", err)
	}
}

type shrunk struct{ file []byte }

func (s *shrunk) ReadAt(into []byte, at int64) (int, error) {
	return bytes.NewReader(s.file).ReadAt(into, at)
}

// BenchmarkRows times reading examples of 256 Ki elements as float32 from a file
// in the page cache, on one thread and on two. Bytes are the file's.
func BenchmarkRows(b *testing.B) {
	for _, descr := range []string{"|b1", "|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f2", "<f4", "<f8", ">f4", ">i2"} {
		d, _, err := parseDescr(descr)
		if err != nil {
			b.Fatal(err)
		}
		const rows, each = 64, 256 << 10
		path := filepath.Join(b.TempDir(), "big.npy")
		content := make([]byte, rows*each*d.size)
		for i := range content {
			content[i] = byte(i * 7 % 251)
		}
		if err := os.WriteFile(path, write(descr, false, []int{rows, each}, content), 0o600); err != nil {
			b.Fatal(err)
		}
		file, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			b.Fatal(err)
		}
		a, err := Open(file, info.Size(), path)
		if err != nil {
			b.Fatal(err)
		}
		for threads := 1; threads <= 2; threads++ {
			b.Run(fmt.Sprintf("%s/threads=%d", strings.Trim(descr, "|<"), threads), func(b *testing.B) {
				b.SetBytes(int64(each * d.size))
				var next atomic.Int64
				var readers sync.WaitGroup
				for range threads {
					readers.Go(func() {
						into := make([]float32, each)
						for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
							if err := a.Rows(int(i)%rows, 1, into); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				readers.Wait()
			})
		}
	}
}
