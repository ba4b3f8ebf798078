package metric

import (
	"math"

	"github.com/voxelpipe/pipe/nn/loss"
)

// R2 is how much of the spread of the labels the model explains: 1 - Σ(t-y)² /
// Σ(t-mean)², with the mean over all labels. 1 is perfect, 0 is what always saying
// the mean reaches, below 0 is worse than that. Several outputs are averaged, each
// counting the same, as in Keras' R2Score with uniform_average.
//
// For labels that are all equal it is 1 if the model says exactly them, else 0, as
// in scikit-learn.
type R2 struct{}

// Fits a model that predicts numbers.
func (*R2) Fits(t Task) bool { return t.Kind == Regression }

// Variant says how several outputs are averaged.
func (*R2) Variant(t Task) string {
	if t.Outputs > 1 {
		return "uniform_average_r2"
	}
	return "r2"
}

// Better is up.
func (*R2) Better() string { return "max" }

// Start sums differences.
func (*R2) Start(t Task) Meter { return &r2{task: t, each: make([]explained, t.Outputs)} }

type r2 struct {
	task Task
	each []explained
}

// explained is what is known of one output: count labels of a mean, their squared
// distances from it (spread, after Welford, which loses no digits to a mean far
// from 0), and the squared differences of outputs and labels.
type explained struct{ count, mean, spread, rest float64 }

func (m *r2) Add(y, t []float32) {
	outputs, width := m.task.Outputs, m.task.Target.Width(m.task.Outputs)
	for ; len(y) >= outputs; y, t = y[outputs:], t[width:] {
		for k, v := range y[:outputs] {
			target := float64(t[min(k, width-1)])
			if m.task.Target == loss.ClassID {
				target = float64(number(int(t[0]) == k))
			}
			m.each[k].add(float64(v), target)
		}
	}
}

func (e *explained) add(y, t float64) {
	e.count++
	from := t - e.mean
	e.mean += from / e.count
	e.spread += from * (t - e.mean)
	e.rest += (t - y) * (t - y)
}

func (e explained) value() float64 {
	switch {
	case e.spread > 0:
		return 1 - e.rest/e.spread
	case e.rest == 0 && e.count > 0:
		return 1
	case math.IsNaN(e.rest):
		return math.NaN()
	}
	return 0
}

func (m *r2) Value() float64 {
	var sum float64
	for _, e := range m.each {
		sum += e.value()
	}
	return sum / float64(len(m.each))
}

// ByClass is the number of each output.
func (m *r2) ByClass() []float64 {
	each := make([]float64, len(m.each))
	for k, e := range m.each {
		each[k] = e.value()
	}
	return each
}

func (m *r2) Table() *Matrix { return nil }

func (m *r2) Reset() { clear(m.each) }
