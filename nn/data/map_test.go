package data

import (
	"context"
	"slices"
	"testing"
)

// sums makes of each example the sum of its elements, and the running number of
// the sum.
type sums struct{}

func (sums) Output([]int) []int { return []int{1, 2} }
func (sums) Apply(in, out []float32) {
	out[0], out[1] = 0, float32(len(in))
	for _, v := range in {
		out[0] += v
	}
}

func TestMapAndConcat(t *testing.T) {
	a := NewMemory([]int{2}, []float32{1, 2, 3, 4})
	b := NewMemory([]int{2}, []float32{5, 6})
	s := Map(Concat(a, b, NewMemory([]int{2}, nil), a), sums{})
	if s.Len() != 5 || !slices.Equal(s.Shape(), []int{1, 2}) {
		t.Fatalf("%d examples of %v", s.Len(), s.Shape())
	}
	m, err := Load(context.Background(), s, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want := []float32{3, 2, 7, 2, 11, 2, 3, 2, 7, 2}; !slices.Equal(m.Values(), want) {
		t.Errorf("got %v, want %v", m.Values(), want)
	}
	if !slices.Equal(a.Values(), []float32{1, 2, 3, 4}) {
		t.Errorf("the input was changed: %v", a.Values())
	}
}

func TestMapReusesMemory(t *testing.T) {
	s := Map(NewMemory([]int{1000}, make([]float32, 1000)), sums{})
	into := make([]float32, 2)
	if n := testing.AllocsPerRun(100, func() { _ = s.Read(0, into) }); n > 0 {
		t.Errorf("%v allocations for each example", n)
	}
}

func TestConcatRefusesShapes(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("examples of 2 and of 3 were joined")
		}
	}()
	Concat(NewMemory([]int{2}, nil), NewMemory([]int{3}, nil))
}
