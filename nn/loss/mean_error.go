package loss

import "math"

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

// At is the mean of (y - t)².
func (*MeanSquaredError) At(y, t, dy []float64, _ bool) float64 {
	n := float64(len(y))
	var sum float64
	for k, v := range y {
		d := v - t[k]
		sum += d * d
		if dy != nil {
			dy[k] = 2 * d / n
		}
	}
	return sum / n
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

// At is the mean of |y - t|. Its derivative where both are equal is 0.
func (*MeanAbsoluteError) At(y, t, dy []float64, _ bool) float64 {
	n := float64(len(y))
	var sum float64
	for k, v := range y {
		d := v - t[k]
		sum += math.Abs(d)
		switch {
		case dy == nil:
		case d > 0:
			dy[k] = 1 / n
		case d < 0:
			dy[k] = -1 / n
		default:
			dy[k] = d // 0, or NaN
		}
	}
	return sum / n
}
