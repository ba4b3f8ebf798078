package train

import (
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Headed is a layer that a loss can compute together with itself from the
// layer's input: a softmax or a sigmoid.
type Headed interface {
	// Head is what the layer is to a loss for which the last axis holds the classes,
	// given the shape of one example; Linear for none.
	Head(example shape.Shape) loss.Head
}

// examiner runs batches through a network and keeps the running means of loss
// and metrics.
type examiner struct {
	net  *nn.Network[float32]
	pass *nn.Pass[float32]
	// nodes is how many of the network's nodes are run: without the last one where
	// the loss computes that itself, and then head is it.
	nodes int
	head  loss.Head
	loss  loss.Batch[float32]

	columns []string
	meters  []metric.Meter
	// numbers marks the meters that have a column, running those of them that are
	// shown after each step.
	numbers, running []bool

	lossSum  float64
	examples int
}

func newExaminer(net *nn.Network[float32], pass *nn.Pass[float32], s *Settings) *examiner {
	e := &examiner{net: net, pass: pass, nodes: net.Len(), columns: Measured(*s, false)}
	e.loss = loss.Batch[float32]{Loss: s.Loss, Pool: pass.Pool}
	task := s.Task
	output := net.Graph.Output().MustSizes()
	task.Positions = data.Elements(output[:len(output)-1])
	if s.Loss != nil {
		e.head = HeadOf(net.Graph, s.Loss)
		task.Logits = s.Loss.FromLogits()
		e.loss.Scores = task.Logits || e.head != loss.Linear
	}
	if e.head != loss.Linear {
		e.nodes--
	}
	for _, m := range s.Metrics {
		meter := metric.New(m, task)
		_, deferred := meter.(metric.Deferred)
		e.meters = append(e.meters, meter)
		e.numbers = append(e.numbers, m.Better() != "")
		e.running = append(e.running, m.Better() != "" && !deferred)
	}
	return e
}

// HeadOf is the network's last layer as a head, if it is the one that the loss
// can compute itself and does not ask to be left out.
func HeadOf(g *nn.Graph, l loss.Loss) loss.Head {
	last := g.Last()
	if last == nil || l.FromLogits() || !slices.Equal(last.Inputs, []int{len(g.Nodes) - 2}) {
		return loss.Linear
	}
	if headed, ok := last.Spec.(Headed); ok && headed.Head(last.Output) == l.Head() {
		return l.Head()
	}
	return loss.Linear
}

// reset starts a new epoch.
func (e *examiner) reset() {
	e.lossSum, e.examples = 0, 0
	for _, m := range e.meters {
		m.Reset()
	}
}

// run computes a batch's loss, without penalties, and shows the batch to the
// metrics. If slope is set it gives the derivative of the loss by the output of
// the nodes that were run.
func (e *examiner) run(b *batch, slope bool) (value float64, dy *tensor.Tensor[float32]) {
	e.pass.Arena.Reset()
	y := e.net.Forward(e.pass, b.x, e.nodes)
	if e.loss.Loss != nil {
		if slope {
			dy = e.pass.Arena.New(y.Batch(), y.Shape[1:]...)
		}
		value = e.loss.Compute(y, b.y, b.weights, dy)
	}
	e.measure(y, b.y)
	return value, dy
}

// measure shows the outputs to the metrics, as the whole network would give
// them.
func (e *examiner) measure(y, t *tensor.Tensor[float32]) {
	if len(e.meters) == 0 {
		return
	}
	outputs := y.Data
	if e.head != loss.Linear {
		outputs = e.loss.Probabilities()
	}
	e.pass.Pool.Run(len(e.meters), func(i int) { e.meters[i].Add(outputs, t.Data) })
}

// count adds a batch's loss to the running mean, in which each batch weighs as
// much as it has examples.
func (e *examiner) count(loss float64, examples int) {
	e.lossSum += loss * float64(examples)
	e.examples += examples
}

// values appends the numbers so far in the order of the columns: all of them, or
// those that are cheap.
func (e *examiner) values(into []float64, all bool) []float64 {
	if e.loss.Loss != nil {
		into = append(into, e.lossSum/float64(e.examples))
	}
	for i, m := range e.meters {
		if e.running[i] || all && e.numbers[i] {
			into = append(into, m.Value())
		}
	}
	return into
}

// runningColumns names the values that are cheap.
func (e *examiner) runningColumns() []string {
	columns, rest := []string(nil), e.columns
	if e.loss.Loss != nil {
		columns, rest = append(columns, rest[0]), rest[1:]
	}
	for i := range e.meters {
		if !e.numbers[i] {
			continue
		}
		if e.running[i] {
			columns = append(columns, rest[0])
		}
		rest = rest[1:]
	}
	return columns
}
