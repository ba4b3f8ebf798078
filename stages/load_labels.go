package stages

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/nn/data/table"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// labelColumn is the labels of one portion as they are in the file.
type labelColumn struct {
	at    diag.Span
	count int
	// sizes are those of one example's label: [] for a single number.
	sizes []int
	// values are the labels; nil for masks.
	values *pipeline.LabelValues
	// masks are labels with a value for each voxel.
	masks *arrays
	// what names the file, or the column of a table, for people.
	what string
}

// labelsIn reads the labels of a portion, but no masks. It is nil if there is a
// problem, which is then reported, or if ctx ends.
func (l *loading) labelsIn(ctx context.Context, p portion) *labelColumn {
	at := l.at(p, "labels")
	ref := parseReference(p.Labels, l.resolve)
	if ref.isTable() {
		cells, name, ok := l.column(ref, at)
		if !ok {
			return nil
		}
		return labelsOfCells(cells, name, at)
	}
	files, pattern := l.files(p.Labels, at)
	if files == nil {
		return nil
	}
	return l.labelArrays(ctx, files, pattern, at)
}

// labelArrays reads labels out of one array with a row for each example or, where
// single, out of an array for each example.
func (l *loading) labelArrays(ctx context.Context, files []reference, single bool, at diag.Span) *labelColumn {
	a, problem := arraysIn(ctx, files, single, at)
	if problem != nil {
		l.report(*problem)
	}
	if a == nil {
		return nil
	}
	column := &labelColumn{at: at, count: a.count, sizes: a.sizes, what: a.what()}
	rank := len(a.sizes)
	const smallestMask = 3
	if rank > 0 && rank < smallestMask && a.sizes[rank-1] == 1 && l.dropsColumn(a.dtype) {
		// (n, 1), as MedMNIST has it, is a class id for each example.
		column.sizes = a.sizes[:rank-1]
	}
	switch {
	case rank >= smallestMask && a.dtype == "text":
		l.report(unreadable(&dataProblem{code: rules.DAT011.Code, label: a.what() + " holds text " + a.show(), help: "name masks of whole numbers"}).at(at))
		return nil
	case rank >= smallestMask:
		column.masks = a
		return column
	case len(column.sizes) == 2:
		l.report(rules.Unlisted(at, a.what(), a.show()))
		return nil
	}
	if column.values, problem = labelNumbers(ctx, a); problem != nil {
		l.report(*problem)
	}
	if column.values == nil {
		return nil
	}
	return column
}

// dropsColumn says whether a last axis of size 1 means nothing: that of a single
// target for regression, or of a single tag, is a row of one.
func (l *loading) dropsColumn(dtype string) bool {
	switch pipeline.LabelKind(l.settings.LabelKind) {
	case pipeline.ClassID, pipeline.Mask:
		return true
	case pipeline.MultiHot, pipeline.Real:
		return false
	}
	return wholeNumbers(dtype) || dtype == "text"
}

// labelNumbers reads all labels of arrays, in their own type.
func labelNumbers(ctx context.Context, a *arrays) (*pipeline.LabelValues, *diag.Diagnostic) {
	v := &pipeline.LabelValues{Width: 1}
	for _, size := range a.sizes {
		v.Width *= size
	}
	for _, file := range a.files {
		if interrupted(ctx) {
			return nil, nil
		}
		if err := appendLabels(v, a.dtype, file); err != nil {
			d := unreadable(err).at(a.at)
			return nil, &d
		}
	}
	return v, nil
}

func appendLabels(v *pipeline.LabelValues, dtype string, file reference) error {
	array, err := openArray(file)
	if err != nil {
		return err
	}
	defer array.Close()
	switch {
	case dtype == "text":
		var texts []string
		texts, err = array.Texts()
		v.Texts = append(v.Texts, texts...)
	case wholeNumbers(dtype):
		var ints []int64
		ints, err = array.Ints()
		v.Ints = append(v.Ints, ints...)
	default:
		var reals []float64
		reals, err = array.Floats()
		v.Reals = append(v.Reals, reals...)
	}
	return err
}

// isTable says whether a reference is to a table of text.
func (r reference) isTable() bool {
	return slices.Contains([]string{".csv", ".tsv"}, r.extension())
}

