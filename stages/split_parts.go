package stages

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/stages/rules"
)

// Share is a fraction of the examples or a count of them.
type Share struct {
	// Given says that the config asks for the partition.
	Given bool
	// Fractional tells the two apart: 1.0 is all examples, 1 is one.
	Fractional bool
	Fraction   float64
	Count      int
}

// DecodeNode reads a fraction, written with a decimal point, or a count.
func (s *Share) DecodeNode(n *spec.Node) error {
	const want = "want a fraction (0.15) or a count (30)"
	fraction, err := n.Float()
	switch {
	case err != nil:
		return errors.New(want)
	case n.Type == spec.Integer:
		count, err := n.Int()
		if err != nil || count < 0 {
			return errors.New(want)
		}
		*s = Share{Given: true, Count: count}
		return nil
	case !(fraction >= 0 && fraction <= 1):
		return fmt.Errorf("want a fraction from 0.0 to 1.0, or a count without a decimal point")
	}
	*s = Share{Given: true, Fractional: true, Fraction: fraction}
	return nil
}

// EncodeNode is the inverse of DecodeNode; nothing where no share is given.
func (s Share) EncodeNode() *spec.Node {
	switch {
	case !s.Given:
		return nil
	case !s.Fractional:
		return &spec.Node{Text: strconv.Itoa(s.Count), Type: spec.Integer}
	}
	text := strconv.FormatFloat(s.Fraction, 'g', -1, 64)
	if s.Fraction == math.Trunc(s.Fraction) {
		text += ".0"
	}
	return &spec.Node{Text: text, Type: spec.Real}
}

func (s Share) words() string {
	if s.Fractional {
		return fmt.Sprintf("%g is a fraction", s.Fraction)
	}
	return fmt.Sprintf("%d is a count", s.Count)
}

// empty says that the config asks for no examples, in so many words.
func (s Share) empty() bool { return s.Count == 0 && s.Fraction == 0 }

// part is one of the parts that examples are shared out to: a partition, or a
// fold.
type part struct {
	// name is the partition that its examples belong to.
	name  string
	share Share
	// setting is where its size was written.
	setting string
	size    shape.Dim
}

// given lists the partitions that the config asks for, in the order in which
// examples that are not shuffled go to them.
func (s *Split) given() []part {
	var parts []part
	for _, p := range []part{
		{name: pipeline.Train, share: s.Train},
		{name: pipeline.Validation, share: s.Validation},
		{name: pipeline.Test, share: s.Test},
	} {
		if p.share.Given {
			p.setting = p.name
			parts = append(parts, p)
		}
	}
	return parts
}

// parts gives every part its size, as far as the number of examples is known.
func (s *Split) parts(n *pipeline.Node, d *pipeline.Dataset) ([]part, *diag.Diagnostic) {
	if s.Folds != nil {
		return s.foldParts(n, d)
	}
	asked := slices.DeleteFunc(s.given(), func(p part) bool { return p.share.empty() })
	examples, known := d.Examples.Known()
	switch {
	case len(asked) == 0:
		return nil, refuse(diag.New(YML123, n.At(s.given()[0].name), "every partition is empty").Suggest("write train: 0.7, validation: 0.15, test: 0.15"))
	case !asked[0].share.Fractional:
		total := 0
		for i := range asked {
			asked[i].size = shape.Of(asked[i].share.Count)
			total += asked[i].share.Count
		}
		if known && total > examples {
			return nil, tooMany(n, d, asked[0].name, total)
		}
	case len(asked) == 1:
		asked[0].size = d.Examples
	case !known:
		for i := range asked {
			asked[i].size = unknownSize(n, asked[i].name)
		}
	default:
		fractions := make([]float64, len(asked))
		for i, p := range asked {
			fractions[i] = p.share.Fraction
		}
		for i, size := range largestRemainder(fractions, examples) {
			asked[i].size = shape.Of(size)
		}
	}
	for _, p := range asked {
		if s.By == "" && p.size.Is(0) {
			return nil, refuse(nobody(n, d, p))
		}
	}
	return asked, nil
}

// unknownSize stands for the size of a partition that will follow from the number
// of examples.
func unknownSize(n *pipeline.Node, partition string) shape.Dim {
	return shape.Symbol(n.ID + "." + partition)
}

