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

// TestHowFarMasksLieOutside: more than nine tenths of ten marked voxels or more, in a
// volume of which more than a fifth is empty.
func TestHowFarMasksLieOutside(t *testing.T) {
	const voxels = 1000
	for _, c := range []struct {
		name                   string
		empty, marked, outside int
		want                   bool
	}{
		{"nine tenths and one", 400, 20, 19, true},
		{"nine tenths", 400, 20, 18, false},
		{"ten", 400, 10, 10, true},
		{"nine", 400, 9, 9, false},
		{"more than a fifth", 201, 20, 20, true},
		{"a fifth", 200, 20, 20, false},
		{"nothing but empty space", voxels, 20, 20, false},
	} {
		values, mask := make([]float32, voxels), make([]float32, voxels)
		for k := range values {
			if k >= c.empty {
				values[k] = 1 + float32(k)
			}
			if k > 0 && k <= c.outside || k >= c.empty && k < c.empty+c.marked-c.outside {
				mask[k] = 1
			}
		}
		look := masksBeside(&pipeline.Volumes{Source: data.NewMemory([]int{10, 10, 10, 1}, values), Masks: data.NewMemory([]int{10, 10, 10}, mask)})
		look.look(0, values)
		if got := len(look.result().Outside) == 1; got != c.want {
			t.Errorf("%s: outside is %v", c.name, got)
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
