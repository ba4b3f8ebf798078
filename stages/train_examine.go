package stages

import "github.com/voxelpipe/pipe/pipeline"

// Examine looks at the examples that would be trained on, at every voxel, and at
// what the first steps do.
func (s *Train) Examine(r *pipeline.Run, in []pipeline.Value) error {
	v, model := in[0].(*pipeline.Volumes), in[1].(*pipeline.Network)
	found, err := s.examineVoxels(r, v)
	if err != nil {
		return err
	}
	return s.examineSteps(r, v, model, found)
}
