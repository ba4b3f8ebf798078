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

	job[T]
	partial []float64
	rows    []float64
	// chunk and slope are the two halves of the work, kept so that no step makes
	// them anew.
	chunk, slope func(int)
	// sums has, for each part of an example, what each class sums up to there;
	// slopes, for each example, the derivative by the whole sums.
	sums, slopes []Overlap
	// probabilities are kept from the first half for the second.
	probabilities []T
}

// Weights are how much the parts of a batch count; nil is all ones.
type Weights struct {
	// Examples multiply the loss of each example.
	Examples []float32
	// Positions multiply the loss of each position. A loss that looks at regions
	// takes them for how much a position counts in the sums.
	Positions []float32
}

// job is the batch at hand.
type job[T tensor.Float] struct {
	y, t, dy *tensor.Tensor[T]
	weights  Weights
	// point and region are the two ways in which the loss looks at a batch; either
	// may be nil.
	point  Pointwise
	region Regional
	// pointScale and regionScale make of sums what the reduction asks for.
	pointScale, regionScale float64
	// outputs and width are the number of values of one position, each is the number
	// of positions of one example.
	outputs, width, each int
	// A chunk is a part of one example, or some whole examples.
	parts, examples int
}

// chunkPositions is how many positions are summed up by themselves. The sums
// are added in order, whoever computed them.
const chunkPositions = 1024

// Compute gives the loss of a batch and, in dy unless that is nil, its
// derivative by the outputs. Outputs y are [N, …, K]; targets t have for each
// position the number of values that the loss' target asks for, in any shape
// that begins with N. As in Keras a mean divides by the number of positions or
// examples, whatever their weights. The loss of a batch of no examples is 0.
func (b *Batch[T]) Compute(y, t *tensor.Tensor[T], weights Weights, dy *tensor.Tensor[T]) float64 {
	if len(y.Data) == 0 {
		return 0
	}
	b.begin(y, t, weights, dy)
	n := y.Batch()
	chunks := (n + b.examples - 1) / b.examples * b.parts
	b.partial = grown(b.partial, chunks)
	b.rows = grown(b.rows, chunks*(3*b.outputs+b.width))
	if b.chunk == nil {
		b.chunk, b.slope = b.addChunk, b.slopeChunk
	}
	if b.region != nil {
		b.sums = grown(b.sums, n*b.parts*b.outputs)
		b.slopes = grown(b.slopes, n*b.outputs)
		if b.Scores && dy != nil {
			b.probabilities = grown(b.probabilities, len(y.Data))
		}
	}
	b.Pool.Run(chunks, b.chunk)
	var sum float64
	for _, part := range b.partial {
		sum += part
	}
	sum *= b.pointScale
	if b.region != nil {
		sum += b.regions()
		if dy != nil {
			b.Pool.Run(chunks, b.slope)
		}
	}
	return sum
}

// begin sets up the job.
func (b *Batch[T]) begin(y, t *tensor.Tensor[T], weights Weights, dy *tensor.Tensor[T]) {
	n := y.Batch()
	b.job = job[T]{y: y, t: t, weights: weights, dy: dy, outputs: y.Shape[len(y.Shape)-1]}
	b.width = b.Loss.Target().Width(b.outputs)
	positions := len(y.Data) / b.outputs
	b.each = positions / n
	switch {
	case len(t.Data) != positions*b.width:
		panic(fmt.Sprintf("loss: targets %v for outputs %v: want %d values, have %d", t.Shape, y.Shape, positions*b.width, len(t.Data)))
	case weights.Examples != nil && len(weights.Examples) != n:
		panic(fmt.Sprintf("loss: %d weights for %d examples", len(weights.Examples), n))
	case weights.Positions != nil && len(weights.Positions) != positions:
		panic(fmt.Sprintf("loss: %d weights for %d positions", len(weights.Positions), positions))
	case dy != nil && len(dy.Data) != len(y.Data):
		panic(fmt.Sprintf("loss: a derivative of shape %v for outputs %v", dy.Shape, y.Shape))
	}
	b.point, _ = b.Loss.(Pointwise)
	b.region, _ = b.Loss.(Regional)
	b.pointScale, b.regionScale = 1, 1
	switch {
	case b.Loss.Averages():
		b.pointScale, b.regionScale = 1/float64(positions), 1/float64(n)
	case b.region != nil:
		b.pointScale = 1 / float64(b.each)
	}
	b.parts = (b.each + chunkPositions - 1) / chunkPositions
	b.examples = max(1, chunkPositions/b.each)
}

// addChunk sums the loss of some positions and writes their derivatives, and
// sums up what each class has there.
func (b *Batch[T]) addChunk(chunk int) {
	size := 3*b.outputs + b.width
	rows := b.rows[chunk*size : (chunk+1)*size]
	y, p, dy, t := rows[:b.outputs], rows[b.outputs:2*b.outputs], rows[2*b.outputs:3*b.outputs], rows[3*b.outputs:]
	if b.dy == nil {
		dy = nil
	}
	var sum float64
	b.walk(chunk, func(example, from, to int) {
		outer := b.weightOf(b.weights.Examples, example)
		var sums []Overlap
		if b.region != nil {
			at := (example*b.parts + chunk%b.parts) * b.outputs
			sums = b.sums[at : at+b.outputs]
			clear(sums)
		}
		for i := from; i < to; i++ {
			widen(y, b.y.Data[i*b.outputs:])
			widen(t, b.t.Data[i*b.width:])
			inner := b.weightOf(b.weights.Positions, i)
			if b.point != nil {
				sum += outer * inner * b.point.At(y, t, dy, b.Scores)
				for k, slope := range dy {
					b.dy.Data[i*b.outputs+k] = T(slope * outer * inner * b.pointScale)
				}
			}
			if sums != nil {
				b.addRegion(sums, y, t, p, inner, i)
			}
		}
	})
	b.partial[chunk] = sum
}

// walk calls work for each example of a chunk with its positions there.
func (b *Batch[T]) walk(chunk int, work func(example, from, to int)) {
	first, part := chunk/b.parts*b.examples, chunk%b.parts
	for example := first; example < min(first+b.examples, b.y.Batch()); example++ {
		begin := example * b.each
		work(example, begin+part*chunkPositions, begin+min((part+1)*chunkPositions, b.each))
	}
}

func (b *Batch[T]) weightOf(weights []float32, i int) float64 {
	if weights == nil {
		return 1
	}
	return float64(weights[i])
}

func widen[T tensor.Float](into []float64, from []T) {
	for i := range into {
		into[i] = float64(from[i])
	}
}

func grown[E any](s []E, n int) []E {
	if cap(s) < n {
		return make([]E, n)
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
