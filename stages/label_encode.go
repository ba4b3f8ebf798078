package stages

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// LabelEncode turns labels into classes that a loss can work with: one-hot rows
// or class ids, counting from 0. A label that belongs to no class is refused with
// its value, how often it occurs and where.
//
// Of masks every voxel is encoded: [depth, height, width, K] for K classes in the
// form one_hot, [depth, height, width] in the form class_id. That is done as each
// mask is read, so that rows take no memory. The loss decides which form it takes.
//
// Without classes, they are found in the labels of the whole dataset: names in
// alphabetical order, numbers as they are if they are 0, 1, 2, … without a gap.
type LabelEncode struct {
	// Classes is the number of classes, or the list of their names. Whole-number
	// labels count along it from 0; text labels have to be in it.
	Classes Classes `yaml:"classes"`
	// Map gives the class id (from 0) of each label, for labels that do not count
	// from 0 or of which several are one class: {0: 0, 29: 1, 50: 2}.
	Map ClassMap `yaml:"map"`
	// Form is one_hot (a row with a 1 for the class) or class_id (its number).
	Form string `yaml:"form" validate:"oneof=one_hot class_id"`
	// Unknown says what happens to a label outside the classes: error.
	Unknown string `yaml:"unknown" validate:"oneof=error"`
}

var labelEncodeDefaults = LabelEncode{Form: "one_hot", Unknown: "error"}

// Takes one dataset.
func (*LabelEncode) Takes() []pipeline.Want { return oneDataset }

// Gives a dataset.
func (*LabelEncode) Gives() pipeline.Family { return pipeline.DatasetFamily }

// Check works out the classes; with the labels at hand it encodes them.
func (s *LabelEncode) Check(c *pipeline.Check, in []pipeline.Type) pipeline.Type {
	d := in[0].(*pipeline.Dataset)
	rules.CheckMap(c, d, s.Map.labels(), func(label string) int { return s.Map[label] })
	if d.Labels.Kind == pipeline.Mask {
		changed, _, problem := s.afterMasks(c.Node, d)
		return settled(c, changed, problem)
	}
	var labels *pipeline.LabelValues
	if d.Facts != nil {
		labels = d.Facts.Labels
	}
	changed, _, _, problem := s.after(c.Node, d, labels)
	return settled(c, changed, problem)
}

// Run encodes the labels.
func (s *LabelEncode) Run(r *pipeline.Run, in []pipeline.Value) (pipeline.Value, error) {
	v := in[0].(*pipeline.Volumes)
	if v.Masks != nil {
		return s.runMasks(r, v)
	}
	d, labels, how, problem := s.after(r.Node, v.Is, v.Labels)
	if problem != nil {
		return nil, pipeline.Fail(*problem)
	}
	fitted, err := fittedStep(r.Node, v, unchanged{}, how)
	if err != nil {
		return nil, err
	}
	changed := *v
	changed.Is, changed.Labels, changed.Steps = d, labels, append(slices.Clone(v.Steps), fitted)
	return &changed, nil
}

// Restore leaves the voxels as they are.
func (s *LabelEncode) Restore(json.RawMessage, []int) (data.Transform, error) {
	return unchanged{}, nil
}

// Relabel encodes the labels of new data.
func (s *LabelEncode) Relabel(learnt json.RawMessage, labels *pipeline.LabelValues) (*pipeline.LabelValues, error) {
	how, err := codingOf(learnt)
	if err != nil {
		return nil, err
	}
	ids, outside := how.encode(labels)
	if outside != nil {
		return nil, fmt.Errorf("labels outside the %d classes that the model knows: %s", how.Classes, rules.Occurrences(labels, outside))
	}
	return s.form(ids, labels.Width, how.Classes), nil
}

// codingOf reads what the stage wrote down.
func codingOf(learnt json.RawMessage) (*coding, error) {
	var how *coding
	if err := json.Unmarshal(learnt, &how); err != nil || how == nil {
		return nil, fmt.Errorf("the learnt classes cannot be read: %s", learnt)
	}
	return how, nil
}

