package pipeline

import (
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// Stage is one step of a pipeline: settings that know what they take, what they
// give, and how to do it. A stage is a pointer to a settings struct whose doc
// comments are its manual.
type Stage interface {
	// Takes lists the inputs by what they have to be.
	Takes() []Want
	// Gives is what the output is.
	Gives() Family
	// Check works out the output's type from those of the inputs, which come in
	// the order of Takes. It reports what is wrong, and then gives the type that
	// its message leads to, or nil if that is not clear: whatever depends on it is
	// then not checked. It opens files only if c.Read says so, and never reads a
	// voxel.
	Check(c *Check, in []Type) Type
	// Run does the work. The value's type must be the one that Check promised.
	Run(r *Run, in []Value) (Value, error)
}

// Site is a stage as a rule sees it: where its settings stand, and who takes
// what the rule finds. A [Check] is one before anything runs, a [Run] while the
// stage works.
type Site interface {
	At(path ...string) diag.Span
	Given(path ...string) bool
	Report(d diag.Diagnostic)
	ReportUnless(allowed []diag.Allow, d diag.Diagnostic)
}

// Want is one input: the families it may be of, the preferred one first.
type Want []Family

// Node is a stage in a graph.
type Node struct {
	ID    string
	Kind  string
	Item  spec.Item
	Stage Stage
	// Inputs are indexes of nodes, in the order of Stage.Takes.
	Inputs []int
	// Places finds where the settings stand.
	Places spec.Spans
	// broken marks a node whose settings or inputs could not be read.
	broken bool
	// misread is what was found when they were.
	misread []diag.Diagnostic
}

// Origin is the place of a setting, or of the nearest thing around it.
func (n *Node) Origin(path ...string) Origin { return Origin{Stage: n.ID, Span: n.At(path...)} }

// At is the place of a setting's value, or of the nearest thing around it: the
// kind's word if the setting was not written.
func (n *Node) At(path ...string) diag.Span {
	if len(path) == 0 || n.Item.Settings == nil || !n.Places.Given(path[:1]...) {
		return n.Item.KindSpan
	}
	return n.Places.Of(path...)
}

// Given says whether the config spells a setting out.
func (n *Node) Given(path ...string) bool { return n.Item.Settings != nil && n.Places.Given(path...) }
