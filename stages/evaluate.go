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
// It gives the loss that the model was trained with, and the metrics. The run's
// record gets them in metrics.json. A model that has its `weights` from a file
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
	if !ok || !alike(c, d, m) || !labelled(c, d) || !filled(c, d, s.On) {
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
	set := train.Set{X: v.Source, Y: targets, Examples: v.Members(partition)}
	return train.Evaluate(ctx, net, set, train.Settings{Loss: e.loss, Metrics: e.metrics, Task: e.task}, pool)
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
	scores, err := e.measure(r.Context, network.Net, v, s.On, r.Pool)
	if err != nil {
		return nil, err
	}
	results := resultsOf(scores, v.Is.Labels)
	results.Is = r.Promised.(*pipeline.Report)
	examples := len(v.Members(s.On))
	r.Watch.Note(r.Node, fmt.Sprintf("%s: %s", s.On, tellPartition(v, s.On)))
	if len(s.Metrics) > 0 {
		tellTask(r, s.Metrics, e.task)
	}
	r.Watch.Note(r.Node, tellScores(s.On, results, v))
	if err := tellConstant(r, v, e.metrics, e.task, e.assumed, s.On); err != nil {
		return nil, err
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
			if n := len(score.Classes); n > 1 {
				results.ByClass = append(results.ByClass, pipeline.ByClass{Name: score.Name, Classes: namesOfClasses(l, n), Values: score.Classes})
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

// namesOfClasses are the names of n classes: those of the labels, if they have as many,
// else numbers.
func namesOfClasses(l pipeline.Labels, n int) []string {
	if names := classNames(l); len(names) == n {
		return names
	}
	return classNames(pipeline.Labels{Classes: n})
}

// tellScores says "test: loss 0.1234, accuracy 0.9667 (always …)".
func tellScores(partition string, results *pipeline.Results, v *pipeline.Volumes) string {
	var parts []string
	compared := ""
	for _, n := range results.Numbers {
		part := fmt.Sprintf("%s %.4f", n.Name, n.Value)
		if strings.HasSuffix(n.Name, "accuracy") && compared == "" {
			if text, ok := tellBaseline(v, partition); ok {
				compared = " (" + text + ")"
			}
		}
		parts = append(parts, part)
	}
	return partition + ": " + strings.Join(parts, ", ") + compared
}

// numberOrNull is what JSON has for a number: null for what is none.
func numberOrNull(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return v
}

// measured is what metrics.json holds: where was measured and on how many
// examples, then each number and table under its name, and the numbers of each
// class under the name with "_by_class". What is not a number is null.
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
		if err := entry(n.Name, numberOrNull(n.Value)); err != nil {
			return err
		}
	}
	for _, n := range m.results.ByClass {
		classes := make(map[string]any, len(n.Classes))
		for k, class := range n.Classes {
			classes[class] = numberOrNull(n.Values[k])
		}
		if err := entry(n.Name+"_by_class", classes); err != nil {
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
