package pipeline

import (
	"context"
	"time"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Examiner is a stage that can look at its inputs for what would make its work
// fail, or worthless, without doing the work: it reports what it finds and
// gives nothing.
type Examiner interface {
	Stage
	Examine(r *Run, in []Value) error
}

// Recaller is a Watcher that wants to know of voxels that were not looked at again:
// their files are as they were when that was last done.
type Recaller interface {
	Recalled(n *Node, looked time.Time)
}

// Examine runs whatever the examiners of a graph need, and has each of them look
// at its inputs instead of working. It gives the outcomes of the stages that
// ran; an examiner that had its look has neither a value nor an error.
func Examine(ctx context.Context, checked *Checked, how Execution, problems *diag.List) []Outcome {
	how.examine = true
	return Execute(ctx, checked, how, problems)
}

// examined marks the nodes of a graph whose examiners take part, and what they
// need. An examiner that needs another one's value is left out: it would be
// looking at what was never made.
func (g *Checked) examined() []bool {
	wanted := make([]bool, len(g.Nodes))
	blocked := make([]bool, len(g.Nodes))
	for i, n := range g.Nodes {
		_, examiner := n.Stage.(Examiner)
		for _, from := range n.Inputs {
			_, before := g.Nodes[from].Stage.(Examiner)
			blocked[i] = blocked[i] || blocked[from] || before
		}
		wanted[i] = examiner && !blocked[i]
	}
	return g.needed(wanted)
}
