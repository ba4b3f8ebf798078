package stages

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// Predict writes what a trained model says of a part of a dataset.
//
// The ending of the file decides its format. A .csv has a line for each example:
// its number in the dataset, the class that the model finds most likely, and the
// probability of each class (for a model that predicts numbers: the numbers). A
// .npy holds the model's output as it is, [N, …] float32 in the dataset's order;
// a .npz that, as predictions, and the numbers of the examples, as examples.
//
// A model that tells the class of each voxel gives [N, D, H, W, K], which no .csv
// can hold. With form: class_id a .npy holds masks instead: the number of the
// likeliest class of each voxel, [N, D, H, W] uint8, as label_encode numbers them.
type Predict struct {
	// The partition to predict: train, validation, test or all.
	On string `yaml:"on" validate:"oneof=train validation test all"`
	// The file to write, a .csv, .npy or .npz, in the run's record unless
	// the path is absolute.
	Output string `yaml:"output" validate:"required"`
	// What is written into a .npy or .npz file: output, the model's output as it is,
	// or class_id, the number of the likeliest class (uint8, or uint16 if there are
	// more than 256 classes). A .csv has both.
	Form string `yaml:"form" validate:"oneof=output class_id"`
}

// The forms of predictions.
const (
	outputForm = "output"
	idForm     = "class_id"
)

// predictDefaults are the settings that a config need not write.
var predictDefaults = Predict{On: pipeline.All, Output: "predictions.csv", Form: outputForm}

// Takes a dataset and a trained model.
func (*Predict) Takes() []pipeline.Want { return aDatasetAndATrainedModel }

// Gives a report.
func (*Predict) Gives() pipeline.Family { return pipeline.ReportFamily }

// Check compares the model with the dataset, and the output with the format of
// the file.
func (s *Predict) Check(c *pipeline.Check, in []pipeline.Type) pipeline.Type {
	d := in[0].(*pipeline.Dataset)
	m, trainedFor, _, ok := usable(c, in[1])
	if !ok || !asTrained(c, d, in[1], m) || !filled(c, d, s.On) {
		return nil
	}
	if s.Form == idForm && !tellsClasses(m, trainedFor) {
		c.Report(diag.New(YML132, c.At("form"), "the model's output is no choice of a class").
			And(m.At.Span, "what it gives is a number, or an answer to each of several questions").
			Suggest("leave form out: the output is then written as it is"))
	}
	if problem := unwritable(s.Output, m); problem != "" {
		c.Report(diag.New(YML132, c.At("output"), problem).
			Suggest("name a .npy or .npz file, which holds anything, or a .csv for one row of numbers for each example"))
	}
	return &pipeline.Report{At: c.Origin()}
}

// unwritable says why predictions of a model cannot be written to a file of that
// name, "" if they can.
func unwritable(path string, m *pipeline.Model) string {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".npy", ".npz":
	case ".csv":
		if output := m.Graph.Output(); len(output) > 1 {
			return fmt.Sprintf("a .csv holds one row for each example, the output is %s: a row for each of its voxels", output.Batch())
		}
	case "":
		return "the file has no ending that says its format"
	default:
		return fmt.Sprintf("predictions are not written as %s", filepath.Ext(path))
	}
	return ""
}

// Run predicts and writes.
func (s *Predict) Run(r *pipeline.Run, in []pipeline.Value) (pipeline.Value, error) {
	v, network := in[0].(*pipeline.Volumes), trainedNet(in[1])
	var trainedFor loss.Loss
	if t, is := in[1].(*pipeline.TrainedNetwork); is {
		trainedFor = t.Is.Loss
	}
	p, err := predictionsOf(r.Context, network, v, v.Members(s.On), trainedFor, r.Pool)
	if err != nil {
		return nil, err
	}
	p.ids = s.Form == idForm
	name := s.Writes(r.File)[0].File
	if err := r.Record.Write(name, func(w io.Writer) error { return p.write(w, name) }); err != nil {
		return nil, err
	}
	r.Watch.Note(r.Node, fmt.Sprintf("%d predictions in %s", len(p.examples), name))
	return &pipeline.Results{
		Is:      r.Promised.(*pipeline.Report),
		Numbers: []pipeline.Number{{Name: "examples", Value: float64(len(p.examples)), Count: true}},
	}, nil
}

// Writes is the output.
func (s *Predict) Writes(file func(string) string) []pipeline.Written {
	name := s.Output
	if name == predictDefaults.Output {
		name = file(name)
	}
	return []pipeline.Written{{File: name, Setting: []string{"output"}}}
}

// predictions are what a model says of some examples.
type predictions struct {
	examples []int
	// sizes are those of one example's output; values has as many for each example.
	sizes  []int
	values []float32
	// head makes probabilities of a copy of values; Linear where they are ones
	// already, or are no probabilities at all.
	head loss.Head
	// classes are the names of the classes; nil for a model that predicts numbers.
	classes []string
	// threshold says that a single value is the probability of the second class.
	threshold bool
	// ids says that the likeliest classes are written, instead of the values.
	ids bool
}

// predictionsOf runs examples through a network. The loss says what the output
// means, and may be nil.
func predictionsOf(ctx context.Context, network *pipeline.Network, v *pipeline.Volumes, examples []int, l loss.Loss, pool *nn.Pool) (*predictions, error) {
	values, err := train.Predict(ctx, network.Net, v.Source, examples, 0, pool)
	if err != nil {
		return nil, err
	}
	p := &predictions{examples: examples, sizes: network.Is.Graph.Output().MustSizes(), values: values}
	p.interpret(network.Is, l)
	return p, nil
}

// tellsClasses says whether a model chooses one class for each example, or for
// each of its voxels; true as long as its output is unknown. The loss says what the
// output means, and may be nil.
func tellsClasses(m *pipeline.Model, l loss.Loss) bool {
	if l == nil {
		l = rules.LossFor(m.Dataset, m)
	}
	task := rules.TaskOf(m.Dataset, m, l)
	return task.Outputs == 0 || task.Kind == metric.MultiClass || task.Kind == metric.Binary
}

// interpret finds out what the values mean.
func (p *predictions) interpret(m *pipeline.Model, l loss.Loss) {
	if l == nil {
		l = rules.LossFor(m.Dataset, m)
	}
	task := rules.TaskOf(m.Dataset, m, l)
	if l.Target() == loss.Real && task.Target == loss.Real {
		return
	}
	if l.FromLogits() {
		p.head = task.Head()
	}
	units := p.sizes[len(p.sizes)-1]
	p.threshold = units == 1
	p.classes = classNames(pipeline.Labels{Classes: max(units, 2)})
	if names := m.Dataset.Labels.Names; len(names) == len(p.classes) {
		p.classes = slices.Clone(names)
	}
}

// probabilities are the values of one example as probabilities of the classes.
func (p *predictions) probabilities(example int) []float32 {
	n := len(p.values) / max(len(p.examples), 1)
	row := slices.Clone(p.values[example*n : (example+1)*n])
	if p.head != loss.Linear {
		loss.Apply(nil, p.head, len(row), row)
	}
	if p.threshold {
		row = []float32{1 - row[0], row[0]}
	}
	return row
}
