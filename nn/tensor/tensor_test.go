package tensor

import (
	"slices"
	"testing"
)

func TestTensor(t *testing.T) {
	x := From([]float32{0, 1, 2, 3, 4, 5}, 2, 3)
	if x.Batch() != 2 || x.Stride() != 3 || !slices.Equal(x.Example(1), []float32{3, 4, 5}) {
		t.Errorf("batch %d, stride %d, second example %v", x.Batch(), x.Stride(), x.Example(1))
	}
	x.Example(0)[2] = 9
	if x.Data[2] != 9 {
		t.Error("an example does not share the tensor's elements")
	}
	if first := append(x.Example(0), 7); x.Data[3] != 3 || len(first) != 4 {
		t.Error("appending to an example writes into the next one")
	}
	if Elements(nil) != 1 || Elements([]int{2, 0, 3}) != 0 {
		t.Error("the empty product is 1, and a size of 0 makes it 0")
	}
	if y := New[float64](2, 2); !slices.Equal(y.Data, make([]float64, 4)) {
		t.Errorf("a new tensor holds %v", y.Data)
	}
}

func TestFromPanicsOnAnotherNumberOfElements(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("5 elements fill a shape of 6")
		}
	}()
	From(make([]float32, 5), 2, 3)
}
