package stages

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/voxelpipe/pipe/nn/onnx"
	"github.com/voxelpipe/pipe/pipeline"
)

// Drawer is a Fitter whose work can be part of an ONNX graph.
type Drawer interface {
	Fitter
	// Draw adds to a graph what the stage does to examples whose axes have the
	// given sizes. Both x and what it gives are batches of float32.
	Draw(b *onnx.Builder, x onnx.Value, learnt json.RawMessage, in []int) (onnx.Value, error)
}

// Draw adds nothing: the voxels stay as they are.
func (*LabelEncode) Draw(_ *onnx.Builder, x onnx.Value, _ json.RawMessage, _ []int) (onnx.Value, error) {
	return x, nil
}

// Draw adds nothing: the voxels stay as they are.
func (*Split) Draw(_ *onnx.Builder, x onnx.Value, _ json.RawMessage, _ []int) (onnx.Value, error) {
	return x, nil
}

// writeONNX writes a model, with what is done to raw volumes before it if there
// is preprocessing to go with it.
func writeONNX(w io.Writer, model *pipeline.Network, before *preprocessing) error {
	settings := onnx.Settings{Name: "network"}
	if classes := model.Is.Dataset.Labels.Names; classes != nil {
		text, err := json.Marshal(classes)
		if err != nil {
			return err
		}
		settings.Metadata = map[string]string{"classes": string(text)}
	}
	if before != nil {
		settings.Raw = before.raw()
		settings.Before = before.draw
	}
	return onnx.Write(w, model.Net, settings)
}

// raw are the sizes of one example as the first step gets it.
func (p *preprocessing) raw() []int {
	if len(p.Steps) == 0 {
		return p.Input
	}
	return p.Steps[0].In
}

// draw adds every step to a graph.
func (p *preprocessing) draw(b *onnx.Builder, x onnx.Value) (onnx.Value, error) {
	sizes := p.raw()
	if sizes == nil {
		return "", fmt.Errorf("the run was made by an older version of this program, which did not write down the sizes of raw volumes; run the pipeline again")
	}
	for _, step := range p.Steps {
		stage, err := restored(step)
		if err != nil {
			return "", err
		}
		drawer, draws := stage.(Drawer)
		if !draws {
			return "", fmt.Errorf("the step %s (%s) cannot be written as ONNX; export the model without its preprocessing", step.Stage, step.Kind)
		}
		transform, err := stage.Restore(step.Learnt, sizes)
		if err != nil {
			return "", fmt.Errorf("the step %s does not take examples of %v: %w", step.Stage, sizes, err)
		}
		b.Under(step.Stage)
		if x, err = drawer.Draw(b, x, step.Learnt, sizes); err != nil {
			return "", err
		}
		sizes = transform.Output(sizes)
	}
	if !slices.Equal(sizes, p.Input) {
		return "", fmt.Errorf("the steps give examples of %v; the model takes %v", sizes, p.Input)
	}
	return x, nil
}
