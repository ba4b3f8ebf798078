package stages

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// Normalize brings the voxels to a scale that a network learns well from. The
// numbers it needs are learnt from the training examples alone, so put it behind
// the split.
//
// The methods, x being a voxel:
//
//   - min_max: the least value comes to the first end of range, the greatest to
//     the second. Values of other examples than those for training may lie a
//     little outside.
//   - z_score: (x - mean) / standard deviation.
//   - max: x / greatest value. Where that is not above 0, values stay as they are.
//   - rescale: x × scale + offset, with the numbers as given. Nothing is learnt.
//   - percentile: the two percentiles come to the two ends of range, and what is
//     beyond them is cut off.
//
// Where all values are equal there is nothing to spread: z_score makes them 0,
// min_max and percentile the first end of range. They never divide by zero.
type Normalize struct {
	// Method is min_max, z_score, max, rescale or percentile.
	Method string `yaml:"method" validate:"oneof=min_max z_score max rescale percentile"`
	// Range is where min_max and percentile bring the values.
	Range [2]float64 `yaml:"range"`
	// Scale is what rescale multiplies by, such as 0.00392156862745098 (1/255).
	Scale float64 `yaml:"scale"`
	// Offset is what rescale adds after multiplying.
	Offset float64 `yaml:"offset"`
	// Percentiles are the two that the method percentile takes. They are exact:
	// every voxel counts.
	Percentiles [2]float64 `yaml:"percentiles" validate:"dive,min=0,max=100"`
	// Over is what the numbers are taken from: dataset learns them from all
	// training examples together, example takes each example's own.
	Over string `yaml:"over" validate:"oneof=dataset example"`
	// PerChannel takes the numbers for each channel by itself.
	PerChannel bool `yaml:"per_channel"`
	// Mask nonzero leaves voxels that are 0 (a background that has been removed)
	// as they are and takes the numbers from the others; none takes every voxel.
	Mask string `yaml:"mask" validate:"oneof=none nonzero"`
}

var normalizeDefaults = Normalize{
	Method: "min_max", Range: [2]float64{0, 1}, Scale: 1, Percentiles: [2]float64{1, 99}, Over: "dataset", Mask: "none",
}

// Takes one dataset.
func (*Normalize) Takes() []pipeline.Want { return oneDataset }

// Gives a dataset.
func (*Normalize) Gives() pipeline.Family { return pipeline.DatasetFamily }

// Check works out the range of the values, and refuses to scale what has been
// scaled.
func (s *Normalize) Check(c *pipeline.Check, in []pipeline.Type) pipeline.Type {
	before := in[0].(*pipeline.Dataset)
	problem := s.contradiction(c.Node)
	if problem == nil {
		problem = s.unfit(c.Node, before)
	}
	if problem != nil {
		c.Report(*problem)
		return nil
	}
	after := s.after(c.Node, before)
	rules.CheckScaledTwice(c, before, after, s.factor())
	return settled(c, after, nil)
}

// Run learns what the method needs, and scales every example as it is read.
func (s *Normalize) Run(r *pipeline.Run, in []pipeline.Value) (pipeline.Value, error) {
	v := in[0].(*pipeline.Volumes)
	if problem := s.unfit(r.Node, v.Is); problem != nil {
		return nil, pipeline.Fail(*problem)
	}
	var learnt *statistics
	if s.learns() {
		on, _ := learntOn(v.Is)
		var err error
		if learnt, err = s.fit(r.Context, threads(r), v.Source, v.Members(on)); err != nil {
			return nil, placed(r, v, err)
		}
	}
	return through(r, v, s.after(r.Node, v.Is), s.transform(learnt, v.Source.Shape()), learnt)
}

// Restore takes the numbers as they were learnt.
func (s *Normalize) Restore(learnt json.RawMessage, in []int) (data.Transform, error) {
	if !s.learns() {
		return s.transform(nil, in), nil
	}
	var numbers *statistics
	if err := json.Unmarshal(learnt, &numbers); err != nil || numbers == nil {
		return nil, fmt.Errorf("the learnt numbers cannot be read: %s", learnt)
	}
	if have, want := numbers.channels(), s.channels(in); have != want {
		return nil, fmt.Errorf("numbers were learnt for %d channels; examples of %v have %d", have, in, want)
	}
	return s.transform(numbers, in), nil
}

// learns says whether the method takes numbers from the training examples.
func (s *Normalize) learns() bool { return s.Method != "rescale" && s.Over == "dataset" }

// factor is what values are multiplied by where that is fixed, else 0.
func (s *Normalize) factor() float64 {
	if s.Method == "rescale" {
		return s.Scale
	}
	return 0
}

func (s *Normalize) channels(sizes []int) int {
	if !s.PerChannel {
		return 1
	}
	return channels(sizes)
}

