package pipeline

import (
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// pen is a stage that writes.
type pen struct {
	give
	own, named string
}

func (p *pen) Writes(file func(string) string) []Written {
	return []Written{{File: file(p.own)}, {File: p.named, Setting: []string{"output"}}}
}

func TestKeepApart(t *testing.T) {
	written := func(line int, kind string, p *pen) *Node {
		at := diag.Span{File: "f.yaml", Start: diag.Position{Line: line, Column: 5}, End: diag.Position{Line: line, Column: 9}}
		return &Node{ID: kind, Kind: kind, Stage: p, Item: spec.Item{KindSpan: at}}
	}
	for _, tt := range []struct {
		name  string
		nodes []*Node
		want  string
	}{
		{"different", []*Node{written(1, "a", &pen{own: "x", named: "y"}), written(2, "b", &pen{own: "z", named: "sub/y"})}, ""},
		{"same", []*Node{written(1, "a", &pen{own: "x", named: "y"}), written(2, "b", &pen{own: "z", named: "./y"})}, "GRA103 2:5 y is written by a too (1:5 a writes y)"},
		// The one whose name can be changed is the one to change.
		{"the stage's own", []*Node{written(1, "a", &pen{own: "x", named: "log"}), written(2, "b", &pen{own: "log", named: "z"})}, "GRA103 1:5 log is written by b too (2:5 b writes log)"},
		{"one kind", []*Node{written(1, "a", &pen{own: "x", named: "p"}), {ID: "a_1", Kind: "a", Stage: &pen{own: "x", named: "q"}}}, ""},
	} {
		var problems diag.List
		(&Checked{Graph: &Graph{Nodes: tt.nodes}}).keepApart(&problems)
		t.Run(tt.name, func(t *testing.T) { same(t, told(&problems), tt.want) })
	}
}
