package nn

import (
	"fmt"
	"strings"

	"github.com/voxelpipe/pipe/nn/shape"
)

// Resolve lays the items flat and works out every shape. All refusals are
// reported, but what depends on a refused layer is not checked. The graph holds
// what could be resolved.
//
// Ids must be unique in their list and From must name items above; Resolve
// panics otherwise, since whoever reads the list has to say so with its place.
func Resolve(input shape.Shape, items []Item) (*Graph, []*Refusal) {
	r := &resolver{graph: &Graph{Input: input}, named: map[string]bool{}}
	r.lay(nil, items, FromInput, false)
	return r.graph, r.refusals
}

type resolver struct {
	graph    *Graph
	refusals []*Refusal
	// named are the full names of the layers so far.
	named map[string]bool
}

// lay appends the items of one list inside of the composites on the path, whose
// first item takes outer, and gives the node of the last one: outer itself for an
// empty list.
func (r *resolver) lay(path []string, items []Item, outer int, frozen bool) int {
	above := outer
	named := map[string]int{Outer: outer}
	for i, item := range items {
		path := append(path[:len(path):len(path)], item.ID)
		inputs := []int{above}
		if len(item.From) > 0 {
			inputs = inputs[:0]
			for _, id := range item.From {
				node, known := named[id]
				if !known {
					panic(fmt.Sprintf("nn: layer %s takes %q, which is not above it", strings.Join(path, Joint), id))
				}
				inputs = append(inputs, node)
			}
		}
		if _, entrance := item.Unit.(Entrance); entrance && (i > 0 || len(item.From) > 0) {
			r.refusals = append(r.refusals, &Refusal{ID: strings.Join(path, Joint), Err: r.entered(inputs)})
			above = r.refuse(path, inputs)
		} else {
			above = r.place(path, item.Unit, inputs, frozen || item.Unit.Frozen())
		}
		if _, twice := named[item.ID]; twice {
			panic(fmt.Sprintf("nn: two layers are named %s", strings.Join(path, Joint)))
		}
		named[item.ID] = above
	}
	return above
}

// place appends one item and gives the node of its output.
func (r *resolver) place(path []string, unit Unit, inputs []int, frozen bool) int {
	id := strings.Join(path, Joint)
	if _, merges := unit.(Merger); !merges && len(inputs) > 1 {
		r.refusals = append(r.refusals, &Refusal{ID: id, Err: r.crowded(inputs)})
		return r.refuse(path, inputs)
	}
	if alias, ok := unit.(Alias); ok {
		unit = alias.Means()
	}
	switch unit := unit.(type) {
	case Entrance:
		return inputs[0]
	case Spec:
		if r.named[id] {
			r.refusals = append(r.refusals, &Refusal{ID: id, Err: r.namesake(id, inputs)})
			return r.refuse(path, inputs)
		}
		r.named[id] = true
		node := r.node(Node{ID: id, Path: path, Spec: unit, Inputs: inputs, Frozen: frozen})
		if activated, ok := unit.(Activated); ok && activated.Activation() != nil {
			node = r.node(Node{ID: id, Path: path, Spec: activated.Activation(), Inputs: []int{node}, Attached: true, Frozen: frozen})
		}
		return node
	case Composite:
		outer := inputs[0]
		items, err := unit.Expand(r.graph.shapeAt(outer))
		if err != nil {
			r.refusals = append(r.refusals, &Refusal{ID: id, Err: err})
			return r.refuse(path, inputs)
		}
		return r.lay(path, items, outer, frozen)
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

// entered refuses to name the input where it is not at hand any more.
func (r *resolver) entered(inputs []int) error {
	return &shape.Mismatch{
		Fault: shape.Setting, Input: r.graph.shapeAt(inputs[0]), Axis: -1,
		Problem: "the input is what the first layer of a list takes, and this is not the first",
		Remedy:  "put it at the head of the list, without a from",
	}
}

// namesake refuses a full name that another layer has already.
func (r *resolver) namesake(id string, inputs []int) error {
	return &shape.Mismatch{
		Fault: shape.Namesake, Input: r.graph.shapeAt(inputs[0]), Axis: -1,
		Problem:    "a layer above has the same full name, " + id,
		Arithmetic: fmt.Sprintf("a layer inside of another one is named after both: outer%sinner", Joint),
		Remedy:     fmt.Sprintf("give one of them an id without %s", Joint),
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
func (r *resolver) refuse(path []string, inputs []int) int {
	r.graph.Nodes = append(r.graph.Nodes, Node{ID: strings.Join(path, Joint), Path: path, Inputs: inputs, refused: true})
	return len(r.graph.Nodes) - 1
}
