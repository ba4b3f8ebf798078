package metric

import (
	"math"

	"github.com/voxelpipe/pipe/nn/loss"
)

// MeanAbsoluteError is the mean of the absolute differences between outputs and
// labels, in the labels' unit.
type MeanAbsoluteError struct{}

// Fits a model whose labels have a number for each output.
func (*MeanAbsoluteError) Fits(t Task) bool { return t.Target != loss.ClassID }

// Variant is its name.
func (*MeanAbsoluteError) Variant(Task) string { return "mean_absolute_error" }

// Better is down.
func (*MeanAbsoluteError) Better() string { return "min" }

// Start sums differences.
func (*MeanAbsoluteError) Start(t Task) Meter { return &meanError{task: t, of: math.Abs} }

// MeanSquaredError is the mean of the squared differences between outputs and
// labels.
type MeanSquaredError struct{}

// Fits a model whose labels have a number for each output.
func (*MeanSquaredError) Fits(t Task) bool { return t.Target != loss.ClassID }

// Variant is its name.
func (*MeanSquaredError) Variant(Task) string { return "mean_squared_error" }

// Better is down.
func (*MeanSquaredError) Better() string { return "min" }

// Start sums squared differences.
func (*MeanSquaredError) Start(t Task) Meter {
	return &meanError{task: t, of: func(d float64) float64 { return d * d }}
}

type meanError struct {
	task  Task
	of    func(difference float64) float64
	sum   float64
	count int
	row   []float32
}

func (m *meanError) Add(y, t []float32) {
	outputs, width := m.task.Outputs, m.task.Target.Width(m.task.Outputs)
	for ; len(y) >= outputs; y, t = y[outputs:], t[width:] {
		m.row = append(m.row[:0], y[:outputs]...)
		if m.task.Logits {
			loss.Apply(nil, m.task.Head(), outputs, m.row)
		}
		for k, v := range m.row {
			target := float64(t[min(k, width-1)])
			if m.task.Target == loss.ClassID {
				target = float64(number(int(t[0]) == k))
			}
			m.sum += m.of(float64(v) - target)
		}
		m.count += outputs
	}
}

func (m *meanError) Value() float64 {
	if m.count == 0 {
		return 0
	}
	return m.sum / float64(m.count)
}

func (m *meanError) Table() *Matrix { return nil }

func (m *meanError) Reset() { m.sum, m.count = 0, 0 }
