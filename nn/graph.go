package nn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn/shape"
)

// Item is a layer in a list: its name there, what it takes, and what it is.
type Item struct {
	ID string
	// From names the items whose outputs this one takes; none means the one above.
	From []string
	Unit Unit
}

// Graph is a network as written, laid flat: composites expanded, activations as
// nodes of their own, every output shape known as far as the input's is.
type Graph struct {
	// Input is the shape of one example.
	Input shape.Shape
	// Nodes come in an order in which each follows its inputs. The last one gives
	// the network's output.
	Nodes []Node
	// Apart runs every node by itself, instead of working several in one go where
	// that is possible. It is for comparisons: the numbers are the same but for
	// rounding.
	Apart bool
}

// Node is one layer in a graph.
type Node struct {
	// ID is the full name: the ids of the composites around it, then its own,
	// joined by Joint. An activation that belongs to a layer has the layer's ID.
	ID string
	// Path are the parts of the full name.
	Path []string
	Spec Spec
	// Inputs are indexes of nodes; FromInput is the network's input.
	Inputs []int
	// Output is the shape of one example; nil if unknown.
	Output shape.Shape
	// Attached marks an activation that was written as a setting of the node
	// before it.
	Attached bool
	// Frozen says that training leaves its weights as they are.
	Frozen bool
	// refused marks a node whose shape rule failed, or one that depends on such.
	refused bool
}

// Names are what names the layer, the widest first: the composites around it, as
// its full name tells them, then itself. For layers that composites were written
// out as they are the same.
func (n *Node) Names() []string {
	var names []string
	for at := 0; ; at += len(Joint) {
		next := strings.Index(n.ID[at:], Joint)
		if next < 0 {
			return append(names, n.ID)
		}
		at += next
		names = append(names, n.ID[:at])
	}
}

// Matches says whether a pattern fits one of the layer's names. A * stands for any
// text.
func (n *Node) Matches(pattern string) bool {
	return slices.ContainsFunc(n.Names(), func(name string) bool { return matches(pattern, name) })
}

func matches(pattern, name string) bool {
	for ; pattern != ""; pattern, name = pattern[1:], name[1:] {
		if pattern[0] == '*' {
			for i := range len(name) + 1 {
				if matches(pattern[1:], name[i:]) {
					return true
				}
			}
			return false
		}
		if name == "" || pattern[0] != name[0] {
			return false
		}
	}
	return name == ""
}

// Joint joins the ids of composites and what is inside of them to a full name,
// which is an id itself: a network whose composites are written out as plain
// layers has the same names.
const Joint = "__"

// FromInput stands for the network's input among a node's inputs.
const FromInput = -1

// Refusal is a layer's refusal of its input.
type Refusal struct {
	// ID is the full name of the layer.
	ID string
	// Err is a *shape.Mismatch where the layer's shape rule refused.
	Err error
}

func (r *Refusal) Error() string { return fmt.Sprintf("layer %s: %v", r.ID, r.Err) }

func (r *Refusal) Unwrap() error { return r.Err }

// Refused says whether a shape rule failed on the way to the output.
func (g *Graph) Refused() bool {
	return len(g.Nodes) > 0 && g.Nodes[len(g.Nodes)-1].refused
}

// Output is the shape of one example at the end; nil if unknown.
func (g *Graph) Output() shape.Shape { return g.shapeAt(len(g.Nodes) - 1) }

// Last is the node that gives the output, nil for a network without layers.
func (g *Graph) Last() *Node {
	if len(g.Nodes) == 0 {
		return nil
	}
	return &g.Nodes[len(g.Nodes)-1]
}

// InputsOf are the shapes that a node takes.
func (g *Graph) InputsOf(n *Node) []shape.Shape {
	in := make([]shape.Shape, len(n.Inputs))
	for i, from := range n.Inputs {
		in[i] = g.shapeAt(from)
	}
	return in
}

// Weights counts a node's elements: those that training changes, and the rest.
// A node whose input is unknown counts none.
func (g *Graph) Weights(n *Node) (trained, fixed shape.Dim) {
	in := g.InputsOf(n)
	for _, s := range in {
		if s == nil {
			return trained, fixed
		}
	}
	if n.refused {
		return trained, fixed
	}
	for _, w := range n.Spec.Weights(in) {
		if w.State || n.Frozen {
			fixed = fixed.Add(w.Shape.Elements())
		} else {
			trained = trained.Add(w.Shape.Elements())
		}
	}
	return trained, fixed
}

// MACs counts the multiply-adds of a node for one example; 0 where the layer
// does not multiply or its input is unknown.
func (g *Graph) MACs(n *Node) shape.Dim {
	costed, ok := n.Spec.(Costed)
	if !ok || n.Output == nil {
		return shape.Dim{}
	}
	return costed.MACs(g.InputsOf(n), n.Output)
}

func (g *Graph) shapeAt(node int) shape.Shape {
	if node == FromInput {
		return g.Input
	}
	return g.Nodes[node].Output
}
