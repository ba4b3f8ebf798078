package nn

import (
	"os"
	"slices"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Fuser is a Spec that can do the work of nodes behind it while it does its own,
// so that what flows between them is never written to memory. The result is that
// of the nodes one by one, but for rounding.
type Fuser interface {
	Spec
	// Fuse is how many nodes of the run are worked together; 1 leaves this one by
	// itself. The first node of the run is this Spec's, each other one takes the
	// node in front of it, and nobody else sees what flows between them. The run
	// may be longer than what can be fused.
	Fuse(in []shape.Shape, run []Node) int
	// FusedSpace is how the run uses memory.
	FusedSpace(in []shape.Shape, run []Node, training bool) Space
	// Fused makes the run alive: sites are those of its nodes.
	Fused(run []Node, sites []Site[float32]) Layer[float32]
	// Fused64 is Fused in double precision.
	Fused64(run []Node, sites []Site[float64]) Layer[float64]
}

// FuseSwitch names the environment variable that, set to off, runs every node by
// itself. It is read once, when the program starts.
const FuseSwitch = "PIPE_FUSE"

var fuseOff = os.Getenv(FuseSwitch) == "off"

// Fusions gives for each node the last node of the run that is worked together
// with it, where it begins one: itself for a node that is worked alone, and for
// those inside a run. The sizes must all be known.
func (g *Graph) Fusions() []int {
	last := make([]int, len(g.Nodes))
	for i := range last {
		last[i] = i
	}
	if g.Apart || fuseOff {
		return last
	}
	for i := 0; i < len(g.Nodes); i++ {
		fuser, able := g.Nodes[i].Spec.(Fuser)
		if !able {
			continue
		}
		run := g.run(i)
		if n := fuser.Fuse(g.InputsOf(&g.Nodes[i]), run); n > 1 {
			last[i] = i + n - 1
			i = last[i]
		}
	}
	return last
}

// run is the longest run of nodes from first on in which each takes the one in
// front of it and nobody else does.
func (g *Graph) run(first int) []Node {
	end := first + 1
	for end < len(g.Nodes) && slices.Equal(g.Nodes[end].Inputs, []int{end - 1}) && g.readers(end-1) == 1 {
		end++
	}
	return g.Nodes[first:end]
}

// readers is how many times a node's output is taken.
func (g *Graph) readers(node int) int {
	count := 0
	for i := range g.Nodes {
		for _, from := range g.Nodes[i].Inputs {
			if from == node {
				count++
			}
		}
	}
	return count
}

// fuse makes the runs alive that are worked together.
func (n *Network[T]) fuse(sites []Site[T], fused func(Fuser, []Node, []Site[T]) Layer[T]) {
	n.last = n.Graph.Fusions()
	n.first = make([]int, len(n.last))
	n.fused = make([]Layer[T], len(n.last))
	for i := 0; i < len(n.last); i++ {
		first, end := i, n.last[i]
		n.first[i] = first
		if end == first {
			continue
		}
		run := n.Graph.Nodes[first : end+1]
		n.fused[first] = fused(run[0].Spec.(Fuser), run, sites[first:end+1])
		for ; i < end; i++ {
			n.first[i+1] = first
		}
	}
}

// unit is what is worked as one of the first so many nodes: a run of nodes
// [first, last] and its layer. A run that the number cuts off is worked node by
// node.
type unit[T tensor.Float] struct {
	first, last int
	layer       Layer[T]
}

// from is the unit that begins with a node.
func (n *Network[T]) from(node, nodes int) unit[T] {
	if end := n.last[node]; end > node && end < nodes {
		return unit[T]{node, end, n.fused[node]}
	}
	return unit[T]{node, node, n.layers[node]}
}

// to is the unit that ends with a node.
func (n *Network[T]) to(node, nodes int) unit[T] {
	if first := n.first[node]; first < node && n.last[first] < nodes {
		return n.from(first, nodes)
	}
	return unit[T]{node, node, n.layers[node]}
}
