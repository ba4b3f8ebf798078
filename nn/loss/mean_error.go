package loss

import (
	"math"

	"github.com/voxelpipe/pipe/nn/tensor"
)

// MeanSquaredError is the mean of the squared differences between outputs and
// labels. It is the usual loss for numbers: an error twice as large weighs four
// times as much. The model usually ends in a layer without activation.
type MeanSquaredError struct {
	Reduction `yaml:",inline"`
}

// Target is a number for each output.
func (*MeanSquaredError) Target() Target { return Real }

// Head is none.
func (*MeanSquaredError) Head() Head { return Linear }

// FromLogits is false: there is no head.
func (*MeanSquaredError) FromLogits() bool { return false }

// Points is the mean of (y - t)².
func (l *MeanSquaredError) Points(s *Stretch[float32]) float64 { return squaredError(s) }

// Points64 is the same in double precision.
func (l *MeanSquaredError) Points64(s *Stretch[float64]) float64 { return squaredError(s) }

func squaredError[T tensor.Float](s *Stretch[T]) float64 {
	n := float64(s.Outputs)
	var sum float64
	for i, weight := range s.Weights {
		var loss float64
		t := at(s.Targets, i, s.Outputs)
		for k, v := range at(s.Y, i, s.Outputs) {
			d := float64(v) - float64(t[k])
			loss += d * d
			if s.DY != nil {
				s.slope(i, k, 2*d/n)
			}
		}
		sum += weight * loss / n
	}
	return sum
}

// MeanAbsoluteError is the mean of the absolute differences between outputs and
// labels. Outliers weigh less than in `mean_squared_error`.
type MeanAbsoluteError struct {
	Reduction `yaml:",inline"`
}

// Target is a number for each output.
func (*MeanAbsoluteError) Target() Target { return Real }

// Head is none.
func (*MeanAbsoluteError) Head() Head { return Linear }

// FromLogits is false: there is no head.
func (*MeanAbsoluteError) FromLogits() bool { return false }

// Points is the mean of |y - t|. Its derivative where both are equal is 0.
func (l *MeanAbsoluteError) Points(s *Stretch[float32]) float64 { return absoluteError(s) }

// Points64 is the same in double precision.
func (l *MeanAbsoluteError) Points64(s *Stretch[float64]) float64 { return absoluteError(s) }

func absoluteError[T tensor.Float](s *Stretch[T]) float64 {
	n := float64(s.Outputs)
	var sum float64
	for i, weight := range s.Weights {
		var loss float64
		t := at(s.Targets, i, s.Outputs)
		for k, v := range at(s.Y, i, s.Outputs) {
			d := float64(v) - float64(t[k])
			loss += math.Abs(d)
			if s.DY == nil {
				continue
			}
			switch {
			case d > 0:
				d = 1
			case d < 0:
				d = -1
			}
			s.slope(i, k, d/n) // 0 where both are equal, or NaN
		}
		sum += weight * loss / n
	}
	return sum
}
