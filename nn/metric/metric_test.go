package metric

import (
	"math"
	"testing"

	"github.com/voxelpipe/pipe/nn/loss"
)

var (
	threeClasses = Task{Kind: MultiClass, Outputs: 3, Target: loss.OneHot}
	threeIDs     = Task{Kind: MultiClass, Outputs: 3, Target: loss.ClassID}
	yesNo        = Task{Kind: Binary, Outputs: 1, Target: loss.Binary}
	twoTags      = Task{Kind: MultiLabel, Outputs: 2, Target: loss.Binary}
	twoNumbers   = Task{Kind: Regression, Outputs: 2, Target: loss.Real}
)

// rows are one-hot rows of three classes.
func rows(classes ...int) []float32 {
	r := make([]float32, 3*len(classes))
	for i, c := range classes {
		r[3*i+c] = 1
	}
	return r
}

func ids(classes ...int) []float32 {
	r := make([]float32, len(classes))
	for i, c := range classes {
		r[i] = float32(c)
	}
	return r
}

// value is a metric over all of the examples, shown in two parts.
func value(m Metric, task Task, y, t []float32) float64 {
	meter := New(m, task)
	meter.Add([]float32{}, []float32{})
	half := len(y) / task.Outputs / 2
	width := task.Target.Width(task.Outputs)
	meter.Add(y[:half*task.Outputs], t[:half*width])
	meter.Add(y[half*task.Outputs:], t[half*width:])
	return meter.Value()
}

func want(t *testing.T, name string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-12 && !(math.IsNaN(got) && math.IsNaN(want)) {
		t.Errorf("%s is %.15g, want %.15g", name, got, want)
	}
}

// TestScikitLearn checks the examples in the documentation of scikit-learn's
// metrics of the same names.
func TestScikitLearn(t *testing.T) {
	predicted, actual := rows(0, 2, 1, 0, 0, 1), rows(0, 1, 2, 0, 1, 2)
	want(t, "macro precision", value(&Precision{macro}, threeClasses, predicted, actual), 2.0/9)
	want(t, "micro precision", value(&Precision{Averaging{"micro"}}, threeClasses, predicted, actual), 1.0/3)
	want(t, "weighted precision", value(&Precision{Averaging{"weighted"}}, threeClasses, predicted, actual), 2.0/9)
	want(t, "macro recall", value(&Recall{macro}, threeClasses, predicted, actual), 1.0/3)
	want(t, "macro f1", value(&F1{macro}, threeClasses, predicted, actual), 0.8/3)
	want(t, "micro f1", value(&F1{Averaging{"micro"}}, threeClasses, predicted, actual), 1.0/3)

	want(t, "balanced accuracy", value(&BalancedAccuracy{}, yesNo, ids(0, 1, 0, 0, 0, 1), ids(0, 1, 0, 0, 1, 0)), 0.625)
	want(t, "auc", value(&AUC{}, yesNo, []float32{0.1, 0.4, 0.35, 0.8}, ids(0, 0, 1, 1)), 0.75)
}

// TestBothWaysOfWritingClasses: one-hot rows and class ids give the same.
func TestBothWaysOfWritingClasses(t *testing.T) {
	y := []float32{0.7, 0.2, 0.1, 0.3, 0.3, 0.4, 0.1, 0.8, 0.1, 0.5, 0.4, 0.1}
	for _, m := range []Metric{&Accuracy{}, &BalancedAccuracy{}, &AUC{}, &Precision{macro}, &Recall{macro}, &F1{macro}} {
		want(t, Name(m), value(m, threeIDs, y, ids(0, 1, 1, 2)), value(m, threeClasses, y, rows(0, 1, 1, 2)))
	}
}

// TestScores: scores give the same as what the softmax or sigmoid makes of them.
func TestScores(t *testing.T) {
	for _, task := range []Task{threeClasses, yesNo, twoTags} {
		scores := []float32{-0.2, 1.5, 0.1, 3, 0.2, -1, 0.4, -0.4, 0.3, -2, 1, 2.5}
		probabilities := append([]float32(nil), scores...)
		loss.Apply(nil, task.Head(), task.Outputs, probabilities)
		targets := []float32{1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1}
		fromScores := task
		fromScores.Logits = true
		for _, k := range Table().Kinds() {
			m := k.New().(Metric)
			if m.Fits(task) {
				want(t, Resolved(m, task), value(m, fromScores, scores, targets), value(m, task, probabilities, targets))
			}
		}
	}
}

