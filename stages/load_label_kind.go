package stages

import (
	"fmt"
	"math"
	"slices"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// labels joins the labels of all portions and finds out what they are. It is
// false if there is a problem, which is then reported.
func (l *loading) labels(parts []*loadedPart) (pipeline.Labels, *pipeline.LabelValues, bool) {
	first := parts[0]
	is := l.declaredLabels(first.portion)
	if is.Kind == pipeline.NoLabels {
		return is, nil, true
	}
	if l.settings.LabelKind == "" {
		is.Kind = ""
	}
	for _, p := range parts[1:] {
		if problem := l.otherLabels(first, p); problem != nil {
			l.report(*problem)
			return is, nil, false
		}
	}
	is.Shape = shape.New(first.labels.sizes...)
	if first.labels.masks != nil {
		if is.Kind != "" && is.Kind != pipeline.Mask {
			l.report(l.wrongKind(is.Kind, first.labels, "masks: an array "+first.labels.masks.show()))
			return is, nil, false
		}
		is.Kind = pipeline.Mask
		return is, nil, true
	}
	all := &pipeline.LabelValues{Width: first.labels.values.Width}
	for _, p := range parts {
		v := p.labels.values
		if rows := missingRows(v); rows != nil {
			l.report(l.missing(p.labels, rows))
			return is, nil, false
		}
		all.Ints, all.Texts, all.Reals = append(all.Ints, v.Ints...), append(all.Texts, v.Texts...), append(all.Reals, v.Reals...)
	}
	if problem := l.settle(&is, all, parts); problem != nil {
		l.report(*problem)
		return is, nil, false
	}
	return is, all, true
}

// otherLabels refuses labels that cannot be put behind those of the first
// portion. Whole numbers beside real ones become real.
func (l *loading) otherLabels(first, p *loadedPart) *diag.Diagnostic {
	a, b := first.labels, p.labels
	if a.masks != nil && b.masks != nil {
		return nil // each is held against its volumes
	}
	if slices.Equal(a.sizes, b.sizes) && a.masks == nil && b.masks == nil && (a.values.Texts == nil) == (b.values.Texts == nil) {
		if (a.values.Ints == nil) != (b.values.Ints == nil) {
			a.values, b.values = realLabels(a.values), realLabels(b.values)
		}
		return nil
	}
	d := diag.New(YML122, b.at, fmt.Sprintf("%s holds %s", b.what, describeLabels(b))).
		And(a.at, fmt.Sprintf("%s holds %s", a.what, describeLabels(a))).
		Suggest("name labels of one form for all partitions")
	return &d
}

func describeLabels(c *labelColumn) string {
	kind := "numbers"
	if c.values != nil && c.values.Texts != nil {
		kind = "texts"
	}
	return fmt.Sprintf("%s %s", kind, shapeOf(append([]int{c.count}, c.sizes...)))
}

func shapeOf(sizes []int) string { return shape.New(sizes...).String() }

// realLabels are the same labels as real numbers.
func realLabels(v *pipeline.LabelValues) *pipeline.LabelValues {
	if v.Ints == nil {
		return v
	}
	r := &pipeline.LabelValues{Width: v.Width, Reals: make([]float64, len(v.Ints))}
	for i, number := range v.Ints {
		r.Reals[i] = float64(number)
	}
	return r
}

// missingRows are the examples whose labels are no numbers, or empty.
func missingRows(v *pipeline.LabelValues) []int {
	var rows []int
	add := func(element int) {
		if row := element / v.Width; rows == nil || rows[len(rows)-1] != row {
			rows = append(rows, row)
		}
	}
	for i, number := range v.Reals {
		if math.IsNaN(number) || math.IsInf(number, 0) {
			add(i)
		}
	}
	for i, text := range v.Texts {
		// A missing value that has been made a text somewhere is still missing.
		if text == "" || text == "nan" || text == "NaN" {
			add(i)
		}
	}
	return rows
}

func (l *loading) missing(c *labelColumn, rows []int) diag.Diagnostic {
	what := "not a number"
	if c.values.Texts != nil {
		what = "empty"
	}
	verb := "labels are"
	if len(rows) == 1 {
		verb = "label is"
	}
	return diag.New(rules.LBL011.Code, c.at, fmt.Sprintf("%d %s %s", len(rows), verb, what)).
		Note("%s: %s of %d, counting from 0", c.what, rowList(rows), c.count).
		Suggest("fill in the labels that are missing, or take these examples out of volumes and labels")
}

// settle finds out the kind of labels that are not masks, or brings them to the
// declared one.
func (l *loading) settle(is *pipeline.Labels, v *pipeline.LabelValues, parts []*loadedPart) *diag.Diagnostic {
	first := parts[0].labels
	row := len(first.sizes) == 1
	if v.Texts != nil {
		return l.settleNames(is, v, first)
	}
	if is.Kind == "" {
		is.Kind = kindOfNumbers(v, row)
	}
	refuse := func(holds string) *diag.Diagnostic {
		d := l.wrongKind(is.Kind, first, holds)
		return &d
	}
	switch is.Kind {
	case pipeline.Mask:
		return refuse(describeLabels(first))
	case pipeline.Real:
		*v = *realLabels(v)
		return nil
	case pipeline.ClassID:
		if row {
			return refuse(fmt.Sprintf("rows of %d numbers", v.Width))
		}
	default:
		if !row {
			return refuse("one number for each example")
		}
		is.Classes, is.ClassesKnown, is.ClassesAt = v.Width, true, pipeline.Origin{Stage: l.ID, Span: first.at}
	}
	if v.Ints == nil {
		if i := slices.IndexFunc(v.Reals, func(r float64) bool { return r != math.Trunc(r) || math.Abs(r) > 1<<53 }); i >= 0 {
			return refuse(fmt.Sprintf("real numbers; that of example %d is %g", i/v.Width, v.Reals[i]))
		}
		for _, r := range v.Reals {
			v.Ints = append(v.Ints, int64(r))
		}
		v.Reals = nil
	}
	if is.Kind == pipeline.OneHot {
		return l.oneHot(v, first)
	}
	return nil
}

// settleNames keeps texts, which are names of classes.
func (l *loading) settleNames(is *pipeline.Labels, v *pipeline.LabelValues, first *labelColumn) *diag.Diagnostic {
	switch {
	case len(first.sizes) > 0:
		d := diag.New(YML122, first.at, fmt.Sprintf("%s holds rows of %d texts", first.what, v.Width)).
			Suggest("name one text for each example: the name of its class")
		return &d
	case is.Kind != "":
		d := l.wrongKind(is.Kind, first, "texts: names of classes")
		return &d
	}
	is.Kind = pipeline.ClassNames
	const few = 20
	if names := slices.Compact(slices.Sorted(slices.Values(v.Texts))); len(names) <= few {
		is.Names = names
	}
	return nil
}

// kindOfNumbers tells what numbers are.
func kindOfNumbers(v *pipeline.LabelValues, row bool) pipeline.LabelKind {
	switch {
	case v.Ints == nil:
		return pipeline.Real
	case !row:
		return pipeline.ClassID
	case v.NotOneHot() == nil:
		return pipeline.OneHot
	}
	return pipeline.MultiHot
}

func (l *loading) oneHot(v *pipeline.LabelValues, first *labelColumn) *diag.Diagnostic {
	rows := v.NotOneHot()
	if rows == nil {
		return nil
	}
	d := rules.Malformed(first.at, v, rows).
		And(l.At("label_kind"), "declared here").
		Suggest("mend the rows, or say label_kind: multi_hot if an example may have several classes, or none")
	return &d
}

// wrongKind is a declared kind that the labels cannot be.
func (l *loading) wrongKind(kind pipeline.LabelKind, c *labelColumn, holds string) diag.Diagnostic {
	return diag.New(YML122, l.At("label_kind"), fmt.Sprintf("declared %s", kind)).
		And(c.at, fmt.Sprintf("%s holds %s", c.what, holds)).
		Suggest("name the kind that the labels are, or leave label_kind out")
}
