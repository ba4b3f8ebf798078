package metric

import (
	"slices"

	"github.com/voxelpipe/pipe/nn/data"
)

// Constant is what each metric is for a model that always gives the same answer,
// the best one that can be given without a look at the examples: the commonest
// class, the commoner answer to each question of yes or no, the mean of each
// number. It gives that answer, too, as it is at one position. It reads the targets
// of the given examples twice. A metric that is a table gives 0.
func Constant(metrics []Metric, t Task, targets data.Source, examples []int) (values []float64, answer []float32, err error) {
	t.Logits = false
	width := t.Target.Width(t.Outputs)
	labels := make([]float32, data.Elements(targets.Shape()))
	positions := len(labels) / width
	t.Positions = positions
	sums := make([]float64, t.Outputs)
	for _, i := range examples {
		if err := targets.Read(i, labels); err != nil {
			return nil, nil, err
		}
		t.count(sums, labels)
	}
	answer = t.answer(sums, len(examples)*positions)
	all := slices.Repeat(answer, positions)
	values = make([]float64, len(metrics))
	meters := make([]Meter, len(metrics))
	for k, m := range metrics {
		meters[k] = New(m, t)
	}
	for _, i := range examples {
		if err := targets.Read(i, labels); err != nil {
			return nil, nil, err
		}
		for _, m := range meters {
			m.Add(all, labels)
		}
	}
	for k, m := range meters {
		values[k] = m.Value()
	}
	return values, answer, nil
}

// count adds what the labels of an example say of each output.
func (t Task) count(sums []float64, labels []float32) {
	width := t.Target.Width(t.Outputs)
	for ; len(labels) >= width; labels = labels[width:] {
		if t.Kind == MultiClass {
			if class := trueClass(t.Target, labels[:width]); class >= 0 && class < len(sums) {
				sums[class]++
			}
			continue
		}
		for k, v := range labels[:width] {
			if t.Kind != Regression {
				v = float32(number(v >= 0.5))
			}
			sums[k] += float64(v)
		}
	}
}

// answer is the constant, given what was counted over so many positions.
func (t Task) answer(sums []float64, positions int) []float32 {
	answer := make([]float32, len(sums))
	best := 0
	for k, sum := range sums {
		switch {
		case t.Kind == Regression:
			answer[k] = float32(sum / float64(max(positions, 1)))
		case t.Kind != MultiClass:
			answer[k] = float32(number(2*sum > float64(positions)))
		case sum > sums[best]:
			best = k
		}
	}
	if t.Kind == MultiClass {
		answer[best] = 1
	}
	return answer
}
