package stages

import (
	"fmt"
	"strings"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/pipeline"
)

// tellConstant notes what an answer that never changes reaches on a partition:
// what the metrics have to beat, but for an accuracy that tellBaseline speaks of. The loss says how the labels
// are compared.
func tellConstant(r *pipeline.Run, v *pipeline.Volumes, metrics []metric.Metric, task metric.Task, l loss.Loss, partition string) error {
	_, told := tellBaseline(v, partition)
	var numbers []metric.Metric
	for _, m := range metrics {
		_, accuracy := m.(*metric.Accuracy)
		if m.Better() != "" && !(accuracy && told) {
			numbers = append(numbers, m)
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	targets, err := targetsOf(v, l, task.Outputs)
	if err != nil {
		return err
	}
	values, err := metric.Constant(numbers, task, targets, v.Members(partition))
	if err != nil {
		return err
	}
	answer := "the largest class"
	switch task.Kind {
	case metric.MultiLabel:
		answer = "the commoner answer of each tag"
	case metric.Regression:
		answer = "the mean"
	}
	parts := make([]string, len(numbers))
	for i, m := range numbers {
		parts[i] = fmt.Sprintf("%s %.4f", metric.Name(m), values[i])
	}
	r.Watch.Note(r.Node, fmt.Sprintf("always %s on %s: %s", answer, partition, strings.Join(parts, ", ")))
	return nil
}
