package stages

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// Split shares the examples out among a training, a validation and a test
// partition. Nothing below it mixes them again: what is learnt from data is
// learnt from the training partition.
//
// Sizes are fractions, which add up to 1, or counts; a partition left out is
// empty. Fractions of examples are shared out by largest remainder. With counts,
// examples left over belong to no partition.
//
// For cross-validation give folds and fold instead: the examples are cut into
// that many parts, of which one is the validation partition and the others are
// for training. Which part an example is in does not depend on fold, so that runs
// with fold 0, 1, 2, … validate on every example once. A test partition may be
// given beside them: it is cut off first and is the same for every fold.
type Split struct {
	// Train is the share of the training partition: a fraction with a decimal point
	// (0.7; 1.0 is all) or a count (120; 1 is one example).
	Train Share `yaml:"train"`
	// Validation is the share of the validation partition, like train.
	Validation Share `yaml:"validation"`
	// Test is the share of the test partition, like train.
	Test Share `yaml:"test"`
	// Stratify gives every partition the same mixture of classes, as nearly as whole
	// examples allow: each class is shared out to within one example.
	Stratify bool `yaml:"stratify"`
	// By groups keeps the examples of one group (one patient) together in one
	// partition. Sizes are then met as nearly as whole groups allow.
	By string `yaml:"by" validate:"omitempty,oneof=groups"`
	// Shuffle draws the examples at random, decided by the file's seed. Without it
	// the first examples are for training, the last for test.
	Shuffle bool `yaml:"shuffle"`
	// Folds is the number of parts of a cross-validation.
	Folds *int `yaml:"folds" validate:"omitempty,min=2"`
	// Fold is the part to validate on, counted from 0.
	Fold *int `yaml:"fold" validate:"omitempty,min=0"`
}

var splitDefaults = Split{Shuffle: true}

// Takes one dataset.
func (*Split) Takes() []pipeline.Want { return oneDataset }

// Gives a dataset.
func (*Split) Gives() pipeline.Family { return pipeline.DatasetFamily }

// Check works out the sizes of the partitions, and with labels and groups at
// hand who is in them.
func (s *Split) Check(c *pipeline.Check, in []pipeline.Type) pipeline.Type {
	d := in[0].(*pipeline.Dataset)
	if problem := s.contradiction(c.Node); problem != nil {
		c.Report(*problem)
		return nil
	}
	if problem := s.unstratified(c.Node, d); problem != nil {
		// Mended, it draws the examples at random: what is below is checked against that.
		c.Report(*problem)
		plain := *s
		plain.Stratify = false
		s = &plain
	}
	changed, problem := s.after(c.Node, d, c.Seed)
	return settled(c, changed, problem)
}

// Run does what Check did, with every label and group at hand.
func (s *Split) Run(r *pipeline.Run, in []pipeline.Value) (pipeline.Value, error) {
	v := in[0].(*pipeline.Volumes)
	known := v.Is.Clone()
	facts := pipeline.Facts{Labels: v.Labels}
	if v.Is.Facts != nil {
		facts.Groups, facts.Masks = v.Is.Facts.Groups, v.Is.Facts.Masks
	}
	known.Facts = &facts
	d, problem := s.after(r.Node, known, r.Seed)
	if problem != nil {
		return nil, pipeline.Fail(*problem)
	}
	shared := 0
	for _, members := range d.Facts.Members {
		shared += len(members)
	}
	if left := v.Source.Len() - shared; left > 0 {
		r.Watch.Note(r.Node, fmt.Sprintf("%d of %d examples are left out: they are in no partition", left, v.Source.Len()))
	}
	fitted, err := fittedStep(r.Node, v, unchanged{}, nil)
	if err != nil {
		return nil, err
	}
	changed := *v
	changed.Is, changed.Steps = d, append(slices.Clone(v.Steps), fitted)
	return &changed, nil
}

// Restore leaves the voxels as they are.
func (s *Split) Restore(json.RawMessage, []int) (data.Transform, error) { return unchanged{}, nil }

// after is the dataset after the stage.
func (s *Split) after(n *pipeline.Node, d *pipeline.Dataset, seed uint64) (*pipeline.Dataset, *diag.Diagnostic) {
	if problem := s.unfit(n, d); problem != nil {
		return nil, problem
	}
	parts, problem := s.parts(n, d)
	if problem != nil {
		return nil, problem
	}
	changed := d.Clone()
	addStep(changed, stepOf(n))
	members, problem := s.members(n, d, parts, seed)
	if problem != nil {
		return nil, problem
	}
	changed.Partitions = s.partitions(n, parts, members)
	if members != nil {
		facts := *d.Facts
		facts.Members = members
		changed.Facts = &facts
	}
	return changed, nil
}

