package stages

import (
	"context"
	"math"
	"slices"
	"sync"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/store"
	"github.com/voxelpipe/pipe/stages/rules"
)

// examineVoxels looks at every voxel, as stored and as the model is given it. What
// keeps a training from beginning is an error here too.
func (s *Train) examineVoxels(r *pipeline.Run, v *pipeline.Volumes) (*rules.Scan, error) {
	found := rules.NewScan(v.Is, r.Promised.(*pipeline.Trained).Model, v.Members)
	settings := scan.Settings{Group: found.Groups(v.Source.Len()), Groups: len(found.Partitions) + 1, Sketch: true}
	raw := v.Stored()
	found.Stored = raw.Is.DType
	kept := keptScansOf(r.Context, store.OpenCache(), raw.Source, threads(r))
	var err error
	if found.Raw, err = kept.of(r.Context, raw.Source, settings, nil, threads(r)); err != nil {
		return nil, err
	}
	if found.Fed, err = kept.of(r.Context, v.Source, scan.Settings{}, v.Steps, threads(r)); err != nil {
		return nil, err
	}
	if told, is := r.Watch.(pipeline.Recaller); is && kept != nil && kept.recalled == 2 {
		told.Recalled(r.Node, kept.since)
	}
	if found.Outside, found.Alike, err = masksBeside(r.Context, v, threads(r)); err != nil {
		return nil, err
	}
	rules.CheckVoxels(r, found)
	return found, nil
}

// scanned loads the examples and looks at each as it is read. The error is that of
// voxels that are not finite; all else is told, and ends a strict run alone.
func (s *Train) scanned(r *pipeline.Run, v *pipeline.Volumes) (*data.Memory, *rules.Scan, error) {
	found := rules.NewScan(v.Is, r.Promised.(*pipeline.Trained).Model, v.Members)
	scanner := scan.New(v.Source, scan.Settings{})
	examples, err := data.Load(r.Context, scanner, r.Pool.Threads())
	if err != nil {
		return nil, nil, err
	}
	found.Fed = scanner.Result()
	if problem, wrong := rules.NotFinite(v.Is, found.Fed); wrong {
		return nil, nil, pipeline.Fail(problem)
	}
	rules.CheckVoxels(asWarnings{r}, found)
	return examples, found, nil
}

// masksBeside finds masks that mark the empty space around an image, and masks that
// are the image itself.
func masksBeside(ctx context.Context, v *pipeline.Volumes, threads int) (astray []rules.Outside, alike []int, err error) {
	sizes := v.Source.Shape()
	if v.Masks == nil || len(sizes) < 3 {
		return nil, nil, nil
	}
	var mu sync.Mutex
	perVoxel := channels(sizes)
	voxels := data.Elements(sizes) / perVoxel
	perMask := data.Elements(v.Masks.Shape()) / voxels
	if perMask != 1 {
		return nil, nil, nil // rows of classes: which of them is the background is not known
	}
	err = scan.Each(ctx, v.Source, threads, func(i int, values []float32) {
		mask := make([]float32, voxels)
		if v.Masks.Read(i, mask) != nil {
			return // whoever trains on the masks says why
		}
		o := rules.Outside{Example: i}
		background, empty := mask[0], 0
		for k := range voxels {
			space := emptyAt(values[k*perVoxel:(k+1)*perVoxel], values[:perVoxel])
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
		mu.Lock()
		defer mu.Unlock()
		if o.Marked >= least && float64(o.Empty) > wide*float64(o.Marked) && float64(empty) > emptied*float64(voxels) && empty < voxels {
			astray = append(astray, o)
		}
		if perVoxel == 1 && copied(mask, values) {
			alike = append(alike, i)
		}
	})
	slices.SortFunc(astray, func(a, b rules.Outside) int { return a.Example - b.Example })
	slices.Sort(alike)
	return astray, alike, err
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
