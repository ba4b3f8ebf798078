package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// ARC014 finds a hidden dense layer of one or two units in front of more
// classes than that.
var ARC014 = &Rule{Code: arc014, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	for i := range m.Graph.Nodes {
		narrow, is := w.node(i).Spec.(*layers.Dense)
		if !is || narrow.Units > 2 {
			continue
		}
		behind, found := w.learner(i)
		if !found {
			continue
		}
		wide, is := w.node(behind).Spec.(*layers.Dense)
		if !is || wide.Units < narrow.Units+2 {
			continue
		}
		place := w.place(i)
		c.ReportUnless(place.Allow, diag.New(arc014, place.Setting("units"), fmt.Sprintf("all that is known of a volume goes through %s", plural(narrow.Units, "number"))).
			And(w.place(behind).Setting("units"), fmt.Sprintf("this tells %d classes from it", wide.Units)).
			Suggest("give the hidden layer as many units as there are classes, or more"))
	}
}}

var arc014 = &diag.Code{
	ID: "ARC014", Severity: diag.Warning,
	Title: "a bottleneck of one or two units in front of the classes",
	Means: "A hidden dense layer has one or two units, and the layer behind it tells more classes apart.",
	Why:   "One number can put classes on a line at best, and with `relu` it is 0 for half of all volumes.",
	Ways:  []string{"more units in the hidden layer", "leave the hidden layer out"},
	Fails: stages("phantom: {samples: 40, size: [8, 8, 8], classes: 4}", "reshape: {expand_dims: -1}", network("{dense: {units: 1, activation: relu}}", "{dense: {units: 4, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages("phantom: {samples: 40, size: [8, 8, 8], classes: 4}", "reshape: {expand_dims: -1}", network("{dense: {units: 16, activation: relu}}", "{dense: {units: 4, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
