package stages

import (
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/stages/rules"
)

// examineVoxels looks at every voxel, as stored and as the model is given it. What
// keeps a training from beginning is an error here too.
func (s *Train) examineVoxels(r *pipeline.Run, v *pipeline.Volumes) (*rules.Scan, error) {
	found := rules.NewScan(v.Is, r.Promised.(*pipeline.Trained).Model, v.Members)
	raw := v.Stored()
	found.Stored = raw.Is.DType
	look := lookAt(v, scanSettings(found, v.Source.Len()))
	if err := look.recall(r.Context, threads(r)); err != nil {
		return nil, err
	}
	if told, is := r.Watch.(pipeline.Recaller); is && look.complete() {
		told.Recalled(r.Node, look.since)
	}
	if err := look.anew(r.Context, threads(r)); err != nil {
		return nil, err
	}
	found.Raw, found.Fed, found.Outside, found.Alike = look.raw, look.fed, look.beside.Outside, look.beside.Alike
	rules.CheckVoxels(r, found)
	return found, nil
}

// scanned loads the examples and looks at each as it is read. The error is that of
// voxels that are not finite; all else is told, and ends a strict run alone.
func (s *Train) scanned(r *pipeline.Run, v *pipeline.Volumes) (*data.Memory, *rules.Scan, error) {
	found := rules.NewScan(v.Is, r.Promised.(*pipeline.Trained).Model, v.Members)
	examples, fed, at, err := keptScansOf(v.Stored().Source).load(r.Context, v, scanSettings(found, v.Source.Len()), r.Pool.Threads())
	if err != nil {
		return nil, nil, err
	}
	if told, is := r.Watch.(pipeline.Recaller); is && !at.IsZero() {
		told.Recalled(r.Node, at)
	}
	found.Fed = fed
	if problem, wrong := rules.NotFinite(v.Is, found.Fed); wrong {
		return nil, nil, pipeline.Fail(problem)
	}
	rules.CheckVoxels(asWarnings{r}, found)
	return examples, found, nil
}
