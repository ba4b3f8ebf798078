package loss

import (
	"math"

	"github.com/voxelpipe/pipe/nn/tensor"
)

// BinaryCrossentropy compares a probability with a label of 0 or 1, for each
// output by itself; several outputs are averaged. It belongs behind a `sigmoid`:
// one unit for a question with two answers, K units for K tags that may apply
// together. Sigmoid and loss are computed together, so that a probability of 0
// or 1 costs no precision.
//
// A model that knows nothing has a loss of ln 2 = 0.693. For classes that
// exclude one another use `categorical_crossentropy`.
//
// It is PyTorch's BCEWithLogitsLoss; its BCELoss cuts logarithms off at -100, where
// this, as Keras, keeps probabilities 1e-7 away from 0 and 1 that do not come from
// the model's own sigmoid.
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

// Points is the mean of -(t·ln p + (1-t)·ln(1-p)).
func (l *BinaryCrossentropy) Points(s *Stretch[float32]) float64 {
	return binary(s, l.LabelSmoothing)
}

// Points64 is the same in double precision.
func (l *BinaryCrossentropy) Points64(s *Stretch[float64]) float64 {
	return binary(s, l.LabelSmoothing)
}

// binary is, of scores, max(y, 0) - y·t + ln(1 + exp(-|y|)), in which no
// exponential overflows and no logarithm sees a zero. Its derivative is
// sigmoid(y) - t.
func binary[T tensor.Float](s *Stretch[T], smoothing float64) float64 {
	n := float64(s.Outputs)
	var sum float64
	for i, weight := range s.Weights {
		var loss float64
		targets := at(s.Targets, i, s.Outputs)
		for k, v := range at(s.Y, i, s.Outputs) {
			y, t := float64(v), float64(targets[k])*(1-smoothing)+0.5*smoothing
			if s.Scores {
				j := i*s.Outputs + k
				loss += max(y, 0) - y*t + float64(s.Tail[j])
				if s.DY != nil {
					s.slope(i, k, (float64(s.P[j])-t)/n)
				}
				continue
			}
			each, slope := binaryOfProbability(y, t)
			loss += each
			if s.DY != nil {
				s.slope(i, k, slope/n)
			}
		}
		sum += weight * loss / n
	}
	return sum
}

func binaryOfProbability(y, t float64) (loss, slope float64) {
	p, moved := clip(y)
	loss = -(t*math.Log(p) + (1-t)*math.Log(1-p))
	if moved {
		return loss, 0
	}
	return loss, (p - t) / (p * (1 - p))
}
