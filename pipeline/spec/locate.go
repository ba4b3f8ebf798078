package spec

import (
	"slices"
	"sort"
	"unicode/utf8"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// locator translates between the lines and columns of the YAML library, byte
// offsets, and the positions that diagnostics show. The library also ends a
// line at a lone carriage return and at the Unicode line separators; editors
// and diagnostics only at a line feed.
//
// Places are asked for nearly in order of the text, so each direction goes on
// from where the last answer was: a file that is one long line costs no more
// than any other.
type locator struct {
	file   string
	source string
	breaks []int // where the library's lines start
	feeds  []int // where a reader's lines start
	last   struct{ line, column, offset int }
	shown  struct{ line, column, offset int }
}

func newLocator(file, source string) *locator {
	l := &locator{file: file, source: source, breaks: []int{0}, feeds: []int{0}}
	for i, char := range source {
		switch char {
		case '\n':
			l.breaks = append(l.breaks, i+1)
			l.feeds = append(l.feeds, i+1)
		case '\r':
			if i+1 == len(source) || source[i+1] != '\n' {
				l.breaks = append(l.breaks, i+1)
			}
		case '\u0085', '\u2028', '\u2029':
			l.breaks = append(l.breaks, i+utf8.RuneLen(char))
		}
	}
	return l
}

// offset gives the byte at the library's line and column, both from 1; a place
// outside the text becomes the nearest inside.
func (l *locator) offset(line, column int) int {
	line = min(max(line, 1), len(l.breaks))
	from := &l.last
	if from.line != line || from.column > column {
		from.line, from.column, from.offset = line, 1, l.breaks[line-1]
	}
	for from.column < column && from.offset < len(l.source) {
		_, size := utf8.DecodeRuneInString(l.source[from.offset:])
		from.offset += size
		from.column++
	}
	return from.offset
}

// position gives the place of a byte as diagnostics show it.
func (l *locator) position(offset int) diag.Position {
	from := &l.shown
	if from.line == 0 || offset < from.offset || (from.line < len(l.feeds) && offset >= l.feeds[from.line]) {
		line := sort.SearchInts(l.feeds, offset+1)
		from.line, from.column, from.offset = line, 1, l.feeds[line-1]
	}
	from.column += utf8.RuneCountInString(l.source[from.offset:offset])
	from.offset = offset
	return diag.Position{Line: from.line, Column: from.column}
}

// span gives the place of a stretch of bytes.
func (l *locator) span(start, end int) diag.Span {
	return diag.Span{File: l.file, Start: l.position(start), End: l.position(end)}
}

// line gives the start and the end of the line that holds a byte, without its
// line feed.
func (l *locator) line(offset int) (start, end int) {
	number, found := slices.BinarySearch(l.feeds, offset)
	if !found {
		number--
	}
	start, end = l.feeds[number], len(l.source)
	if number+1 < len(l.feeds) {
		end = l.feeds[number+1] - 1
	}
	if end > start && l.source[end-1] == '\r' {
		end--
	}
	return start, end
}
