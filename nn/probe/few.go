package probe

import (
	"math"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/tensor"
	"github.com/voxelpipe/pipe/nn/train"
)

// Few is what a few steps did, with the settings as they are. A schedule is not
// followed: the steps have the optimizer's own learning rate.
type Few struct {
	// Steps is how many were made, on two batches in turn, of Examples together.
	Steps, Examples int
	// Losses are those of the steps, without penalties.
	Losses []float64
	// NotFinite is where the numbers stopped being finite; nil if they did not.
	NotFinite *train.Origin
	// Nodes are what the layers gave, before the first step and behind the last, by
	// the graph's nodes.
	Before, After []Activity
	// Flows are the layers with weights to train, in the order of the graph.
	Flows []Flow
	// Apart is the largest difference between what two of the examples are given,
	// behind the last step, and Scale the largest of what they are given. InputsApart
	// is the first for the examples themselves.
	Apart, Scale, InputsApart float64
	// Hopeless says that all examples are given the same before the first step, and
	// that no gradient came to any layer but the last in the steps.
	Hopeless bool
}

// Activity is what a node gave for some examples.
type Activity struct {
	// Units is the size of the last axis: channels, or units. Dead of them were 0 for
	// every example, and at every position; it is counted for a ReLU alone.
	Units, Dead int
	// Counts says that dead units are counted.
	Counts bool
	// Saturated is the share of what an activation with two ends took that lies beyond
	// ±5, or of a softmax's answers that are as sure as that; NaN for others.
	Saturated float64
	// Spread is the standard deviation of what it gave.
	Spread float64
}

// Flow is how the weights of one layer are changed.
type Flow struct {
	// Layer is its full name, Node its index in the graph.
	Layer string
	Node  int
	// Kernel says that the layer has weights that multiply, which the next three are
	// about: of the gradient its length before the first step, and in each step; and
	// how long the changes were beside the weights, the median of the steps.
	Kernel bool
	First  float64
	Norms  []float64
	Update float64
	// Moved says that the steps have changed something: of the weights that multiply,
	// where there are any.
	Moved bool
	// Reached says that there was a gradient that is not 0.
	Reached bool
}

// fewSteps is how many steps are made.
const fewSteps = 10

// sure is the logistic function at 5: an output beyond it, or below 1 less it,
// comes from beyond ±5.
const sure = 0.9933071490757153

func (w *workshop) few(found *Found) error {
	// A training's own batch, but no more than is needed to see.
	most := min(max(w.Settings.BatchSize, 2), 16, max(len(w.order)/2, 1))
	n, ok := w.affordable(1, most, fewSteps+4, fewBudget)
	if !ok {
		n = 1 // so much is always looked at
	}
	batches := make([]*train.Batch, 2)
	for k := range batches {
		from := min(k*n, len(w.order)-n)
		var err error
		if batches[k], err = w.read(w.order[from : from+n]); err != nil {
			return err
		}
	}
	t := w.trial(true)
	found.First = w.firstOf(t, batches[0], n)
	f := Few{Examples: 2 * n, Flows: flowsOf(t.net.Graph, t.net.Params())}
	var start []*tensor.Tensor[float32]
	f.Before, start = t.activities(batches)
	before := valuesOf(t.net.Params())
	updates := make([][]float64, len(f.Flows))
	for f.Steps < fewSteps {
		b := batches[f.Steps%2]
		last := valuesOf(t.net.Params())
		value, _ := t.step(b, w.Settings.Optimizer.Rate())
		if !finite(value) {
			t.pass.Training = true
			f.NotFinite = train.OriginOf(t.net, t.pass, b.X)
			break
		}
		f.Losses = append(f.Losses, value)
		f.Steps++
		t.follow(f.Flows, last, updates)
		if err := w.ctx.Err(); err != nil {
			return err
		}
	}
	for i := range f.Flows {
		flow := &f.Flows[i]
		flow.Update = median(updates[i])
		for k, p := range t.net.Params() {
			mine := p.Trainable && layerOf(p.Name) == flow.Layer && (!flow.Kernel || len(p.Shape) > 1)
			flow.Moved = flow.Moved || mine && !slices.Equal(p.Value, before[k])
		}
	}
	f.Hopeless = hopeless(f.Flows, start)
	if f.NotFinite == nil {
		var outputs []*tensor.Tensor[float32]
		f.After, outputs = t.activities(batches)
		f.Apart, f.Scale = apart(outputs)
		f.InputsApart, _ = apart([]*tensor.Tensor[float32]{batches[0].X, batches[1].X})
	}
	found.Few = f
	return nil
}

// firstOf is the loss of the first batch.
func (w *workshop) firstOf(t *trial, b *train.Batch, n int) First {
	f := First{Batch: n, Summed: !w.Settings.Loss.Averages(), Classes: w.task.Classes()}
	f.Loss, _ = t.measure(b, true)
	f.Penalty, f.Heaviest = penalties(t.net.Params())
	f.Uniform, f.Prior = w.expected(b)
	return f
}

// penalties adds up what weights cost, and finds the layer that costs the most.
func penalties(params []*nn.Param[float32]) (sum float64, heaviest string) {
	costs, most := make(map[string]float64), 0.0
	for _, p := range params {
		if p.Regularizer == nil || !p.Trainable {
			continue
		}
		layer := layerOf(p.Name)
		for _, v := range p.Value {
			cost, _ := p.Regularizer.Penalty(float64(v))
			sum += cost
			costs[layer] += cost
		}
		if costs[layer] > most {
			heaviest, most = layer, costs[layer]
		}
	}
	return sum, heaviest
}

// layerOf is the layer of a weight's full name.
func layerOf(name string) string {
	layer, _, _ := strings.Cut(name, "/")
	return layer
}

