package stages

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// coding is how labels become class ids.
type coding struct {
	// Classes is their number; 0 as long as it is unknown.
	Classes int `json:"classes"`
	// Names are the classes' names in the order of their ids; nil without names.
	Names []string `json:"names,omitempty"`
	// Labels gives the id of each label as text; nil means that labels are ids.
	Labels map[string]int `json:"labels,omitempty"`

	at pipeline.Origin
}

// coding finds the classes: in the settings, in what is known of the labels, or
// in the labels themselves, which are nil as long as they may not be read.
func (s *LabelEncode) coding(n *pipeline.Node, d *pipeline.Dataset, labels *pipeline.LabelValues) (*coding, *diag.Diagnostic) {
	l := d.Labels
	how := &coding{Classes: s.Classes.Count, Names: s.Classes.Names, Labels: s.Map, at: n.Origin("classes")}
	texts := l.Kind == pipeline.ClassNames
	switch {
	case s.Map != nil && how.Classes == 0:
		count, gap := s.Map.count()
		if gap >= 0 {
			return nil, refuse(diag.New(YML121, n.At("map"), fmt.Sprintf("no label has the class %d", gap)).
				Note("the ids go up to %d, so there are %d classes", count-1, count).
				Suggest("use every id from 0 on, or say with classes how many there are"))
		}
		how.Classes, how.at = count, n.Origin("map")
	case s.Map != nil:
	case texts && how.Names != nil:
		how.Labels = numbered(how.Names)
	case texts && how.Classes > 0:
		return nil, refuse(rules.NamesWanted(n, d))
	case how.Classes > 0:
		return how, beyond(n, l, how, labels)
	case l.ClassesKnown:
		how.Classes, how.Names, how.at = l.Classes, l.Names, l.ClassesAt
		if texts {
			how.Labels = numbered(how.Names)
		}
	case labels == nil:
		how.at = n.Origin()
	case texts:
		how.at = n.Origin()
		how.Names = slices.Compact(slices.Sorted(slices.Values(labels.Texts)))
		how.Classes, how.Labels = len(how.Names), numbered(how.Names)
	default:
		how.at = n.Origin()
		found := slices.Compact(slices.Sorted(slices.Values(labels.Ints)))
		if problem, drawn := rules.BlackAndWhite(n.Item.KindSpan, d, found, n.Item); drawn && l.Kind == pipeline.Mask {
			return nil, refuse(problem)
		}
		if len(found) > 0 {
			if problem, missing := rules.AmongClasses(n.Item.KindSpan, d, labels, found); missing {
				return nil, refuse(problem)
			}
		}
		if len(found) > 0 && (found[0] != 0 || found[len(found)-1] != int64(len(found)-1)) {
			return nil, refuse(rules.Gaps(n, d, found))
		}
		how.Classes = len(found)
	}
	if labels != nil && how.Classes < 2 {
		all := fmt.Sprintf("all %d labels are", labels.Len())
		if l.Kind == pipeline.Mask {
			all = "all voxels are"
		}
		return nil, refuse(diag.New(rules.LBL008.Code, n.Item.KindSpan, fmt.Sprintf("%s %s", all, labels.Text(0))).
			And(l.At.Span, "the labels come from here").
			Note("a class can only be learnt against another").
			Suggest("mend the labels, or write down all classes that there are: classes: [a, b]"))
	}
	return how, nil
}

// beyond refuses fewer classes than the labels are known to have, where the
// labels themselves are not at hand to say more.
func beyond(n *pipeline.Node, l pipeline.Labels, how *coding, labels *pipeline.LabelValues) *diag.Diagnostic {
	if labels != nil || !l.ClassesKnown || l.Classes <= how.Classes {
		return nil
	}
	return refuse(diag.New(rules.LBL001.Code, n.At("classes"), fmt.Sprintf("there are %d classes: ids 0 to %d", how.Classes, how.Classes-1)).
		And(l.ClassesAt.Span, fmt.Sprintf("the labels have %d classes: ids 0 to %d", l.Classes, l.Classes-1)).
		Suggest(fmt.Sprintf("write %d classes here, or make the labels of %d", l.Classes, how.Classes)))
}

