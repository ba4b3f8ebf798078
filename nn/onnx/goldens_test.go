package onnx

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/onnx/onnxtest"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// golden is a network of testdata/goldens.py: the sizes of its input as PyTorch
// has them, those of its output with the channels last, and what it gives.
type golden struct {
	Input, Output []int
	Y             []float32
}

func goldens(t *testing.T) map[string]golden {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "goldens.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]golden
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func goldenFile(t *testing.T, name string) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("testdata", name+".onnx"))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// goldenInput is what goldens.py puts into a network, with the channels last.
func goldenInput(sizes []int) *tensor.Tensor[float32] {
	values := make([]float32, 2*tensor.Elements(sizes))
	for i := range values {
		values[i] = float32(i*7919%2003-1001) / 500
	}
	shape := append([]int{2}, sizes...)
	if len(sizes) == 4 {
		values, shape = permuted(values, shape, []int{0, 2, 3, 4, 1})
	}
	return tensor.From(values, shape...)
}

// TestGoldens: networks of PyTorch give here what they gave there.
func TestGoldens(t *testing.T) {
	all := goldens(t)
	for _, name := range sortedNames(all) {
		t.Run(name, func(t *testing.T) {
			g := all[name]
			x := goldenInput(g.Input)
			y := given(alive(t, goldenFile(t, name), x.Shape[1:]), x)
			if !slices.Equal(y.Shape, g.Output) {
				t.Fatalf("the output is %v, was %v", y.Shape, g.Output)
			}
			onnxtest.Compare(t, name, y.Data, g.Y)
		})
	}
}
