package nn

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/shape"
)

// Resolve lays the items flat and works out every shape. All refusals are
// reported, but what depends on a refused layer is not checked. The graph holds
// what could be resolved.
//
// Ids must be unique in their list and From must name items above; Resolve
// panics otherwise, since whoever reads the list has to say so with its place.
func Resolve(input shape.Shape, items []Item) (*Graph, []*Refusal) {
	r := &resolver{graph: &Graph{Input: input}}
	r.lay("", items, FromInput, false)
	return r.graph, r.refusals
}

type resolver struct {
	graph    *Graph
	refusals []*Refusal
}

// lay appends the items of one list, whose first item takes outer, and gives the
// node of the last one: outer itself for an empty list.
func (r *resolver) lay(prefix string, items []Item, outer int, frozen bool) int {
	above := outer
	named := map[string]int{Outer: outer}
	for _, item := range items {
		inputs := []int{above}
		if len(item.From) > 0 {
			inputs = inputs[:0]
			for _, id := range item.From {
				node, known := named[id]
				if !known {
					panic(fmt.Sprintf("nn: layer %s%s takes %q, which is not above it", prefix, item.ID, id))
				}
				inputs = append(inputs, node)
			}
		}
		above = r.place(prefix+item.ID, item.Unit, inputs, frozen || item.Unit.Frozen())
		if _, twice := named[item.ID]; twice {
			panic(fmt.Sprintf("nn: two layers are named %s%s", prefix, item.ID))
		}
		named[item.ID] = above
	}
	return above
}

// place appends one item and gives the node of its output.
func (r *resolver) place(id string, unit Unit, inputs []int, frozen bool) int {
	if _, merges := unit.(Merger); !merges && len(inputs) > 1 {
		r.refusals = append(r.refusals, &Refusal{ID: id, Err: r.crowded(inputs)})
		return r.refuse(id, inputs)
	}
	if alias, ok := unit.(Alias); ok {
		unit = alias.Means()
	}
	switch unit := unit.(type) {
	case Spec:
		node := r.node(Node{ID: id, Spec: unit, Inputs: inputs, Frozen: frozen})
		if activated, ok := unit.(Activated); ok && activated.Activation() != nil {
			node = r.node(Node{ID: id, Spec: activated.Activation(), Inputs: []int{node}, Attached: true, Frozen: frozen})
		}
		return node
	case Composite:
		outer := inputs[0]
		items, err := unit.Expand(r.graph.shapeAt(outer))
		if err != nil {
			r.refusals = append(r.refusals, &Refusal{ID: id, Err: err})
			return r.refuse(id, inputs)
		}
		return r.lay(id+"/", items, outer, frozen)
	}
	panic(fmt.Sprintf("nn: layer %s is neither a layer nor a composite", id))
}

// crowded refuses several inputs for a layer that takes one.
func (r *resolver) crowded(inputs []int) error {
	return &shape.Mismatch{
		Fault: shape.Setting, Settings: []string{"from"}, Input: r.graph.shapeAt(inputs[0]), Axis: -1,
		Problem:    "the layer takes one input",
		Arithmetic: fmt.Sprintf("from names %d", len(inputs)),
		Remedy:     "join them first, with add or concatenate",
	}
}

func (r *resolver) node(n Node) int {
	for _, from := range n.Inputs {
		if from != FromInput && r.graph.Nodes[from].refused {
			n.refused = true
		}
	}
	if !n.refused {
		output, err := n.Spec.Output(r.graph.InputsOf(&n))
		if err != nil {
			r.refusals = append(r.refusals, &Refusal{ID: n.ID, Err: err})
			n.refused = true
		} else {
			n.Output = output
		}
	}
	r.graph.Nodes = append(r.graph.Nodes, n)
	return len(r.graph.Nodes) - 1
}

// refuse appends a node that stands for an item which could not be placed.
func (r *resolver) refuse(id string, inputs []int) int {
	r.graph.Nodes = append(r.graph.Nodes, Node{ID: id, Inputs: inputs, refused: true})
	return len(r.graph.Nodes) - 1
}
