package metric

import "github.com/voxelpipe/pipe/nn/loss"

// Accuracy is the share of predictions that are right. What counts as one
// prediction depends on the model, as in Keras; the full name says it:
//
//   - `categorical_accuracy` and `sparse_categorical_accuracy`: a softmax over K
//     units; right if the largest output is the true class.
//   - `binary_accuracy`: sigmoid units; each of them is a prediction, 1 above 0.5.
//     With K tags of which one is true, "all 0" already reaches 1 - 1/K.
//
// Compare it with the share of the largest class: a model that always says the
// same reaches that. For classes of very different sizes use
// `balanced_accuracy`.
type Accuracy struct{}

// Fits a model that tells classes or tags apart.
func (*Accuracy) Fits(t Task) bool { return t.Kind != Regression }

// Variant is the accuracy that Keras would choose.
func (*Accuracy) Variant(t Task) string {
	switch {
	case t.Kind == MultiClass && t.Target == loss.ClassID:
		return "sparse_categorical_accuracy"
	case t.Kind == MultiClass:
		return "categorical_accuracy"
	case t.Kind == Regression:
		return "accuracy"
	}
	return "binary_accuracy"
}

// Better is up.
func (*Accuracy) Better() string { return "max" }

// Start counts right predictions. For numbers those are the ones exactly equal
// to the label, as in Keras: next to none.
func (*Accuracy) Start(t Task) Meter {
	if t.Kind == Regression {
		return &equality{}
	}
	return &accuracy{newTally(t)}
}

type accuracy struct{ *tally }

func (a *accuracy) Value() float64 {
	if a.task.Kind == MultiClass {
		return share(a.right, a.positions)
	}
	return share(a.right, a.positions*a.task.Outputs)
}

// equality is the share of outputs that equal their label.
type equality struct{ equal, values int }

func (e *equality) Add(y, t []float32) {
	for i, v := range y {
		if v == t[i] {
			e.equal++
		}
	}
	e.values += len(y)
}

func (e *equality) Value() float64 { return share(e.equal, e.values) }

func (e *equality) Table() *Matrix { return nil }

func (e *equality) Reset() { *e = equality{} }
