package nn

import (
	"math/rand/v2"
	"slices"

	"github.com/voxelpipe/pipe/nn/tensor"
)

// Network is a graph alive: it holds weights. It also holds what flows through
// it, so it does one thing at a time; a Twin can do another beside it.
type Network[T tensor.Float] struct {
	Graph  *Graph
	layers []Layer[T]
	params []*Param[T]
	// learns[i] says that node i or one before it has something to train.
	learns []bool
	// precision makes layers alive.
	precision precision[T]
	// Nodes first[i] to last[first[i]] are worked together with node i, by the
	// layer fused[first[i]].
	first, last []int
	fused       []Layer[T]

	// What flowed in the last pass. feeds[i] and needs[i] are node i's inputs and
	// which of their gradients are wanted.
	outputs []*tensor.Tensor[T]
	feeds   [][]*tensor.Tensor[T]
	needs   [][]bool
	grads   []*tensor.Tensor[T]
	// plan is what happens in a pass like the last one.
	plan *passPlan
	sum  sum[T]
}

// Build makes a graph alive. Its sizes must all be known. The same seed gives
// the same weights: each one's stream depends on the seed and its full name
// only, so adding a layer leaves the others' weights as they were.
func Build(g *Graph, seed uint64) *Network[float32] {
	single := precision[float32]{
		alive: func(s Spec, site Site[float32]) Layer[float32] { return s.Build(site) },
		fused: func(s Fuser, run []Node, sites []Site[float32]) Layer[float32] { return s.Fused(run, sites) },
	}
	var room []float64
	return build(g, single, func(w Weight, node *Node) *Param[float32] { return newParam[float32](w, node, seed, &room) })
}

// Build64 is Build in double precision, for proofs. Its weights are those of
// Build before they are rounded.
func Build64(g *Graph, seed uint64) *Network[float64] {
	double := precision[float64]{
		alive: func(s Spec, site Site[float64]) Layer[float64] { return s.Build64(site) },
		fused: func(s Fuser, run []Node, sites []Site[float64]) Layer[float64] { return s.Fused64(run, sites) },
	}
	var room []float64
	return build(g, double, func(w Weight, node *Node) *Param[float64] { return newParam[float64](w, node, seed, &room) })
}

// precision makes layers of one precision alive, one by one or fused.
type precision[T tensor.Float] struct {
	alive func(Spec, Site[T]) Layer[T]
	fused func(Fuser, []Node, []Site[T]) Layer[T]
}

// Twin is a network of the same graph that shares n's weights, not its
// gradients. The two may run at the same time as long as neither is trained.
func (n *Network[T]) Twin() *Network[T] {
	left := n.params
	return build(n.Graph, n.precision, func(Weight, *Node) *Param[T] {
		p := *left[0]
		left = left[1:]
		p.Grad = nil
		return &p
	})
}

// Copy is a network of the same graph with n's weights as they are now, its own
// from then on.
func (n *Network[T]) Copy() *Network[T] {
	c := n.Twin()
	for _, p := range c.params {
		p.Value = slices.Clone(p.Value)
	}
	return c
}

