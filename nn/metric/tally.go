package metric

import "github.com/voxelpipe/pipe/nn/loss"

// tally counts, for each class by itself, how often it was predicted and true.
// For a multi-class task the classes are the K outputs, of which exactly one is
// true and one predicted; for any other task each output is a class of its own,
// true from 0.5 up and predicted above 0.5.
type tally struct {
	task      Task
	classes   []classTally
	positions int
	// right counts the positions (multi-class) or values (else) predicted rightly.
	right int
}

// classTally is what is known of one class: hits are both true and predicted,
// false alarms only predicted, misses only true.
type classTally struct{ hits, falseAlarms, misses int }

func newTally(t Task) *tally { return &tally{task: t, classes: make([]classTally, t.Outputs)} }

func (c *tally) Reset() {
	clear(c.classes)
	c.positions, c.right = 0, 0
}

func (c *tally) Table() *Matrix { return nil }

func (c *tally) Add(y, t []float32) {
	outputs, width := c.task.Outputs, c.task.Target.Width(c.task.Outputs)
	for ; len(y) >= outputs; y, t = y[outputs:], t[width:] {
		c.positions++
		if c.task.Kind == MultiClass {
			c.addClass(highest(y[:outputs]), trueClass(c.task.Target, t[:width]))
			continue
		}
		for k, v := range y[:outputs] {
			c.addValue(&c.classes[k], predicted(c.task, v), t[k] >= 0.5)
		}
	}
}

func (c *tally) addClass(predicted, actual int) {
	if predicted == actual {
		c.right++
		c.classes[actual].hits++
		return
	}
	c.classes[predicted].falseAlarms++
	c.classes[actual].misses++
}

func (c *tally) addValue(class *classTally, predicted, actual bool) {
	switch {
	case predicted && actual:
		class.hits++
	case predicted:
		class.falseAlarms++
	case actual:
		class.misses++
	}
	if predicted == actual {
		c.right++
	}
}

// against is the tally of the answer "no", given that of "yes".
func (c *tally) against(yes classTally) classTally {
	return classTally{
		hits:        c.positions - yes.hits - yes.falseAlarms - yes.misses,
		misses:      yes.falseAlarms,
		falseAlarms: yes.misses,
	}
}

// times is how often the class was true.
func (c classTally) times() int { return c.hits + c.misses }

// precision is the share of the predictions of a class that are right.
func (c classTally) precision() float64 { return share(c.hits, c.hits+c.falseAlarms) }

// recall is the share of a class that is found.
func (c classTally) recall() float64 { return share(c.hits, c.hits+c.misses) }

// f1 is the harmonic mean of precision and recall.
func (c classTally) f1() float64 { return share(2*c.hits, 2*c.hits+c.falseAlarms+c.misses) }

// share is a part of a whole; 0 of nothing.
func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// highest is the class with the highest output; the first one of several.
func highest(y []float32) int {
	best := 0
	for k, v := range y {
		if v > y[best] {
			best = k
		}
	}
	return best
}

// trueClass is the class that a multi-class target names.
func trueClass(target loss.Target, t []float32) int {
	if target == loss.ClassID {
		return int(t[0])
	}
	return highest(t)
}

// predicted says whether an output means yes: a probability above one half, or
// a score above 0.
func predicted(task Task, y float32) bool {
	if task.Logits && task.Head() == loss.Sigmoid {
		return y > 0
	}
	return y > 0.5
}
