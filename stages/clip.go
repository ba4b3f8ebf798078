package stages

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/onnx"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// Clip cuts off values below a lower and above an upper bound: they become the
// bound. The bounds are given as a range, or learnt as percentiles of the voxels
// of the training examples. Exactly one of the two is given.
type Clip struct {
	// Range is the lower and the upper bound, such as [-175, 250].
	Range *[2]float64 `yaml:"range" validate:"required_without=Percentiles,excluded_with=Percentiles"`
	// Percentiles, such as [1, 99], give the bounds from the training examples:
	// the value that 1% of all their voxels are below, and the one that 1% are
	// above, interpolated between neighbours as NumPy does. They are exact: every
	// voxel counts.
	Percentiles *[2]float64 `yaml:"percentiles" validate:"omitempty,dive,min=0,max=100"`
}

// Takes one dataset.
func (*Clip) Takes() []pipeline.Want { return oneDataset }

// Gives a dataset.
func (*Clip) Gives() pipeline.Family { return pipeline.DatasetFamily }

// Check bounds the values.
func (s *Clip) Check(c *pipeline.Check, in []pipeline.Type) pipeline.Type {
	if problem := s.disorder(c.Node); problem != nil {
		c.Report(*problem)
		return nil
	}
	before := in[0].(*pipeline.Dataset)
	if s.Range != nil {
		rules.CheckClip(c, before, s.Range[0], s.Range[1])
	}
	d, problem := s.after(c.Node, before)
	return settled(c, d, problem)
}

// Run learns the bounds where they are percentiles, and cuts the values of every
// example as it is read.
func (s *Clip) Run(r *pipeline.Run, in []pipeline.Value) (pipeline.Value, error) {
	v := in[0].(*pipeline.Volumes)
	d, problem := s.after(r.Node, v.Is)
	if problem != nil {
		return nil, pipeline.Fail(*problem)
	}
	if s.Range != nil {
		return through(r, v, d, clipped(*s.Range), nil)
	}
	on, _ := learntOn(v.Is)
	set := sample{source: v.Source, examples: v.Members(on), channels: 1}
	bounds, err := set.percentiles(r.Context, threads(r), s.Percentiles[:])
	if err != nil {
		return nil, placed(r, v, err)
	}
	learnt := [2]float64{bounds[0][0], bounds[0][1]}
	return through(r, v, d, clipped(learnt), learnt)
}

// Restore takes the bounds as they were learnt.
func (s *Clip) Restore(learnt json.RawMessage, _ []int) (data.Transform, error) {
	if s.Range != nil {
		return clipped(*s.Range), nil
	}
	var bounds *[2]float64
	if err := json.Unmarshal(learnt, &bounds); err != nil || bounds == nil {
		return nil, fmt.Errorf("the learnt bounds cannot be read: want two numbers, got %s", learnt)
	}
	return clipped(*bounds), nil
}

// Draw cuts values off in a graph.
func (s *Clip) Draw(b *onnx.Builder, x onnx.Value, learnt json.RawMessage, in []int) (onnx.Value, error) {
	bounds, err := s.Restore(learnt, in)
	if err != nil {
		return "", err
	}
	return clip(b, x, bounds.(clipped)), nil
}

// clip cuts values off at two bounds.
func clip(b *onnx.Builder, x onnx.Value, bounds [2]float64) onnx.Value {
	return b.Op("Clip", []onnx.Value{x, b.Floats("low", nil, float32(bounds[0])), b.Floats("high", nil, float32(bounds[1]))})
}

// disorder refuses bounds in the wrong order.
func (s *Clip) disorder(n *pipeline.Node) *diag.Diagnostic {
	if s.Range != nil {
		return ordered(n, "range", *s.Range)
	}
	return ordered(n, "percentiles", *s.Percentiles)
}

// ordered refuses a pair whose first number is not below its second.
func ordered(n *pipeline.Node, setting string, pair [2]float64) *diag.Diagnostic {
	if pair[0] < pair[1] {
		return nil
	}
	d := diag.New(YML121, n.At(setting), fmt.Sprintf("the lower one, %g, is not below the upper one, %g", pair[0], pair[1]))
	if pair[0] > pair[1] {
		swapped := fmt.Sprintf("[%g, %g]", pair[1], pair[0])
		return refuse(d.Suggest("swap them: "+swapped, diag.Edit{Span: n.At(setting), Text: swapped}))
	}
	return refuse(d.Suggest("give two different numbers, the lower one first"))
}

func (s *Clip) after(n *pipeline.Node, d *pipeline.Dataset) (*pipeline.Dataset, *diag.Diagnostic) {
	changed, step := d.Clone(), stepOf(n)
	whole := false
	if s.Range != nil {
		low, high := s.Range[0], s.Range[1]
		if d.Range != nil {
			low, high = s.cut(d.Range.Low), s.cut(d.Range.High)
		}
		changed.Range = &pipeline.Range{Low: low, High: high, At: n.Origin("range")}
		step.Does = fmt.Sprintf("clip to %g..%g", s.Range[0], s.Range[1])
		whole = s.Range[0] == math.Trunc(s.Range[0]) && s.Range[1] == math.Trunc(s.Range[1])
	} else {
		on, ok := learntOn(d)
		if !ok {
			return nil, nothingToLearnFrom(n, d, "percentiles", "give the bounds: range: [low, high]")
		}
		step.LearntOn, step.Does = on, fmt.Sprintf("clip to percentiles %g and %g", s.Percentiles[0], s.Percentiles[1])
	}
	if d.DType.Integer() && !whole {
		changed.DType, changed.DTypeAt = "float32", n.Origin()
	}
	addStep(changed, step)
	return changed, nil
}

func (s *Clip) cut(v float64) float64 { return min(max(v, s.Range[0]), s.Range[1]) }

// clipped cuts values off at two bounds. NaN stays NaN.
type clipped [2]float64

func (clipped) Output(in []int) []int { return in }

func (c clipped) Apply(in, out []float32) {
	low, high := float32(c[0]), float32(c[1])
	for i, v := range in {
		switch {
		case v < low:
			v = low
		case v > high:
			v = high
		}
		out[i] = v
	}
}
