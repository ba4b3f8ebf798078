package nn

import (
	"math"
	"slices"

	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Space is how a layer uses memory beside its weights. Sizes are those of one
// example.
type Space struct {
	// View says that what it gives, forwards and backwards, are the elements of
	// what it takes.
	View bool
	// ForgetsInput and ForgetsOutput say that Backward does not look at the inputs
	// or the output again.
	ForgetsInput, ForgetsOutput bool
	// Shares says that the gradients it gives are that of its output.
	Shares bool
	// Inside is how many more elements it holds from Forward to Backward, Forth how
	// many during Forward, and Back how many during Backward, beside the output and
	// the gradients that it gives.
	Inside, Forth, Back int
	// InsideInput is how many more it holds from Forward to Backward, and BackInput
	// during Backward, if it gives a gradient by its input.
	InsideInput, BackInput int
	// Own is how many bytes it keeps outside the pass's arena.
	Own int
	// Workspace is what its kernels take, which all layers share.
	Workspace kernel.Workspace
}

// Spacious is a Spec that says how it uses memory. Of others it is assumed that
// they need all they see until Backward, and nothing else.
type Spacious interface {
	Space(in []shape.Shape, out shape.Shape, training bool) Space
}

// spaceOf is how a unit, nodes [first, last], uses memory.
func (g *Graph) spaceOf(first, last int, training bool) Space {
	node := &g.Nodes[first]
	if last > first {
		return node.Spec.(Fuser).FusedSpace(g.InputsOf(node), g.Nodes[first:last+1], training)
	}
	if s, ok := node.Spec.(Spacious); ok {
		return s.Space(g.InputsOf(node), node.Output, training)
	}
	return Space{}
}

// schedule is what happens when one batch flows through the first nodes of a
// graph.
type schedule struct {
	graph    *Graph
	training bool
	units    []span
	spaces   []Space
	// ended[i] are the nodes whose outputs nobody needs after unit i's Forward.
	ended [][]int
	// kept[i] says that node i's output lives until its unit's Backward.
	kept []bool
	// learns[i] says that node i or one before it has something to train.
	learns []bool
}

// span is a unit's nodes.
type span struct{ first, last int }

func newSchedule(g *Graph, nodes int, training bool) *schedule {
	s := &schedule{graph: g, training: training, kept: make([]bool, len(g.Nodes)), learns: g.learns()}
	fusions := g.Fusions()
	lastReader, remembered := make([]int, len(g.Nodes)), make([]bool, len(g.Nodes))
	for i := 0; i < nodes; i++ {
		end := fusions[i]
		if end >= nodes {
			end = i
		}
		space := g.spaceOf(i, end, training)
		for _, from := range g.Nodes[i].Inputs {
			if from != FromInput {
				lastReader[from] = len(s.units)
				remembered[from] = remembered[from] || !space.ForgetsInput
			}
		}
		remembered[end] = !space.ForgetsOutput
		lastReader[end] = len(s.units)
		s.units, s.spaces = append(s.units, span{i, end}), append(s.spaces, space)
		i = end
	}
	s.ended = make([][]int, len(s.units))
	for _, u := range s.units {
		switch {
		case u.last == nodes-1: // the caller's
		case training && remembered[u.last]:
			s.kept[u.last] = true
		default:
			s.ended[lastReader[u.last]] = append(s.ended[lastReader[u.last]], u.last)
		}
	}
	return s
}

// Plan is the memory that a network needs, in bytes, in single precision.
type Plan struct {
	// Weights are all that layers hold, Gradients those of the trained ones.
	Weights, Gradients int
	// Activations is the most that flows at one time: outputs of layers and, in
	// training, gradients by them.
	Activations int
	// Kept is what layers note for the way back, such as where maxima were.
	Kept int
	// Workspace is what kernels take while they work, such as transformed weights
	// and partial sums.
	Workspace int
}

// Total is the sum.
func (p Plan) Total() int { return p.Weights + p.Gradients + p.Activations + p.Kept + p.Workspace }

// PlanMemory works out the memory for batches of so many examples, before
// anything runs. The sizes of the graph must all be known.
func PlanMemory(g *Graph, batch int, training bool) Plan {
	const single = 4
	var p Plan
	for i := range g.Nodes {
		trained, fixed := g.Weights(&g.Nodes[i])
		n, _ := trained.Known()
		rest, _ := fixed.Known()
		p.Weights += single * (n + rest)
		if training {
			p.Gradients += single * n
		}
	}
	s := newSchedule(g, len(g.Nodes), training)
	var work kernel.Workspace
	for _, space := range s.spaces {
		p.Kept += space.Own * batch
		work = work.Beside(space.Workspace)
	}
	p.Workspace = single * work.Elements()
	p.Activations = single * s.elements(batch, false)
	return p
}

// piece is memory that flows, with the number of those who hold it.
type piece struct{ from, n, holders int }

// flow acts a pass out on a space that only counts.
type flow struct {
	space tensor.Space
	batch int
}

func (f *flow) take(n int) *piece {
	_, from, _ := f.space.Take(f.batch * n)
	return &piece{from, f.batch * n, 1}
}

func (f *flow) release(p *piece) {
	if p == nil {
		return
	}
	if p.holders--; p.holders == 0 {
		f.space.Give(0, p.from, p.n)
	}
}

// endless is more than any pass needs.
const endless = math.MaxInt / 2

// elements is how many elements of the arena one pass takes at most, given that
// it asks for them in the order in which Network does.
func (s *schedule) elements(batch int, inputGrad bool) int {
	f := &flow{batch: batch}
	f.space.Add(endless)
	size := func(node int) int { return tensor.Elements(s.graph.shapeAt(node).MustSizes()) }
	outputs, inside := make([]*piece, len(s.graph.Nodes)), make([]*piece, len(s.units))
	for i, u := range s.units {
		if from := s.graph.Nodes[u.first].Inputs[0]; s.spaces[i].View {
			if from != FromInput && outputs[from] != nil {
				outputs[u.last] = outputs[from]
				outputs[from].holders++
			}
		} else {
			outputs[u.last] = f.take(size(u.last))
		}
		held := s.spaces[i].Inside
		if s.givesInput(u, inputGrad) {
			held += s.spaces[i].InsideInput
		}
		inside[i] = f.take(held)
		f.release(f.take(s.spaces[i].Forth))
		for _, node := range s.ended[i] {
			f.release(outputs[node])
		}
	}
	if s.training && len(s.units) > 0 {
		s.back(f, outputs, inside, size, inputGrad)
	}
	return f.space.Top()
}

// givesInput says that a unit gives a gradient by an input of its own.
func (s *schedule) givesInput(u span, inputGrad bool) bool {
	return slices.ContainsFunc(s.graph.Nodes[u.first].Inputs, func(from int) bool {
		return inputGrad || from != FromInput && s.learns[from]
	})
}

// back acts the way back out.
func (s *schedule) back(f *flow, outputs, inside []*piece, size func(int) int, inputGrad bool) {
	last := s.units[len(s.units)-1].last
	grads := make([]*piece, len(s.graph.Nodes))
	grads[last] = f.take(size(last))
	for i := len(s.units) - 1; i >= 0; i-- {
		u, space := s.units[i], s.spaces[i]
		dy := grads[u.last]
		if dy == nil || !s.learns[u.last] && !inputGrad {
			continue
		}
		needed := space.Back
		if s.givesInput(u, inputGrad) {
			needed += space.BackInput
		}
		back := f.take(needed)
		for _, from := range s.graph.Nodes[u.first].Inputs {
			if !inputGrad && (from == FromInput || !s.learns[from]) {
				continue
			}
			var dx *piece
			if space.View || space.Shares {
				dx = dy
				dy.holders++
			} else {
				dx = f.take(size(from))
			}
			if from == FromInput {
				continue
			}
			if there := grads[from]; there != nil {
				sum := f.take(size(from))
				f.release(there)
				f.release(dx)
				dx = sum
			}
			grads[from] = dx
		}
		f.release(back)
		f.release(inside[i])
		if u.last != last {
			f.release(dy)
		}
		if s.kept[u.last] {
			f.release(outputs[u.last])
		}
	}
}

// learns says for each node whether it or one before it has something to train.
func (g *Graph) learns() []bool {
	learns := make([]bool, len(g.Nodes))
	for i := range g.Nodes {
		node := &g.Nodes[i]
		learns[i] = !node.Frozen && slices.ContainsFunc(node.Spec.Weights(g.InputsOf(node)), func(w Weight) bool { return !w.State })
		for _, from := range node.Inputs {
			learns[i] = learns[i] || from != FromInput && learns[from]
		}
	}
	return learns
}
