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
)

// preprocessing is all that a trained model's inputs need, as
// preprocessing.json keeps it.
type preprocessing struct {
	Version int `json:"version"`
	// Input is the sizes of one example as the model takes it.
	Input  []int             `json:"input"`
	Labels learntLabels      `json:"labels"`
	Steps  []pipeline.Fitted `json:"steps"`
}

type learntLabels struct {
	Kind    pipeline.LabelKind `json:"kind"`
	Classes int                `json:"classes"`
	Names   []string           `json:"names"`
}

// preprocessingVersion is the form that is written here.
const preprocessingVersion = 1

func preprocessingOf(v *pipeline.Volumes) *preprocessing {
	p := &preprocessing{
		Version: preprocessingVersion, Input: v.Source.Shape(),
		Labels: learntLabels{Kind: v.Is.Labels.Kind, Names: v.Is.Labels.Names},
		Steps:  v.Steps,
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

// apply leads raw examples, and their labels if there are any, through the steps.
func (p *preprocessing) apply(source data.Source, labels *pipeline.LabelValues) (data.Source, *pipeline.LabelValues, error) {
	for _, step := range p.Steps {
		stage, err := restored(step)
		if err != nil {
			return nil, nil, err
		}
		transform, err := stage.Restore(step.Learnt, source.Shape())
		if err != nil {
			return nil, nil, fmt.Errorf("the step %s does not take these volumes: %w", step.Stage, err)
		}
		if _, same := transform.(unchanged); !same {
			source = data.Map(source, transform)
		}
		if relabeler, relabels := stage.(Relabeler); relabels && labels != nil {
			if labels, err = relabeler.Relabel(step.Learnt, labels); err != nil {
				return nil, nil, unfitLabels{err}
			}
		}
	}
	return source, labels, nil
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
