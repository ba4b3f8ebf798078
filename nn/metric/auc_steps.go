package metric

import (
	"math"
	"slices"

	"github.com/voxelpipe/pipe/nn/loss"
)

// aucSteps is the area under the ROC curve of so many outputs that they cannot be
// kept: it counts how many lie on each of many small steps.
type aucSteps struct {
	task Task
	// counts has, for each output, how many values of the rest and of the class lie
	// on each step.
	counts [][2][]int
	// broken marks outputs that have been NaN.
	broken []bool
	scores []float32
}

// A step is as wide as the last of stepBits bits of a number: its sign, its
// exponent and the first nine of its 23 binary places, so about 1/1000 near 1 and
// ever less towards 0.
const stepBits = 18

func newAUCSteps(t Task) *aucSteps {
	a := &aucSteps{task: t, counts: make([][2][]int, t.Outputs), broken: make([]bool, t.Outputs)}
	for k := range a.counts {
		for truth := range a.counts[k] {
			a.counts[k][truth] = make([]int, 1<<stepBits)
		}
	}
	return a
}

// stepOf is the step on which a number lies: a larger number never lies on a lower
// one.
func stepOf(v float32) uint32 {
	bits := math.Float32bits(v + 0) // -0 is 0
	if bits>>31 == 1 {
		bits = ^bits
	} else {
		bits |= 1 << 31
	}
	return bits >> (32 - stepBits)
}

func (a *aucSteps) Add(y, t []float32) {
	outputs := a.task.Outputs
	multiClass := a.task.Kind == MultiClass
	if multiClass && a.task.Logits {
		a.scores = append(a.scores[:0], y...)
		loss.Apply(nil, loss.Softmax, outputs, a.scores)
		y = a.scores
	}
	width := a.task.Target.Width(outputs)
	for ; len(y) >= outputs; y, t = y[outputs:], t[width:] {
		class := -1
		if multiClass {
			class = trueClass(a.task.Target, t[:width])
		}
		for k, v := range y[:outputs] {
			if v != v {
				a.broken[k] = true
				continue
			}
			a.counts[k][number(k == class || !multiClass && t[k] >= 0.5)][stepOf(v)]++
		}
	}
}

func (a *aucSteps) Value() float64 {
	each := make([]float64, len(a.counts))
	for k := range each {
		each[k] = a.area(k)
		if a.broken[k] {
			return math.NaN()
		}
	}
	if !slices.ContainsFunc(each, func(area float64) bool { return !math.IsNaN(area) }) {
		return 0.5
	}
	return meanOf(each)
}

// area is the share of pairs that are in order, those on one step counting half;
// NaN unless both kinds occur.
func (a *aucSteps) area(k int) float64 {
	var below, won, all float64
	for step, rest := range a.counts[k][0] {
		class := float64(a.counts[k][1][step])
		won += class * (below + float64(rest)/2)
		below += float64(rest)
		all += class
	}
	if all == 0 || below == 0 {
		return math.NaN()
	}
	return won / (all * below)
}

// Deferred marks that all steps are gone through for a value.
func (a *aucSteps) Deferred() {}

func (a *aucSteps) Table() *Matrix { return nil }

func (a *aucSteps) Reset() {
	for k := range a.counts {
		clear(a.counts[k][0])
		clear(a.counts[k][1])
	}
	clear(a.broken)
}
