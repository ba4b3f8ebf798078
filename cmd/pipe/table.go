package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// tabulate writes rows in columns that are as wide as their widest cell, two
// spaces apart, behind an indent. Columns named in right are flushed right.
func tabulate(w io.Writer, indent string, rows [][]string, right ...int) {
	widths := columnWidths(rows)
	flushed := make([]bool, len(widths))
	for _, column := range right {
		if column < len(flushed) {
			flushed[column] = true
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if flushed[i] {
				line.WriteString(pad + cell)
			} else {
				line.WriteString(cell + pad)
			}
		}
		fmt.Fprintln(w, strings.TrimRight(indent+line.String(), " "))
	}
}

func columnWidths(rows [][]string) []int {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}
