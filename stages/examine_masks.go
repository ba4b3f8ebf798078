package stages

import (
	"math"
	"slices"
	"sync"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/stages/rules"
)

// besideMasks are masks that mark the empty space around an image, and masks that
// are the image itself.
type besideMasks struct {
	Outside []rules.Outside
	Alike   []int
}

// maskLook holds masks beside the volumes that they lie on, as these are read.
type maskLook struct {
	masks *scan.Contents
	// perVoxel is the values of a voxel of the volumes.
	voxels, perVoxel int

	mu    sync.Mutex
	found besideMasks
}

// masksBeside is a look at the masks of volumes; nil where there is none to take:
// no masks, or rows of classes, of which it is not known which the background is.
func masksBeside(v *pipeline.Volumes) *maskLook {
	sizes := v.Source.Shape()
	if v.Masks == nil || len(sizes) < 3 {
		return nil
	}
	perVoxel := channels(sizes)
	voxels := data.Elements(sizes) / perVoxel
	if data.Elements(v.Masks.Shape()) != voxels {
		return nil
	}
	return &maskLook{masks: scan.NewContents(v.Masks), voxels: voxels, perVoxel: perVoxel}
}

// look reads the mask of a volume and holds it beside.
func (m *maskLook) look(i int, values []float32) {
	mask := make([]float32, m.voxels)
	if m.masks.Read(i, mask) != nil {
		return // whoever trains on the masks says why
	}
	o := rules.Outside{Example: i}
	background, empty := mask[0], 0
	for k := range m.voxels {
		space := emptyAt(values[k*m.perVoxel:(k+1)*m.perVoxel], values[:m.perVoxel])
		if space {
			empty++
		}
		if mask[k] != background {
			o.Marked++
			if space {
				o.Empty++
			}
		}
	}
	const emptied, wide, least = 0.2, 0.9, 10
	outside := o.Marked >= least && float64(o.Empty) > wide*float64(o.Marked) && float64(empty) > emptied*float64(m.voxels) && empty < m.voxels
	alike := m.perVoxel == 1 && copied(mask, values)
	m.mu.Lock()
	defer m.mu.Unlock()
	if outside {
		m.found.Outside = append(m.found.Outside, o)
	}
	if alike {
		m.found.Alike = append(m.found.Alike, i)
	}
}

// result is what was found, in the order of the examples.
func (m *maskLook) result() *besideMasks {
	slices.SortFunc(m.found.Outside, func(a, b rules.Outside) int { return a.Example - b.Example })
	slices.Sort(m.found.Alike)
	return &m.found
}

// copied says whether one array is the other but for a scale and an offset, which
// preparation may have changed.
func copied(a, b []float32) bool {
	low, high := 0, 0
	for k, v := range a {
		if v < a[low] {
			low = k
		}
		if v > a[high] {
			high = k
		}
	}
	scale := float64(b[high]-b[low]) / float64(a[high]-a[low])
	if a[low] == a[high] || !(math.Abs(scale) > 0) || math.IsInf(scale, 0) {
		return false
	}
	const rounding = 1e-4 // of the whole range
	near := rounding * math.Abs(float64(b[high]-b[low]))
	for k, v := range a {
		if !(math.Abs(float64(b[low])+scale*float64(v-a[low])-float64(b[k])) <= near) {
			return false
		}
	}
	return true
}

// emptyAt says whether a voxel has the values of the corner.
func emptyAt(voxel, corner []float32) bool { return slices.Equal(voxel, corner) }
