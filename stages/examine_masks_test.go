package stages

import (
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/pipeline"
)

// TestMasksToLookAt: rows of classes do not say which of them the background is,
// and where there are no masks or no volumes there is nothing beside anything.
func TestMasksToLookAt(t *testing.T) {
	volumes := data.NewMemory([]int{2, 2, 2, 3}, make([]float32, 24))
	for _, c := range []struct {
		name   string
		source data.Source
		masks  data.Source
		want   bool
	}{
		{"one number for each voxel", volumes, data.NewMemory([]int{2, 2, 2}, make([]float32, 8)), true},
		{"rows of classes", volumes, data.NewMemory([]int{2, 2, 2, 4}, make([]float32, 32)), false},
		{"no masks", volumes, nil, false},
		{"no volumes", data.NewMemory([]int{8}, make([]float32, 8)), data.NewMemory([]int{8}, make([]float32, 8)), false},
	} {
		if got := masksBeside(&pipeline.Volumes{Source: c.source, Masks: c.masks}) != nil; got != c.want {
			t.Errorf("%s: a look is taken: %v", c.name, got)
		}
	}
}

func TestCopiedVolumes(t *testing.T) {
	image := []float32{0, 1, 2, 5, 3}
	for _, c := range []struct {
		name string
		mask []float32
		want bool
	}{
		{"the same", []float32{0, 1, 2, 5, 3}, true},
		{"scaled and moved", []float32{2, 5, 8, 17, 11}, true},
		{"upside down", []float32{5, 4, 3, 0, 2}, true},
		{"one voxel of its own", []float32{0, 1, 2, 5, 2}, false},
		{"all the same", []float32{1, 1, 1, 1, 1}, false},
	} {
		if got := copied(c.mask, image); got != c.want {
			t.Errorf("%s: copied is %v", c.name, got)
		}
	}
}
