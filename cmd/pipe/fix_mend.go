package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// mending is a config with what was mended in it.
type mending struct {
	ctx context.Context
	// config is how far it has come.
	config *config
	codes  []string
	// dataless says that data files are missing: the plan could not be made.
	dataless bool
	changes  []change
	left     []leftover
	// passed are the texts on the way here, none of which may come back.
	passed map[string]bool
}

// change is what was done about a finding. At is the byte where it begins in the
// text as it is now.
type change struct {
	finding diag.Diagnostic
	help    string
	pieces  []piece
	at      int
}

// piece is a text that was changed, in front of it and after it.
type piece struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// leftover is a finding that was not mended, and why.
type leftover struct {
	finding diag.Diagnostic
	why     string
}

// mend makes all edits in a config that are certain and help, one after the other.
func mend(ctx context.Context, c *config, codes []string) *mending {
	m := &mending{ctx: ctx, config: c, codes: codes, passed: map[string]bool{c.file.Text: true}}
	m.look()
	for m.step() && ctx.Err() == nil {
	}
	return m
}

// text is the config's text as it is now.
func (m *mending) text() string { return m.config.file.Text }

// look goes on to the plan where the check finds no error, unless data files are
// missing.
func (m *mending) look() {
	c := m.config
	if m.dataless || c.read || c.graph == nil || c.wrong() {
		return
	}
	c.plan(m.ctx)
	m.dataless = slices.ContainsFunc(c.problems.All(), func(d diag.Diagnostic) bool { return d.Code.ID == "FIL101" })
	if m.dataless {
		c.unread(m.ctx)
	}
}

// step makes the first edit that helps, and says whether there was one. If there
// was none, left is what is left.
func (m *mending) step() bool {
	m.left = nil
	for _, d := range m.findings() {
		why := m.try(d)
		if why == "" {
			return true
		}
		m.left = append(m.left, leftover{d, why})
	}
	return false
}

// findings are those that may be mended.
func (m *mending) findings() []diag.Diagnostic {
	return slices.DeleteFunc(m.config.problems.All(), func(d diag.Diagnostic) bool {
		return len(m.codes) > 0 && !slices.Contains(m.codes, d.Code.ID)
	})
}

// try makes the edit of a finding, or says why it does not.
func (m *mending) try(d diag.Diagnostic) (why string) {
	help, why := certain(d)
	if why == "" {
		why = m.elsewhere(help.Edits)
	}
	if why != "" {
		return why
	}
	edits := diag.Tidy(m.text(), help.Edits)
	text := diag.Apply(m.text(), edits)
	if m.passed[text] {
		return "the change would undo another one"
	}
	after := openText(m.ctx, m.config.path, text, &settings{info: m.config.info})
	if m.config.read && !after.wrong() {
		after.plan(m.ctx)
	}
	shift := shifting(m.text(), edits)
	if why := m.refuse(d, after, shift); why != "" {
		return why
	}
	for i := range m.changes {
		m.changes[i].at = shift(m.changes[i].at)[0]
	}
	slices.SortStableFunc(edits, func(a, b diag.Edit) int { return a.Span.Compare(b.Span) })
	made := change{finding: d, help: help.Text, at: diag.Offset(m.text(), edits[0].Span.Start)}
	for _, e := range edits {
		made.pieces = append(made.pieces, piece{m.text()[diag.Offset(m.text(), e.Span.Start):diag.Offset(m.text(), e.Span.End)], e.Text})
	}
	m.changes = append(m.changes, made)
	m.passed[text] = true
	m.config = after
	m.look()
	return ""
}

// certain is the way out of a finding that is sure to be right: the first one, if
// it says what to write and no other one does.
func certain(d diag.Diagnostic) (help diag.Help, why string) {
	written := 0
	for _, h := range d.Help {
		if len(h.Edits) > 0 {
			written++
		}
	}
	switch {
	case len(d.Help) == 0:
		return help, "no way out is known"
	case written > 1, len(d.Help[0].Edits) == 0 && len(d.Help) > 1:
		return help, "several ways out; choose yourself"
	case written == 0:
		return help, "what to write depends on what you want"
	}
	return d.Help[0], ""
}