// flowsOf lists the layers with something to train.
func flowsOf(g *nn.Graph, params []*nn.Param[float32]) []Flow {
	var flows []Flow
	for _, p := range params {
		if !p.Trainable {
			continue
		}
		layer := layerOf(p.Name)
		if len(flows) == 0 || flows[len(flows)-1].Layer != layer {
			node := slices.IndexFunc(g.Nodes, func(n nn.Node) bool { return n.ID == layer })
			flows = append(flows, Flow{Layer: layer, Node: node})
		}
		if len(p.Shape) > 1 {
			flows[len(flows)-1].Kernel = true
		}
	}
	return flows
}

// follow adds what one step did to the weights, which were last before it.
func (t *trial) follow(flows []Flow, last [][]float32, updates [][]float64) {
	for i := range flows {
		f := &flows[i]
		var gradient, change, weight float64
		for k, p := range t.net.Params() {
			if !p.Trainable || layerOf(p.Name) != f.Layer {
				continue
			}
			for _, g := range p.Grad {
				f.Reached = f.Reached || g != 0
			}
			if len(p.Shape) < 2 {
				continue
			}
			for j, g := range p.Grad {
				gradient += float64(g) * float64(g)
				moved := float64(p.Value[j]) - float64(last[k][j])
				change += moved * moved
				weight += float64(last[k][j]) * float64(last[k][j])
			}
		}
		f.Norms = append(f.Norms, math.Sqrt(gradient))
		f.First = f.Norms[0]
		if weight > 0 {
			updates[i] = append(updates[i], math.Sqrt(change/weight))
		}
	}
}

// valuesOf copies weights.
func valuesOf(params []*nn.Param[float32]) [][]float32 {
	values := make([][]float32, len(params))
	for i, p := range params {
		values[i] = slices.Clone(p.Value)
	}
	return values
}

// activities runs some batches as training does and looks at what each node
// gives; and gives the outputs.
func (t *trial) activities(batches []*train.Batch) ([]Activity, []*tensor.Tensor[float32]) {
	nodes := t.net.Graph.Nodes
	lookers := make([]looker, len(nodes))
	for i := range nodes {
		lookers[i].spec = nodes[i].Spec
	}
	// Statistics that layers keep stay as they are.
	kept := valuesOf(t.net.Params())
	t.pass.Seen = func(node int, y *tensor.Tensor[float32]) { lookers[node].look(y.Data, y.Shape[len(y.Shape)-1]) }
	var outputs []*tensor.Tensor[float32]
	for _, b := range batches {
		_, y := t.measure(b, true)
		outputs = append(outputs, tensor.From(slices.Clone(y.Data), slices.Clone(y.Shape)...))
		if t.head != loss.Linear {
			lookers[len(nodes)-1].look(t.loss.Probabilities(), y.Shape[len(y.Shape)-1])
		}
	}
	t.pass.Seen = nil
	for i, p := range t.net.Params() {
		copy(p.Value, kept[i])
	}
	found := make([]Activity, len(nodes))
	for i := range lookers {
		found[i] = lookers[i].found()
	}
	return found, outputs
}

// looker adds up what a node gives.
type looker struct {
	spec         nn.Spec
	alive        []bool
	n, saturated int
	mean, square float64
}

func (l *looker) look(y []float32, width int) {
	if l.alive == nil {
		l.alive = make([]bool, width)
	}
	for at := 0; at+width <= len(y); at += width {
		row := y[at : at+width]
		for k, v := range row {
			l.alive[k] = l.alive[k] || v != 0
			// Welford's running moments.
			l.n++
			off := float64(v) - l.mean
			l.mean += off / float64(l.n)
			l.square += off * (float64(v) - l.mean)
		}
		switch l.spec.(type) {
		case *layers.Softmax:
			if slices.Max(row) > sure {
				l.saturated += width
			}
		case *layers.Sigmoid:
			for _, v := range row {
				if v > sure || v < 1-sure {
					l.saturated++
				}
			}
		case *layers.Tanh:
			for _, v := range row {
				if math.Abs(float64(v)) > 0.9999092042625951 { // tanh(5)
					l.saturated++
				}
			}
		}
	}
}

func (l *looker) found() Activity {
	a := Activity{Units: len(l.alive), Saturated: math.NaN(), Spread: math.Sqrt(l.square / float64(max(l.n, 1)))}
	switch spec := l.spec.(type) {
	case *layers.ReLU:
		a.Counts = spec.NegativeSlope == 0 && l.n > 0
	case *layers.Softmax, *layers.Sigmoid, *layers.Tanh:
		a.Saturated = float64(l.saturated) / float64(max(l.n, 1))
	}
	if a.Counts {
		for _, alive := range l.alive {
			if !alive {
				a.Dead++
			}
		}
	}
	return a
}

// hopeless says whether nothing can be learnt but how often each class occurs.
func hopeless(flows []Flow, start []*tensor.Tensor[float32]) bool {
	different, _ := apart(start)
	return different == 0 && len(flows) > 1 && !slices.ContainsFunc(flows[:len(flows)-1], func(f Flow) bool { return f.Reached })
}

// apart is the largest difference between values of two examples at one place,
// and the largest value.
func apart(batches []*tensor.Tensor[float32]) (most, scale float64) {
	first := batches[0].Example(0)
	for _, b := range batches {
		for i := range b.Batch() {
			for k, v := range b.Example(i) {
				most = max(most, math.Abs(float64(v)-float64(first[k])))
				scale = max(scale, math.Abs(float64(v)))
			}
		}
	}
	return most, scale
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	values = slices.Sorted(slices.Values(values))
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}
