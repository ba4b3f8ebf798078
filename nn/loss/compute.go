package loss

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
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
	// chunk and slope are the two halves of the work, kept so that no step makes
	// them anew.
	chunk, slope func(int)
	// rooms has memory for one chunk each.
	rooms []room[T]
	// sums has, for each part of an example, what each class sums up to there;
	// slopes, for each example, the derivative by the whole sums.
	sums, slopes []Overlap
	// probabilities are what the head makes of scores.
	probabilities []T
}

// room is what one chunk needs.
type room[T tensor.Float] struct {
	stretch              Stretch[T]
	logSum, weights, row []float64
	tail                 []T
}

// Probabilities are what the head has made of the scores of the batch before; nil
// if they were no scores. They are the same bits as those of the head's layer.
func (b *Batch[T]) Probabilities() []T {
	if !b.Scores {
		return nil
	}
	return b.probabilities
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
	b.partial, b.rooms = grown(b.partial, chunks), grown(b.rooms, chunks)
	if b.Scores {
		b.probabilities = grown(b.probabilities, len(y.Data))
	}
	if b.chunk == nil {
		b.chunk, b.slope = b.addChunk, b.slopeChunk
	}
	if b.region != nil {
		b.sums = grown(b.sums, n*b.parts*b.outputs)
		b.slopes = grown(b.slopes, n*b.outputs)
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

// positionsOf are the first and behind the last position of a chunk, which lie in
// one example or make whole ones.
func (b *Batch[T]) positionsOf(chunk int) (from, to int) {
	first, part := chunk/b.parts*b.examples, chunk%b.parts
	if b.parts > 1 {
		return first*b.each + part*chunkPositions, first*b.each + min((part+1)*chunkPositions, b.each)
	}
	return first * b.each, min(first+b.examples, b.y.Batch()) * b.each
}

// addChunk sums the loss of some positions and writes their derivatives, and
// sums up what each class has there.
func (b *Batch[T]) addChunk(chunk int) {
	from, to := b.positionsOf(chunk)
	r := &b.rooms[chunk]
	r.weights, r.row = grown(r.weights, to-from), grown(r.row, b.outputs)
	s := &r.stretch
	*s = Stretch[T]{
		Outputs: b.outputs, Y: b.y.Data[from*b.outputs : to*b.outputs], Scores: b.Scores,
		Targets: b.t.Data[from*b.width : to*b.width], Weights: r.weights, Scale: b.pointScale, truth: r.row,
	}
	if b.dy != nil {
		s.DY = b.dy.Data[from*b.outputs : to*b.outputs]
	}
	if b.Scores {
		s.P = b.probabilities[from*b.outputs : to*b.outputs]
		if b.Loss.Head() == Softmax {
			r.logSum = grown(r.logSum, to-from)
			s.LogSum = r.logSum
			kernel.Softmax(s.Y, s.P, b.outputs, 1, s.LogSum)
		} else {
			copy(s.P, s.Y)
			logistic(s.P)
			r.tail = grown(r.tail, len(s.Y))
			s.Tail = r.tail
			tails(s.Y, s.Tail)
		}
	}
	if b.region != nil {
		b.positionWeights(r.weights, from)
		b.addRegions(s, chunk, from)
	}
	b.partial[chunk] = 0
	if b.point != nil {
		b.positionWeights(r.weights, from)
		if b.weights.Examples != nil {
			for i := range r.weights {
				r.weights[i] *= float64(b.weights.Examples[(from+i)/b.each])
			}
		}
		b.partial[chunk] = points(b.point, s)
	}
}

func points[T tensor.Float](l Pointwise, s *Stretch[T]) float64 {
	if single, ok := any(s).(*Stretch[float32]); ok {
		return l.Points(single)
	}
	return l.Points64(any(s).(*Stretch[float64]))
}

// positionWeights fills in the weights of positions, all ones without any.
func (b *Batch[T]) positionWeights(into []float64, from int) {
	if b.weights.Positions == nil {
		for i := range into {
			into[i] = 1
		}
		return
	}
	for i, weight := range b.weights.Positions[from : from+len(into)] {
		into[i] = float64(weight)
	}
}

func weightOf(weights []float32, i int) float64 {
	if weights == nil {
		return 1
	}
	return float64(weights[i])
}

func grown[E any](s []E, n int) []E {
	if cap(s) < n {
		return append(s[:cap(s)], make([]E, n-cap(s))...)
	}
	return s[:n]
}
