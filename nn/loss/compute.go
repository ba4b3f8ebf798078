package loss

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Batch computes a loss for one batch after another, in memory that it keeps.
// The result does not depend on the number of threads of the pool. It is not
// safe for concurrent use.
type Batch[T tensor.Float] struct {
	Loss Loss
	// Scores says that outputs have not been through the loss' head.
	Scores bool
	// Pool computes; nil computes on the caller.
	Pool *nn.Pool

	y, t, dy *tensor.Tensor[T]
	weights  []float32
	scale    float64
	partial  []float64
	rows     []float64
	chunk    func(int)
}

// chunkPositions is how many positions are summed up by themselves. The sums
// are added in order, whoever computed them.
const chunkPositions = 1024

// Compute gives the loss of a batch and, in dy unless that is nil, its
// derivative by the outputs. Outputs y are [N, …, K]; targets t have for each
// position the number of values that the loss' target asks for, in any shape
// that begins with N. Weights multiply the loss of each of the N examples; nil
// is all ones. As in Keras a mean divides by the number of positions, whatever
// their weights. The loss of a batch of no examples is 0.
func (b *Batch[T]) Compute(y, t *tensor.Tensor[T], weights []float32, dy *tensor.Tensor[T]) float64 {
	outputs := y.Shape[len(y.Shape)-1]
	if outputs == 0 || len(y.Data) == 0 {
		return 0
	}
	positions := len(y.Data) / outputs
	width := b.Loss.Target().Width(outputs)
	switch {
	case len(t.Data) != positions*width:
		panic(fmt.Sprintf("loss: targets %v for outputs %v: want %d values, have %d", t.Shape, y.Shape, positions*width, len(t.Data)))
	case weights != nil && len(weights) != y.Batch():
		panic(fmt.Sprintf("loss: %d weights for %d examples", len(weights), y.Batch()))
	case dy != nil && len(dy.Data) != len(y.Data):
		panic(fmt.Sprintf("loss: a derivative of shape %v for outputs %v", dy.Shape, y.Shape))
	}
	b.y, b.t, b.weights, b.dy = y, t, weights, dy
	b.scale = 1
	if b.Loss.Averages() {
		b.scale = 1 / float64(positions)
	}
	chunks := (positions + chunkPositions - 1) / chunkPositions
	b.partial = grown(b.partial, chunks)
	b.rows = grown(b.rows, chunks*(2*outputs+width))
	if b.chunk == nil {
		b.chunk = b.computeChunk
	}
	b.Pool.Run(chunks, b.chunk)
	var sum float64
	for _, part := range b.partial {
		sum += part
	}
	return sum * b.scale
}

// computeChunk sums the loss of some positions and writes their derivatives.
func (b *Batch[T]) computeChunk(chunk int) {
	outputs := b.y.Shape[len(b.y.Shape)-1]
	positions := len(b.y.Data) / outputs
	each := positions / b.y.Batch()
	width := b.Loss.Target().Width(outputs)
	rows := b.rows[chunk*(2*outputs+width) : (chunk+1)*(2*outputs+width)]
	y, t, dy := rows[:outputs], rows[outputs:outputs+width], rows[outputs+width:]
	if b.dy == nil {
		dy = nil
	}
	var sum float64
	for i := chunk * chunkPositions; i < min((chunk+1)*chunkPositions, positions); i++ {
		widen(y, b.y.Data[i*outputs:])
		widen(t, b.t.Data[i*width:])
		weight := 1.0
		if b.weights != nil {
			weight = float64(b.weights[i/each])
		}
		sum += weight * b.Loss.At(y, t, dy, b.Scores)
		for k, slope := range dy {
			b.dy.Data[i*outputs+k] = T(slope * weight * b.scale)
		}
	}
	b.partial[chunk] = sum
}

func widen[T tensor.Float](into []float64, from []T) {
	for i := range into {
		into[i] = float64(from[i])
	}
}

func grown(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}

// Apply turns scores into what a head makes of them, in place: rows of so many
// outputs become distributions under softmax, each score a probability under
// sigmoid.
func Apply[T tensor.Float](h Head, outputs int, y []T) {
	switch h {
	case Sigmoid:
		for i, v := range y {
			y[i] = T(sigmoid(float64(v)))
		}
	case Softmax:
		for ; len(y) >= outputs && outputs > 0; y = y[outputs:] {
			softmax(y[:outputs])
		}
	}
}

// softmax turns one row of scores into a distribution, in the same steps as the
// layer of that name, so that both give the same bits.
func softmax[T tensor.Float](y []T) {
	highest := y[0]
	for _, v := range y[1:] {
		highest = max(highest, v)
	}
	var sum float64
	for k, v := range y {
		e := math.Exp(float64(v - highest))
		y[k] = T(e)
		sum += e
	}
	for k, v := range y {
		y[k] = T(float64(v) / sum)
	}
}