// contradiction refuses settings that do not go together.
func (s *Split) contradiction(n *pipeline.Node) *diag.Diagnostic {
	if s.Folds != nil || s.Fold != nil {
		return s.foldContradiction(n)
	}
	given := s.given()
	if len(given) == 0 {
		return refuse(diag.New(YML121, n.Item.KindSpan, "nothing says how large the partitions are").
			Suggest("write train: 0.7, validation: 0.15, test: 0.15"))
	}
	first := given[max(0, slices.IndexFunc(given, func(p part) bool { return !p.share.empty() }))]
	sum, asked := 0.0, make([]string, len(given))
	for i, p := range given {
		if !p.share.empty() && p.share.Fractional != first.share.Fractional {
			return refuse(diag.New(YML121, n.At(p.name), p.share.words()).
				And(n.At(first.name), first.share.words()).
				Note("a number with a decimal point is a fraction, one without is a count: 1.0 is all examples, 1 is one").
				Suggest("give fractions everywhere, or counts everywhere"))
		}
		sum += p.share.Fraction
		asked[i] = fmt.Sprintf("%g", p.share.Fraction)
	}
	if !first.share.Fractional || math.Abs(sum-1) < 1e-6 {
		return nil
	}
	last := given[len(given)-1]
	problem := diag.New(YML123, n.At(last.name), fmt.Sprintf("%s = %.6g, not 1", strings.Join(asked, " + "), sum))
	if missing := 1 - sum; missing > 0 && len(given) < 3 {
		for _, name := range []string{pipeline.Test, pipeline.Validation, pipeline.Train} {
			if !slices.ContainsFunc(given, func(p part) bool { return p.name == name }) {
				return refuse(problem.Suggest(fmt.Sprintf("add %s: %.6g, or give the rest to another partition", name, missing)))
			}
		}
	}
	if rest := last.share.Fraction + 1 - sum; rest > 0 {
		return refuse(problem.Suggest(fmt.Sprintf("write %s: %.6g", last.name, rest), diag.Edit{Span: n.At(last.name), Text: fmt.Sprintf("%.6g", rest)}))
	}
	return refuse(problem.Suggest("give fractions that add up to 1, such as 0.7, 0.15 and 0.15"))
}

func (s *Split) foldContradiction(n *pipeline.Node) *diag.Diagnostic {
	switch {
	case s.Folds == nil:
		return refuse(diag.New(YML121, n.At("fold"), "nothing says how many folds there are").Suggest("write folds: 5 beside it"))
	case s.Fold == nil:
		return refuse(diag.New(YML121, n.At("folds"), "nothing says which fold to validate on").
			Suggest(fmt.Sprintf("write fold: 0 beside it, up to fold: %d", *s.Folds-1)))
	case *s.Fold >= *s.Folds:
		return refuse(diag.New(YML121, n.At("fold"), fmt.Sprintf("there is no fold %d", *s.Fold)).
			And(n.At("folds"), fmt.Sprintf("%d folds count from 0 to %d", *s.Folds, *s.Folds-1)).
			Suggest(fmt.Sprintf("give a fold from 0 to %d", *s.Folds-1)))
	}
	for _, name := range []string{pipeline.Train, pipeline.Validation} {
		if n.Given(name) {
			return refuse(diag.New(YML121, n.At(name), fmt.Sprintf("the folds already decide the %s partition", name)).
				And(n.At("folds"), "one fold is for validation, the others are for training").
				Suggest("remove it, or remove folds and fold"))
		}
	}
	if s.Test.Fractional && s.Test.Fraction >= 1 {
		return refuse(diag.New(YML123, n.At("test"), "all examples are for test: none are left for the folds").Suggest("give a smaller fraction"))
	}
	return nil
}

// unfit refuses what the dataset does not allow.
func (s *Split) unfit(n *pipeline.Node, d *pipeline.Dataset) *diag.Diagnostic {
	if len(d.Partitions) > 0 {
		return refuse(diag.New(GRA121, n.Item.KindSpan, "this splits it again").
			And(d.Partitions[0].At.Span, "the partitions were made here").
			Suggest("remove one of the two; to split what another part of the file loads, name it with from"))
	}
	if s.By != "" && !d.Grouped {
		return refuse(diag.New(YML122, n.At("by"), "the examples have no groups").
			And(d.ExamplesAt.Span, "they were loaded without groups").
			Suggest("give load the groups: a file, or a column of its table, with a value for each example"))
	}
	return nil
}

// unstratified refuses to share out classes where no example has one.
func (s *Split) unstratified(n *pipeline.Node, d *pipeline.Dataset) *diag.Diagnostic {
	if !s.Stratify {
		return nil
	}
	why := ""
	switch d.Labels.Kind {
	case pipeline.NoLabels:
		why = "there are no labels"
	case pipeline.Real, pipeline.MultiHot:
		if _, told := rules.Classify(d); told {
			return nil
		}
		if rows := rules.NearlyOneHot(d); rows != nil {
			return refuse(rules.Malformed(d.Labels.Source().Span, d.Facts.Labels, rows).
				And(n.At("stratify"), "this shares out the classes").
				Suggest("mend the rows, or take these examples out").
				Suggest("if an example may have several classes, or none: remove stratify"))
		}
		why = "the labels are real numbers"
		if d.Labels.Kind == pipeline.MultiHot {
			why = "an example may have several classes"
		}
	case pipeline.Mask:
		why = "the labels are masks: an example has voxels of several classes"
	default:
		return nil
	}
	problem := diag.New(YML122, n.At("stratify"), "there are no classes to share out evenly").
		And(d.Labels.At.Span, why)
	if rules.IDsAsReals(d) {
		problem = problem.Suggest("if the numbers are ids of classes, say so where they are loaded: label_kind: class_id")
	}
	return refuse(problem.Suggest("remove stratify: the examples are drawn at random"))
}
