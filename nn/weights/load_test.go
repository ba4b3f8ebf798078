package weights

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
)

// TestCutShort: a good file, cut anywhere, is refused and changes nothing.
func TestCutShort(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, []*nn.Param[float32]{param("a", []int{3}, 1, 2, 3)}, nil); err != nil {
		t.Fatal(err)
	}
	for n := range b.Len() {
		p := param("a", []int{3}, 7, 8, 9)
		if err := LoadParams(bytes.NewReader(b.Bytes()[:n]), int64(n), []*nn.Param[float32]{p}); err == nil {
			t.Fatalf("%d of %d bytes were accepted", n, b.Len())
		}
		// The file got shorter after its size was asked for.
		err := LoadParams(bytes.NewReader(b.Bytes()[:n]), int64(b.Len()), []*nn.Param[float32]{p})
		if err == nil || !slices.Equal(p.Value, []float32{7, 8, 9}) {
			t.Fatalf("%d of %d bytes: %v, weights %v", n, b.Len(), err, p.Value)
		}
	}
}

// TestConversions reads each type of number that weights may have.
func TestConversions(t *testing.T) {
	for _, test := range []struct {
		dtype string
		bits  []byte
		want  float32
	}{
		{"F16", []byte{0x00, 0x3c}, 1},
		{"F16", []byte{0x00, 0xc0}, -2},
		{"F16", []byte{0xff, 0x7b}, 65504},
		{"F16", []byte{0x01, 0x00}, float32(math.Ldexp(1, -24))},
		{"F16", []byte{0xff, 0x83}, float32(-1023 * math.Ldexp(1, -24))},
		{"F16", []byte{0x00, 0x80}, float32(math.Copysign(0, -1))},
		{"F16", []byte{0x00, 0xfc}, float32(math.Inf(-1))},
		{"F16", []byte{0x01, 0x7c}, float32(math.NaN())},
		{"BF16", []byte{0x80, 0x3f}, 1},
		{"BF16", []byte{0x49, 0xc0}, -3.140625},
		{"F32", []byte{0xdb, 0x0f, 0x49, 0x40}, math.Pi},
		{"F64", []byte{0x18, 0x2d, 0x44, 0x54, 0xfb, 0x21, 0x09, 0x40}, math.Pi},
	} {
		b := file(fmt.Sprintf(`{"a":{"dtype":%q,"shape":[],"data_offsets":[0,%d]}}`, test.dtype, len(test.bits)), test.bits...)
		p := param("a", nil, 99)
		if err := LoadParams(bytes.NewReader(b), int64(len(b)), []*nn.Param[float32]{p}); err != nil {
			t.Errorf("%s %x: %v", test.dtype, test.bits, err)
		}
		bothNaN := p.Value[0] != p.Value[0] && test.want != test.want
		if math.Float32bits(p.Value[0]) != math.Float32bits(test.want) && !bothNaN {
			t.Errorf("%s %x is %v, want %v", test.dtype, test.bits, p.Value[0], test.want)
		}
	}
	b := file(`{"a":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}`, 1, 0, 0, 0)
	err := LoadParams(bytes.NewReader(b), int64(len(b)), []*nn.Param[float32]{param("a", []int{1}, 0)})
	if err == nil || !strings.Contains(err.Error(), `"a" has elements of type I32`) {
		t.Errorf("integers as weights: %v", err)
	}
}

// TestDifference: all that differs is said at once, and nothing is changed.
func TestDifference(t *testing.T) {
	var b bytes.Buffer
	stored := []*nn.Param[float32]{param("same", []int{1}, 1), param("shape", []int{1, 2}, 1, 2), param("old", []int{1}, 1)}
	if err := Write(&b, stored, nil); err != nil {
		t.Fatal(err)
	}
	same := param("same", []int{1}, 5)
	err := LoadParams(bytes.NewReader(b.Bytes()), int64(b.Len()), []*nn.Param[float32]{
		same, param("shape", []int{2, 1}, 0, 0), param("n1", nil, 0), param("n2", nil, 0), param("n3", nil, 0), param("n4", nil, 0), param("n5", nil, 0),
	})
	want := "the weights do not belong to this model: shape has shape [1 2] in the file and [2 1] in the model; " +
		"the file lacks n1, n2, n3, n4 and 1 more; the model has no old"
	if err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
	if same.Value[0] != 5 {
		t.Error("a weight was changed")
	}
	var difference *Difference
	if !errors.As(err, &difference) || len(difference.Missing) != 5 {
		t.Errorf("error is a %T", err)
	}
}
