package epochlog

import (
	"regexp"
	"slices"
	"strings"
)

// readTable reads a table whose columns are parted by blanks or bars, as fastai,
// nolearn, skorch and pandas print it, with an epoch among its headings; false if the text
// has none.
func (l *Log) readTable(text []byte) bool {
	var columns []string
	epochColumn, names := -1, 0
	for number, line := range strings.Split(string(text), "\n") {
		fields := cells(escape.ReplaceAllString(line, ""))
		if columns == nil {
			if apart := gap.Split(strings.TrimSpace(line), -1); len(apart) > 1 && len(apart) < len(fields) {
				fields = apart
			}
			columns, epochColumn, names = headings(fields)
			continue
		}
		switch len(fields) {
		case names:
			l.tableRow(fields, columns, epochColumn, number+1)
		case names + 1: // a number of the row, which has no heading
			l.tableRow(fields[1:], columns, epochColumn, number+1)
		}
	}
	return len(l.Rows) > 0
}

// gap parts headings of several words: "epoch    train loss    valid loss".
var gap = regexp.MustCompile(`\s{2,}`)

// cells parts a line at its bars, or at its blanks if it has none.
func cells(line string) []string {
	bar := func(r rune) bool { return r == '|' || r == '│' }
	if !strings.ContainsFunc(line, bar) {
		return strings.Fields(line)
	}
	var fields []string
	for _, field := range strings.FieldsFunc(strings.TrimSpace(line), bar) {
		fields = append(fields, strings.TrimSpace(field))
	}
	return fields
}

// headings gives the columns that the names at the head of a table stand for, nil
// if they are none.
func headings(fields []string) (columns []string, epochColumn, names int) {
	epochColumn = slices.IndexFunc(fields, func(field string) bool { return strings.EqualFold(field, "epoch") })
	if epochColumn < 0 || !slices.ContainsFunc(fields, func(field string) bool { _, known := canonical(field); return known }) {
		return nil, -1, 0
	}
	columns = make([]string, len(fields))
	for k, field := range fields {
		if !isName(field) {
			return nil, -1, 0
		}
		columns[k], _ = canonical(field)
	}
	if fastai(fields) {
		for k, name := range columns {
			if strings.HasSuffix(name, "accuracy") && !strings.HasPrefix(name, "val_") {
				columns[k] = "val_" + name
			}
		}
	}
	return columns, epochColumn, len(fields)
}

// fastai says that the headings are those of fastai, which measures all metrics on
// the validation data and does not say so in their names.
func fastai(headings []string) bool {
	at := func(name string) int { return slices.Index(headings, name) }
	loss, valid, clock := at("train_loss"), at("valid_loss"), at("time")
	return loss >= 0 && valid == loss+1 && clock > valid
}
