package loss

import "math"

// BinaryCrossentropy compares a probability with a label of 0 or 1, for each
// output by itself; several outputs are averaged. It belongs behind a `sigmoid`:
// one unit for a question with two answers, K units for K tags that may apply
// together. Sigmoid and loss are computed together, so that a probability of 0
// or 1 costs no precision.
//
// A model that knows nothing has a loss of ln 2 = 0.693. For classes that
// exclude one another use `categorical_crossentropy`.
type BinaryCrossentropy struct {
	// Logits says that the model ends in scores, without a sigmoid.
	Logits bool `yaml:"from_logits"`
	// LabelSmoothing moves labels towards one half by this share: with 0.1, 1
	// becomes 0.95 and 0 becomes 0.05.
	LabelSmoothing float64 `yaml:"label_smoothing" validate:"gte=0,lte=1"`
	Reduction      `yaml:",inline"`
}

// Target is a 0 or 1 for each output.
func (*BinaryCrossentropy) Target() Target { return Binary }

// Head is sigmoid.
func (*BinaryCrossentropy) Head() Head { return Sigmoid }

// FromLogits says that the model ends in scores.
func (l *BinaryCrossentropy) FromLogits() bool { return l.Logits }

// At is the mean of -(t·ln p + (1-t)·ln(1-p)).
func (l *BinaryCrossentropy) At(y, t, dy []float64, scores bool) float64 {
	each := binaryOfProbability
	if scores {
		each = binaryOfScore
	}
	n := float64(len(y))
	var sum float64
	for k, v := range y {
		loss, slope := each(v, t[k]*(1-l.LabelSmoothing)+0.5*l.LabelSmoothing)
		sum += loss
		if dy != nil {
			dy[k] = slope / n
		}
	}
	return sum / n
}

// binaryOfScore is max(y, 0) - y·t + ln(1 + exp(-|y|)), in which no exponential
// overflows and no logarithm sees a zero. Its derivative is sigmoid(y) - t.
func binaryOfScore(y, t float64) (loss, slope float64) {
	return math.Max(y, 0) - y*t + math.Log1p(math.Exp(-math.Abs(y))), sigmoid(y) - t
}

func binaryOfProbability(y, t float64) (loss, slope float64) {
	p, moved := clip(y)
	loss = -(t*math.Log(p) + (1-t)*math.Log(1-p))
	if moved {
		return loss, 0
	}
	return loss, (p - t) / (p * (1 - p))
}

// sigmoid is 1/(1 + exp(-y)) without an exponential that overflows.
func sigmoid(y float64) float64 {
	if y < 0 {
		e := math.Exp(y)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-y))
}