// foldParts gives the folds, and the test partition in front of them.
func (s *Split) foldParts(n *pipeline.Node, d *pipeline.Dataset) ([]part, *diag.Diagnostic) {
	var parts []part
	folds, rest := *s.Folds, d.Examples
	if s.Test.Given && !s.Test.empty() {
		test := part{name: pipeline.Test, setting: pipeline.Test, share: s.Test, size: shape.Of(s.Test.Count)}
		examples, known := d.Examples.Known()
		switch {
		case s.Test.Fractional && known:
			test.size = shape.Of(largestRemainder([]float64{s.Test.Fraction, 1 - s.Test.Fraction}, examples)[0])
		case s.Test.Fractional:
			test.size = unknownSize(n, pipeline.Test)
		case known && s.Test.Count > examples:
			return nil, tooMany(n, d, "test", s.Test.Count)
		}
		if test.size.Is(0) {
			return nil, refuse(nobody(n, d, test))
		}
		parts, rest = append(parts, test), rest.Sub(test.size)
	}
	if left, known := rest.Known(); known && left < folds {
		return nil, refuse(diag.New(rules.SPL002.Code, n.At("folds"), fmt.Sprintf("%d examples do not fill %d folds", left, folds)).
			And(d.ExamplesAt.Span, fmt.Sprintf("there are %s examples", d.Examples)).
			Suggest(fmt.Sprintf("use at most %d folds, or more examples", max(left, 2))))
	}
	for f := range folds {
		fold := part{name: pipeline.Train, setting: "folds", size: rest.Plus(folds - 1 - f).FloorDiv(folds)}
		if f == *s.Fold {
			fold.name, fold.setting = pipeline.Validation, "fold"
		}
		parts = append(parts, fold)
	}
	return parts, nil
}

func tooMany(n *pipeline.Node, d *pipeline.Dataset, setting string, total int) *diag.Diagnostic {
	return refuse(diag.New(YML122, n.At(setting), fmt.Sprintf("the partitions ask for %d examples", total)).
		And(d.ExamplesAt.Span, fmt.Sprintf("there are %s", d.Examples)).
		Suggest("give smaller counts, or fractions that add up to 1"))
}

// nobody says that a partition that was asked for has no example.
func nobody(n *pipeline.Node, d *pipeline.Dataset, p part) diag.Diagnostic {
	problem := diag.New(rules.SPL002.Code, n.At(p.setting), fmt.Sprintf("the %s partition has no example", p.name)).
		And(d.ExamplesAt.Span, fmt.Sprintf("there are %s examples", d.Examples))
	if examples, known := d.Examples.Known(); known && p.share.Fractional {
		problem = problem.Note("%g × %d = %g examples, which is rounded to 0", p.share.Fraction, examples, p.share.Fraction*float64(examples))
		if examples > 0 {
			return problem.Suggest(fmt.Sprintf("give it at least %.3g, which is one example, or leave it out", 1/float64(examples)))
		}
	}
	return problem.Suggest("give it more examples, or leave it out")
}

// largestRemainder shares n out by fractions that add up to 1: each gets the
// whole part of its quota, and the examples left over go to the largest
// remainders, of equal ones to the first.
func largestRemainder(fractions []float64, n int) []int {
	sizes, left := make([]int, len(fractions)), n
	remainders := make([]float64, len(fractions))
	order := make([]int, len(fractions))
	for i, f := range fractions {
		quota := f * float64(n)
		if near := math.Round(quota); math.Abs(quota-near) < 1e-6 {
			quota = near // 0.29 × 100 is 28.999999999999996
		}
		sizes[i], order[i] = int(quota), i
		remainders[i] = quota - float64(sizes[i])
		left -= sizes[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return -cmp.Compare(remainders[a], remainders[b]) })
	for i := range max(left, 0) {
		sizes[order[i%len(order)]]++
	}
	return sizes
}

// partitions are the parts as they come out, folds joined, train first.
func (s *Split) partitions(n *pipeline.Node, parts []part, members map[string][]int) []pipeline.Partition {
	var list []pipeline.Partition
	for _, name := range []string{pipeline.Train, pipeline.Validation, pipeline.Test} {
		var size shape.Dim
		setting, there := "", false
		for _, p := range parts {
			if p.name == name {
				size, setting, there = size.Add(p.size), p.setting, true
			}
		}
		if !there {
			continue
		}
		switch {
		case members != nil:
			size = shape.Of(len(members[name]))
		case s.By != "":
			size = unknownSize(n, name)
		}
		list = append(list, pipeline.Partition{Name: name, Examples: size, At: n.Origin(setting)})
	}
	return list
}
