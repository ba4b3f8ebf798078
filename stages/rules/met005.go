package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// MET005 finds an accuracy among so many classes that it cannot miss.
var MET005 = &Rule{Code: met005, Training: func(c *pipeline.Check, t *Training) {
	h := headOf(t.Model)
	if t.Task.Kind != metric.MultiClass || t.Task.Outputs == 0 || h.constant() {
		return
	}
	for i, m := range t.Metrics {
		top, is := m.(*metric.TopKAccuracy)
		if !is || top.K < t.Task.Outputs {
			continue
		}
		at := c.At("metrics", fmt.Sprint(i))
		d := diag.New(met005, at, fmt.Sprintf("this counts an answer as right that is among the first %d", top.K)).
			And(h.unitsAt, fmt.Sprintf("the model has %s", plural(t.Task.Outputs, "class"))).
			Note("it would always be 1")
		if t.Task.Outputs > 2 {
			smaller := fmt.Sprint(min(2, t.Task.Outputs-1))
			d = d.Suggest("use a smaller k: top_k_accuracy: {k: "+smaller+"}", smallerK(c, fmt.Sprint(i), smaller)...).
				Suggest("or use accuracy")
		} else {
			d = d.Suggest("use accuracy", replace(at, "accuracy")...)
		}
		c.Report(d)
	}
}}

// smallerK writes another k of a metric, over what is written or beside it.
func smallerK(c *pipeline.Check, metric, k string) []diag.Edit {
	path := []string{"metrics", metric, "top_k_accuracy", "k"}
	if c.Given(path...) {
		return replace(c.At(path...), k)
	}
	for _, named := range [][]string{path[:3], path[:2]} {
		if n := c.Places.Node(named...); n != nil {
			return spec.Adding(n, "k", k)
		}
	}
	return nil
}

var met005 = &diag.Code{
	ID: "MET005", Severity: diag.Warning,
	Title: "an accuracy that cannot miss",
	Means: "`top_k_accuracy` counts an answer as right if the true class is among the k largest outputs; k is 5 unless it is written. The model has no more classes than that.",
	Why:   "The true class is always among all classes: the metric is 1 from the first step on, whatever the model does.",
	Ways:  []string{"a `k` well below the number of classes", "`accuracy`, which is the same with k = 1"},
	Fails: stages(threeHeads, oneHot, network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: categorical_crossentropy, metrics: [top_k_accuracy], epochs: 20}"),
	Mended: stages(threeHeads, oneHot, network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: categorical_crossentropy, metrics: [top_k_accuracy: {k: 2}], epochs: 20}"),
}
