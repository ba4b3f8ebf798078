package stages

import (
	"encoding/json"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/pipeline"
)

// Fitter is a stage that does something to examples which has to be done to new
// data too, with what it learnt from the training data.
type Fitter interface {
	pipeline.Stage
	// Restore makes the transform again from what the stage learnt when it ran,
	// for raw examples whose axes have the given sizes when they reach it.
	Restore(learnt json.RawMessage, in []int) (data.Transform, error)
}

// Relabeler is a Fitter that maps labels too.
type Relabeler interface {
	Fitter
	// Relabel maps the labels of new data as those of the training data were
	// mapped. Labels that the training data's classes do not cover are an error
	// that names them.
	Relabel(learnt json.RawMessage, labels *pipeline.LabelValues) (*pipeline.LabelValues, error)
	// Remask gives the transform that does so to masks, whose values are those
	// counted.
	Remask(learnt json.RawMessage, counts *pipeline.MaskCounts) (data.Transform, error)
}

// MaskMover is a Fitter that moves voxels: the masks of new data have to follow.
type MaskMover interface {
	Fitter
	// RestoreMask makes the transform of masks again from what the step does to
	// them, as it wrote it down. The sizes are those of a mask when it reaches the
	// step; axes behind those of the grid stay behind it.
	RestoreMask(does json.RawMessage, in []int) (data.Transform, error)
}
