package probe

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// What the looks may cost, in multiply-adds: a second or two of two processors for
// 100 billion, where layers are large.
const (
	fewBudget   = 100e9
	sweepBudget = 200e9
	fitBudget   = 300e9
	shareBudget = 100e9
	// Memory is the most bytes that one step may take.
	memory = 3 << 30
)

// elementwise is what one element that a layer gives costs beside its
// multiply-adds.
const elementwise = 24

// costOf is what one example costs on the way forward.
func costOf(g *nn.Graph) float64 {
	cost := 0.0
	for i := range g.Nodes {
		node := &g.Nodes[i]
		if macs, known := g.MACs(node).Known(); known {
			cost += float64(macs)
		}
		cost += elementwise * float64(tensor.Elements(node.Output.MustSizes()))
	}
	return cost
}

// affordable is the most examples, between two bounds, with which so many steps
// stay within a budget and the memory; false if even the fewest do not.
func (w *workshop) affordable(least, most, steps int, budget float64) (int, bool) {
	most = min(most, len(w.order))
	for n := most; n >= min(least, most); n-- {
		if 3*w.cost*float64(n*steps) <= budget && nn.PlanMemory(w.Net.Graph, n, true).Total() <= memory {
			return n, true
		}
	}
	return 0, false
}

// leave notes that something was left out.
func (w *workshop) leave(what string) {
	w.left = append(w.left, fmt.Sprintf("%s: a step costs %.3g billion multiply-adds for each example", what, 3*w.cost/1e9))
}