// TestNothing: every metric is a finite number before anything was added, after
// a reset, and for every task, whether it fits or not.
func TestNothing(t *testing.T) {
	for _, k := range Table().Kinds() {
		m := k.New().(Metric)
		for _, task := range []Task{threeClasses, threeIDs, yesNo, twoTags, twoNumbers} {
			meter := New(m, task)
			nothing := meter.Value()
			if math.IsNaN(nothing) || math.IsInf(nothing, 0) {
				t.Errorf("%s of a %s task is %v for no examples", k.Name, task.Kind, nothing)
			}
			y, target := []float32{0.9, 0.1, 0.6, 0.2, 0.2, 0.6}, []float32{1, 0, 0, 0, 1, 0}
			meter.Add(y, target[:6/task.Outputs*task.Target.Width(task.Outputs)])
			meter.Reset()
			want(t, k.Name+" after a reset", meter.Value(), nothing)
		}
	}
}

// TestNaN: broken outputs give numbers or NaN, never a crash; AUC, whose order
// is lost, is NaN.
func TestNaN(t *testing.T) {
	nan := float32(math.NaN())
	for _, k := range Table().Kinds() {
		for _, task := range []Task{threeClasses, yesNo, twoTags, twoNumbers} {
			meter := New(k.New().(Metric), task)
			meter.Add([]float32{nan, nan, 0.5, nan, 1, nan}, []float32{1, 0, 0, 0, 1, 0})
			meter.Value()
		}
	}
	want(t, "auc of NaN", value(&AUC{}, yesNo, []float32{nan, 0.2, 0.7}, ids(1, 0, 1)), math.NaN())
	want(t, "accuracy of NaN", value(&Accuracy{}, yesNo, []float32{nan, 0.2}, ids(1, 0)), 0.5)
}

func TestResolved(t *testing.T) {
	for _, test := range []struct {
		metric Metric
		task   Task
		want   string
	}{
		{&Accuracy{}, threeClasses, "categorical_accuracy"},
		{&Accuracy{}, threeIDs, "sparse_categorical_accuracy"},
		{&Accuracy{}, yesNo, "binary_accuracy"},
		{&Accuracy{}, twoTags, "binary_accuracy"},
		{&Accuracy{}, twoNumbers, "accuracy"},
		{&AUC{}, yesNo, "auc"},
		{&AUC{}, threeClasses, "macro_one_vs_rest_auc"},
		{&Precision{macro}, threeClasses, "macro_precision"},
		{&Recall{Averaging{"micro"}}, twoTags, "micro_recall"},
		{&F1{macro}, yesNo, "f1"},
		{&ConfusionMatrix{}, yesNo, "confusion_matrix"},
	} {
		if got := Resolved(test.metric, test.task); got != test.want {
			t.Errorf("%s of a %s task is %q, want %q", Name(test.metric), test.task.Kind, got, test.want)
		}
	}
}

func TestFits(t *testing.T) {
	fits := map[string][5]bool{ // threeClasses, threeIDs, yesNo, twoTags, twoNumbers
		"accuracy":            {true, true, true, true, false},
		"balanced_accuracy":   {true, true, true, true, false},
		"auc":                 {true, true, true, true, false},
		"precision":           {true, true, true, true, false},
		"recall":              {true, true, true, true, false},
		"f1":                  {true, true, true, true, false},
		"confusion_matrix":    {true, true, true, false, false},
		"dice":                {},
		"iou":                 {true, true, true, true, false},
		"mean_absolute_error": {true, false, true, true, true},
		"mean_squared_error":  {true, false, true, true, true},
		"top_k_accuracy":      {true, true},
		"r2":                  {4: true},
	}
	for _, k := range Table().Kinds() {
		for i, task := range []Task{threeClasses, threeIDs, yesNo, twoTags, twoNumbers} {
			if got := k.New().(Metric).Fits(task); got != fits[k.Name][i] {
				t.Errorf("%s fits a %s task with %s: %t", k.Name, task.Kind, task.Target, got)
			}
		}
	}
}

func TestManuals(t *testing.T) {
	for _, k := range Table().Kinds() {
		if _, err := Table().Manual(k.Name); err != nil {
			t.Error(err)
		}
		if got := Name(k.New().(Metric)); got != k.Name {
			t.Errorf("%s is named %s", k.Name, got)
		}
	}
}
