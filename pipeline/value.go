package pipeline

import (
	"encoding/json"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/train"
)

// Value is what flows while a pipeline runs. Its type must be the one promised
// before.
type Value interface{ Type() Type }

// Volumes is a dataset that exists. Values are immutable: a stage that changes
// something makes a new one around the same source.
type Volumes struct {
	// Is is what is known of it; Facts are complete.
	Is *Dataset
	// Source gives the examples, the stages so far applied, one at a time: nothing
	// is held in memory that a file or a formula can give again.
	Source data.Source
	// Raw is the dataset before the first stage that changed its voxels; nil if none
	// did.
	Raw *Volumes
	// Labels are those of all examples; nil without any, and for masks.
	Labels *LabelValues
	// Masks gives the class of every voxel of each example, read like the volumes;
	// nil for labels of other kinds.
	Masks data.Source
	// Weights gives how much each example counts in a loss, a single number, or each
	// of its voxels, in the shape of a mask; nil where all count the same.
	Weights data.Source
	// Steps are what has to be done to raw volumes to get here.
	Steps []Fitted
}

// Type is the dataset's.
func (v *Volumes) Type() Type { return v.Is }

// Stored is the dataset with its voxels as they were loaded.
func (v *Volumes) Stored() *Volumes {
	if v.Raw == nil {
		return v
	}
	return v.Raw
}

// Members are the examples of a partition; of All, every one.
func (v *Volumes) Members(partition string) []int {
	if partition == All || v.Is.Facts == nil || v.Is.Facts.Members == nil {
		every := make([]int, v.Source.Len())
		for i := range every {
			every[i] = i
		}
		return every
	}
	return v.Is.Facts.Members[partition]
}

// Fitted is a preprocessing step with what it learnt: enough to do the same to
// new data.
type Fitted struct {
	// Stage and Kind name the step.
	Stage string `json:"stage"`
	Kind  string `json:"kind"`
	// Settings are all of the step's settings as the config language writes them.
	Settings string `json:"settings"`
	// In are the sizes of the examples that it was given.
	In []int `json:"in"`
	// Learnt is what the step took from the training data; null if nothing.
	Learnt json.RawMessage `json:"learnt"`
	// Mask is what the step does to masks, in its own words; nothing if it leaves
	// the voxels where they are.
	Mask json.RawMessage `json:"mask,omitempty"`
	// Transform does it.
	Transform data.Transform `json:"-"`
}

// Network is a model that exists.
type Network struct {
	Is  *Model
	Net *nn.Network[float32]
}

// Type is the model's.
func (n *Network) Type() Type { return n.Is }

// TrainedNetwork is a model that has been trained, and all that its inputs need.
type TrainedNetwork struct {
	Is      *Trained
	Net     *nn.Network[float32]
	History *train.History
	// Volumes is the dataset it was trained on.
	Volumes *Volumes
}

// Type is the trained model's.
func (t *TrainedNetwork) Type() Type { return t.Is }

// Results are the numbers of a report.
type Results struct {
	Is *Report
	// Numbers in the order in which they are to be shown.
	Numbers []Number
	// ByClass are metrics that are measured for each class, too.
	ByClass []ByClass
	Tables  []Table
	// Trivial says what Number.Trivial was reached with: "always background"; "" if
	// there is nothing to compare with.
	Trivial string
}

// Type is the report's.
func (r *Results) Type() Type { return r.Is }

// Number is one named number.
type Number struct {
	Name  string
	Value float64
	// Count says that it counts something, rather than measures it.
	Count bool
	// Trivial is what an answer that never changes reaches, where Compared.
	Trivial  float64
	Compared bool
}

// ByClass is a metric measured for each class; NaN for a class that it is not
// measured for.
type ByClass struct {
	Name    string
	Classes []string
	Values  []float64
}

// Table is named rows and columns of counts, such as a confusion matrix.
type Table struct {
	Name string `json:"name"`
	// Rows and Columns are the headings; Counts has a row for each of Rows.
	Rows    []string `json:"rows"`
	Columns []string `json:"columns"`
	Counts  [][]int  `json:"counts"`
}
