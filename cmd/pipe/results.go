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
		rows = append(rows, []string{n.Name, numberText(n)})
	}
	tabulate(w, "  ", rows, 1)
	for _, n := range r.ByClass {
		fmt.Fprintf(w, "  %s by class\n", n.Name)
		rows = rows[:0]
		for k, class := range n.Classes {
			rows = append(rows, []string{class, classText(n.Values[k])})
		}
		tabulate(w, "    ", rows, 1)
	}
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

// classText prints the number of a class, "-" for one that was not measured.
func classText(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	return strconv.FormatFloat(v, 'f', 4, 64)
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
	for _, n := range r.ByClass {
		classes := map[string]any{}
		for k, class := range n.Classes {
			classes[class] = decimal(n.Values[k])
		}
		record[n.Name+"_by_class"] = classes
	}
	for _, t := range r.Tables {
		record[t.Name] = t
	}
	return record
}
