package nn_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/shape"
)

func dense(units int) *layers.Dense {
	return layers.New(func(d *layers.Dense) { d.Units = units })
}

// described is each node on a line: id, inputs, output, and what it is marked
// with.
func described(g *nn.Graph) string {
	var b strings.Builder
	for _, n := range g.Nodes {
		b.WriteString(n.ID)
		for _, from := range n.Inputs {
			if from == nn.FromInput {
				b.WriteString(" ^")
			} else {
				b.WriteString(" " + g.Nodes[from].ID)
			}
		}
		b.WriteString(" " + n.Output.String())
		if n.Attached {
			b.WriteString(" attached")
		}
		if n.Frozen {
			b.WriteString(" frozen")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestResolve(t *testing.T) {
	hidden := dense(8)
	hidden.Then = layers.New(func(*layers.ReLU) {})
	block := layers.New(func(r *layers.Residual) {
		r.Layers = []nn.Item{{ID: "a", Unit: hidden}, {ID: "b", Unit: dense(8)}}
		r.Trainable = false
	})
	graph, refusals := nn.Resolve(shape.New(3), []nn.Item{
		{ID: "first", Unit: hidden},
		{ID: "block", Unit: block},
		{ID: "side", From: []string{"first"}, Unit: dense(2)},
		{ID: "both", From: []string{"side", "block"}, Unit: layers.New(func(*layers.Concatenate) {})},
	})
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	want := `first ^ [8]
first first [8] attached
block__a first [8] frozen
block__a block__a [8] attached frozen
block__b block__a [8] frozen
block__add first block__b [8] frozen
side first [2]
both side block__add [10]
`
	if got := described(graph); got != want {
		t.Errorf("the graph is\n%swant\n%s", got, want)
	}
	if graph.Last().ID != "both" || graph.Refused() || !graph.Output().Equal(shape.New(10)) {
		t.Errorf("it ends in %s with %v", graph.Last().ID, graph.Output())
	}
}

// Each cause is reported once; what depends on it is not checked.
func TestResolveReportsEveryCause(t *testing.T) {
	items := []nn.Item{
		{ID: "good", Unit: dense(4)},
		{ID: "bad", Unit: layers.New(func(c *layers.Conv3D) { c.Filters, c.KernelSize = 1, [3]int{1, 1, 1} })},
		{ID: "behind", Unit: dense(4)},
		{ID: "other", From: []string{"good"}, Unit: layers.New(func(r *layers.Reshape) { r.TargetShape = []int{5} })},
		{ID: "crowded", From: []string{"good", "behind"}, Unit: dense(4)},
		{ID: "empty", From: []string{"good"}, Unit: layers.New(func(*layers.Residual) {})},
		{ID: "sum", From: []string{"good", "other"}, Unit: layers.New(func(*layers.Add) {})},
	}
	graph, refusals := nn.Resolve(shape.New(3), items)
	var ids []string
	for _, r := range refusals {
		ids = append(ids, r.ID)
		if _, ok := r.Err.(*shape.Mismatch); !ok || !strings.Contains(r.Error(), r.ID) {
			t.Errorf("%v wraps %T", r, r.Err)
		}
	}
	if want := []string{"bad", "other", "crowded", "empty"}; !slices.Equal(ids, want) {
		t.Errorf("refused are %v, want %v", ids, want)
	}
	if !graph.Refused() || graph.Output() != nil {
		t.Errorf("the graph passes for whole, with output %v", graph.Output())
	}
	for i := range graph.Nodes {
		graph.Weights(&graph.Nodes[i])
		graph.MACs(&graph.Nodes[i])
	}
}

func TestResolvePanicsOnNamesThatAreNotThere(t *testing.T) {
	for name, items := range map[string][]nn.Item{
		"from below": {{ID: "a", From: []string{"b"}, Unit: dense(1)}, {ID: "b", Unit: dense(1)}},
		"twice":      {{ID: "a", Unit: dense(1)}, {ID: "a", Unit: dense(1)}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it is taken")
				}
			}()
			nn.Resolve(shape.New(3), items)
		})
	}
}

func TestGraphCounts(t *testing.T) {
	frozen := dense(4)
	frozen.Trainable = false
	graph, _ := nn.Resolve(shape.Shape{shape.Symbol("n")}, []nn.Item{
		{ID: "dense", Unit: dense(8)}, {ID: "frozen", Unit: frozen}, {ID: "norm", Unit: layers.New(func(*layers.BatchNorm) {})},
	})
	for i, want := range []struct{ trained, fixed, macs string }{{"8×n+8", "0", "8×n"}, {"0", "36", "32"}, {"8", "8", "0"}} {
		node := &graph.Nodes[i]
		trained, fixed := graph.Weights(node)
		if trained.String() != want.trained || fixed.String() != want.fixed || graph.MACs(node).String() != want.macs {
			t.Errorf("%s: %s trained, %s fixed, %s MACs, want %v", node.ID, trained, fixed, graph.MACs(node), want)
		}
	}
}

func TestGraphOfNoLayers(t *testing.T) {
	graph, _ := nn.Resolve(shape.New(3), nil)
	if graph.Last() != nil || graph.Refused() || !graph.Output().Equal(shape.New(3)) {
		t.Errorf("a graph without layers gives %v", graph.Output())
	}
}

func TestPatternsNameLayers(t *testing.T) {
	node := &nn.Node{ID: "body__1__conv3d"}
	for pattern, want := range map[string]bool{
		"body": true, "body__1": true, "body__1__conv3d": true, "conv3d": false, "bod": false, "body_": false,
		"*": true, "b*": true, "*conv*d": true, "*conv": false, "bod?": false, "body__*__conv3d": true, "*__conv3d*": true, "": false, "?": false,
	} {
		if got := node.Matches(pattern); got != want {
			t.Errorf("%q: %t", pattern, got)
		}
	}
}

func TestNamesOfALayer(t *testing.T) {
	for id, want := range map[string][]string{"a": {"a"}, "a__1__b": {"a", "a__1", "a__1__b"}, "a___b": {"a", "a___b"}, "a_b": {"a_b"}} {
		if got := (&nn.Node{ID: id}).Names(); !slices.Equal(got, want) {
			t.Errorf("%s: %q", id, got)
		}
	}
}

// A name that joins two ids may be an id of its own; then one is refused.
func TestNamesakesAreRefused(t *testing.T) {
	items := []nn.Item{
		{ID: "a__b", Unit: dense(3)},
		{ID: "a", Unit: layers.New(func(r *layers.Repeat) { r.Times, r.Layers = 1, []nn.Item{{ID: "x", Unit: dense(3)}} })},
		{ID: "a__1__x", Unit: dense(3)},
	}
	_, refusals := nn.Resolve(shape.New(3), items)
	if len(refusals) != 1 || refusals[0].ID != "a__1__x" || refusals[0].Err.(*shape.Mismatch).Fault != shape.Namesake {
		t.Errorf("the refusals are %v", refusals)
	}
}