func numbered(names []string) map[string]int {
	ids := make(map[string]int, len(names))
	for id, name := range names {
		ids[name] = id
	}
	return ids
}

// encode gives the class id of every label, or the places of those that have
// none.
func (c *coding) encode(labels *pipeline.LabelValues) (ids []int64, outside []int) {
	count := len(labels.Ints) + len(labels.Texts)
	ids = make([]int64, count)
	for i := range ids {
		id, known := c.id(labels, i)
		if !known {
			outside = append(outside, i)
		}
		ids[i] = int64(id)
	}
	return ids, outside
}

func (c *coding) id(labels *pipeline.LabelValues, i int) (int, bool) {
	text := ""
	switch {
	case labels.Texts != nil:
		text = labels.Texts[i]
	case c.Labels == nil:
		id := labels.Ints[i]
		return int(id), id >= 0 && id < int64(c.Classes)
	default:
		text = strconv.FormatInt(labels.Ints[i], 10)
	}
	id, known := c.Labels[text]
	return id, known
}

// outside says which labels belong to no class, and the likeliest reason.
func (s *LabelEncode) outside(n *pipeline.Node, d *pipeline.Dataset, labels *pipeline.LabelValues, how *coding, outside []int) diag.Diagnostic {
	if missing, negative := rules.Missing(s.classesAt(n), d, labels, outside); negative && s.Map == nil {
		return missing
	}
	found := slices.Compact(slices.Sorted(slices.Values(labels.Ints)))
	problem := diag.New(s.astray(found, how.Classes), s.classesAt(n), fmt.Sprintf("%s to none of the %d classes", belong(len(outside)), how.Classes)).
		As(diag.Error).
		And(d.Labels.At.Span, "the labels come from here").
		Note("outside are: %s", rules.Occurrences(labels, outside))
	switch {
	case s.Map != nil:
		return problem.Suggest("add them to the map")
	case labels.Texts != nil:
		text := labels.Texts[outside[0]]
		if near, ok := diag.Nearest(text, how.Names); ok {
			return problem.Suggest(fmt.Sprintf("mend the spelling: did you mean %s by %q?", near, text))
		}
		return problem.Note("the classes are %s", strings.Join(how.Names, ", ")).
			Suggest("add the missing names to classes, or mend the labels")
	}
	return s.numbersOutside(problem, found, how)
}

// belong are so many labels with their verb.
func belong(labels int) string {
	if labels == 1 {
		return "1 label belongs"
	}
	return fmt.Sprintf("%d labels belong", labels)
}

// astray is the code of labels that have no class: a map leaves them out, as many
// values as there are classes have gaps between them, or they are others.
func (s *LabelEncode) astray(found []int64, classes int) *diag.Code {
	if s.Map != nil {
		return rules.LBL017.Code
	}
	return rules.Beyond(found, classes)
}

// classesAt is the place of what decides the classes.
func (s *LabelEncode) classesAt(n *pipeline.Node) diag.Span {
	switch {
	case s.Map != nil:
		return n.At("map")
	case s.Classes.Count == 0:
		return n.At()
	}
	return n.At("classes")
}

// numbersOutside adds the likeliest reason why some of the sorted values that are
// found belong to no class, and the way out.
func (s *LabelEncode) numbersOutside(problem diag.Diagnostic, found []int64, how *coding) diag.Diagnostic {
	low, high := found[0], found[len(found)-1]
	switch {
	case low == 1 && high == int64(how.Classes):
		return problem.Note("the labels start at 1; classes count from 0").
			Suggest("count them from 0: " + rules.ProposedMap(found))
	case problem.Code == rules.LBL004.Code:
		return problem.Suggest("give every label its class: " + rules.ProposedMap(found)).
			Suggest(fmt.Sprintf("or write classes: %d if the missing ones are classes too", high+1))
	case low < 0:
		return problem.Note("a negative label often says that it is missing").
			Suggest("give every label its class with map, or take out the examples that have it")
	}
	return problem.Suggest(fmt.Sprintf("write classes: %d if the labels are right, or give every label its class with map", high+1))
}