// build makes a graph alive, asking for each weight in the order of the layers.
func build[T tensor.Float](g *Graph, made precision[T], param func(Weight, *Node) *Param[T]) *Network[T] {
	n := &Network[T]{
		Graph:     g,
		precision: made,
		learns:    make([]bool, len(g.Nodes)),
		outputs:   make([]*tensor.Tensor[T], len(g.Nodes)),
		feeds:     make([][]*tensor.Tensor[T], len(g.Nodes)),
		needs:     make([][]bool, len(g.Nodes)),
		grads:     make([]*tensor.Tensor[T], len(g.Nodes)),
	}
	sites := make([]Site[T], 0, len(g.Nodes))
	for i := range g.Nodes {
		node := &g.Nodes[i]
		in := g.InputsOf(node)
		n.feeds[i] = make([]*tensor.Tensor[T], len(in))
		n.needs[i] = make([]bool, len(in))
		site := Site[T]{Out: node.Output.MustSizes(), Frozen: node.Frozen}
		for _, s := range in {
			site.In = append(site.In, s.MustSizes())
		}
		for _, w := range node.Spec.Weights(in) {
			site.Params = append(site.Params, param(w, node))
		}
		n.layers = append(n.layers, made.alive(node.Spec, site))
		sites = append(sites, site)
		n.params = append(n.params, site.Params...)
		for _, p := range site.Params {
			n.learns[i] = n.learns[i] || p.Trainable
		}
		for _, from := range node.Inputs {
			if from != FromInput {
				n.learns[i] = n.learns[i] || n.learns[from]
			}
		}
	}
	n.fuse(sites, made.fused)
	return n
}

// newParam draws a weight. The room is for its values in double precision, which
// all weights of a network use in turn.
func newParam[T tensor.Float](w Weight, node *Node, seed uint64, room *[]float64) *Param[T] {
	p := &Param[T]{
		Name:        node.ID + "/" + w.Name,
		Shape:       w.Shape.MustSizes(),
		Trainable:   !w.State && !node.Frozen,
		Regularizer: w.Regularizer,
	}
	*room = slices.Grow((*room)[:0], tensor.Elements(p.Shape))
	values := (*room)[:tensor.Elements(p.Shape)]
	w.Init.Fill(values, p.Shape, rand.New(rand.NewPCG(seed, hash(p.Name))))
	p.Value = make([]T, len(values))
	for i, v := range values {
		p.Value[i] = T(v)
	}
	return p
}

// hash is the 64-bit FNV-1a of a name.
func hash(name string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for _, b := range []byte(name) {
		h = (h ^ uint64(b)) * 0x100000001b3
	}
	return h
}

// Params are all weights in the order of the layers.
func (n *Network[T]) Params() []*Param[T] { return n.params }

// Len is the number of nodes.
func (n *Network[T]) Len() int { return len(n.layers) }

// Forward runs the first nodes of the network, Len() for all, and gives the
// last one's output. The input is [N, …] with the graph's input shape. What it
// returns belongs to the pass's arena.
func (n *Network[T]) Forward(p *Pass[T], x *tensor.Tensor[T], nodes int) *tensor.Tensor[T] {
	plan := n.planned(p, x.Batch(), nodes)
	y := x
	for i, k := 0, 0; i < nodes; i, k = i+1, k+1 {
		u := n.from(i, nodes)
		p.node = uint64(i)
		for j, from := range n.Graph.Nodes[i].Inputs {
			if from == FromInput {
				n.feeds[i][j] = x
			} else {
				n.feeds[i][j] = n.outputs[from]
			}
		}
		y = u.layer.Forward(p, n.feeds[i])
		if slices.Contains(n.feeds[i], y) {
			p.Arena.Retain(y)
		}
		n.outputs[u.last] = y
		if p.Seen != nil {
			p.Seen(u.last, y)
		}
		i = u.last
		for _, node := range plan.ended[k] {
			p.Arena.Release(n.outputs[node])
		}
	}
	return y
}

// passPlan is a schedule for passes of one kind.
type passPlan struct {
	*schedule
	nodes, batch int
	inputGrad    bool
}

// planned is the plan for a pass, for which it makes room in the arena.
func (n *Network[T]) planned(p *Pass[T], batch, nodes int) *passPlan {
	if l := n.plan; l == nil || l.nodes != nodes || l.training != p.Training || l.inputGrad != p.InputGrad {
		n.plan = &passPlan{schedule: newSchedule(n.Graph, nodes, p.Training), nodes: nodes, inputGrad: p.InputGrad}
	}
	if n.plan.batch < batch {
		n.plan.batch = batch
		p.Arena.Reserve(n.plan.elements(batch, p.InputGrad))
	}
	return n.plan
}

