package stages

import (
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
)

func TestLabelEncodeFindsClasses(t *testing.T) {
	d := gives(t, classed(0, 2, 1, 1), true, "label_encode")
	if l := d.Labels; l.Kind != pipeline.OneHot || l.Classes != 3 || !l.ClassesKnown || !l.Encoded || l.Shape.String() != "[3]" {
		t.Errorf("%+v", l)
	}
	if got := d.Facts.Labels; got.Width != 3 || !slices.Equal(got.Ints, []int64{1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0}) {
		t.Errorf("%+v", got)
	}
	d = gives(t, texted("tumour", "healthy", "tumour"), true, "label_encode: {form: class_id}")
	if !slices.Equal(d.Labels.Names, []string{"healthy", "tumour"}) || !slices.Equal(d.Facts.Labels.Ints, []int64{1, 0, 1}) || d.Labels.Shape.Rank() != 0 {
		t.Errorf("%+v %+v", d.Labels, d.Facts.Labels)
	}
	// Without the labels at hand, the classes stay open.
	if d = gives(t, classed(0, 1), false, "label_encode"); d.Labels.ClassesKnown || d.Labels.Shape.String() != "[classes]" || d.Facts != nil {
		t.Errorf("%+v", d.Labels)
	}
	known := classed(0, 1)
	known.labels.Classes, known.labels.ClassesKnown, known.labels.Names = 2, true, []string{"a", "b"}
	if d = gives(t, known, false, "label_encode"); d.Labels.Classes != 2 || d.Labels.Names[1] != "b" {
		t.Errorf("%+v", d.Labels)
	}
}

func TestLabelEncodeDeclaredClasses(t *testing.T) {
	d := gives(t, classed(0, 1, 1), true, "label_encode: {classes: [healthy, tumour]}")
	if !slices.Equal(d.Labels.Names, []string{"healthy", "tumour"}) || d.Labels.Classes != 2 {
		t.Errorf("%+v", d.Labels)
	}
	d = gives(t, texted("b", "a", "b"), true, "label_encode: {classes: [b, a, c], form: class_id}")
	if !slices.Equal(d.Facts.Labels.Ints, []int64{0, 1, 0}) || d.Labels.Classes != 3 {
		t.Errorf("%+v", d.Facts.Labels)
	}
	d = gives(t, classed(0, 50, 29), true, "label_encode: {map: {0: 0, 29: 1, 50: 2}, form: class_id}")
	if !slices.Equal(d.Facts.Labels.Ints, []int64{0, 2, 1}) || d.Labels.Classes != 3 {
		t.Errorf("%+v", d.Facts.Labels)
	}
	d = gives(t, texted("AD", "EMCI", "LMCI"), true, "label_encode: {map: {EMCI: 0, LMCI: 0, AD: 1}, classes: [mild, severe], form: class_id}")
	if !slices.Equal(d.Facts.Labels.Ints, []int64{1, 0, 0}) || d.Labels.Names[1] != "severe" {
		t.Errorf("%+v", d.Facts.Labels)
	}
	// Ids once encoded can still be made rows.
	d = gives(t, texted("b", "a"), true, "label_encode: {form: class_id}", "label_encode")
	if d.Labels.Kind != pipeline.OneHot || !slices.Equal(d.Facts.Labels.Ints, []int64{0, 1, 1, 0}) || d.Labels.Names[0] != "a" {
		t.Errorf("%+v", d.Labels)
	}
}

