package stages

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/stages/rules"
)

// Evaluate measures a trained model on a part of a dataset.
//
// It gives the loss that the model was trained with, and the metrics; of metrics
// that compare regions, such as dice, also the number of each class. Beside each
// metric stands what an answer reaches that never changes: the class that most
// examples or voxels have, for each tag whether it mostly applies, of numbers their
// mean. The run's record gets all of it in metrics.json. A model that has its `weights` from a file
// needs no train stage; no loss is measured then.
type Evaluate struct {
	// The partition to measure on: train, validation, test or all.
	On string `yaml:"on" validate:"oneof=train validation test all"`
	// What is measured. Without any, the metrics of the train stage are; for a model
	// that has its weights from a file, the accuracy, or the mean absolute error
	// where a number is predicted.
	Metrics []metric.Metric `yaml:"metrics"`
}

// evaluateDefaults are the settings that a config need not write.
var evaluateDefaults = Evaluate{On: pipeline.Test}

// Takes a dataset and a trained model.
func (*Evaluate) Takes() []pipeline.Want { return aDatasetAndATrainedModel }

// Gives a report.
func (*Evaluate) Gives() pipeline.Family { return pipeline.ReportFamily }

// Check compares the model with the dataset, and the metrics with the task.
func (s *Evaluate) Check(c *pipeline.Check, in []pipeline.Type) pipeline.Type {
	d := in[0].(*pipeline.Dataset)
	m, trainedFor, metrics, ok := usable(c, in[1])
	if !ok || !asTrained(c, d, in[1], m) || !labelled(c, d) || !filled(c, d, s.On) {
		return nil
	}
	e := s.examination(d, m, trainedFor, metrics)
	rules.CheckOutput(c, &rules.Training{Dataset: d, Model: m, Loss: e.assumed, Task: e.task})
	if !c.Failed() && c.Given("metrics") {
		rules.CheckMetrics(c, e.metrics, e.task, m.At)
	}
	return &pipeline.Report{At: c.Origin()}
}

// examination is what is measured, and how labels and outputs are meant.
type examination struct {
	// loss is what the model was trained for, nil if that is not known; assumed is
	// it, or the one that fits the model's end and the labels.
	loss, assumed loss.Loss
	metrics       []metric.Metric
	task          metric.Task
}

func (s *Evaluate) examination(d *pipeline.Dataset, m *pipeline.Model, l loss.Loss, metrics []metric.Metric) examination {
	e := examination{loss: l, assumed: l, metrics: metrics}
	if l == nil {
		e.assumed = rules.LossFor(d, m)
	}
	e.assumed = rules.LossOf(d, m, e.assumed)
	e.task = rules.TaskOf(d, m, e.assumed)
	switch {
	case len(s.Metrics) > 0:
		e.metrics = s.Metrics
	case l == nil && e.task.Kind == metric.Regression:
		e.metrics = []metric.Metric{&metric.MeanAbsoluteError{}}
	case l == nil:
		e.metrics = []metric.Metric{&metric.Accuracy{}}
	}
	return e
}

// measure runs the examples of a partition through a network.
func (e examination) measure(ctx context.Context, net *nn.Network[float32], v *pipeline.Volumes, partition string, pool *nn.Pool) ([]train.Score, error) {
	targets, err := targetsOf(v, e.assumed, e.task.Outputs)
	if err != nil {
		return nil, err
	}
	set := train.Set{X: v.Source, Y: targets, W: v.Weights, Examples: v.Members(partition)}
	return train.Evaluate(ctx, net, set, train.Settings{Loss: e.loss, Metrics: e.metrics, Task: e.task}, pool)
}

// report measures, and compares what was measured with the trivial answer.
func (e examination) report(ctx context.Context, net *nn.Network[float32], v *pipeline.Volumes, partition string, pool *nn.Pool) (*pipeline.Results, trivial, error) {
	scores, err := e.measure(ctx, net, v, partition, pool)
	if err != nil {
		return nil, trivial{}, err
	}
	results := resultsOf(scores, v.Is.Labels)
	t, err := e.trivial(v, partition)
	if err != nil {
		return nil, t, err
	}
	t.compare(results)
	return results, t, nil
}

