package metric

import "math"

// Averaging is the setting of metrics that are measured for each class.
type Averaging struct {
	// Average makes one number of several classes: `macro` is the mean over the
	// classes, each counting the same; `weighted` counts each as often as it is
	// true; `micro` pools the predictions of all classes first. A class that is
	// neither true nor predicted anywhere is left out. A single sigmoid unit has
	// only one class that is measured, "above 0.5", and nothing to average.
	Average string `yaml:"average" validate:"oneof=macro micro weighted"`
}

var macro = Averaging{Average: "macro"}

// Fits a model that tells classes or tags apart.
func (Averaging) Fits(t Task) bool { return t.Kind != Regression }

// Better is up.
func (Averaging) Better() string { return "max" }

// variant puts the kind of average in front of a name.
func (a Averaging) variant(t Task, name string) string {
	switch {
	case t.Kind == Binary:
		return name
	case a.Average == "":
		return "macro_" + name
	}
	return a.Average + "_" + name
}

// averaged is a number measured for each class.
type averaged struct {
	*tally
	how Averaging
	of  func(classTally) float64
}

// ByClass is the number of each class that is true or predicted somewhere.
func (a *averaged) ByClass() []float64 {
	each := make([]float64, len(a.classes))
	for k, c := range a.classes {
		each[k] = math.NaN()
		if c != (classTally{}) {
			each[k] = a.of(c)
		}
	}
	return each
}

func (a *averaged) Value() float64 {
	var sum, weights float64
	var pooled classTally
	for _, c := range a.classes {
		pooled.hits += c.hits
		pooled.falseAlarms += c.falseAlarms
		pooled.misses += c.misses
		if c == (classTally{}) {
			continue
		}
		weight := 1.0
		if a.how.Average == "weighted" {
			weight = float64(c.times())
		}
		sum += weight * a.of(c)
		weights += weight
	}
	switch {
	case a.how.Average == "micro":
		return a.of(pooled)
	case weights == 0:
		return 0
	}
	return sum / weights
}
