package diag

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Text writes the list for people, each diagnostic with the lines it speaks of,
// then one line that counts them. An empty list writes nothing. The sources may
// be nil: places are then named, not shown. Color adds terminal colours and
// nothing else.
func Text(w io.Writer, list *List, sources Sources, color bool) error {
	r := &renderer{out: bufio.NewWriter(w), sources: sources, color: color, lines: map[string][]string{}}
	diagnostics := list.All()
	for _, d := range diagnostics {
		r.diagnostic(d)
		r.line()
	}
	if len(diagnostics) > 0 {
		r.line(text(Count(list)))
	}
	return r.out.Flush()
}

// One writes a single diagnostic for people, as Text does, without counting.
func One(w io.Writer, d Diagnostic, sources Sources, color bool) error {
	r := &renderer{out: bufio.NewWriter(w), sources: sources, color: color, lines: map[string][]string{}}
	r.diagnostic(d)
	return r.out.Flush()
}

// Count gives "2 errors, 1 warning".
func Count(list *List) string {
	infos := list.Len() - list.Errors() - list.Warnings()
	var parts []string
	for _, part := range []struct {
		n    int
		word string
	}{{list.Errors(), "error"}, {list.Warnings(), "warning"}, {infos, "remark"}} {
		switch {
		case part.n == 1:
			parts = append(parts, "1 "+part.word)
		case part.n > 1:
			parts = append(parts, strconv.Itoa(part.n)+" "+part.word+"s")
		}
	}
	return strings.Join(parts, ", ")
}

// style is how a piece of text is coloured.
type style uint8

const (
	unstyled style = iota
	bold
	faint // line numbers, rulers, related places
	red
	yellow
	cyan
	green
)

var escapes = [...]string{bold: "\x1b[1m", faint: "\x1b[1;34m", red: "\x1b[1;31m", yellow: "\x1b[1;33m", cyan: "\x1b[1;36m", green: "\x1b[1;32m"}

// accent is the colour of a severity.
func accent(s Severity) style {
	return [...]style{Error: red, Warning: yellow, Info: cyan}[s]
}

// piece is text in one style.
type piece struct {
	text  string
	style style
}

func text(s string) piece { return piece{text: s} }

type renderer struct {
	out     *bufio.Writer
	sources Sources
	color   bool
	lines   map[string][]string // the lines of the files shown so far
}

// line writes pieces and ends the line, without spaces at its end.
func (r *renderer) line(pieces ...piece) {
	for len(pieces) > 0 {
		last := &pieces[len(pieces)-1]
		last.text = strings.TrimRight(last.text, " ")
		if last.text != "" {
			break
		}
		pieces = pieces[:len(pieces)-1]
	}
	for _, p := range pieces {
		if r.color && p.style != unstyled && strings.TrimSpace(p.text) != "" {
			r.out.WriteString(escapes[p.style] + p.text + "\x1b[0m")
		} else {
			r.out.WriteString(p.text)
		}
	}
	r.out.WriteByte('\n')
}

// diagnostic writes one diagnostic without the empty line that follows it.
func (r *renderer) diagnostic(d Diagnostic) {
	r.line(piece{fmt.Sprintf("%s[%s]", d.Severity, d.Code.ID), accent(d.Severity)}, piece{": " + printable(d.Summary), bold})

	blocks, gutter := r.blocks(d)
	margin := strings.Repeat(" ", gutter)
	bar := piece{margin + " |", faint}
	for i, b := range blocks {
		arrow := "::: "
		if i == 0 && b.primary {
			arrow = "--> "
		}
		r.line(piece{margin + arrow, faint}, text(printable(b.where)))
		if len(b.lines) > 0 {
			r.line(bar)
			r.snippet(b, gutter, accent(d.Severity))
		}
		if i < len(blocks)-1 && len(b.lines) > 0 {
			r.line(bar)
		}
	}

	notes := slices.Clone(d.Notes)
	if d.Primary.Label != "" && !r.shown(d.Primary.Span) {
		notes = slices.Insert(notes, 0, d.Primary.Label)
	}
	for _, place := range d.Related {
		if place.Label != "" && !r.shown(place.Span) {
			notes = append(notes, place.Span.String()+": "+place.Label)
		}
	}
	if len(notes) > 0 && len(blocks) > 0 {
		r.line(bar)
	}
	for _, note := range notes {
		r.hanging(piece{margin + " = ", faint}, note)
	}
	for _, help := range d.Help {
		r.hanging(piece{"help: ", green}, help.Text)
	}
}

// hanging writes a text whose further lines stand below its first.
func (r *renderer) hanging(lead piece, body string) {
	for i, line := range strings.Split(body, "\n") {
		if i == 1 {
			lead = text(strings.Repeat(" ", len(lead.text)))
		}
		r.line(lead, text(printable(line)))
	}
}

// block is what a diagnostic says about one file.
type block struct {
	where   string
	file    string
	primary bool
	lines   map[int][]mark // by line number
}

// mark is a stretch of one line, in runes counted from 0, and its label.
type mark struct {
	start, end int
	label      string
	primary    bool
}

// blocks groups the places by file, the primary's first, and gives the width of
// the largest line number among them.
func (r *renderer) blocks(d Diagnostic) ([]*block, int) {
	var blocks []*block
	gutter := 1
	for i, place := range append([]Place{d.Primary}, d.Related...) {
		if place.Span.File == "" {
			continue
		}
		at := slices.IndexFunc(blocks, func(b *block) bool { return b.file == place.Span.File })
		if at < 0 {
			at = len(blocks)
			blocks = append(blocks, &block{where: place.Span.String(), file: place.Span.File, primary: i == 0, lines: map[int][]mark{}})
		}
		if !r.shown(place.Span) {
			continue
		}
		number := place.Span.Start.Line
		blocks[at].lines[number] = append(blocks[at].lines[number], r.mark(place, i == 0))
		gutter = max(gutter, len(strconv.Itoa(number)))
	}
	return blocks, gutter
}

// mark cuts a span down to its first line. An empty stretch is shown one wide.
func (r *renderer) mark(place Place, primary bool) mark {
	length := len([]rune(strings.TrimRight(r.text(place.Span.File)[place.Span.Start.Line-1], " \t")))
	start := max(0, place.Span.Start.Column-1)
	end := place.Span.End.Column - 1
	if place.Span.End.Line > place.Span.Start.Line {
		end = length
	}
	return mark{start: start, end: max(end, start+1), label: printable(place.Label), primary: primary}
}

// shown says whether the span's line can be printed.
func (r *renderer) shown(s Span) bool {
	return s.HasPlace() && s.Start.Line <= len(r.text(s.File))
}

// text gives the lines of a file, none where it is unknown.
func (r *renderer) text(file string) []string {
	lines, known := r.lines[file]
	if known || r.sources == nil {
		return lines
	}
	if source, ok := r.sources.Source(file); ok {
		lines = strings.Split(source, "\n")
		for i, line := range lines {
			lines[i] = strings.TrimSuffix(line, "\r")
		}
	}
	r.lines[file] = lines
	return lines
}
