package probe

import (
	"math"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/tensor"
	"github.com/voxelpipe/pipe/nn/train"
)

// First is the loss of the first batch before the first step.
type First struct {
	// Loss is without penalties, Penalty what those add.
	Loss, Penalty float64
	// Heaviest is the layer whose weights cost the most; "" without any.
	Heaviest string
	// Uniform is the loss of giving every class the same probability, Prior that of
	// giving each class its share of the batch, of numbers that of their mean: the
	// best answer that does not look at the examples. NaN where there is no such loss.
	Uniform, Prior float64
	// Classes is how many classes there are; 0 for other tasks.
	Classes int
	// Batch is the number of examples, Summed says that the loss is their sum, and not
	// their mean.
	Batch  int
	Summed bool
}

// expected works out the losses that no look at the examples is needed for.
func (w *workshop) expected(b *train.Batch) (uniform, prior float64) {
	width := w.task.Outputs
	if width == 0 {
		return math.NaN(), math.NaN()
	}
	scores := w.task.Logits || w.task.Head() == w.Settings.Loss.Head()
	answers := make([]float32, width)
	if w.task.Kind == metric.Regression {
		return math.NaN(), w.lossOf(b, w.means(b), false)
	}
	shares := w.means(b)
	for k := range answers {
		answers[k] = 0
		if !scores {
			answers[k] = float32(1 / float64(width))
		}
	}
	uniform = w.lossOf(b, answers, scores)
	for k, share := range shares {
		p := min(max(float64(share), 1e-7), 1-1e-7)
		switch {
		case !scores:
			answers[k] = float32(p)
		case w.task.Kind == metric.MultiClass:
			answers[k] = float32(math.Log(p))
		default:
			answers[k] = float32(math.Log(p / (1 - p)))
		}
	}
	return uniform, w.lossOf(b, answers, scores)
}

// means are the shares of classes, of tags, or the means of numbers.
func (w *workshop) means(b *train.Batch) []float32 {
	sums, width := make([]float64, w.task.Outputs), w.Settings.Loss.Target().Width(w.task.Outputs)
	positions := len(b.Y.Data) / width
	for at, v := range b.Y.Data {
		if w.Settings.Loss.Target() != loss.ClassID {
			sums[at%width] += float64(v)
		} else if int(v) < len(sums) {
			sums[int(v)]++
		}
	}
	means := make([]float32, len(sums))
	for k, sum := range sums {
		means[k] = float32(sum / float64(positions))
	}
	return means
}

// lossOf is the loss of the same answer at every position.
func (w *workshop) lossOf(b *train.Batch, answer []float32, scores bool) float64 {
	output := w.Net.Graph.Output().MustSizes()
	y := tensor.New[float32](append([]int{b.X.Batch()}, output...)...)
	for at := range y.Data {
		y.Data[at] = answer[at%len(answer)]
	}
	l := loss.Batch[float32]{Loss: w.Settings.Loss, Scores: scores, Pool: w.Pool}
	return l.Compute(y, b.Y, b.Weights, nil)
}
