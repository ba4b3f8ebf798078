package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// LBL012 is reported by load, which knows the files' names.
var LBL012 = &Rule{Code: lbl012}

// Absent is about rows of a table, of so many, whose cells name a file that is not
// there.
func Absent(at diag.Span, table, what string, of int, rows []int, cells []string) diag.Diagnostic {
	return diag.New(lbl012, at, fmt.Sprintf("of %d rows %d name a %s that is not there", of, len(rows), what)).
		Note("%s: %s", table, listed(len(rows), func(i int) string { return fmt.Sprintf("row %d %s", rows[i], cells[i]) })).
		Note("rows count from 0, without the header; a file is looked for in the table's folder").
		Suggest("bring the files, or take the rows out of the table")
}

// Unpaired is about files of volumes and labels that are called alike but for those
// on one side only: volumes that are alone, and labels (each a row or a mask) that are
// left.
func Unpaired(at, volumes diag.Span, label string, alone, left []string) diag.Diagnostic {
	without := func(names []string, what, other string) string {
		if len(names) == 0 {
			return fmt.Sprintf("each %s has a %s", what, other)
		}
		return fmt.Sprintf("%s without a %s: %s", plural(len(names), what), other, listed(len(names), func(i int) string { return names[i] }))
	}
	return diag.New(lbl012, at, without(left, label, "volume")).
		And(volumes, without(alone, "volume", label)).
		Suggest("take out what has no partner, or bring it").
		Suggest("or list the pairs in a table: load: {table: scans.csv, volumes: scan, labels: …}")
}

// listed names the first of so many things, and counts the others.
func listed(n int, name func(int) string) string {
	text := ""
	for i := range n {
		if i == longestList {
			return fmt.Sprintf("%s and %d others", text, n-i)
		}
		if i > 0 {
			text += ", "
		}
		text += name(i)
	}
	return text
}

var lbl012 = &diag.Code{
	ID: "LBL012", Severity: diag.Error,
	Title: "labels without a file, or files without a label",
	Means: "Some rows of a table name a volume or a mask that is not there, while others have theirs; or the names of the volumes' files and those of their labels (in a column of their table, or in the names of the masks) are mostly the same, and some are on one side only.",
	Why:   "Labels are given to volumes by their place. From the first gap on every label belongs to the volume beside its own.",
	Ways: []string{
		"bring the missing files, or take out the rows that have none",
		"load by a table with a row for each example, which names both files",
	},
}
