// Package weights stores a network's weights in the safetensors format, and
// reads them back: a header in JSON, then the arrays, little-endian and in C
// order. Files from other programs are read as well as our own, whatever is in
// them.
//
// The format is described at
// https://github.com/huggingface/safetensors#format; like its reference
// implementation we refuse arrays that overlap or leave gaps.
package weights

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn"
)

// Tensor is an array in a file.
type Tensor struct {
	Name string
	// DType is its element type as the format spells it: "F32", "BF16", …
	DType string
	// Shape is its sizes; none for a single number.
	Shape []int
	// Offset is where it begins in the file, Bytes how long it is there.
	Offset, Bytes int64
}

// Elements is the product of the sizes.
func (t *Tensor) Elements() int { return int(t.Bytes) / elementBytes[t.DType] }

// Header says what a file holds.
type Header struct {
	// Tensors come in the order in which they lie in the file.
	Tensors  []Tensor
	Metadata map[string]string
}

// elementBytes is the size of each element type we know.
var elementBytes = map[string]int{
	"BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1,
	"I16": 2, "U16": 2, "F16": 2, "BF16": 2,
	"I32": 4, "U32": 4, "F32": 4,
	"I64": 8, "U64": 8, "F64": 8,
}

// metadataKey is where the header keeps the metadata.
const metadataKey = "__metadata__"

// lengthBytes is the size of the number in front of the header, which is its
// length.
const lengthBytes = 8

// Write stores weights in the order of their names, as F32. The same weights and
// metadata give the same bytes.
func Write(w io.Writer, params []*nn.Param[float32], metadata map[string]string) error {
	params = slices.Clone(params)
	slices.SortFunc(params, func(a, b *nn.Param[float32]) int { return strings.Compare(a.Name, b.Name) })
	header, err := headerText(params, metadata)
	if err != nil {
		return err
	}
	text := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	if _, err := w.Write(append(text, header...)); err != nil {
		return err
	}
	buffer := make([]byte, 0, 1<<16)
	for _, p := range params {
		for rest := p.Value; len(rest) > 0; {
			n := min(len(rest), cap(buffer)/4)
			buffer = buffer[:0]
			for _, v := range rest[:n] {
				buffer = binary.LittleEndian.AppendUint32(buffer, math.Float32bits(v))
			}
			if _, err := w.Write(buffer); err != nil {
				return err
			}
			rest = rest[n:]
		}
	}
	return nil
}

// entry is a tensor in the header. Offsets count from the header's end.
type entry struct {
	DType   string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

// headerText is the JSON header, filled up with spaces so that the arrays behind
// it begin at a multiple of 8.
func headerText(params []*nn.Param[float32], metadata map[string]string) ([]byte, error) {
	text := []byte("{")
	add := func(key string, value any) error {
		name, err := json.Marshal(key)
		if err != nil {
			return err
		}
		body, err := json.Marshal(value)
		if err != nil {
			return err
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = append(append(append(text, name...), ':'), body...)
		return nil
	}
	if len(metadata) > 0 {
		if err := add(metadataKey, metadata); err != nil {
			return nil, err
		}
	}
	var offset int64
	for i, p := range params {
		if i > 0 && params[i-1].Name == p.Name || p.Name == metadataKey {
			return nil, fmt.Errorf("two weights are named %q", p.Name)
		}
		shape := p.Shape
		if shape == nil {
			shape = []int{}
		}
		bytes := 4 * int64(len(p.Value))
		if err := add(p.Name, entry{"F32", shape, [2]int64{offset, offset + bytes}}); err != nil {
			return nil, err
		}
		offset += bytes
	}
	text = append(text, '}')
	for len(text)%8 != 0 {
		text = append(text, ' ')
	}
	return text, nil
}
