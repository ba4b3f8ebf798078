// Package difftest holds networks drawn at random against PyTorch: outputs, losses,
// gradients, and the weights after 20 steps of every optimizer. testdata/make.py
// draws them and computes what is right, with Keras' rules where PyTorch has others.
package difftest

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/tensor"
	"github.com/voxelpipe/pipe/nn/train"
)

// How far a number may be off, relative to the largest of its tensor: small ones may
// come from large ones that cancel. make.py keeps no case in which rounding alone
// takes a third of it.
const (
	outputs, gradients, trajectories = 1e-5, 1e-4, 1e-3
	// exact is for double precision, whose numbers the file has rounded to single
	// precision.
	exact = 1e-6
	// A gradient that is 0 but for rounding, as that of a bias in front of a batch_norm,
	// is measured by the largest one of the network times this.
	floor = 1e-3
)

func TestTorch(t *testing.T) {
	for i, c := range goldens(t) {
		t.Run(c.name(i), func(t *testing.T) {
			defer func() {
				if t.Failed() {
					t.Logf("the network, for examples of %v: %s\nwith %s", c.Input[1:], c.Layers, c.Loss)
				}
			}()
			compare(t, &c, set(t, &c, nn.Build(c.graph(t), 1)), outputs, gradients)
			apart := c.graph(t)
			apart.Apart = true
			compare(t, &c, set(t, &c, nn.Build(apart, 1)), outputs, gradients)
			compare(t, &c, set(t, &c, nn.Build64(c.graph(t), 1)), exact, exact)
			for k := range c.Training {
				for _, alone := range []bool{false, true} {
					g := c.graph(t)
					g.Apart = alone
					net := set(t, &c, nn.Build(g, 1))
					c.fit(t, net, k)
					for _, p := range net.Params() {
						near(t, fmt.Sprintf("%s after training %d, %s", p.Name, k, c.Training[k].Optimizer), p.Value, c.Results[fmt.Sprintf("%d %s", k, p.Name)], trajectories, 0)
					}
				}
			}
		})
	}
}

// compare runs the network forwards and backwards over all examples, twice where it
// ends in what the loss can compute itself.
func compare[T tensor.Float](t *testing.T, c *goldenCase, net *nn.Network[T], forward, backward float64) {
	t.Helper()
	x := tensor.From(converted[T](c.Arrays["x"]), c.Input...)
	plain := net.Forward(&nn.Pass[T]{}, x, net.Len())
	near(t, "the output", plain.Data, c.Results["plain"], forward, 0)
	labels := tensor.From(converted[T](c.Arrays["t"]), c.Input[0], len(c.Arrays["t"])/c.Input[0])
	l := c.loss(t)
	headed, ends := net.Graph.Last().Spec.(train.Headed)
	ends = ends && !l.FromLogits() && l.Head() != loss.Linear && headed.Head(net.Graph.Output()) == l.Head()
	for _, together := range []bool{false, true}[:1+only(ends)] {
		restored := set(t, c, net)
		nodes := net.Len() - only(together)
		pass := &nn.Pass[T]{Training: true, InputGrad: true}
		y := restored.Forward(pass, x, nodes)
		if !together {
			near(t, "the output in training", y.Data, c.Results["y"], forward, 0)
		}
		batch := loss.Batch[T]{Loss: l, Scores: together || l.FromLogits()}
		dy := tensor.New[T](y.Shape...)
		value := batch.Compute(y, labels, c.weights(net.Graph), dy)
		net.ClearGrads()
		dx := net.Backward(pass, dy, nodes)
		near(t, "the loss", []float64{value + net.Penalty()}, c.Results["loss"], forward, 0)
		least := floor * c.steepest()
		near(t, "the gradient by the input", dx.Data, c.Results["d x"], backward, least)
		for _, p := range net.Params() {
			if p.Trainable {
				near(t, "the gradient by "+p.Name, p.Grad, c.Results["d "+p.Name], backward, least)
			}
		}
	}
}

func only(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// steepest is the largest number of all gradients.
func (c *goldenCase) steepest() float64 {
	var most float64
	for name, g := range c.Results {
		if strings.HasPrefix(name, "d ") {
			most = max(most, largest(g))
		}
	}
	return most
}

func largest(v []float32) float64 {
	var most float64
	for _, v := range v {
		most = max(most, math.Abs(float64(v)))
	}
	return most
}

// near allows a share of the largest number, or of least if that is more.
func near[T tensor.Float](t *testing.T, what string, got []T, want []float32, tolerance, least float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d numbers, want %d", what, len(got), len(want))
	}
	scale := max(largest(want), least)
	for i, v := range want {
		if off := math.Abs(float64(got[i]) - float64(v)); !(off <= tolerance*scale) {
			t.Fatalf("%s: number %d is %.9g, PyTorch has %.9g, off by %.2g of the largest, %.9g", what, i, float64(got[i]), v, off/scale, scale)
		}
	}
}
