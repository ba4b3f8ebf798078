package main

import (
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/voxelpipe/pipe/pipeline"
)

// tellResults writes the numbers and tables of a report.
func tellResults(w io.Writer, title string, r *pipeline.Results) {
	if len(r.Numbers)+len(r.Tables) == 0 {
		return
	}
	fmt.Fprintln(w, title)
	rows := [][]string{}
	for _, n := range r.Numbers {
		row := []string{n.Name, numberText(n)}
		if n.Compared {
			row = append(row, fmt.Sprintf("%s: %.4f", r.Trivial, n.Trivial))
		}
		rows = append(rows, row)
	}
	tabulate(w, "  ", rows, 1)
	tellByClass(w, r.ByClass)
	for _, t := range r.Tables {
		tellTable(w, t)
	}
}

// numberText prints a count whole, a measure with four decimals.
func numberText(n pipeline.Number) string {
	if n.Count {
		return strconv.FormatFloat(n.Value, 'f', 0, 64)
	}
	return strconv.FormatFloat(n.Value, 'f', 4, 64)
}

// tellByClass writes a row for each metric that is measured for each class.
func tellByClass(w io.Writer, metrics []pipeline.ByClass) {
	rows := [][]string{}
	right := []int{}
	for i, m := range metrics {
		if i == 0 {
			rows = append(rows, append([]string{""}, m.Classes...))
			for k := range m.Classes {
				right = append(right, k+1)
			}
		}
		row := []string{m.Name}
		for _, v := range m.Values {
			text := "-"
			if !math.IsNaN(v) {
				text = strconv.FormatFloat(v, 'f', 4, 64)
			}
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	if len(rows) > 0 {
		fmt.Fprintln(w, "  by class")
		tabulate(w, "    ", rows, right...)
	}
}

// tellTable writes a table of counts.
func tellTable(w io.Writer, t pipeline.Table) {
	fmt.Fprintf(w, "  %s\n", t.Name)
	rows := [][]string{append([]string{""}, t.Columns...)}
	right := []int{}
	for i := range t.Columns {
		right = append(right, i+1)
	}
	for i, counts := range t.Counts {
		row := []string{t.Rows[i]}
		for _, n := range counts {
			row = append(row, strconv.Itoa(n))
		}
		rows = append(rows, row)
	}
	tabulate(w, "    ", rows, right...)
}

// metricsOf gathers the reports of a run by the ids of their stages.
func metricsOf(outcomes []pipeline.Outcome) map[string]any {
	metrics := map[string]any{}
	for _, o := range outcomes {
		if results, ok := o.Value.(*pipeline.Results); ok {
			metrics[o.Node.ID] = resultsRecord(results)
		}
	}
	return metrics
}

// resultsRecord is a report as programs read it: its numbers by their names, and
// its tables.
func resultsRecord(r *pipeline.Results) map[string]any {
	record := map[string]any{}
	for _, n := range r.Numbers {
		record[n.Name] = decimal(n.Value)
	}
	for _, m := range r.ByClass {
		values := map[string]decimal{}
		for k, class := range m.Classes {
			values[class] = decimal(m.Values[k])
		}
		record[m.Name+"_by_class"] = values
	}
	if r.Trivial != "" {
		reached := map[string]any{"answer": r.Trivial}
		for _, n := range r.Numbers {
			if n.Compared {
				reached[n.Name] = decimal(n.Trivial)
			}
		}
		record["trivial"] = reached
	}
	for _, t := range r.Tables {
		record[t.Name] = t
	}
	return record
}
