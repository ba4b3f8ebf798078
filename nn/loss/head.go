package loss

import (
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Apply turns scores into what a head makes of them, in place: rows of so many
// outputs become distributions under softmax, each score a probability under
// sigmoid. They are the same bits as those of the layer of that name. The pool
// may be nil.
func Apply[T tensor.Float](pool *nn.Pool, h Head, outputs int, y []T) {
	if h == Linear || outputs == 0 {
		return
	}
	stretch := chunkPositions * outputs
	pool.Run((len(y)+stretch-1)/stretch, func(chunk int) {
		part := y[chunk*stretch : min((chunk+1)*stretch, len(y))]
		if h == Sigmoid {
			logistic(part)
			return
		}
		kernel.Softmax(part, part, outputs, 1, nil)
	})
}

// logistic replaces scores by their sigmoids.
func logistic[T tensor.Float](x []T) {
	if single, ok := any(x).([]float32); ok {
		kernel.Logistic().Value(single, single)
		return
	}
	for i, v := range x {
		x[i] = T(sigmoid(float64(v)))
	}
}

// tails sets tail to ln(1 + e^-|y|).
func tails[T tensor.Float](y, tail []T) {
	for i, v := range y {
		tail[i] = -T(math.Abs(float64(v)))
	}
	if single, ok := any(tail).([]float32); ok {
		kernel.Softplus().Value(single, single)
		return
	}
	for i, v := range tail {
		tail[i] = T(math.Log1p(math.Exp(float64(v))))
	}
}

// sigmoid is 1/(1 + exp(-y)) without an exponential that overflows.
func sigmoid(y float64) float64 {
	if y < 0 {
		e := math.Exp(y)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-y))
}
