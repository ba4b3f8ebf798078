// Package pipeline says what a stage is and what flows between stages, and
// takes a config through its phases: build (graph), check (types), plan (what
// headers and labels add), run. It knows no single stage.
package pipeline

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/weights"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// Family is what kind of thing flows.
type Family string

// The four things that flow.
const (
	DatasetFamily Family = "dataset"
	ModelFamily   Family = "model"
	TrainedFamily Family = "trained model"
	ReportFamily  Family = "report"
)

// Type is what is known of a value before it exists.
type Type interface{ Family() Family }

// Origin is where a fact was decided.
type Origin struct {
	// Stage is the id of the stage that decided it.
	Stage string
	Span  diag.Span
}

// Model is the type of a model.
type Model struct {
	// Graph has every layer's output shape.
	Graph *nn.Graph
	// Items are the layers before they were laid flat: those of the config, or of the
	// file that they are taken from.
	Items []nn.Item
	// File is that file, as the config names it; "" for layers of the config.
	File string
	// Layers gives the place in the config of every layer, by its full id.
	Layers map[string]LayerPlace
	// At is where the list of layers stands.
	At Origin
	// Dataset is the type that the model was built for.
	Dataset *Dataset
	// Start is the file that the model starts from, and can then be used untrained;
	// nil without one.
	Start *Start
}

// Start is the file that a model starts from.
type Start struct {
	// File is its path as written, At where that stands.
	File string
	At   Origin
	// Plan is what becomes of each weight; nil as long as sizes are unknown. Without
	// the file having been read, it says only what is skipped.
	Plan *weights.Plan
	// Partial says that a stage has been refused the model because the file does not
	// give every layer its weights.
	Partial bool
}

// LayerPlace is where a layer stands in the config.
type LayerPlace struct {
	// Item is the whole item, Kind its kind word.
	Item, Kind diag.Span
	// KindName is the kind as the language spells it.
	KindName string
	// Setting gives the place of a setting, or of the nearest thing around it.
	Setting func(path ...string) diag.Span
	// Allow are the codes of warnings that the item silences.
	Allow []diag.Allow
	// Written is the item itself, for edits; the zero Item for what a preset adds.
	Written spec.Item
	// Preset says that the item is a preset, of which this layer is a part.
	Preset bool
}

// Family is "model".
func (*Model) Family() Family { return ModelFamily }

// Trained is the type of a trained model.
type Trained struct {
	Model *Model
	// Dataset is what the model was trained on, with its whole preprocessing.
	Dataset *Dataset
	// Loss and Metrics are what it was trained for and measured with.
	Loss    loss.Loss
	Metrics []metric.Metric
	// Columns are those of the history.
	Columns []string
	At      Origin
}

// Family is "trained model".
func (*Trained) Family() Family { return TrainedFamily }

// Report is the type of a report.
type Report struct {
	At Origin
}

// Family is "report".
func (*Report) Family() Family { return ReportFamily }
