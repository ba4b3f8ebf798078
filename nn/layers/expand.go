package layers

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

// Plain writes a list of layers without composites: for each item the layers that
// it stands for. Together they are the same network: the same nodes under the same
// names, with the same inputs. Items that are no composite stay as they are, but
// for the names of composites in From. If something takes the network's input by
// a name that it does not have yet, head is an input layer to put in front.
//
// The layers must take the input. As long as sizes are symbols, what a composite
// stands for may depend on them.
func Plain(in shape.Shape, items []nn.Item) (head []nn.Item, each [][]nn.Item) {
	graph, refusals := nn.Resolve(in, items)
	if len(refusals) > 0 {
		panic("layers: a network that is refused cannot be written out: " + refusals[0].Error())
	}
	w := &writing{graph: graph, above: nn.FromInput, outputs: map[string]int{}}
	previous := nn.FromInput
	for _, item := range items {
		w.plain = append(w.plain, nil)
		previous = w.item(item, previous)
	}
	return w.enter(), w.plain
}

// writing is the state of Plain.
type writing struct {
	graph *nn.Graph
	// plain are the layers of each item so far.
	plain [][]nn.Item
	// next is the first node that no item has been seen for; above is the node that
	// the layer written last gives.
	next, above int
	// outputs are the nodes that the items give.
	outputs map[string]int
	// entrance is the id of an input layer at the head, "" without one.
	entrance string
}

// item writes one item and gives the node of its output. Previous is that of the
// item above.
func (w *writing) item(item nn.Item, previous int) int {
	inputs := []int{previous}
	if len(item.From) > 0 {
		inputs = inputs[:0]
		for _, id := range item.From {
			inputs = append(inputs, w.outputs[id])
		}
	}
	first := w.next
	for w.next < len(w.graph.Nodes) && w.graph.Nodes[w.next].Path[0] == item.ID {
		w.next++
	}
	output := inputs[0] // where no node stands for the item
	if w.next > first {
		output = w.next - 1
	}
	w.outputs[item.ID] = output
	if _, composite := item.Unit.(nn.Composite); composite {
		for i := first; i < w.next; i++ {
			w.node(i)
		}
		return output
	}
	if _, entrance := item.Unit.(nn.Entrance); entrance {
		w.entrance = item.ID
	}
	if len(item.From) > 0 || inputs[0] != w.above {
		item.From = w.names(inputs)
	}
	w.write(item)
	w.above = output
	return output
}

// node writes a node that a composite stands for.
func (w *writing) node(i int) {
	n := &w.graph.Nodes[i]
	if n.Attached { // it is a setting of the layer in front of it
		w.above = i
		return
	}
	item := nn.Item{ID: n.ID, Unit: n.Spec}
	if n.Frozen && !n.Spec.Frozen() && w.weighs(n) {
		item.Unit = frozen(n.Spec)
	}
	if !slices.Equal(n.Inputs, []int{w.above}) {
		item.From = w.names(n.Inputs)
	}
	w.write(item)
	w.above = i
}

// weighs says whether a node has weights, as far as its input is known: only then
// does trainable mean anything.
func (w *writing) weighs(n *nn.Node) bool {
	trained, fixed := w.graph.Weights(n)
	return !trained.Add(fixed).Is(0) || slices.ContainsFunc(w.graph.InputsOf(n), func(in shape.Shape) bool { return in == nil })
}

func (w *writing) write(layer nn.Item) {
	last := &w.plain[len(w.plain)-1]
	*last = append(*last, layer)
}

// names are the ids of the layers that give nodes; nn.Outer for the network's
// input.
func (w *writing) names(nodes []int) []string {
	names := make([]string, len(nodes))
	for i, node := range nodes {
		names[i] = nn.Outer
		if node != nn.FromInput {
			names[i] = w.graph.Nodes[node].ID
		}
	}
	return names
}

// enter gives the network's input a name, where a layer takes it by one, and the
// input layer that has the name if there is none yet.
func (w *writing) enter() (head []nn.Item) {
	for _, layer := range slices.Concat(w.plain...) {
		for i, id := range layer.From {
			if id != nn.Outer {
				continue
			}
			if w.entrance == "" {
				w.entrance = w.unused("input")
				head = []nn.Item{{ID: w.entrance, Unit: New(func(*Input) {})}}
			}
			layer.From[i] = w.entrance
		}
	}
	return head
}

// unused is the name, with a number behind it if a layer has it already.
func (w *writing) unused(name string) string {
	for free, n := name, 1; ; free, n = fmt.Sprintf("%s_%d", name, n), n+1 {
		if !slices.ContainsFunc(slices.Concat(w.plain...), func(layer nn.Item) bool { return layer.ID == free }) {
			return free
		}
	}
}

// frozen is a copy of a layer that training leaves alone.
func frozen(layer nn.Spec) nn.Unit {
	settings := reflect.New(reflect.TypeOf(layer).Elem())
	settings.Elem().Set(reflect.ValueOf(layer).Elem())
	settings.Interface().(interface{ freeze() }).freeze()
	return settings.Interface().(nn.Unit)
}
