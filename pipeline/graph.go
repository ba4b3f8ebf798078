package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// Graph is a config whose stages are made and joined. Since an id may only be
// used below its place, the order of the nodes is an order in which they can
// run.
type Graph struct {
	File  *spec.File
	Nodes []*Node
}

// Language is what a config can write: the kinds of stages, and how settings of
// the types that only upper packages know are decoded.
type Language struct {
	Stages  *kind.Table
	Decoder *spec.Decoder
}

// Build makes the stages of a config and joins each to its inputs. Problems go
// to the list; the graph holds what could be built.
func Build(file *spec.File, language Language, problems *diag.List) *Graph {
	g := &Graph{File: file}
	for _, item := range language.Decoder.Items(file.Stages, language.Stages, problems) {
		settings, known := language.Stages.New(item.Kind)
		if !known {
			g.Nodes = append(g.Nodes, &Node{ID: item.ID, Kind: item.Kind, Item: item, broken: true})
			continue
		}
		n := &Node{ID: item.ID, Kind: item.Kind, Item: item, Stage: settings.(Stage)}
		var own diag.List
		n.Places = language.Decoder.DecodeItem(item, settings, &own)
		n.broken = own.Errors() > 0 || !item.Settings.Whole()
		g.join(n, &own)
		n.misread = own.All()
		for _, d := range n.misread {
			problems.Add(d)
		}
		g.Nodes = append(g.Nodes, n)
	}
	return g
}

// Find gives the node with an id.
func (g *Graph) Find(id string) (*Node, bool) {
	for _, n := range g.Nodes {
		if n.ID == id {
			return n, true
		}
	}
	return nil, false
}

// Alone says whether a node is the only one of its kind: only then may its files
// have their plain names.
func (g *Graph) Alone(n *Node) bool {
	return !slices.ContainsFunc(g.Nodes, func(m *Node) bool { return m != n && m.Kind == n.Kind })
}

// join finds the inputs of a node among those above it.
func (g *Graph) join(n *Node, problems *diag.List) {
	wants := n.Stage.Takes()
	named := make([]int, 0, len(n.Item.From))
	for _, ref := range n.Item.From {
		i := slices.IndexFunc(g.Nodes, func(m *Node) bool { return m.ID == ref.ID })
		if i < 0 {
			// The reading of the items has already said that there is no such id.
			n.broken = true
			return
		}
		named = append(named, i)
	}
	taken := make([]bool, len(named))
	for _, want := range wants {
		input := -1
		for k, i := range named {
			if !taken[k] && g.gives(i, want) {
				input, taken[k] = i, true
				break
			}
		}
		if input < 0 {
			input = g.nearest(want)
			if g.unknownBelow(input) {
				n.broken = true
				continue
			}
		}
		if input < 0 {
			n.broken = true
			problems.Add(g.missing(n, want))
			continue
		}
		n.Inputs = append(n.Inputs, input)
	}
	for k, used := range taken {
		if used {
			continue
		}
		n.broken = true
		ref, above := n.Item.From[k], g.Nodes[named[k]]
		given := "something that could not be read"
		if above.Stage != nil {
			given = "a " + string(above.Stage.Gives())
		}
		d := diag.New(GRA102, ref.Span, fmt.Sprintf("%s gives %s", ref.ID, given)).
			With(diag.Place{Span: above.Item.KindSpan, Label: "defined here"})
		if len(wants) == 0 {
			d = d.Note("a %s stage takes no input", n.Kind).Suggest("remove the from")
		} else {
			d = d.Note("a %s stage takes %s", n.Kind, describe(wants)).
				Suggest("name a stage above that gives what is needed, or leave the from out: the nearest one is then taken")
		}
		problems.Add(d)
	}
}

// nearest finds the closest node above that gives what is wanted, preferring the
// families in their order.
func (g *Graph) nearest(want Want) int {
	for _, family := range want {
		for i := len(g.Nodes) - 1; i >= 0; i-- {
			if g.gives(i, Want{family}) {
				return i
			}
		}
	}
	return -1
}

func (g *Graph) gives(node int, want Want) bool {
	stage := g.Nodes[node].Stage
	return stage != nil && slices.Contains(want, stage.Gives())
}

// unknownBelow says whether a stage below the node, so far, is of a kind that is
// not known: it may have been meant to give what is looked for, and has been
// complained about.
func (g *Graph) unknownBelow(node int) bool {
	return slices.ContainsFunc(g.Nodes[node+1:], func(n *Node) bool { return n.Stage == nil })
}

func (g *Graph) missing(n *Node, want Want) diag.Diagnostic {
	d := diag.New(GRA101, n.Item.KindSpan, fmt.Sprintf("this takes a %s", want[0]))
	var above []string
	for _, m := range g.Nodes {
		if m.Stage != nil {
			above = append(above, fmt.Sprintf("%s (%s)", m.ID, m.Stage.Gives()))
		}
	}
	if len(above) == 0 {
		d = d.Note("it is the first stage; nothing stands above it")
	} else {
		d = d.Note("the stages above give: %s", strings.Join(above, ", "))
	}
	return d.Suggest(remedies[want[0]])
}

var remedies = map[Family]string{
	DatasetFamily: "put a load stage (or a phantom stage) above it",
	ModelFamily:   "put a model stage above it",
	TrainedFamily: "put a train stage above it, or give the model its weights: a safetensors file",
}

func describe(wants []Want) string {
	words := make([]string, len(wants))
	for i, want := range wants {
		words[i] = "a " + string(want[0])
	}
	return strings.Join(words, " and ")
}