func TestLabelEncodeRefuses(t *testing.T) {
	kinded := func(kind pipeline.LabelKind) *given {
		g := classed(0, 1)
		g.labels.Kind = kind
		return g
	}
	three := classed(0, 1, 2)
	three.labels.Classes, three.labels.ClassesKnown = 3, true
	for _, c := range []struct {
		from                 *given
		stage, code, pattern string
	}{
		{classed(1, 2, 2, 3), "label_encode: {classes: 3}", "LBL001", `1 label belongs to none of the 3 classes.*3 \(once, first in sample 3\); samples count from 0.*start at 1.*map: \{1: 0, 2: 1, 3: 2\}`},
		{classed(0, 1, 9, 9, 7), "label_encode: {classes: 2}", "LBL001", `9 \(2 times, first in sample 2\), 7 \(once, first in sample 4\).*classes: 10`},
		{classed(0, 1, -1), "label_encode: {classes: 2}", "LBL014", `-1 \(once.*missing`},
		{classed(1, 2, 4), "label_encode: {map: {1: 0, 2: 1}}", "LBL017", `4 \(once, first in sample 2\).*add them to the map`},
		{texted("tumor", "healthy"), "label_encode: {classes: [healthy, tumour]}", "LBL001", `"tumor" \(once, first in sample 0\).*did you mean tumour`},
		{texted("x9", "healthy"), "label_encode: {classes: [healthy, tumour]}", "LBL001", `the classes are healthy, tumour`},
		{texted("AD", "CN", "MCI"), "label_encode: {classes: 3}", "LBL002", `found are: AD, CN, MCI.*classes: \[AD, CN, MCI\]`},
		{classed(0, 29, 50, 29), "label_encode", "LBL004", `not 0 to 2.*3 values are found: 0, 29, 50.*map: \{0: 0, 29: 1, 50: 2\}`},
		{classed(1, 2), "label_encode", "LBL004", `start at 1.*map: \{1: 0, 2: 1\}`},
		{classed(-1, 1), "label_encode", "LBL004", `negative label.*map: \{-1: 0, 1: 1\}`},
		{classed(0, 0), "label_encode", "LBL008", `all 2 labels are 0`},
		{kinded(pipeline.OneHot), "label_encode", "PRE012", `one-hot rows as loaded.*remove this stage`},
		{kinded(pipeline.Real), "label_encode", "LBL010", `real numbers are no classes`},
		{kinded(pipeline.MultiHot), "label_encode", "YML122", `binary_crossentropy`},
		{volumes(), "label_encode", "YML122", `no labels`},
		{classed(0, 1), "label_encode: {map: {0: 0, 1: 2}}", "YML121", `no label has the class 1`},
		{classed(0, 1), "label_encode: {map: {0: 0, 1: 2}, classes: 2}", "YML121", `it gives 1 the class 2`},
	} {
		d := refused(t, c.from, true, c.code, c.pattern, c.stage)
		if strings.HasPrefix(c.code, "LBL") && d.Related[0].Span.Start.Line != 4 {
			t.Errorf("%s: the labels' place is not shown: %s", c.stage, told(d))
		}
	}
	refused(t, three, false, "LBL001", `2 classes: ids 0 to 1 \| \[4: the labels have 3 classes`, "label_encode: {classes: 2}")
	refused(t, classed(0, 1), true, "PRE012", `made one-hot rows here`, "label_encode", "label_encode")
	refused(t, classed(0, 1), false, "PRE012", `made class ids here`, "label_encode: {form: class_id}", "label_encode: {form: class_id}")
	refused(t, texted("a", "b"), false, "LBL002", `remove classes`, "label_encode: {classes: 3}")
}

func TestLabelEncodeSettings(t *testing.T) {
	for stage, pattern := range map[string]string{
		"label_encode: {classes: 1}":      "at least 2",
		"label_encode: {classes: [a]}":    "at least 2",
		"label_encode: {classes: [a, a]}": "each class once, got a twice",
		"label_encode: {classes: [1, 2]}": "want text",
		"label_encode: {classes: {a: 1}}": "a number of classes or a list of names",
		"label_encode: {map: {a: b}}":     "class id",
		"label_encode: {form: onehot}":    "one_hot",
		"label_encode: {unknown: ignore}": "error",
	} {
		_, problems := checked(t, classed(0, 1), true, stage)
		if all := problems.All(); len(all) != 1 || !strings.Contains(told(all[0]), pattern) {
			t.Errorf("%s: %v", stage, all)
		}
	}
}

func TestLabelEncodeRun(t *testing.T) {
	v := mustRun(t, texted("b", "a", "b"), "label_encode")
	if !slices.Equal(v.Labels.Ints, []int64{0, 1, 1, 0, 0, 1}) || v.Labels.Width != 2 {
		t.Errorf("%+v", v.Labels)
	}
	stage := &LabelEncode{Form: "one_hot"}
	again, err := stage.Relabel(v.Steps[0].Learnt, &pipeline.LabelValues{Width: 1, Texts: []string{"b"}})
	if err != nil || !slices.Equal(again.Ints, []int64{0, 1}) {
		t.Errorf("%v %v", again, err)
	}
	if _, err = stage.Relabel(v.Steps[0].Learnt, &pipeline.LabelValues{Width: 1, Texts: []string{"z"}}); err == nil || !strings.Contains(err.Error(), `"z" (once`) {
		t.Errorf("%v", err)
	}
	if got := mustRun(t, classed(0, 1), "label_encode: {classes: 3, form: class_id}").Labels; !slices.Equal(got.Ints, []int64{0, 1}) || got.Width != 1 {
		t.Errorf("%+v", got)
	}
}
