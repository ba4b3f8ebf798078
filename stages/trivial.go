package stages

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/loss"
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

// trivial measures, with the metrics themselves, the best of the answers that
// never change: the class that most examples or voxels of the partition have, for
// each tag whether it mostly applies, of numbers their mean.
func (e examination) trivial(v *pipeline.Volumes, partition string) (trivial, error) {
	if !slices.ContainsFunc(e.metrics, func(m metric.Metric) bool { return m.Better() != "" }) {
		return trivial{}, nil
	}
	targets, err := targetsOf(v, e.assumed, e.task.Outputs)
	if err != nil {
		return trivial{}, err
	}
	task := e.task
	task.Logits = false
	width := task.Target.Width(task.Outputs)
	task.Positions = data.Elements(targets.Shape()) / width
	members := v.Members(partition)
	sums, err := e.sumsOf(targets, members, width)
	if err != nil {
		return trivial{}, err
	}
	t := trivial{classes: task.Classes()}
	var row []float32
	row, t.answer = answerOf(task, v.Is.Labels, sums, float64(len(members)*task.Positions))
	y := slices.Repeat(row, task.Positions)
	var meters []metric.Meter
	for _, m := range e.metrics {
		if m.Better() != "" {
			t.names, meters = append(t.names, metric.Name(m)), append(meters, metric.New(m, task))
		}
	}
	labels := make([]float32, data.Elements(targets.Shape()))
	for _, i := range members {
		if err := targets.Read(i, labels); err != nil {
			return trivial{}, err
		}
		for _, meter := range meters {
			meter.Add(y, labels)
		}
	}
	for _, meter := range meters {
		t.values = append(t.values, meter.Value())
	}
	return t, nil
}

// sumsOf adds up the targets of some examples: how often each class is true, how
// often each tag applies, the sum of each number.
func (e examination) sumsOf(targets data.Source, members []int, width int) ([]float64, error) {
	sums := make([]float64, e.task.Outputs)
	labels := make([]float32, data.Elements(targets.Shape()))
	for _, i := range members {
		if err := targets.Read(i, labels); err != nil {
			return nil, err
		}
		for at, value := range labels {
			switch {
			case e.task.Target != loss.ClassID:
				sums[at%width] += float64(value)
			case value >= 0 && int(value) < len(sums):
				sums[int(value)]++
			}
		}
	}
	return sums, nil
}

// answerOf is the answer at one position, and what to call it.
func answerOf(task metric.Task, l pipeline.Labels, sums []float64, positions float64) (row []float32, name string) {
	row = make([]float32, len(sums))
	names := classNames(l)
	switch task.Kind {
	case metric.MultiClass:
		most := 0
		for k, sum := range sums {
			if sum > sums[most] {
				most = k
			}
		}
		row[most] = 1
		if most < len(names) {
			return row, "always " + names[most]
		}
		return row, fmt.Sprintf("always class %d", most)
	case metric.Regression:
		for k, sum := range sums {
			row[k] = float32(sum / positions)
		}
		if len(row) == 1 {
			return row, fmt.Sprintf("always the mean, %.4g", row[0])
		}
		return row, "always the means"
	}
	for k, sum := range sums {
		if 2*sum > positions {
			row[k] = 1
		}
	}
	if task.Kind == metric.Binary {
		if len(names) == 2 {
			return row, "always " + names[int(row[0])]
		}
		return row, fmt.Sprintf("always %g", row[0])
	}
	return row, "always each tag's commoner answer"
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
