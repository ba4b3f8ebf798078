package weights

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
)

func param(name string, shape []int, values ...float32) *nn.Param[float32] {
	return &nn.Param[float32]{Name: name, Shape: shape, Value: values}
}

// file is a file with a header and what follows it.
func file(header string, payload ...byte) []byte {
	text := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(text, header...), payload...)
}

func readHeader(b []byte) (Header, error) { return ReadHeader(bytes.NewReader(b), int64(len(b))) }

// TestWrite compares a file with one written out by hand after the format's
// description: names in order, the header a multiple of 8 long.
func TestWrite(t *testing.T) {
	var b bytes.Buffer
	params := []*nn.Param[float32]{param("b/kernel", []int{1, 2}, 1, -2), param("a/bias", []int{1}, 0.5)}
	if err := Write(&b, params, map[string]string{"z": "1", "epoch": "é\"3"}); err != nil {
		t.Fatal(err)
	}
	header := `{"__metadata__":{"epoch":"é\"3","z":"1"},"a/bias":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b/kernel":{"dtype":"F32","shape":[1,2],"data_offsets":[4,12]}}`
	for len(header)%8 != 0 {
		header += " "
	}
	want := file(header, 0, 0, 0, 0x3f, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0)
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("wrote\n%q, want\n%q", b.Bytes(), want)
	}
	if params[0].Name != "b/kernel" {
		t.Error("the caller's list was sorted")
	}
}

func TestWriteRefusesEqualNames(t *testing.T) {
	err := Write(&bytes.Buffer{}, []*nn.Param[float32]{param("a", nil, 1), param("a", nil, 2)}, nil)
	if err == nil || !strings.Contains(err.Error(), `"a"`) {
		t.Errorf("two weights of one name: %v", err)
	}
}

// TestRoundTrip: every bit comes back, NaN, infinities and -0 included, also of
// arrays that take several blocks, have no element, or have no axis.
func TestRoundTrip(t *testing.T) {
	long := make([]float32, 100_003)
	for i := range long {
		long[i] = math.Float32frombits(uint32(i) * 2654435761)
	}
	params := []*nn.Param[float32]{
		param("long", []int{len(long)}, long...), param("single", nil, float32(math.Copysign(0, -1))),
		param("none", []int{0, 3}), param("odd", []int{2}, float32(math.NaN()), float32(math.Inf(-1))),
	}
	var b bytes.Buffer
	if err := Write(&b, params, nil); err != nil {
		t.Fatal(err)
	}
	var read []*nn.Param[float32]
	for _, p := range params {
		read = append(read, param(p.Name, slices.Clone(p.Shape), make([]float32, len(p.Value))...))
	}
	if err := LoadParams(bytes.NewReader(b.Bytes()), int64(b.Len()), read); err != nil {
		t.Fatal(err)
	}
	for i, p := range params {
		for k, v := range p.Value {
			if got := read[i].Value[k]; math.Float32bits(got) != math.Float32bits(v) {
				t.Fatalf("%s: element %d is %v, was %v", p.Name, k, got, v)
			}
		}
	}
}