// column reads one column of a table: the one named, or the only one. It also
// gives a name for people.
func (l *loading) column(ref reference, at diag.Span) (cells []string, name string, ok bool) {
	t, err := openTable(ref.path)
	if err != nil {
		l.report(unreadable(err).at(at))
		return nil, "", false
	}
	part := ref.part
	if part == "" {
		if columns := t.Columns(); len(columns) > 1 {
			l.report(diag.New(YML122, at, fmt.Sprintf("%s has %d columns", t.Name(), len(columns))).
				Note("its columns are: %s", strings.Join(columns, ", ")).
				Suggest("name one of them behind the file: " + t.Name() + "#" + columns[len(columns)-1]))
			return nil, "", false
		}
		part = t.Columns()[0]
	}
	cells, ok = l.cells(t, part, at)
	return cells, t.Name() + "#" + part, ok
}

// cells gives a column of a table, or reports that there is none.
func (l *loading) cells(t *table.Table, column string, at diag.Span) ([]string, bool) {
	cells, ok := t.Column(column)
	if !ok {
		d := diag.New(YML122, at, fmt.Sprintf("%s has no column %s", t.Name(), column)).
			Note("its columns are: %s", strings.Join(t.Columns(), ", "))
		if near, found := diag.Nearest(column, t.Columns()); found {
			d = d.Suggest("did you mean " + near + "?")
		} else {
			d = d.Suggest("name one of its columns")
		}
		l.report(d)
	}
	return cells, ok
}

// labelsOfCells reads the cells of a column as whole numbers if all of them are,
// else as real numbers if all of them are or are missing, else as texts.
func labelsOfCells(cells []string, name string, at diag.Span) *labelColumn {
	column := &labelColumn{at: at, count: len(cells), sizes: []int{}, what: name, values: &pipeline.LabelValues{Width: 1}}
	v := column.values
	for _, cell := range cells {
		number, err := strconv.ParseInt(cell, 10, 64)
		if err != nil {
			v.Ints = nil
			break
		}
		v.Ints = append(v.Ints, number)
	}
	if v.Ints != nil {
		return column
	}
	for _, cell := range cells {
		if isMissing(cell) {
			cell = "nan"
		}
		number, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			v.Reals, v.Texts = nil, cells
			break
		}
		v.Reals = append(v.Reals, number)
	}
	return column
}

// isMissing says whether a cell is what programs write where a number is missing.
func isMissing(cell string) bool {
	return slices.Contains([]string{"", "nan", "na", "n/a", "null", "none", "?", "-", "."}, strings.ToLower(strings.TrimSpace(cell)))
}

// groupsIn reads the group of each example of a portion. It is nil if there is a
// problem, which is then reported.
func (l *loading) groupsIn(p portion) []string {
	at := l.at(p, "groups")
	ref := parseReference(p.Groups, l.resolve)
	if ref.isTable() {
		cells, _, _ := l.column(ref, at)
		return l.groupCells(cells, at)
	}
	array, err := openArray(ref)
	if err != nil {
		l.report(unreadable(err).at(at))
		return nil
	}
	defer array.Close()
	if array.Elements() != array.Len() || array.DType.IsReal() {
		l.report(diag.New(YML122, at, fmt.Sprintf("%s holds %s %s", ref.name(), array.DType, shapeOf(array.Shape))).
			Suggest("name a whole number or a text for each example"))
		return nil
	}
	var groups []string
	if array.DType.IsText() {
		groups, err = array.Texts()
	} else {
		var numbers []int64
		numbers, err = array.Ints()
		for _, number := range numbers {
			groups = append(groups, strconv.FormatInt(number, 10))
		}
	}
	if err != nil {
		l.report(unreadable(err).at(at))
		return nil
	}
	return l.groupCells(groups, at)
}

// groupCells refuses groups that are missing.
func (l *loading) groupCells(groups []string, at diag.Span) []string {
	var missing []int
	for i, group := range groups {
		if group == "" {
			missing = append(missing, i)
		}
	}
	if missing != nil {
		l.report(diag.New(rules.LBL011.Code, at, fmt.Sprintf("%d of %d groups are empty", len(missing), len(groups))).
			Note("the empty ones are in %s", rowList(missing)).
			Suggest("fill in the groups that are missing, or take the examples out"))
		return nil
	}
	return groups
}

// rowList names rows, counting from 0: "row 7", "rows 7, 19, 23 and 4 more".
func rowList(rows []int) string {
	const shown = 10
	words := make([]string, 0, shown)
	for _, row := range rows[:min(len(rows), shown)] {
		words = append(words, strconv.Itoa(row))
	}
	text := "row "
	if len(rows) > 1 {
		text = "rows "
	}
	text += strings.Join(words, ", ")
	if len(rows) > shown {
		text += fmt.Sprintf(" and %d more", len(rows)-shown)
	}
	return text
}
