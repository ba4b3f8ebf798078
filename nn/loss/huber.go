package loss

import (
	"math"

	"github.com/voxelpipe/pipe/nn/tensor"
)

// Huber grows like the squared error for small differences and like the absolute
// error for large ones, so that a few labels far off do not rule the training:
// 0.5·d² for |d| ≤ delta, delta·|d| - 0.5·delta² beyond. Several outputs are
// averaged. It is PyTorch's HuberLoss; SmoothL1Loss is this divided by its beta.
type Huber struct {
	// Delta is the difference at which the one becomes the other, in the labels'
	// unit.
	Delta     float64 `yaml:"delta" validate:"gt=0"`
	Reduction `yaml:",inline"`
}

// Target is a number for each output.
func (*Huber) Target() Target { return Real }

// Head is none.
func (*Huber) Head() Head { return Linear }

// FromLogits is false: there is no head.
func (*Huber) FromLogits() bool { return false }

// Points is the mean over the outputs.
func (l *Huber) Points(s *Stretch[float32]) float64 { return huber(s, l.Delta) }

// Points64 is the same in double precision.
func (l *Huber) Points64(s *Stretch[float64]) float64 { return huber(s, l.Delta) }

func huber[T tensor.Float](s *Stretch[T], delta float64) float64 {
	n := float64(s.Outputs)
	var sum float64
	for i, weight := range s.Weights {
		var loss float64
		t := at(s.Targets, i, s.Outputs)
		for k, v := range at(s.Y, i, s.Outputs) {
			d := float64(v) - float64(t[k])
			if size := math.Abs(d); size > delta {
				loss += delta * (size - 0.5*delta)
				d = math.Copysign(delta, d)
			} else {
				loss += 0.5 * d * d // NaN comes here, too
			}
			if s.DY != nil {
				s.slope(i, k, d/n)
			}
		}
		sum += weight * loss / n
	}
	return sum
}