// elsewhere says why edits cannot be made in the file, or would change more than
// their place.
func (m *mending) elsewhere(edits []diag.Edit) string {
	name := m.config.shown()
	shared := spec.SharedPlaces(name, m.text())
	for _, e := range edits {
		if strings.HasPrefix(e.Span.File, commandLinePrefix) {
			return "it stands on the command line"
		}
		if e.Span.File != name {
			return fmt.Sprintf("it stands in another file, %s:%d", e.Span.File, e.Span.Start.Line)
		}
		for _, s := range shared {
			if spec.Overlaps(e.Span, s.Span) {
				return fmt.Sprintf("it stands in line %d, where %s", e.Span.Start.Line, s.Why)
			}
		}
	}
	return ""
}

// refuse says why a mended config is not better than this one.
func (m *mending) refuse(d diag.Diagnostic, after *config, shift func(int) []int) string {
	if after.file == nil || after.file.Stages == nil && m.config.file.Stages != nil {
		return "with the change the file could not be read any more"
	}
	was := map[string]diag.Severity{}
	for _, known := range m.config.problems.All() {
		for _, name := range m.placed(known, shift) {
			if severity, twice := was[name]; !twice || known.Severity < severity {
				was[name] = known.Severity
			}
		}
	}
	gone := m.placed(d, shift)
	for _, now := range after.problems.All() {
		name := placed(now, after)
		severity, known := was[name]
		switch {
		case slices.Contains(gone, name):
			return "the change was tried, and it is still found"
		case known && severity <= now.Severity, m.hidden(now, after, d, slices.Contains(gone, strings.Replace(name, now.Code.ID, d.Code.ID, 1))):
		case now.Severity == diag.Error, now.Severity == d.Severity:
			return fmt.Sprintf("the change would lead to %s in line %d: %s", now.Code.ID, now.Primary.Span.Start.Line, now.Primary.Label)
		}
	}
	return ""
}

// hidden says whether a finding could not show before, because the check of its
// stage was not reached or could not go on to the end. What the same stage finds at
// the place of the finding d itself was not: one fault has become another.
func (m *mending) hidden(now diag.Diagnostic, after *config, d diag.Diagnostic, inPlace bool) bool {
	before := m.config
	if before.checked == nil || len(before.graph.Nodes) == 0 {
		return true
	}
	if after.checked == nil {
		return false
	}
	for i, n := range after.graph.Nodes {
		found, _ := after.checked.Found(i)
		if !slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return same(d, now) }) {
			continue
		}
		// An edit keeps the order of the stages; one that puts a stage in leaves the
		// names of the others.
		k := i
		if len(before.graph.Nodes) != len(after.graph.Nodes) {
			k = slices.IndexFunc(before.graph.Nodes, func(b *pipeline.Node) bool { return b.ID == n.ID })
		}
		if k < 0 {
			return false
		}
		known, all := before.checked.Found(k)
		itself := inPlace && slices.ContainsFunc(known, func(b diag.Diagnostic) bool { return same(b, d) })
		return !all && !itself
	}
	return false
}

func same(a, b diag.Diagnostic) bool {
	return a.Code == b.Code && a.Primary == b.Primary
}

// placed names a finding by its code and its place.
func placed(d diag.Diagnostic, c *config) string {
	at := d.Primary.Span
	if at.File == c.shown() && at.HasPlace() {
		return fmt.Sprintf("%s %d", d.Code.ID, diag.Offset(c.file.Text, at.Start))
	}
	return d.Code.ID + " " + at.String()
}

// placed names a finding by its code and where its place is to be found after a
// change: either of two places if something was put in just there.
func (m *mending) placed(d diag.Diagnostic, shift func(int) []int) []string {
	at := d.Primary.Span
	if at.File != m.config.shown() || !at.HasPlace() {
		return []string{placed(d, m.config)}
	}
	var names []string
	for _, offset := range shift(diag.Offset(m.text(), at.Start)) {
		names = append(names, fmt.Sprintf("%s %d", d.Code.ID, offset))
	}
	return names
}

// shifting tells where a byte of a text stands after edits. Where something is put
// in, the byte behind it may be meant or what was put in: both are given.
func shifting(text string, edits []diag.Edit) func(int) []int {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b diag.Edit) int {
		return cmp.Compare(diag.Offset(text, a.Span.Start), diag.Offset(text, b.Span.Start))
	})
	return func(offset int) []int {
		moved := 0
		for _, e := range edits {
			from, to := diag.Offset(text, e.Span.Start), diag.Offset(text, e.Span.End)
			switch {
			case from == offset && to == offset:
				return []int{offset + moved + len(e.Text), offset + moved}
			case to <= offset:
				moved += len(e.Text) - (to - from)
			case from <= offset:
				return []int{from + moved}
			}
		}
		return []int{offset + moved}
	}
}
