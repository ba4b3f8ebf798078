package stages

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
)

// targetsOf makes of the labels what the loss compares outputs with, one target
// for each example of the dataset:
//
//   - masks as they are, a class id for each voxel;
//   - class ids: one number, [];
//   - otherwise a row of as many numbers as the model gives, [K].
func targetsOf(v *pipeline.Volumes, l loss.Loss, outputs int) (data.Source, error) {
	if v.Masks != nil {
		return v.Masks, nil
	}
	return targets(v.Labels, v.Source.Len(), l.Target(), outputs)
}

func targets(labels *pipeline.LabelValues, examples int, target loss.Target, outputs int) (data.Source, error) {
	if labels == nil || labels.Len() != examples {
		return nil, fmt.Errorf("there are no labels for the %d examples", examples)
	}
	values, err := numbers(labels)
	if err != nil {
		return nil, err
	}
	var sizes []int
	switch {
	case target != loss.ClassID:
		sizes = []int{labels.Width}
		if labels.Width != outputs {
			return nil, fmt.Errorf("a label has %d values, the model gives %d", labels.Width, outputs)
		}
	case labels.Width != 1:
		return nil, fmt.Errorf("a label has %d values; the loss takes one class id", labels.Width)
	}
	if target == loss.ClassID {
		for i, id := range values {
			if id < 0 || int(id) >= outputs || id != float32(int(id)) {
				return nil, fmt.Errorf("the label of example %d is %g; the model's %d classes are 0 to %d", i/labels.Width, id, outputs, outputs-1)
			}
		}
	}
	return data.NewMemory(sizes, values), nil
}

// numbers are the labels as float32, row after row.
func numbers(l *pipeline.LabelValues) ([]float32, error) {
	values := make([]float32, 0, len(l.Ints)+len(l.Reals))
	switch {
	case l.Texts != nil:
		return nil, fmt.Errorf("the labels are names, such as %s; a label_encode stage makes numbers of them", l.Text(0))
	case l.Ints != nil:
		for _, v := range l.Ints {
			values = append(values, float32(v))
		}
	default:
		for _, v := range l.Reals {
			values = append(values, float32(v))
		}
	}
	return values, nil
}
