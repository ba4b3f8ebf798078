package stages

import "github.com/voxelpipe/pipe/pipeline"

// Examine looks at the examples that would be trained on: at every voxel, before
// anything is learnt from them.
func (s *Train) Examine(r *pipeline.Run, in []pipeline.Value) error {
	return s.examineVoxels(r, in[0].(*pipeline.Volumes))
}
