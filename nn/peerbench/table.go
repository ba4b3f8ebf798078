package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// table is a Markdown table, laid out so that it can be read as text too.
type table struct {
	head []string
	rows [][]string
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// write prints the table and an empty line behind it. The first column is
// aligned left, the others right.
func (t *table) write(w io.Writer) {
	widths := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell), 3)
		}
	}
	line := func(cells []string) {
		var b strings.Builder
		for i := range t.head {
			cell := ""
			if i < len(cells) {
				cell = cells[i]
			}
			gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				b.WriteString("| " + cell + gap + " ")
			} else {
				b.WriteString("| " + gap + cell + " ")
			}
		}
		fmt.Fprintln(w, b.String()+"|")
	}
	line(t.head)
	rule := make([]string, len(widths))
	for i, width := range widths {
		rule[i] = strings.Repeat("-", width)
		if i > 0 {
			rule[i] = rule[i][1:] + ":"
		}
	}
	line(rule)
	for _, row := range t.rows {
		line(row)
	}
	fmt.Fprintln(w)
}

// digits prints a number with three digits that count.
func digits(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	if v == 0 || math.Abs(v) >= 100 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	decimals := 2 - int(math.Floor(math.Log10(math.Abs(v))))
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// scaled prints a spread whose numbers are multiplied by a factor.
func (s spread) scaled(factor float64) string {
	return fmt.Sprintf("%s (%s–%s)", digits(s.median*factor), digits(s.least*factor), digits(s.most*factor))
}

// milliseconds prints seconds.
func milliseconds(s spread) string { return s.scaled(1e3) + " ms" }

// ratio prints how many times as long another side took.
func ratio(s spread) string {
	return fmt.Sprintf("%s× (%s–%s)", digits(s.median), digits(s.least), digits(s.most))
}

// rate prints the speed of work of so many floating-point operations.
func rate(operations float64, seconds spread) string {
	speed := spread{operations / seconds.median, operations / seconds.most, operations / seconds.least}
	return speed.scaled(1e-9) + " GFLOP/s"
}
