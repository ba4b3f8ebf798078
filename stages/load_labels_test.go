package stages

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
)

// labelled is a project with 4 volumes and a label file.
func labelledProject(t *testing.T, name string, labels []byte) *project {
	p := newProject(t)
	p.write("v.npy", saved("|u1", []int{4, 2, 2, 2}))
	p.write(name, labels)
	return p
}

func TestLabelKinds(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name   string
		file   []byte
		kind   string // declared
		want   pipeline.LabelKind
		shape  string
		values string
	}{
		{"integers", saved("<i8", []int{4}, 0, 1, 2, 1), "", pipeline.ClassID, "[]", "{1 [0 1 2 1] [] []}"},
		{"integers of MedMNIST", saved("|u1", []int{4, 1}, 0, 1, 2, 1), "", pipeline.ClassID, "[]", "{1 [0 1 2 1] [] []}"},
		{"reals", saved("<f4", []int{4}, 0.5, 1.0), "", pipeline.Real, "[]", "{1 [] [0.5 1 0.5 1] []}"},
		{"whole reals", saved("<f4", []int{4}, 0.0, 1.0), "", pipeline.Real, "[]", "{1 [] [0 1 0 1] []}"},
		{"a column of reals", saved("<f4", []int{4, 1}, 0.5), "", pipeline.Real, "[1]", "{1 [] [0.5 0.5 0.5 0.5] []}"},
		{"rows of reals", saved("<f4", []int{4, 2}, 0.0, 1.0), "", pipeline.Real, "[2]", "{2 [] [0 1 0 1 0 1 0 1] []}"},
		{"one-hot", saved("|u1", []int{4, 2}, 0, 1), "", pipeline.OneHot, "[2]", "{2 [0 1 0 1 0 1 0 1] [] []}"},
		{"multi-hot", saved("|u1", []int{4, 2}, 0, 1, 1, 1), "", pipeline.MultiHot, "[2]", "{2 [0 1 1 1 0 1 1 1] [] []}"},
		{"sum one without a one", saved("<i8", []int{4, 2}, -1, 2), "", pipeline.MultiHot, "[2]", "{2 [-1 2 -1 2 -1 2 -1 2] [] []}"},
		{"a one beside other numbers", saved("<i8", []int{4, 2}, 1, 5), "", pipeline.MultiHot, "[2]", "{2 [1 5 1 5 1 5 1 5] [] []}"},
		{"names", saved("<U9", []int{4}, "healthy", "tumour"), "", pipeline.ClassNames, "[]", "{1 [] [] [healthy tumour healthy tumour]}"},
		{"a column of names", saved("<U9", []int{4, 1}, "healthy", "tumour"), "", pipeline.ClassNames, "[]", "{1 [] [] [healthy tumour healthy tumour]}"},
		{"masks", saved("|u1", []int{4, 2, 2, 2}), "", pipeline.Mask, "[2, 2, 2]", ""},
		{"masks with a channel", saved("|u1", []int{4, 2, 2, 2, 1}), "", pipeline.Mask, "[2, 2, 2]", ""},
		{"ids as reals", saved("<f4", []int{4, 1}, 0.0, 2.0), "class_id", pipeline.ClassID, "[]", "{1 [0 2 0 2] [] []}"},
		{"one-hot as reals", saved("<f4", []int{4, 2}, 0.0, 1.0), "one_hot", pipeline.OneHot, "[2]", "{2 [0 1 0 1 0 1 0 1] [] []}"},
		{"tags as they are", saved("|u1", []int{4, 2}, 0, 1), "multi_hot", pipeline.MultiHot, "[2]", "{2 [0 1 0 1 0 1 0 1] [] []}"},
		{"grades to regress", saved("<i8", []int{4}, 3, 4), "real", pipeline.Real, "[]", "{1 [] [3 4 3 4] []}"},
	} {
		p := labelledProject(t, "l.npy", c.file)
		stage := "load: {volumes: v.npy, labels: l.npy"
		if c.kind != "" {
			stage += ", label_kind: " + c.kind
		}
		d := p.gives(true, stage+"}")
		if d.Labels.Kind != c.want || d.Labels.Shape.String() != c.shape {
			t.Errorf("%s: %s %s", c.name, d.Labels.Kind, d.Labels.Shape)
		}
		if got := fmt.Sprintf("%v", d.Facts.Labels); got != "&"+c.values && (d.Facts.Labels != nil || c.values != "") {
			t.Errorf("%s: %s, want %s", c.name, got, c.values)
		}
		p.runs(stage + "}")
	}
	for _, c := range []struct{ file, code, kind, want string }{
		{string(saved("<f4", []int{4}, 0.5, nan, 1.0, math.Inf(1))), "LBL011", "", `2 labels are not a number \| l.npy: rows 1, 3 of 4`},
		{string(saved("<U9", []int{4}, "a", "")), "LBL011", "", `2 labels are empty`},
		{string(saved("<i8", []int{3})), "SHP012", "", `3 labels \| \[3: 4 volumes\]`},
		{string(saved("<i8", []int{4, 2, 2})), "LBL003", "", `l.npy holds \[4, 2, 2\]`},
		{string(saved("|u1", []int{4, 2}, 0, 1, 1, 1)), "LBL003", "one_hot", `2 of 4 rows are not one-hot .* rows 1, 3, counting from 0; row 1 is \[1 1\]`},
		{string(saved("<f4", []int{4}, 0.0, 0.5)), "YML122", "class_id", `declared class_id .*that of example 1 is 0.5`},
		{string(saved("<i8", []int{4, 3})), "YML122", "class_id", `rows of 3 numbers`},
		{string(saved("<i8", []int{4})), "YML122", "one_hot", `one number for each example`},
		{string(saved("<i8", []int{4})), "YML122", "mask", `declared mask`},
		{string(saved("|u1", []int{4, 2, 2, 2})), "YML122", "class_id", `holds masks: an array \[4, 2, 2, 2\]`},
		{string(saved("<U9", []int{4}, "a", "b")), "YML122", "class_id", `texts: names of classes`},
	} {
		p := labelledProject(t, "l.npy", []byte(c.file))
		stage := "load: {volumes: v.npy, labels: l.npy"
		if c.kind != "" {
			stage += ", label_kind: " + c.kind
		}
		p.refuses(true, c.code, c.want, stage+"}")
	}
}