// after is the dataset, and its labels where they are at hand, after the stage.
func (s *LabelEncode) after(n *pipeline.Node, d *pipeline.Dataset, labels *pipeline.LabelValues) (*pipeline.Dataset, *pipeline.LabelValues, *coding, *diag.Diagnostic) {
	if problem := s.unfit(n, d); problem != nil {
		return nil, nil, nil, problem
	}
	how, problem := s.coding(n, d, labels)
	if problem != nil {
		return nil, nil, nil, problem
	}
	changed := d.Clone()
	changed.Labels = s.labels(n, d.Labels, how)
	addStep(changed, stepOf(n))
	if labels == nil {
		return changed, nil, how, nil
	}
	ids, outside := how.encode(labels)
	if outside != nil {
		return nil, nil, nil, refuse(s.outside(n, d, labels, how, outside))
	}
	width := labels.Width
	labels = s.form(ids, width, how.Classes)
	if d.Facts != nil && d.Facts.Labels != nil {
		facts := *d.Facts
		facts.Labels = labels
		changed.Facts = &facts
	}
	return changed, labels, how, nil
}

// unfit refuses labels that do not name one class each.
func (s *LabelEncode) unfit(n *pipeline.Node, d *pipeline.Dataset) *diag.Diagnostic {
	l := d.Labels
	refusedAs := func(code *diag.Code, label, there, help string) *diag.Diagnostic {
		return refuse(diag.New(code, n.Item.KindSpan, label).And(l.At.Span, there).Suggest(help))
	}
	refused := func(label, there, help string) *diag.Diagnostic { return refusedAs(YML122, label, there, help) }
	switch {
	case l.Kind == pipeline.NoLabels:
		return refused("there are no labels to encode", "the dataset has none", "give load its labels, or remove this stage")
	case l.Kind == pipeline.Real && rules.OneHotReals(d):
		return refuse(rules.EncodedTwice(n, l, s.Form))
	case l.Kind == pipeline.Real:
		return refusedAs(rules.LBL010.Code, "real numbers are no classes", "the labels are real numbers",
			"remove this stage to predict the numbers themselves; for whole numbers stored as real ones write label_kind: class_id in load")
	case l.Kind == pipeline.MultiHot:
		return refused("rows with any number of ones name no single class", "the labels are multi-hot rows", "remove this stage: such rows are trained on as they are, with binary_crossentropy")
	case l.Kind == pipeline.OneHot, l.Rows, l.Encoded && s.Form == "class_id":
		return refuse(rules.EncodedTwice(n, l, s.Form))
	case s.Map != nil && s.Classes.Count > 0:
		return s.mapBeyond(n)
	}
	return nil
}

// mapBeyond refuses a map to more classes than there are.
func (s *LabelEncode) mapBeyond(n *pipeline.Node) *diag.Diagnostic {
	for _, label := range s.Map.labels() {
		if id := s.Map[label]; id >= s.Classes.Count {
			return refuse(diag.New(YML121, n.At("map"), fmt.Sprintf("it gives %s the class %d", label, id)).
				And(n.At("classes"), fmt.Sprintf("there are %d classes: 0 to %d", s.Classes.Count, s.Classes.Count-1)).
				Suggest("mend the map, or give more classes"))
		}
	}
	return nil
}

// labels is the type of the labels after the stage.
func (s *LabelEncode) labels(n *pipeline.Node, before pipeline.Labels, how *coding) pipeline.Labels {
	after := pipeline.Labels{
		Kind: pipeline.LabelKind(s.Form), At: n.Origin("form"), ValuesAt: before.Source(), Shape: shape.Shape{},
		Classes: how.Classes, ClassesKnown: how.Classes > 0, ClassesAt: how.at, Names: how.Names, Encoded: true,
	}
	switch {
	case before.Kind == pipeline.UnknownLabels:
		after.Shape = nil // they may be masks
	case s.Form == "one_hot" && after.ClassesKnown:
		after.Shape = shape.New(how.Classes)
	case s.Form == "one_hot":
		after.Shape = shape.Shape{shape.Symbol("classes")}
	}
	return after
}

// form writes ids as one-hot rows or leaves them.
func (s *LabelEncode) form(ids []int64, width, classes int) *pipeline.LabelValues {
	if s.Form == "class_id" {
		return &pipeline.LabelValues{Width: width, Ints: ids}
	}
	rows := make([]int64, len(ids)*classes)
	for i, id := range ids {
		rows[i*classes+int(id)] = 1
	}
	return &pipeline.LabelValues{Width: classes, Ints: rows}
}
