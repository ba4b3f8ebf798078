package stages

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/stages/rules"
)

// preprocessing is all that a trained model's inputs need, as
// preprocessing.json keeps it.
type preprocessing struct {
	Version int `json:"version"`
	// Given is the form of the examples as their files held them; nil in the records of
	// programs that did not write it.
	Given *rules.Given `json:"given,omitempty"`
	// Input is the sizes of one example as the model takes it.
	Input  []int             `json:"input"`
	Labels learntLabels      `json:"labels"`
	Steps  []pipeline.Fitted `json:"steps"`
	// Voxels is what the training examples were like; nil where they were not looked
	// at, since they do not fit into memory.
	Voxels *rules.Fingerprint `json:"voxels,omitempty"`
}

type learntLabels struct {
	Kind pipeline.LabelKind `json:"kind"`
	// Rows says of masks that they are one-hot.
	Rows    bool     `json:"rows,omitempty"`
	Classes int      `json:"classes"`
	Names   []string `json:"names"`
}

// preprocessingVersion is the form that is written here.
const preprocessingVersion = 1

func preprocessingOf(v *pipeline.Volumes, voxels *rules.Fingerprint) *preprocessing {
	p := &preprocessing{
		Version: preprocessingVersion, Given: rules.GivenOf(v.Stored().Is), Input: v.Source.Shape(),
		Labels: learntLabels{Kind: v.Is.Labels.Kind, Rows: v.Is.Labels.Rows, Names: v.Is.Labels.Names},
		Steps:  v.Steps, Voxels: voxels,
	}
	if v.Is.Labels.ClassesKnown {
		p.Labels.Classes = v.Is.Labels.Classes
	}
	if p.Steps == nil {
		p.Steps = []pipeline.Fitted{}
	}
	return p
}

func (p *preprocessing) write(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(p)
}

// encodes says whether a step turns labels into others.
func (p *preprocessing) encodes() bool {
	return slices.ContainsFunc(p.Steps, func(step pipeline.Fitted) bool {
		settings, _ := Table().New(step.Kind)
		_, relabels := settings.(Relabeler)
		return relabels
	})
}

// unfitLabels are labels that the run's preprocessing does not know.
type unfitLabels struct{ error }

// apply leads raw examples, and their labels if there are any, through the
// steps: what it gives has their source, labels and masks.
func (p *preprocessing) apply(raw *pipeline.Volumes) (*pipeline.Volumes, error) {
	v := &pipeline.Volumes{Source: raw.Source, Labels: raw.Labels, Masks: raw.Masks}
	for _, step := range p.Steps {
		stage, err := restored(step)
		if err != nil {
			return nil, err
		}
		transform, err := stage.Restore(step.Learnt, v.Source.Shape())
		if err != nil {
			return nil, fmt.Errorf("the step %s does not take these volumes: %w", step.Stage, err)
		}
		if _, same := transform.(unchanged); !same {
			v.Source = data.Map(v.Source, transform)
		}
		if mover, moves := stage.(MaskMover); moves && v.Masks != nil && step.Mask != nil {
			mask, err := mover.RestoreMask(step.Mask, v.Masks.Shape())
			if err != nil {
				return nil, fmt.Errorf("the step %s does not take these masks: %w", step.Stage, err)
			}
			v.Masks = data.Map(v.Masks, mask)
		}
		if relabeler, relabels := stage.(Relabeler); relabels {
			if err := relabel(relabeler, step, v, raw.Is.Facts); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// relabel maps the labels as the step did. The facts are those of the raw data.
func relabel(stage Relabeler, step pipeline.Fitted, v *pipeline.Volumes, facts *pipeline.Facts) error {
	switch {
	case v.Masks != nil:
		mask, err := stage.Remask(step.Learnt, facts.Masks)
		if err != nil {
			return unfitLabels{err}
		}
		v.Masks = data.Map(v.Masks, mask)
	case v.Labels != nil:
		labels, err := stage.Relabel(step.Learnt, v.Labels)
		if err != nil {
			return unfitLabels{err}
		}
		v.Labels = labels
	}
	return nil
}

// restored makes the stage of a step again.
func restored(step pipeline.Fitted) (Fitter, error) {
	settings, known := Table().New(step.Kind)
	stage, fits := settings.(Fitter)
	if !known || !fits {
		return nil, fmt.Errorf("this program has no step %s", step.Kind)
	}
	problems := &diag.List{}
	if node := spec.Parse(step.Stage, step.Settings, problems); node != nil {
		Language().Decoder.Decode(node, node.Span, stage, problems)
	}
	if all := problems.All(); len(all) > 0 {
		return nil, fmt.Errorf("the settings of the step %s cannot be read: %s", step.Stage, all[0].Primary.Label)
	}
	return stage, nil
}
