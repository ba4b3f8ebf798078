package layers

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

func input() nn.Unit { return New(func(*Input) {}) }

// A layer further down takes what the list takes, and no node stands for it.
func TestInputIsWhatTheListTakes(t *testing.T) {
	graph, refusals := nn.Resolve(shape.New(3), []nn.Item{
		{ID: "here", Unit: input()},
		{ID: "tanh", Unit: New(func(*Tanh) {})},
		{ID: "add", From: []string{"tanh", "here"}, Unit: New(func(*Add) {})},
	})
	if len(refusals) > 0 || len(graph.Nodes) != 2 || graph.Nodes[1].Inputs[1] != nn.FromInput {
		t.Errorf("the nodes are %+v, the refusals %v", graph.Nodes, refusals)
	}
}

func TestInputStandsFirst(t *testing.T) {
	for name, items := range map[string][]nn.Item{
		"below a layer": {{ID: "tanh", Unit: New(func(*Tanh) {})}, {ID: "here", Unit: input()}},
		"with a from":   {{ID: "here", From: []string{nn.Outer}, Unit: input()}},
	} {
		_, refusals := nn.Resolve(shape.New(3), items)
		if len(refusals) != 1 || refusals[0].ID != "here" || !strings.Contains(refusals[0].Error(), "head of the list") {
			t.Errorf("%s: the refusals are %v", name, refusals)
		}
	}
}
