package probe

import (
	"math"
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/tensor"
	"github.com/voxelpipe/pipe/nn/train"
)

// trial is a copy of the network that is worked with.
type trial struct {
	net   *nn.Network[float32]
	pass  nn.Pass[float32]
	loss  loss.Batch[float32]
	head  loss.Head
	nodes int
	// logits says that outputs in front of no head are scores.
	logits    bool
	accuracy  metric.Meter
	optimizer *optim.State[float32]
	clip      func([]*nn.Param[float32])
	// repeat is how many gradients the optimizer takes before it changes anything.
	repeat int
}

// trial copies the network as it is before the first step. Apart, every node is
// worked by itself, so that each can be looked at.
func (w *workshop) trial(apart bool) *trial {
	net := w.Net.Copy()
	if apart {
		graph := *w.Net.Graph
		graph.Apart = true
		net = nn.Build(&graph, 0)
		for i, p := range net.Params() {
			copy(p.Value, w.Net.Params()[i].Value)
		}
	}
	t := &trial{net: net, pass: nn.Pass[float32]{Seed: w.Settings.Seed, Pool: w.Pool}, nodes: net.Len()}
	t.head, t.logits = train.HeadOf(net.Graph, w.Settings.Loss), w.task.Logits
	t.loss = loss.Batch[float32]{Loss: w.Settings.Loss, Pool: w.Pool, Scores: t.logits || t.head != loss.Linear}
	if t.head != loss.Linear {
		t.nodes--
	}
	if w.task.Kind != metric.Regression {
		t.accuracy = metric.New(&metric.Accuracy{}, w.task)
	}
	t.clip = w.Settings.Clip
	t.uses(w.Settings.Optimizer)
	return t
}

// uses has an optimizer change the weights from now on.
func (t *trial) uses(o optim.Optimizer) {
	t.optimizer = optim.New(o, t.net.Params())
	t.optimizer.Pool, t.optimizer.Clip = t.pass.Pool, t.clip
	t.repeat = optim.Accumulates(o)
}

// forward gives the outputs of a batch, which live until the next pass.
func (t *trial) forward(b *train.Batch, training bool) *tensor.Tensor[float32] {
	t.pass.Training = training
	t.pass.Arena.Reset()
	return t.net.Forward(&t.pass, b.X, t.nodes)
}

// backward works out the gradients of a batch in training, without penalties, and
// gives its loss and outputs.
func (t *trial) backward(b *train.Batch) (float64, *tensor.Tensor[float32]) {
	t.net.ClearGrads()
	y := t.forward(b, true)
	dy := t.pass.Arena.New(y.Batch(), y.Shape[1:]...)
	value := t.loss.Compute(y, b.Y, b.Weights, dy)
	outputs := tensor.From(slices.Clone(y.Data), slices.Clone(y.Shape)...)
	if finite(value) {
		t.net.Backward(&t.pass, dy, t.nodes)
	}
	return value, outputs
}

// step makes one step and gives the batch's loss before it, without penalties,
// and its outputs. A loss that is not finite changes nothing.
func (t *trial) step(b *train.Batch, rate float64) (float64, *tensor.Tensor[float32]) {
	value, y := t.backward(b)
	if !finite(value + t.net.Penalty()) {
		return math.NaN(), y
	}
	t.optimizer.Rate = rate
	for range t.repeat {
		t.optimizer.Step()
	}
	t.pass.Step++
	return value, y
}

// measure gives the loss and the outputs of a batch, without changing the weights.
func (t *trial) measure(b *train.Batch, training bool) (float64, *tensor.Tensor[float32]) {
	y := t.forward(b, training)
	return t.loss.Compute(y, b.Y, b.Weights, nil), y
}

// right is the share of a batch's answers that are right; NaN for numbers.
func (t *trial) right(y *tensor.Tensor[float32], b *train.Batch) float64 {
	if t.accuracy == nil {
		return math.NaN()
	}
	outputs := y.Data
	if t.head != loss.Linear {
		outputs = t.loss.Probabilities()
	}
	t.accuracy.Reset()
	t.accuracy.Add(outputs, b.Y.Data)
	return t.accuracy.Value()
}
