package main

import (
	"fmt"
	"io"
	"runtime"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
	"github.com/voxelpipe/pipe/nn/train"
)

// usualBatch is how many examples go through a model at a time unless somebody
// says otherwise.
const usualBatch = 32

// complete says whether all sizes of a model are numbers, so that its memory can
// be planned.
func complete(g *nn.Graph) bool {
	if _, known := g.Input.Sizes(); !known || g.Refused() {
		return false
	}
	for i := range g.Nodes {
		if _, known := g.Nodes[i].Output.Sizes(); !known {
			return false
		}
	}
	return true
}

// inferenceMemory is what a model takes for the usual batch outside training;
// unknown until all its sizes are numbers.
func inferenceMemory(g *nn.Graph) (shape.Dim, bool) {
	if !complete(g) {
		return shape.Dim{}, false
	}
	return shape.Of(nn.PlanMemory(g, usualBatch, false).Total()), true
}

// memoryRecord is the memory of a training, in bytes, as programs read it.
type memoryRecord struct {
	Weights     int `json:"weights"`
	Optimizer   int `json:"gradients_and_optimizer"`
	Activations int `json:"activations"`
	Workspace   int `json:"workspace"`
	Batches     int `json:"batches"`
	Total       int `json:"total"`
}

// workerBytes is about what each thread holds of its own where there are convolutions:
// pieces of volumes, of such a size that they stay in the second-level cache.
const workerBytes = 1 << 20

// memory is what a training takes beside its data and the program itself; nil
// until all sizes are numbers.
func (t training) memory() *memoryRecord {
	g := t.model.Graph
	if !complete(g) {
		return nil
	}
	p := nn.PlanMemory(g, t.settings.BatchSize, true)
	// One batch is computed with while the next is read.
	batches := 2 * bytesPerValue * t.settings.BatchSize * tensor.Elements(g.Input.MustSizes())
	// Beside the weights in training there are those that the model began with and
	// the last good ones, and those of the best epoch if they are to be restored.
	copies := 3
	for _, c := range t.settings.Callbacks {
		if stopping, is := c.(*train.EarlyStopping); is && stopping.RestoreBestWeights {
			copies++
		}
	}
	m := &memoryRecord{
		Weights: copies * p.Weights, Optimizer: p.Gradients * (1 + len(optim.Slots(t.settings.Optimizer))),
		Activations: p.Activations + p.Kept, Workspace: p.Workspace, Batches: batches,
	}
	if p.Workspace > 0 {
		m.Workspace += runtime.GOMAXPROCS(0) * workerBytes
	}
	m.Total = m.Weights + m.Optimizer + m.Activations + m.Workspace + m.Batches
	return m
}

// tellDetails writes how a training's layers are worked, and the memory for it.
func (t training) tellDetails(w io.Writer) {
	g, m := t.model.Graph, t.memory()
	if m == nil {
		return
	}
	fmt.Fprintln(w)
	rows := [][]string{{"layer", "kind", "worked"}}
	last := g.Fusions()
	end := -1
	for i := range g.Nodes {
		n := &g.Nodes[i]
		how := ""
		if methodical, ok := n.Spec.(interface {
			Method(in []shape.Shape, out shape.Shape) string
		}); ok {
			how = methodical.Method(g.InputsOf(n), n.Output)
		}
		if i <= end {
			how = "with the layer above"
		}
		end = max(end, last[i])
		name := n.ID
		if n.Attached {
			name += " (activation)"
		}
		rows = append(rows, []string{name, layerKind(n), how})
	}
	tabulate(w, "  ", rows)
	fmt.Fprintln(w)
	bytes := func(n int) string { return memoryText(shape.Of(n)) }
	tabulate(w, "  ", [][]string{
		{"memory for training", bytes(m.Total)},
		{"weights, with those before training and the last good ones", bytes(m.Weights)},
		{"gradients and optimizer", bytes(m.Optimizer)},
		{"activations", bytes(m.Activations)},
		{"workspace", bytes(m.Workspace)},
		{"batches", bytes(m.Batches)},
	}, 1)
}