// methodsOf lists the methods that take a setting. A setting that is written out
// as its default, as in a run's resolved.yaml, asks for nothing.
var methodsOf = []struct {
	setting string
	methods []string
	changed func(s *Normalize) bool
}{
	{"range", []string{"min_max", "percentile"}, func(s *Normalize) bool { return s.Range != normalizeDefaults.Range }},
	{"scale", []string{"rescale"}, func(s *Normalize) bool { return s.Scale != normalizeDefaults.Scale }},
	{"offset", []string{"rescale"}, func(s *Normalize) bool { return s.Offset != normalizeDefaults.Offset }},
	{"percentiles", []string{"percentile"}, func(s *Normalize) bool { return s.Percentiles != normalizeDefaults.Percentiles }},
}

// contradiction refuses settings that the method does not take, and those that
// would lose the image.
func (s *Normalize) contradiction(n *pipeline.Node) *diag.Diagnostic {
	for _, of := range methodsOf {
		if of.changed(s) && !slices.Contains(of.methods, s.Method) {
			return refuse(diag.New(YML121, n.At(of.setting), fmt.Sprintf("%s says nothing to the method %s", of.setting, s.Method)).
				And(n.At("method"), fmt.Sprintf("the method is %s", s.Method)).
				Suggest(fmt.Sprintf("remove it, or write method: %s", strings.Join(of.methods, " or "))))
		}
	}
	switch {
	case s.Method == "rescale" && s.Scale == 0:
		return refuse(diag.New(YML121, n.At("scale"), fmt.Sprintf("every voxel would become %g", s.Offset)).
			Suggest("give the number to multiply by, such as 0.00392156862745098 for 1/255"))
	case s.Method == "rescale" && s.Scale == 1 && s.Offset == 0:
		return refuse(diag.New(YML121, n.At("method"), "with scale 1 and offset 0 nothing would change").
			Suggest("give the number to multiply by, such as scale: 0.00392156862745098 for 1/255"))
	case s.Method == "percentile":
		if problem := ordered(n, "percentiles", s.Percentiles); problem != nil {
			return problem
		}
	}
	return ordered(n, "range", s.Range)
}

// unfit refuses what the dataset lacks.
func (s *Normalize) unfit(n *pipeline.Node, d *pipeline.Dataset) *diag.Diagnostic {
	if s.PerChannel && d.Axes != nil && len(d.Axes) < 4 {
		problem := diag.New(YML122, n.At("per_channel"), "an example has no channel axis: "+named(d.Axes))
		if len(d.Axes) > 0 {
			problem = problem.And(d.Axes[0].At.Span, "the axes come from here")
		}
		return refuse(problem.Suggest("remove it, or put a reshape: {expand_dims: -1} above"))
	}
	if _, ok := learntOn(d); s.learns() && !ok {
		return nothingToLearnFrom(n, d, "method", "take each example's own numbers (over: example), or give a train partition")
	}
	return nil
}

func (s *Normalize) after(n *pipeline.Node, d *pipeline.Dataset) *pipeline.Dataset {
	changed, step := d.Clone(), stepOf(n)
	step.Scales, step.Does = true, s.says()
	if s.learns() {
		step.LearntOn, _ = learntOn(d)
	}
	changed.DType, changed.DTypeAt = "float32", n.Origin()
	changed.Range = s.rangeAfter(n, d.Range)
	addStep(changed, step)
	return changed
}

// rangeAfter bounds the values, as far as that can be said of the examples that
// the numbers are taken from.
func (s *Normalize) rangeAfter(n *pipeline.Node, before *pipeline.Range) *pipeline.Range {
	after := pipeline.Range{At: n.Origin()}
	switch s.Method {
	case "min_max", "percentile":
		after.Low, after.High = s.Range[0], s.Range[1]
	case "max":
		// Dividing by a greatest value that is not positive would not bound the rest.
		if before == nil || before.Low < 0 {
			return nil
		}
		after.Low, after.High = 0, 1
	case "rescale":
		if before == nil {
			return nil
		}
		a, b := before.Low*s.Scale+s.Offset, before.High*s.Scale+s.Offset
		after.Low, after.High = min(a, b), max(a, b)
	default:
		return nil
	}
	if s.Mask == "nonzero" {
		after.Low, after.High = min(after.Low, 0), max(after.High, 0)
	}
	return &after
}

// says tells the step in the language's words.
func (s *Normalize) says() string {
	text := s.Method
	switch s.Method {
	case "rescale":
		text += fmt.Sprintf(" by %g", s.Scale)
		if s.Offset != 0 {
			text += fmt.Sprintf(" plus %g", s.Offset)
		}
	case "percentile":
		text += fmt.Sprintf(" %g and %g", s.Percentiles[0], s.Percentiles[1])
		fallthrough
	case "min_max":
		text += fmt.Sprintf(" to %g..%g", s.Range[0], s.Range[1])
	}
	if s.Method != "rescale" {
		text += " over " + s.Over
		if s.PerChannel {
			text += " per channel"
		}
	}
	if s.Mask == "nonzero" {
		text += " of voxels other than 0"
	}
	return text
}
