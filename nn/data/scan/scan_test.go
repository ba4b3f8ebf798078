package scan_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
)

// noise is examples of random numbers around an offset.
func noise(examples int, offset float64, sizes ...int) *data.Memory {
	random := rand.New(rand.NewPCG(7, 7))
	values := make([]float32, examples*data.Elements(sizes))
	for i := range values {
		values[i] = float32(offset + random.NormFloat64())
	}
	return data.NewMemory(sizes, values)
}

func result(t *testing.T, s data.Source, settings scan.Settings, threads int) *scan.Result {
	t.Helper()
	r, err := scan.Of(t.Context(), s, settings, threads)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestThreads: what is found is the same for any number of threads.
func TestThreads(t *testing.T) {
	s := noise(17, 3, 9, 10, 11, 2)
	settings := scan.Settings{Sketch: true, Group: []int{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0}, Groups: 2}
	want := result(t, s, settings, 1)
	for _, threads := range []int{2, 3, 8} {
		got := result(t, s, settings, threads)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d threads find something else", threads)
		}
	}
}
