package stages

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/pipeline"
)

// trivial is what an answer that never changes reaches: whatever a model has
// learnt, it has to do better.
type trivial struct {
	// answer is "always background".
	answer string
	// names and values are the metrics that are numbers.
	names  []string
	values []float64
	// classes is how many there are to choose one from; 0 if nothing is chosen.
	classes int
}

// trivial measures what the best of the answers that never change reaches on a
// partition.
func (e examination) trivial(v *pipeline.Volumes, partition string) (trivial, error) {
	t := trivial{classes: e.task.Classes()}
	var numbers []metric.Metric
	for _, m := range e.metrics {
		if m.Better() != "" {
			t.names, numbers = append(t.names, metric.Name(m)), append(numbers, m)
		}
	}
	if numbers == nil {
		return trivial{}, nil
	}
	targets, err := targetsOf(v, e.assumed, e.task.Outputs)
	if err != nil {
		return trivial{}, err
	}
	values, answer, err := metric.Constant(numbers, e.task, targets, v.Members(partition))
	if err != nil {
		return trivial{}, err
	}
	t.values, t.answer = values, nameOfAnswer(e.task, v.Is.Labels, answer)
	return t, nil
}

// nameOfAnswer is what to call an answer that never changes.
func nameOfAnswer(task metric.Task, l pipeline.Labels, answer []float32) string {
	names := classNames(l)
	switch task.Kind {
	case metric.MultiClass:
		class := slices.Index(answer, 1)
		if class < len(names) {
			return "always " + names[class]
		}
		return fmt.Sprintf("always class %d", class)
	case metric.Regression:
		if len(answer) == 1 {
			return fmt.Sprintf("always the mean, %.4g", answer[0])
		}
		return "always the means"
	case metric.Binary:
		if len(names) == 2 {
			return "always " + names[int(answer[0])]
		}
		return fmt.Sprintf("always %g", answer[0])
	}
	return "always each tag's commoner answer"
}

// tell says "always background reaches accuracy 0.9512, dice 0.3251; one of 3 at
// random an accuracy of 0.3333".
func (t trivial) tell() string {
	reached := make([]string, len(t.names))
	random := ""
	for i, name := range t.names {
		reached[i] = fmt.Sprintf("%s %.4f", name, t.values[i])
		if t.classes > 0 && strings.HasSuffix(name, "accuracy") {
			random = fmt.Sprintf("; one of %d at random an accuracy of %.4f", t.classes, 1/float64(t.classes))
		}
	}
	return t.answer + " reaches " + strings.Join(reached, ", ") + random
}

// compare writes beside every number of a report what the trivial answer reaches.
func (t trivial) compare(results *pipeline.Results) {
	results.Trivial = t.answer
	for i, n := range results.Numbers {
		if k := slices.Index(t.names, n.Name); k >= 0 {
			results.Numbers[i].Trivial, results.Numbers[i].Compared = t.values[k], true
		}
	}
}
