package loss

import "math"

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

// At is the mean over the outputs.
func (l *Huber) At(y, t, dy []float64, _ bool) float64 {
	n := float64(len(y))
	var sum float64
	for k, v := range y {
		d := v - t[k]
		if size := math.Abs(d); size > l.Delta {
			sum += l.Delta * (size - 0.5*l.Delta)
			d = math.Copysign(l.Delta, d)
		} else {
			sum += 0.5 * d * d // NaN comes here, too
		}
		if dy != nil {
			dy[k] = d / n
		}
	}
	return sum / n
}
