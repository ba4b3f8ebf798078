package weights

import (
	"bytes"
	"encoding/binary"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestReadHeader(t *testing.T) {
	b := file(`{"b":{"shape":[2],"data_offsets":[2,6],"dtype":"F16"},"__metadata__":{"format":"pt"},"a":{"dtype":"I8","shape":[1,2],"data_offsets":[0,2]}}  `, 1, 2, 3, 4, 5, 6)
	h, err := readHeader(b)
	if err != nil {
		t.Fatal(err)
	}
	base := int64(len(b) - 6)
	want := Header{
		Metadata: map[string]string{"format": "pt"},
		Tensors: []Tensor{
			{Name: "a", DType: "I8", Shape: []int{1, 2}, Offset: base, Bytes: 2},
			{Name: "b", DType: "F16", Shape: []int{2}, Offset: base + 2, Bytes: 4},
		},
	}
	if !reflect.DeepEqual(h, want) {
		t.Errorf("read %+v, want %+v", h, want)
	}
}

// TestDamaged: each of these files is refused, with the reason.
func TestDamaged(t *testing.T) {
	one := `"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`
	four := []byte{1, 2, 3, 4}
	for _, test := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "no safetensors file: it has 0 bytes"},
		{"a foreign file", []byte("\x93NUMPY\x01\x00v\x00{'descr'"), "no safetensors file: its header would be"},
		{"longer than the file", binary.LittleEndian.AppendUint64(nil, 100), "cut short: its header is 100 bytes long, the whole file 8"},
		{"no header", file(""), "does not begin with {"},
		{"a list", file("[]"), "does not begin with {"},
		{"half a header", file(`{"a":`), "no type"},
		{"no JSON", file(`{a}`), "it is not JSON"},
		{"text behind", file(`{}x`), "more text behind"},
		{"metadata of numbers", file(`{"__metadata__":{"a":1}}`), "metadata"},
		{"a name twice", file("{"+one+","+one+"}", four...), `"a" twice`},
		{"no type", file(`{"a":{"shape":[1],"data_offsets":[0,4]}}`, four...), "no type"},
		{"no shape", file(`{"a":{"dtype":"F32","shape":null,"data_offsets":[0,4]}}`, four...), "no type, shape"},
		{"one offset", file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}`, four...), "two offsets"},
		{"an unknown type", file(`{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}`, four...), `type "F99"`},
		{"an unknown key", file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}`, four...), "no type"},
		{"a negative size", file(`{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}`, four...), "negative size"},
		{"a size that overflows", file(`{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}`), "0 bytes, which is not"},
		{"too few bytes for the shape", file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, four...), "4 bytes, which is not"},
		{"a range backwards", file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, four...), "no range"},
		{"behind the end", file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 1, 2), "cut short"},
		{"far behind the end", file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[9223372036854775806,9223372036854775807]}}`, 1), "cut short"},
		{"an overlap", file("{"+one+`,"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, four...), "overlaps"},
		{"a gap", file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}`, 1, 2, 3), "2 bytes in front"},
		{"bytes behind", file("{"+one+"}", 1, 2, 3, 4, 5), "1 bytes at the end"},
	} {
		_, err := readHeader(test.file)
		var format *FormatError
		if !errors.As(err, &format) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

// FuzzReadHeader: nothing crashes, and what is accepted lies inside the file,
// in order, without a byte to spare.
func FuzzReadHeader(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(file(`{}`))
	f.Add(file(`{"__metadata__":{"a":"b"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 1, 2, 3, 4))
	f.Add(file(`{"a":{"dtype":"U8","shape":[9223372036854775807,0],"data_offsets":[0,0]},"b":{"dtype":"BF16","shape":[],"data_offsets":[0,2]}}`, 1, 2))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := readHeader(b)
		if err != nil {
			return
		}
		names := make(map[string]bool)
		for i, tensor := range h.Tensors {
			if names[tensor.Name] {
				t.Fatalf("%q twice", tensor.Name)
			}
			names[tensor.Name] = true
			end := tensor.Offset + tensor.Bytes
			if tensor.Offset < 8 || end > int64(len(b)) || i > 0 && tensor.Offset != h.Tensors[i-1].Offset+h.Tensors[i-1].Bytes {
				t.Fatalf("%+v in a file of %d bytes", h.Tensors, len(b))
			}
			into := make([]float32, tensor.Elements())
			if err := tensor.Read(bytes.NewReader(b), into); err != nil && converters[tensor.DType] != nil {
				t.Fatal(err)
			}
		}
	})
}
