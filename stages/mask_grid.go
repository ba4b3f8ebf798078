package stages

import (
	"encoding/json"
	"fmt"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
)

// regrid gives the masks of a cloned dataset the shape that follows from its
// axes: masks lie on their volumes, whatever moves those.
func regrid(d *pipeline.Dataset) {
	if d.Labels.Kind == pipeline.Mask {
		d.Labels.Shape = d.MaskShape()
	}
}

// moved is what a run gives for a stage that moves the voxels of every example
// alike, and their masks and weights with them. Does is what it does to a mask, nil for
// nothing.
func moved(r *pipeline.Run, v *pipeline.Volumes, is *pipeline.Dataset, t data.Transform, learnt, does any) (pipeline.Value, error) {
	value, err := through(r, v, is, t, learnt)
	if err != nil || does == nil {
		return value, err
	}
	changed := value.(*pipeline.Volumes)
	step := &changed.Steps[len(changed.Steps)-1]
	if step.Mask, err = json.Marshal(does); err != nil {
		return nil, fmt.Errorf("what happens to masks cannot be written down: %w", err)
	}
	mover := r.Stage.(MaskMover)
	if v.Weights != nil && len(v.Weights.Shape()) > 0 {
		weights, err := mover.RestoreMask(step.Mask, v.Weights.Shape())
		if err != nil {
			return nil, err
		}
		changed.Weights = data.Map(v.Weights, weights)
	}
	if v.Masks == nil {
		return changed, nil
	}
	mask, err := mover.RestoreMask(step.Mask, v.Masks.Shape())
	if err != nil {
		return nil, err
	}
	changed.Masks = data.Map(v.Masks, mask)
	changed.Is = masksAsRead(changed.Is, changed.Masks)
	return changed, nil
}

// masksAsRead is a type whose masks have the sizes that their source really has.
func masksAsRead(d *pipeline.Dataset, masks data.Source) *pipeline.Dataset {
	d = d.Clone()
	d.Labels.Shape = shape.New(masks.Shape()...)
	return d
}

// named shows axes with their names: "[depth 16, height 32, width 32]".
func named(axes []pipeline.Axis) string {
	text := ""
	for i, axis := range axes {
		if i > 0 {
			text += ", "
		}
		text += axis.Name + " " + axis.Size.String()
	}
	return "[" + text + "]"
}
