package pipeline

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Check is the surroundings of one stage's check.
type Check struct {
	*Node
	// Context ends the check early.
	Context context.Context
	// Read says that headers, labels and ids may be read: the plan. Without it no
	// file is opened.
	Read bool
	// Seed decides everything random in the stage; it is the same when it runs.
	Seed uint64
	// Alone says that no other stage of the file has this kind.
	Alone bool

	graph    *Graph
	folder   string
	problems *diag.List
	found    []diag.Diagnostic
	failed   bool
}

// Report adds a problem. A warning that the item allows is kept, and not told.
func (c *Check) Report(d diag.Diagnostic) {
	c.ReportUnless(c.Item.Allow, d)
}

// ReportUnless adds a problem of a part of the stage, which allows warnings of
// its own: what is allowed is kept, and not told.
func (c *Check) ReportUnless(allowed []diag.Allow, d diag.Diagnostic) {
	c.failed = c.failed || d.Severity == diag.Error
	if c.problems.AddUnless(slices.Concat(allowed, c.Item.Allow), d) {
		c.found = append(c.found, d)
	}
}

// Input is the stage that gives the input with this place in Stage.Takes.
func (c *Check) Input(place int) *Node { return c.graph.Nodes[c.Inputs[place]] }

// Find is the stage of the file that has an id.
func (c *Check) Find(id string) (*Node, bool) {
	i := slices.IndexFunc(c.graph.Nodes, func(n *Node) bool { return n.ID == id })
	if i < 0 {
		return nil, false
	}
	return c.graph.Nodes[i], true
}

// Before is the stage that gives the first input of a stage above this one, which
// has an id; false if it takes none.
func (c *Check) Before(id string) (*Node, bool) {
	n, found := c.Find(id)
	if !found || len(n.Inputs) == 0 {
		return nil, false
	}
	return c.graph.Nodes[n.Inputs[0]], true
}

// Failed says whether an error was reported.
func (c *Check) Failed() bool { return c.failed }

// Path is where a path in the config leads: relative ones start at the config's
// folder.
func (c *Check) Path(path string) string { return inFolder(c.folder, path) }

func inFolder(folder, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}

// Checked is a graph whose types are known.
type Checked struct {
	*Graph
	// Types[i] is what node i gives; nil if it failed or depends on one that did.
	Types []Type

	through []bool
	found   [][]diag.Diagnostic
}

// Found gives what was found in a node, and says whether that is all: if its
// settings or inputs could not be read, or its check could not go on to the end,
// more may be hidden behind that.
func (g *Checked) Found(node int) (found []diag.Diagnostic, all bool) {
	return slices.Concat(g.Nodes[node].misread, g.found[node]), g.through[node]
}

// Resolve checks every stage in order. With read, headers, labels and ids are
// read: what it then promises is what a run gives. A stage that failed may say
// what it would give once it is mended: those below are checked against that, so
// that independent problems are found in the same go. If it says nothing, what
// depends on it is not checked: one cause, one error.
func Resolve(ctx context.Context, g *Graph, read bool, problems *diag.List) *Checked {
	checked := &Checked{Graph: g, Types: make([]Type, len(g.Nodes)), through: make([]bool, len(g.Nodes)), found: make([][]diag.Diagnostic, len(g.Nodes))}
	presumed := make([]Type, len(g.Nodes))
	for i, n := range g.Nodes {
		if n.broken || ctx.Err() != nil {
			continue
		}
		in := make([]Type, len(n.Inputs))
		ready := true
		for k, from := range n.Inputs {
			in[k] = presumed[from]
			ready = ready && in[k] != nil
		}
		if !ready {
			continue
		}
		c := &Check{
			Node: n, Context: ctx, Read: read, Seed: stageSeed(g.File.Seed, n.ID), Alone: g.Alone(n),
			graph: g, folder: g.File.Folder(), problems: problems,
		}
		presumed[i] = n.Stage.Check(c, in)
		checked.through[i], checked.found[i] = presumed[i] != nil, c.found
		if !c.failed && sound(checked, n) {
			checked.Types[i] = presumed[i]
		}
	}
	checked.keepApart(problems)
	return checked
}

// sound says whether the types of all inputs of a node are known, rather than
// presumed.
func sound(c *Checked, n *Node) bool {
	return !slices.ContainsFunc(n.Inputs, func(from int) bool { return c.Types[from] == nil })
}

// stageSeed gives each stage random numbers of its own, so that adding a stage
// does not change what the others draw. It is the 64-bit FNV-1a of the id,
// folded into the file's seed by the finalizer of splitmix64.
func stageSeed(seed uint64, id string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for _, b := range []byte(id) {
		h = (h ^ uint64(b)) * 0x100000001b3
	}
	z := seed + h
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
