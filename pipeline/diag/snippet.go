package diag

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A source line wider than widest is cut down to a window around its marks that
// keeps leeway columns in sight on both sides.
const (
	widest   = 140
	leeway   = 20
	ellipsis = "..."
)

// snippet writes the marked lines of one file in order. A single line left out
// between two is shown all the same; more of them become an ellipsis.
func (r *renderer) snippet(b *block, gutter int, accent style) {
	source := r.text(b.file)
	margin := piece{strings.Repeat(" ", gutter) + " | ", faint}
	numbered := func(number int, line row) {
		label := strconv.Itoa(number)
		r.row(piece{strings.Repeat(" ", gutter-len(label)) + label + " | ", faint}, line)
	}
	last := 0
	for _, number := range slices.Sorted(maps.Keys(b.lines)) {
		switch {
		case last > 0 && number == last+2:
			line, _ := layout(source[number-2], nil)
			numbered(number-1, line)
		case last > 0 && number > last+2:
			r.line(piece{ellipsis, faint})
		}
		line, marks := layout(source[number-1], b.lines[number])
		numbered(number, line)
		for _, below := range annotations(marks, accent) {
			r.row(margin, below)
		}
		last = number
	}
}

// row is one line of output, column by column. A column holds what is printed
// in it: a rune with its combining marks, or nothing where a wide rune reaches
// over from the left.
type row []piece

// row writes a row, neighbours of one style together.
func (r *renderer) row(lead piece, columns row) {
	pieces := []piece{lead}
	for _, c := range columns {
		if last := &pieces[len(pieces)-1]; len(pieces) > 1 && last.style == c.style {
			last.text += c.text
		} else {
			pieces = append(pieces, c)
		}
	}
	r.line(pieces...)
}

// layout turns a line into columns, tabs into four spaces, and its marks from
// runes into columns. A line that is too wide is cut around the first mark.
func layout(source string, marks []mark) (row, []mark) {
	var columns row
	var starts []int // the column of every rune
	for _, char := range source {
		starts = append(starts, len(columns))
		switch taken := width(char); {
		case char == '\t':
			columns = append(columns, slices.Repeat(row{text(" ")}, tabWidth)...)
		case taken == 0 && len(columns) > 0:
			columns[len(columns)-1].text += string(char)
		default:
			columns = append(columns, text(printable(string(char))))
			columns = append(columns, make(row, max(0, taken-1))...)
		}
	}
	end := len(columns)
	column := func(nth int) int {
		if nth < len(starts) {
			return starts[nth]
		}
		return end + nth - len(starts) // just behind the line, where something is missing
	}
	shown := make([]mark, len(marks))
	for i, m := range marks {
		m.start, m.end = column(m.start), column(m.end)
		m.end = max(m.end, m.start+1)
		shown[i] = m
	}
	if len(columns) <= widest || len(shown) == 0 {
		return cut(columns, 0), shown
	}

	first := slices.MinFunc(shown, func(a, b mark) int { return cmp.Compare(rank(a), rank(b)) })
	from := max(0, min(first.start-leeway, len(columns)-widest))
	if first.end <= widest-leeway {
		from = 0
	}
	if from > 0 {
		for i := range shown {
			shown[i].start = max(0, shown[i].start-from+len(ellipsis))
			shown[i].end = max(shown[i].start+1, shown[i].end-from+len(ellipsis))
		}
	}
	columns = cut(columns, from)
	for i := range shown {
		shown[i].start = min(shown[i].start, len(columns)-1)
		shown[i].end = min(shown[i].end, len(columns))
	}
	return columns, shown
}

// rank puts the primary mark before the others and then goes by their start.
func rank(m mark) int {
	if m.primary {
		return -1
	}
	return m.start
}

// cut keeps widest columns from the given one on and says so where something
// was left out.
func cut(columns row, from int) row {
	to := min(len(columns), from+widest)
	kept := slices.Clone(columns[from:to])
	if from > 0 {
		kept = append(row{text(ellipsis), {}, {}}, kept...)
	}
	if to < len(columns) {
		kept = append(kept, text(ellipsis))
	}
	return kept
}

// annotations gives the rows below a line: the underlines with the rightmost
// label beside them, then the other labels hanging from their marks, from right
// to left.
func annotations(marks []mark, accent style) []row {
	marks = slices.Clone(marks)
	slices.SortStableFunc(marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(rank(b), rank(a)))
	})
	paint := func(m mark) (string, style) {
		if m.primary {
			return "^", accent
		}
		return "-", faint
	}

	var underlines row
	for _, primary := range []bool{false, true} { // the primary's carets lie on top
		for _, m := range marks {
			if m.primary == primary {
				sign, style := paint(m)
				for column := m.start; column < m.end; column++ {
					underlines = put(underlines, column, piece{sign, style})
				}
			}
		}
	}

	labelled := slices.DeleteFunc(marks, func(m mark) bool { return m.label == "" })
	if len(labelled) > 0 {
		rightmost := labelled[len(labelled)-1]
		if len(underlines) == rightmost.end {
			_, style := paint(rightmost)
			underlines = append(underlines, piece{" " + rightmost.label, style})
			labelled = labelled[:len(labelled)-1]
		}
	}
	rows := []row{underlines}
	hang := func(marks []mark) row {
		var connectors row
		for _, m := range marks {
			_, style := paint(m)
			connectors = put(connectors, m.start, piece{"|", style})
		}
		return connectors
	}
	for i := len(labelled) - 1; i >= 0; i-- {
		m := labelled[i]
		if i == len(labelled)-1 {
			rows = append(rows, hang(labelled))
		}
		_, style := paint(m)
		left := slices.DeleteFunc(slices.Clone(labelled[:i]), func(other mark) bool { return other.start == m.start })
		rows = append(rows, put(hang(left), m.start, piece{m.label, style}))
	}
	return rows
}

// put sets a column of a row, with spaces up to it.
func put(columns row, at int, p piece) row {
	for len(columns) <= at {
		columns = append(columns, text(" "))
	}
	columns[at] = p
	return columns
}
