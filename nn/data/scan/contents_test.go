package scan_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
)

// contents reads all examples through their digest.
func contents(t *testing.T, threads int, values []float32, sizes ...int) [2]uint64 {
	t.Helper()
	c := scan.NewContents(data.NewMemory(sizes, values))
	err := scan.Each(t.Context(), c, threads, func(i int, read []float32) {
		if n := len(read); !slices.Equal(read, values[i*n:(i+1)*n]) {
			t.Errorf("example %d is not as it was", i)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.Sum()
}

// TestContents: every bit, the order, the number and the sizes count, threads do
// not.
func TestContents(t *testing.T) {
	values := noise(6, 1, 3, 4, 5).Values()
	sum := contents(t, 1, values, 3, 4, 5)
	if contents(t, 1, slices.Clone(values), 3, 4, 5) != sum || contents(t, 3, values, 3, 4, 5) != sum {
		t.Error("the same examples have two sums")
	}
	met := map[[2]uint64]string{sum: "the examples"}
	differs := func(name string, got [2]uint64) {
		t.Helper()
		if other, is := met[got]; is {
			t.Errorf("%s has the sum of %s", name, other)
		}
		met[got] = name
	}
	differs("another shape", contents(t, 1, values, 4, 3, 5))
	differs("other examples", contents(t, 1, values, 3, 2, 10))
	differs("a part", contents(t, 1, values[:300], 3, 4, 5))
	differs("another order", contents(t, 1, slices.Concat(values[60:120], values[:60], values[120:]), 3, 4, 5))
	for _, at := range []int{0, 200, len(values) - 1} {
		changed := slices.Clone(values)
		changed[at] = math.Float32frombits(math.Float32bits(changed[at]) ^ 1)
		differs("another bit", contents(t, 2, changed, 3, 4, 5))
	}
	if empty := contents(t, 1, nil, 3, 4, 5); empty == sum {
		t.Error("no examples have the sum of some")
	}
}

// damaged cannot be read.
type damaged struct{ data.Source }

var errDamaged = errors.New("damaged")

func (damaged) Read(int, []float32) error { return errDamaged }

func TestContentsThatCannotBeRead(t *testing.T) {
	c := scan.NewContents(damaged{noise(2, 0, 2, 2, 2)})
	if err := c.Read(0, make([]float32, 8)); !errors.Is(err, errDamaged) {
		t.Errorf("the error is %v", err)
	}
}