// Run measures.
func (s *Evaluate) Run(r *pipeline.Run, in []pipeline.Value) (pipeline.Value, error) {
	v, network := in[0].(*pipeline.Volumes), trainedNet(in[1])
	var trainedFor loss.Loss
	var metrics []metric.Metric
	if t, is := in[1].(*pipeline.TrainedNetwork); is {
		trainedFor, metrics = t.Is.Loss, t.Is.Metrics
	}
	e := s.examination(v.Is, network.Is, trainedFor, metrics)
	results, trivial, err := e.report(r.Context, network.Net, v, s.On, r.Pool)
	if err != nil {
		return nil, err
	}
	results.Is = r.Promised.(*pipeline.Report)
	examples := len(v.Members(s.On))
	r.Watch.Note(r.Node, fmt.Sprintf("%s: %s", s.On, tellPartition(v, s.On)))
	if len(s.Metrics) > 0 {
		tellTask(r, s.Metrics, e.task)
	}
	r.Watch.Note(r.Node, tellScores(s.On, results))
	for _, m := range results.ByClass {
		r.Watch.Note(r.Node, tellClassScores(s.On, m))
	}
	if len(trivial.values) > 0 {
		r.Watch.Note(r.Node, s.On+": "+trivial.tell())
	}
	if err := r.Record.Write(r.File("metrics.json"), measured{s.On, examples, results}.write); err != nil {
		return nil, err
	}
	return results, nil
}

// resultsOf makes a report of scores.
func resultsOf(scores []train.Score, l pipeline.Labels) *pipeline.Results {
	results := &pipeline.Results{}
	for _, score := range scores {
		if score.Table == nil {
			results.Numbers = append(results.Numbers, pipeline.Number{Name: score.Name, Value: score.Value})
			if len(score.Classes) > 1 {
				results.ByClass = append(results.ByClass, pipeline.ByClass{
					Name: score.Name, Classes: namesOfClasses(l, len(score.Classes)), Values: score.Classes,
				})
			}
			continue
		}
		names := namesOfClasses(l, len(score.Table.Counts))
		results.Tables = append(results.Tables, pipeline.Table{
			Name: score.Name, Rows: names, Columns: names, Counts: score.Table.Counts,
		})
	}
	return results
}

// namesOfClasses names so many classes: as the labels do if they have as many,
// else by their ids.
func namesOfClasses(l pipeline.Labels, classes int) []string {
	if names := classNames(l); len(names) == classes {
		return names
	}
	return classNames(pipeline.Labels{Classes: classes})
}

// tellScores says "test: loss 0.1234, accuracy 0.9667".
func tellScores(partition string, results *pipeline.Results) string {
	var parts []string
	for _, n := range results.Numbers {
		parts = append(parts, fmt.Sprintf("%s %.4f", n.Name, n.Value))
	}
	return partition + ": " + strings.Join(parts, ", ")
}

// tellClassScores says "test: dice of background 0.9951, lesion 0.8342".
func tellClassScores(partition string, m pipeline.ByClass) string {
	var parts []string
	for k, class := range m.Classes {
		if !math.IsNaN(m.Values[k]) {
			parts = append(parts, fmt.Sprintf("%s %.4f", class, m.Values[k]))
		}
	}
	return fmt.Sprintf("%s: %s of %s", partition, m.Name, strings.Join(firstOf(parts, mostClasses), ", "))
}

// measured is what metrics.json holds: where was measured and on how many
// examples, then each number and table under its name, what is measured for each
// class under "…_by_class", and what the trivial answer reaches under "trivial".
// What is not a number is null.
type measured struct {
	on       string
	examples int
	results  *pipeline.Results
}

func (m measured) write(w io.Writer) error {
	var text bytes.Buffer
	fmt.Fprintf(&text, "{\n  \"on\": %q,\n  \"examples\": %d", m.on, m.examples)
	entry := func(name string, value any) error {
		encoded, err := json.Marshal(value)
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, ",\n  %q: %s", name, encoded)
		return nil
	}
	for _, n := range m.results.Numbers {
		if err := entry(n.Name, finiteOrNull(n.Value)); err != nil {
			return err
		}
	}
	for _, by := range m.results.ByClass {
		values := make(map[string]any, len(by.Classes))
		for k, class := range by.Classes {
			values[class] = finiteOrNull(by.Values[k])
		}
		if err := entry(by.Name+"_by_class", values); err != nil {
			return err
		}
	}
	if m.results.Trivial != "" {
		reached := map[string]any{"answer": m.results.Trivial}
		for _, n := range m.results.Numbers {
			if n.Compared {
				reached[n.Name] = finiteOrNull(n.Trivial)
			}
		}
		if err := entry("trivial", reached); err != nil {
			return err
		}
	}
	for _, t := range m.results.Tables {
		if err := entry(t.Name, t); err != nil {
			return err
		}
	}
	text.WriteString("\n}\n")
	_, err := w.Write(text.Bytes())
	return err
}

// finiteOrNull is a number as JSON can write it.
func finiteOrNull(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return v
}
