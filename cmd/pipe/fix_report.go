package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// tell writes what was changed and what is left.
func (m *mending) tell(w io.Writer, changed string) {
	name := m.config.shown()
	switch {
	case len(m.changes) > 0:
		fmt.Fprintf(w, "%s: %s %s\n", name, number(len(m.changes), "place"), changed)
		rows := [][]string{}
		for _, c := range m.inOrder() {
			at := m.placeOf(c)
			rows = append(rows, []string{fmt.Sprintf("%d:%d", at.Line, at.Column), c.finding.Code.ID, c.words()})
		}
		tabulate(w, "  ", rows)
	case len(m.left) == 0:
		fmt.Fprintf(w, "%s: nothing to mend is found\n", name)
	default:
		fmt.Fprintf(w, "%s: nothing is changed\n", name)
	}
	if len(m.left) > 0 {
		fmt.Fprintf(w, "left as it is, %s:\n", number(len(m.left), "finding"))
		for _, l := range m.left {
			fmt.Fprintf(w, "  %s %s[%s]: %s\n    %s\n", l.where(name), l.finding.Severity, l.finding.Code.ID, cmp.Or(l.finding.Primary.Label, l.finding.Summary), l.why)
		}
	}
	if others := m.others(); others > 0 {
		fmt.Fprintf(w, "%s under other codes than those asked for\n", number(others, "finding"))
	}
	if m.dataless {
		fmt.Fprintln(w, "data files are missing: only what can be known without them was looked at")
	}
}

// others counts the findings under codes that were not asked for, remarks left out.
func (m *mending) others() int {
	return len(slices.DeleteFunc(m.config.problems.All(), func(d diag.Diagnostic) bool {
		return d.Severity == diag.Info || len(m.codes) == 0 || slices.Contains(m.codes, d.Code.ID)
	}))
}

// inOrder are the changes in the order of the text.
func (m *mending) inOrder() []change {
	return slices.SortedStableFunc(slices.Values(m.changes), func(a, b change) int { return cmp.Compare(a.at, b.at) })
}

// placeOf is where a change stands in the mended text.
func (m *mending) placeOf(c change) diag.Position { return diag.PositionAt(m.text(), c.at) }

// words say what was changed.
func (c change) words() string {
	var words []string
	if len(c.pieces) == 2 {
		a, b := c.pieces[0], c.pieces[1]
		if a.Before != "" {
			a, b = b, a
		}
		if taken := oneLine(b.Before); a.Before == "" && b.After == "" && taken != "" && strings.HasSuffix(oneLine(a.After), strings.TrimPrefix(taken, "- ")) {
			return strings.TrimPrefix(taken, "- ") + " is moved: " + c.help
		}
	}
	for _, p := range c.pieces {
		before, after := oneLine(p.Before), oneLine(p.After)
		switch {
		case before == "":
			words = append(words, after+" is put in")
		case after == "":
			words = append(words, before+" is taken out")
		default:
			words = append(words, before+" becomes "+after)
		}
	}
	if strings.HasPrefix(c.help, "did you mean") {
		return strings.Join(words, ", ")
	}
	return strings.Join(words, ", ") + ": " + c.help
}

// longestPiece bounds the piece of a config that is shown in a line.
const longestPiece = 60

// oneLine is a piece of a config as it can be shown in a line.
func oneLine(text string) string {
	text = strings.Trim(strings.Join(strings.Fields(text), " "), ", ")
	text = strings.TrimPrefix(strings.TrimSuffix(text, " -"), "- ")
	if letters := []rune(text); len(letters) > longestPiece {
		text = string(letters[:longestPiece]) + "…"
	}
	return text
}

// where is the place of a finding: line and column in the config itself, else with
// the name of the file.
func (l leftover) where(config string) string {
	at := l.finding.Primary.Span
	if at.File == config && at.HasPlace() {
		return fmt.Sprintf("%d:%d", at.Start.Line, at.Start.Column)
	}
	return at.String()
}

// changeRecord is a change as programs read it; the place is that in the mended
// text.
type changeRecord struct {
	Code   string  `json:"code"`
	Line   int     `json:"line"`
	Column int     `json:"column"`
	Pieces []piece `json:"pieces"`
	Help   string  `json:"help"`
}

func (m *mending) changeRecords() []changeRecord {
	records := []changeRecord{}
	for _, c := range m.inOrder() {
		at := m.placeOf(c)
		records = append(records, changeRecord{c.finding.Code.ID, at.Line, at.Column, c.pieces, c.help})
	}
	return records
}

// leftRecord is a finding that was not mended, as programs read it.
type leftRecord struct {
	Code   string `json:"code"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Reason string `json:"reason"`
}

func (m *mending) leftRecords() []leftRecord {
	records := []leftRecord{}
	for _, l := range m.left {
		at := l.finding.Primary.Span
		records = append(records, leftRecord{l.finding.Code.ID, at.File, at.Start.Line, at.Start.Column, l.why})
	}
	return records
}

// remaining are the findings of the mended config.
func (m *mending) remaining() []diag.Record { return diag.Records(m.config.problems) }
