package stages

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/stages/rules"
)

// oneDataset is what every stage that changes a dataset takes.
var oneDataset = []pipeline.Want{{pipeline.DatasetFamily}}

// settled ends the check of a stage: it reports the stage's own problem, or asks
// the rules about what the stage gives.
func settled(c *pipeline.Check, d *pipeline.Dataset, problem *diag.Diagnostic) pipeline.Type {
	if problem != nil {
		c.Report(*problem)
		return nil
	}
	rules.CheckDataset(c, d)
	return d
}

// refuse is a problem of a stage's own.
func refuse(d diag.Diagnostic) *diag.Diagnostic { return &d }

// stepOf is the entry of a stage in the list of what a dataset has been through.
func stepOf(n *pipeline.Node) pipeline.Step {
	return pipeline.Step{Stage: n.ID, Kind: n.Kind, At: n.Origin()}
}

// addStep appends a step to a dataset that has been cloned, with the bounds of
// the values after it.
func addStep(d *pipeline.Dataset, s pipeline.Step) {
	if r := d.Range; r != nil && !math.IsInf(r.Low, 0) && !math.IsInf(r.High, 0) {
		s.Low, s.High, s.Bounded = r.Low, r.High, true
	}
	d.Steps = append(d.Steps, s)
}

// learntOn names the partition from which a stage at this place learns: the
// training one, or all examples of a dataset that has not been split. It is false
// where the dataset has been split and no part is for training.
func learntOn(d *pipeline.Dataset) (string, bool) {
	if len(d.Partitions) == 0 {
		return pipeline.All, true
	}
	_, ok := d.Partition(pipeline.Train)
	return pipeline.Train, ok
}

// nothingToLearnFrom refuses a stage that learns from training examples where
// there are none.
func nothingToLearnFrom(n *pipeline.Node, d *pipeline.Dataset, setting, remedy string) *diag.Diagnostic {
	return refuse(diag.New(YML122, n.At(setting), "this learns from the training examples, and there are none").
		And(d.Partitions[0].At.Span, "the partitions were made here, without train").
		Suggest(remedy))
}

// through is what a run gives for a stage that changes every example alike: the
// volumes with the transform before whoever reads them. Learnt may be nil.
func through(r *pipeline.Run, v *pipeline.Volumes, is *pipeline.Dataset, t data.Transform, learnt any) (pipeline.Value, error) {
	source := data.Map(v.Source, t)
	fitted, err := fittedStep(r.Node, v, t, learnt)
	if err != nil {
		return nil, err
	}
	changed := *v
	if changed.Raw == nil {
		changed.Raw = v
	}
	changed.Is, changed.Source, changed.Steps = asRead(is, source), source, append(slices.Clone(v.Steps), fitted)
	return &changed, nil
}

// fittedStep is a stage that was given these volumes, with what it learnt.
func fittedStep(n *pipeline.Node, v *pipeline.Volumes, t data.Transform, learnt any) (pipeline.Fitted, error) {
	text, err := json.Marshal(learnt)
	if err != nil {
		return pipeline.Fitted{}, fmt.Errorf("what was learnt cannot be written down: %w", err)
	}
	return pipeline.Fitted{
		Stage: n.ID, Kind: n.Kind, In: v.Source.Shape(),
		Settings:  spec.Render(Language().Decoder.Encode(n.Stage)),
		Learnt:    text,
		Transform: t,
	}, nil
}

// asRead is a type whose sizes are those that the source really has, so that a
// promise that the source does not keep is found out.
func asRead(d *pipeline.Dataset, source data.Source) *pipeline.Dataset {
	d = d.Clone()
	d.Examples = shape.Of(source.Len())
	sizes := source.Shape()
	if len(d.Axes) != len(sizes) {
		d.Axes = make([]pipeline.Axis, len(sizes))
		for i := range sizes {
			d.Axes[i].Name = shape.AxisName(len(sizes), i)
		}
	}
	for i, size := range sizes {
		d.Axes[i].Size = shape.Of(size)
	}
	return d
}

// channels is the number of values per voxel of examples with the given sizes,
// whose last axis is the channel: 1 for a volume without channels.
func channels(sizes []int) int {
	if len(sizes) < 4 {
		return 1
	}
	return sizes[len(sizes)-1]
}

// unchanged is the transform of a stage that leaves the voxels as they are.
type unchanged struct{}

func (unchanged) Output(in []int) []int   { return in }
func (unchanged) Apply(in, out []float32) { copy(out, in) }
