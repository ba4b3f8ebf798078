package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/nn/data/table"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages"
)

// sheet is what a table holds: all its columns, or one that was named.
type sheet struct {
	rows    int
	columns []column
}

// column is what a column holds: a range if all its cells are numbers, and how
// often each text occurs if they are few.
type column struct {
	name     string
	numeric  bool
	min, max float64
	empty    int
	distinct int
	values   []valueCount
}

func lookAtTable(t *table.Table, part string) (finding, error) {
	names := t.Columns()
	if part != "" {
		if _, there := t.Column(part); !there {
			problem := &unusable{code: stages.FIL102, label: fmt.Sprintf("it has no column %q", part), help: "its columns are: " + joined(names)}
			if near, ok := diag.Nearest(part, names); ok {
				problem.help = "did you mean #" + near + "?"
			}
			return nil, problem
		}
		names = []string{part}
	}
	s := &sheet{rows: t.Len()}
	for _, name := range names {
		cells, _ := t.Column(name)
		s.columns = append(s.columns, columnOf(name, cells))
	}
	return s, nil
}

func columnOf(name string, cells []string) column {
	c := column{name: name, numeric: len(cells) > 0, min: math.Inf(1), max: math.Inf(-1)}
	for _, cell := range cells {
		if cell == "" {
			c.empty++
		}
		v, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			c.numeric = false
			continue
		}
		c.min, c.max = min(c.min, v), max(c.max, v)
	}
	counts := countTexts(cells)
	c.distinct = len(counts)
	if len(counts) <= fewValues && len(counts) < len(cells) {
		c.values, _ = countValues(cells)
	}
	return c
}

func (s *sheet) tell(a *app) {
	fmt.Fprintf(a.out, "  %s\n", number(s.rows, "row"))
	rows := [][]string{}
	for _, c := range s.columns {
		rows = append(rows, []string{c.name, c.words()})
	}
	tabulate(a.out, "  ", rows)
}

// words tell a column in a line.
func (c column) words() string {
	var parts []string
	switch {
	case c.values != nil:
		for _, v := range c.values {
			parts = append(parts, fmt.Sprintf("%s × %d", v.Value, v.Count))
		}
	case c.numeric:
		parts = append(parts, fmt.Sprintf("numbers from %s to %s", short(c.min), short(c.max)))
	default:
		parts = append(parts, fmt.Sprintf("%d different texts", c.distinct))
	}
	if c.empty > 0 && c.values == nil {
		parts = append(parts, fmt.Sprintf("%d empty", c.empty))
	}
	return strings.Join(parts, ", ")
}

func (s *sheet) record() report {
	columns := []report{}
	for _, c := range s.columns {
		r := report{"name": c.name, "numeric": c.numeric, "distinct": c.distinct, "empty": c.empty}
		if c.numeric {
			r["min"], r["max"] = decimal(c.min), decimal(c.max)
		}
		if c.values != nil {
			r["values"] = c.values
		}
		columns = append(columns, r)
	}
	return report{"rows": s.rows, "columns": columns}
}