// Backward follows a Forward over as many nodes in training mode. From the
// gradient of the loss by that output it adds to the gradients of all trainable
// params (which the caller clears), and gives the gradient by the input if the
// pass asks for it, else nil.
func (n *Network[T]) Backward(p *Pass[T], dy *tensor.Tensor[T], nodes int) *tensor.Tensor[T] {
	clear(n.grads)
	if nodes == 0 {
		return dy
	}
	n.roomForGrads()
	n.grads[nodes-1] = dy
	var dx *tensor.Tensor[T]
	for i := nodes - 1; i >= 0; i-- {
		dy := n.grads[i]
		if dy == nil || !(n.learns[i] || p.InputGrad) {
			continue
		}
		u := n.to(i, nodes)
		i = u.first
		p.node = uint64(i)
		from := n.Graph.Nodes[i].Inputs
		need := n.needs[i]
		for j, f := range from {
			need[j] = p.InputGrad || f != FromInput && n.learns[f]
		}
		for j, g := range u.layer.Backward(p, dy, need) {
			if need[j] && g == dy {
				p.Arena.Retain(g)
			}
			switch {
			case !need[j]:
			case from[j] == FromInput:
				dx = n.sum.of(p, dx, g)
			default:
				n.grads[from[j]] = n.sum.of(p, n.grads[from[j]], g)
			}
		}
		// Nobody looks at these again; the last ones are the caller's.
		if u.last != nodes-1 {
			p.Arena.Release(dy)
		}
		if n.plan.kept[u.last] {
			p.Arena.Release(n.outputs[u.last])
		}
	}
	return dx
}

// sum adds up two gradients.
type sum[T tensor.Float] struct {
	a, b, y *tensor.Tensor[T]
	// work is stretch, made once, so that a pass takes no memory for it.
	work func(stretch int)
}

// of sums two gradients into new memory, since either may share its elements with
// another tensor. The first may be nil.
func (s *sum[T]) of(p *Pass[T], a, b *tensor.Tensor[T]) *tensor.Tensor[T] {
	if a == nil {
		return b
	}
	if s.work == nil {
		s.work = s.stretch
	}
	s.a, s.b, s.y = a, b, p.Arena.New(a.Shape[0], a.Shape[1:]...)
	p.Pool.Run((len(s.y.Data)+sumStretch-1)/sumStretch, s.work)
	p.Arena.Release(a)
	p.Arena.Release(b)
	return s.y
}

// sumStretch is how many elements are added up at a time.
const sumStretch = 8192

func (s *sum[T]) stretch(i int) {
	from, to := i*sumStretch, min((i+1)*sumStretch, len(s.y.Data))
	a, b, y := s.a.Data[from:to], s.b.Data[from:to], s.y.Data[from:to]
	for k := range y {
		y[k] = a[k] + b[k]
	}
}

// roomForGrads gives the params their gradients, which a network that is not
// trained does without.
func (n *Network[T]) roomForGrads() {
	for _, p := range n.params {
		if p.Trainable && p.Grad == nil {
			p.Grad = make([]T, len(p.Value))
		}
	}
}

// ClearGrads sets all gradients to zero.
func (n *Network[T]) ClearGrads() {
	n.roomForGrads()
	for _, p := range n.params {
		clear(p.Grad)
	}
}

// Penalty is what the regularizers add to the loss; it adds their derivatives to
// the gradients, of a network that has any yet: one that is only measured has none.
// As in Keras, weights that are not trained cost nothing.
func (n *Network[T]) Penalty() float64 {
	var sum float64
	for _, p := range n.params {
		if p.Regularizer == nil || !p.Trainable {
			continue
		}
		for i, w := range p.Value {
			value, slope := p.Regularizer.Penalty(float64(w))
			sum += value
			if len(p.Grad) > 0 {
				p.Grad[i] += T(slope)
			}
		}
	}
	return sum
}
