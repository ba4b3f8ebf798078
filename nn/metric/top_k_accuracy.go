package metric

import "github.com/voxelpipe/pipe/nn/loss"

// TopKAccuracy is the share of predictions whose true class is among the k largest
// outputs. Equal outputs count in the order of the classes, so that with k = 1 it
// is the accuracy; where outputs are equal at the border, Keras may count more
// than k of them as found.
//
// A model that always says the same reaches the share of its k classes, at least
// k/K of K classes of equal size; with k = K it is always 1.
type TopKAccuracy struct {
	// K is how many outputs count.
	K int `yaml:"k" validate:"min=1"`
}

// Fits a model that chooses one of several classes.
func (*TopKAccuracy) Fits(t Task) bool { return t.Kind == MultiClass }

// Variant is the name of Keras' function.
func (*TopKAccuracy) Variant(t Task) string {
	if t.Target == loss.ClassID {
		return "sparse_top_k_categorical_accuracy"
	}
	return "top_k_categorical_accuracy"
}

// Better is up.
func (*TopKAccuracy) Better() string { return "max" }

// Start counts predictions.
func (a *TopKAccuracy) Start(t Task) Meter { return &topK{task: t, k: a.K} }

type topK struct {
	task             Task
	k                int
	found, positions int
}

func (a *topK) Add(y, t []float32) {
	outputs, width := a.task.Outputs, a.task.Target.Width(a.task.Outputs)
	for ; len(y) >= outputs; y, t = y[outputs:], t[width:] {
		a.positions++
		class := trueClass(a.task.Target, t[:width])
		above := 0
		for k, v := range y[:outputs] {
			// What is not smaller stands above, so that NaN is never found.
			if k < class && !(v < y[class]) || k > class && !(v <= y[class]) {
				above++
			}
		}
		if above < a.k && y[class] == y[class] {
			a.found++
		}
	}
}

func (a *topK) Value() float64 { return share(a.found, a.positions) }

func (a *topK) Table() *Matrix { return nil }

func (a *topK) Reset() { a.found, a.positions = 0, 0 }