func TestLabelsOfATable(t *testing.T) {
	p := labelledProject(t, "l.csv", []byte("case,grade,size,dx,some\na,1,1.5,AD,1\nb,2,2,CN,\nc,1,3e1,AD,2\nd,2,4,MCI,3\n"))
	for column, want := range map[string]string{
		"grade": "class_id &{1 [1 2 1 2] [] []}",
		"size":  "real &{1 [] [1.5 2 30 4] []}",
		"dx":    "class_name &{1 [] [] [AD CN AD MCI]}",
	} {
		d := p.gives(true, "load: {volumes: v.npy, labels: l.csv#"+column+", groups: l.csv#case}")
		if got := fmt.Sprintf("%s %v", d.Labels.Kind, d.Facts.Labels); got != want {
			t.Errorf("%s: %s, want %s", column, got, want)
		}
		if !slices.Equal(d.Facts.Groups, []string{"a", "b", "c", "d"}) {
			t.Errorf("groups %q", d.Facts.Groups)
		}
	}
	if d := p.gives(true, "load: {volumes: v.npy, labels: l.csv#dx}"); !slices.Equal(d.Labels.Names, []string{"AD", "CN", "MCI"}) || d.Labels.ClassesKnown {
		t.Errorf("%+v", d.Labels)
	}
	p.refuses(true, "LBL011", `1 label is not a number \| l.csv#some: row 1 of 4`, "load: {volumes: v.npy, labels: l.csv#some}")
	p.write("age.csv", []byte("age\n61\n?\n70\nNone\n"))
	p.refuses(true, "LBL011", `2 labels are not a number \| age.csv#age: rows 1, 3 of 4`, "load: {volumes: v.npy, labels: age.csv#age}")
	p.refuses(true, "LBL011", `1 of 4 groups are empty`, "load: {volumes: v.npy, groups: l.csv#some}")
	p.refuses(true, "YML122", `l.csv has 5 columns`, "load: {volumes: v.npy, labels: l.csv}")
	p.refuses(true, "YML122", `l.csv has no column grades .* did you mean grade`, "load: {volumes: v.npy, labels: l.csv#grades}")
	p.write("bad.csv", []byte("a,b\n1\n"))
	p.refuses(true, "DAT011", `bad.csv: line 2 has 1 cells`, "load: {volumes: v.npy, labels: bad.csv#a}")
	p.write("one.csv", []byte("label\n0\n1\n1\n0\n"))
	if d := p.gives(true, "load: {volumes: v.npy, labels: one.csv}"); d.Labels.Kind != pipeline.ClassID {
		t.Errorf("%+v", d.Labels)
	}
}

// Labels of partitions have to be of one form; whole numbers beside real ones
// are real.
func TestLabelsOfPartitions(t *testing.T) {
	p := labelledProject(t, "i.npy", saved("<i8", []int{4}, 0, 1))
	p.write("f.npy", saved("<f4", []int{4}, 0.5))
	p.write("t.npy", saved("<U9", []int{4}, "a", "b"))
	stage := func(a, b string) string {
		return "load: {train: {volumes: v.npy, labels: " + a + "}, test: {volumes: v.npy, labels: " + b + "}}"
	}
	if d := p.gives(true, stage("i.npy", "f.npy")); d.Labels.Kind != pipeline.Real || !slices.Equal(d.Facts.Labels.Reals, []float64{0, 1, 0, 1, 0.5, 0.5, 0.5, 0.5}) {
		t.Errorf("%+v %v", d.Labels, d.Facts.Labels)
	}
	p.refuses(true, "YML122", `t.npy holds texts \[4\] \| \[3: i.npy holds numbers \[4\]\]`, stage("i.npy", "t.npy"))
}

func TestRowList(t *testing.T) {
	for want, rows := range map[string][]int{
		"row 7": {7}, "rows 7, 19": {7, 19}, "rows 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more": {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
	} {
		if got := rowList(rows); got != want {
			t.Errorf("%v: %s", rows, got)
		}
	}
}
