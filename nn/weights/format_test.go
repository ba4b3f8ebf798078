package weights_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"
	"sort"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/weights"
)

// array is a tensor as another program reads it.
type array struct {
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
	values  []float32
}

// foreign reads a file by the rules of the format alone
// (https://github.com/huggingface/safetensors#format), as the Python library does:
// 8 bytes of little-endian length, a JSON object of that length which may be
// filled up with spaces, then the arrays in C order, little-endian, without gaps
// and without overlaps up to the end of the file.
func foreign(t *testing.T, file []byte) (map[string]*array, map[string]string) {
	t.Helper()
	length := int(binary.LittleEndian.Uint64(file))
	header, data := file[8:8+length], file[8+length:]
	if header[0] != '{' {
		t.Fatalf("the header begins with %q", header[0])
	}
	if (8+length)%8 != 0 {
		t.Errorf("the arrays begin at byte %d, which is not a multiple of 8", 8+length)
	}
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(header, &entries); err != nil {
		t.Fatal(err)
	}
	var metadata map[string]string
	arrays := map[string]*array{}
	var all []*array
	for name, text := range entries {
		if name == "__metadata__" {
			if err := json.Unmarshal(text, &metadata); err != nil {
				t.Fatal(err)
			}
			continue
		}
		a := &array{}
		if err := json.Unmarshal(text, a); err != nil {
			t.Fatal(err)
		}
		arrays[name] = a
		all = append(all, a)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Offsets[0] < all[j].Offsets[0] })
	end := 0
	for _, a := range all {
		count := 1
		for _, n := range a.Shape {
			count *= n
		}
		if a.DType != "F32" || a.Offsets[0] != end || a.Offsets[1] != end+4*count {
			t.Fatalf("an array of %s, %v, lies at %v; the last one ended at %d", a.DType, a.Shape, a.Offsets, end)
		}
		for i := range count {
			a.values = append(a.values, math.Float32frombits(binary.LittleEndian.Uint32(data[end+4*i:])))
		}
		end = a.Offsets[1]
	}
	if end != len(data) {
		t.Fatalf("the arrays end at %d of %d bytes", end, len(data))
	}
	return arrays, metadata
}

// Another program finds every weight of a preset under its name, in Keras'
// layout.
func TestOtherProgramsReadTheFile(t *testing.T) {
	classes := 2
	graph, refusals := nn.Resolve(shape.New(4, 4, 4, 3), []nn.Item{{ID: "net", Unit: layers.New(func(r *layers.ResNet3D) {
		r.Depth, r.Filters, r.Classes = 10, 2, &classes
	})}})
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	net := nn.Build(graph, 1)
	var b bytes.Buffer
	if err := weights.Write(&b, net.Params(), map[string]string{"format": "np"}); err != nil {
		t.Fatal(err)
	}
	arrays, metadata := foreign(t, b.Bytes())
	if len(arrays) != len(net.Params()) || metadata["format"] != "np" {
		t.Errorf("%d arrays and metadata %v", len(arrays), metadata)
	}
	for _, p := range net.Params() {
		if a := arrays[p.Name]; a == nil || !slices.Equal(a.Shape, p.Shape) || !slices.Equal(a.values, p.Value) {
			t.Errorf("%s is %+v", p.Name, a)
		}
	}
	for name, want := range map[string][]int{
		"net__stem_conv/kernel":                   {7, 7, 7, 3, 2}, // depth, height, width, in, out
		"net__stage2_block1_shortcut_conv/kernel": {1, 1, 1, 2, 4},
		"net__stem_norm/moving_variance":          {2},
		"net__classifier/kernel":                  {16, 2}, // in, out
	} {
		if a := arrays[name]; a == nil || !slices.Equal(a.Shape, want) {
			t.Errorf("%s is %+v, want the shape %v", name, a, want)
		}
	}
}
