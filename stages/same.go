package stages

import (
	"fmt"
	"strings"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// alike reports GRA134 if the dataset that a model is to be trained on is not like
// the one that it was built for.
func alike(c *pipeline.Check, d *pipeline.Dataset, m *pipeline.Model) bool {
	if given, want := d.Shape(), m.Dataset.Shape(); given.Differs(want) {
		c.Report(diag.New(GRA134, c.Item.KindSpan, fmt.Sprintf("the examples given here are %s", given)).
			And(originOf(d), "their shape was decided here").
			And(m.At.Span, fmt.Sprintf("the model was built for %s", want)).
			Suggest("lead the dataset through the same stages as the one the model was built for, or build another model"))
		return false
	}
	return sameClasses(c, d, m)
}

// sameClasses reports GRA134 if labels have another number of classes than those that
// the model was built for.
func sameClasses(c *pipeline.Check, d *pipeline.Dataset, m *pipeline.Model) bool {
	built := m.Dataset
	if !d.Labels.ClassesKnown || !built.Labels.ClassesKnown || d.Labels.Classes == built.Labels.Classes {
		return true
	}
	c.Report(diag.New(GRA134, c.Item.KindSpan, fmt.Sprintf("the labels given here have %d classes", d.Labels.Classes)).
		And(d.Labels.ClassesAt.Span, "decided here").
		And(built.Labels.ClassesAt.Span, fmt.Sprintf("the model was built for %d", built.Labels.Classes)).
		Suggest("give label_encode the same classes in both"))
	return false
}

// asTrained reports PRD001, GRA134 or PRE006 if the dataset given to a trained model
// is not like the one that it was trained on, or was not prepared like it.
func asTrained(c *pipeline.Check, d *pipeline.Dataset, t pipeline.Type, m *pipeline.Model) bool {
	if !rules.CheckGiven(c, d, m) || !sameClasses(c, d, m) {
		return false
	}
	if trained, is := t.(*pipeline.Trained); is {
		rules.CheckPrepared(c, d, trained.Dataset)
	}
	return true
}

// labelled reports GRA133 if a dataset has no labels that can be compared with a
// model's output.
func labelled(c *pipeline.Check, d *pipeline.Dataset) bool {
	switch d.Labels.Kind {
	case pipeline.NoLabels:
		c.Report(diag.New(GRA133, c.Item.KindSpan, fmt.Sprintf("%s compares outputs with labels", c.Kind)).
			And(d.ExamplesAt.Span, "this dataset has none").
			Suggest("name the labels where the volumes are loaded: labels: labels.npy"))
		return false
	case pipeline.ClassNames:
		if _, trains := c.Stage.(*Train); trains {
			return true // LBL002 says so
		}
		help := "put label_encode above it, with the list of classes"
		if d.Labels.Names != nil {
			help = fmt.Sprintf("put label_encode: {classes: [%s]} above it", strings.Join(d.Labels.Names, ", "))
		}
		c.Report(diag.New(GRA133, c.Item.KindSpan, fmt.Sprintf("%s compares outputs with numbers", c.Kind)).
			And(d.Labels.At.Span, "these labels are names").
			Suggest(help))
		return false
	}
	return true
}

// usable reports GRA136 if what a stage is given was never trained, and gives its
// model with what it was trained for. The loss is nil for a model that only has
// its weights.
func usable(c *pipeline.Check, t pipeline.Type) (m *pipeline.Model, l loss.Loss, metrics []metric.Metric, ok bool) {
	if trained, is := t.(*pipeline.Trained); is {
		return trained.Model, trained.Loss, trained.Metrics, true
	}
	m = t.(*pipeline.Model)
	if m.Start == nil {
		c.Report(diag.New(GRA136, c.Item.KindSpan, fmt.Sprintf("%s takes a trained model", c.Kind)).
			And(m.At.Span, "this model has only the weights it was drawn with").
			Suggest("put a train stage above it, or give the model its weights: a safetensors file"))
		return nil, nil, nil, false
	}
	return m, nil, nil, wholly(c, m)
}

// trainedNet is the network of a value that usable has passed: a twin, since
// several stages may use it at the same time.
func trainedNet(v pipeline.Value) *pipeline.Network {
	if t, is := v.(*pipeline.TrainedNetwork); is {
		return &pipeline.Network{Is: t.Is.Model, Net: t.Net.Twin()}
	}
	n := v.(*pipeline.Network)
	return &pipeline.Network{Is: n.Is, Net: n.Net.Twin()}
}

// aDatasetAndATrainedModel is what evaluate and predict take: a trained model,
// else one that has its weights from a file.
var aDatasetAndATrainedModel = []pipeline.Want{
	{pipeline.DatasetFamily},
	{pipeline.TrainedFamily, pipeline.ModelFamily},
}

// filled reports GRA135 if a dataset has no such partition, or an empty one.
func filled(c *pipeline.Check, d *pipeline.Dataset, name string) bool {
	p, ok := d.Partition(name)
	if ok && !p.Examples.Is(0) {
		return true
	}
	label := fmt.Sprintf("there is no partition %s", name)
	if ok {
		label = fmt.Sprintf("the partition %s is empty", name)
	}
	have := []string{fmt.Sprintf("%s (%s examples)", pipeline.All, d.Examples)}
	for _, p := range d.Partitions {
		have = append(have, fmt.Sprintf("%s (%s)", p.Name, p.Examples))
	}
	at := d.ExamplesAt.Span
	if len(d.Partitions) > 0 {
		at = d.Partitions[0].At.Span
	}
	diagnostic := diag.New(GRA135, c.At("on"), label).
		And(at, "the dataset comes from here").
		Note("the partitions are: %s", strings.Join(have, ", "))
	switch {
	case len(d.Partitions) == 0:
		diagnostic = diagnostic.Suggest("put a split stage above the model: split: {train: 0.7, validation: 0.15, test: 0.15}")
	case d.Partitions[0].At.Stage == d.ExamplesAt.Stage:
		// Whoever gave the examples has divided them too: load.
		diagnostic = diagnostic.Suggest(fmt.Sprintf("give %s the files of %s, or rows of it in its table", d.ExamplesAt.Stage, name))
	default:
		diagnostic = diagnostic.Suggest(fmt.Sprintf("give %s a part: %s: 0.15", d.Partitions[0].At.Stage, name))
	}
	c.Report(diagnostic.Suggest("or name one that there is: on: " + pipeline.All))
	return false
}
