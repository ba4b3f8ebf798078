package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// fewestNumbers is of how many numbers and less a layer in front of the classes is
// a bottleneck.
const fewestNumbers = 2

// ARC014 finds a hidden dense layer of one or two units in front of more
// classes than that, or a convolution with as many filters whose mean or peak alone
// goes on.
var ARC014 = &Rule{Code: arc014, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	for i := range m.Graph.Nodes {
		numbers, setting := 0, "units"
		switch narrow := w.node(i).Spec.(type) {
		case *layers.Dense:
			numbers = narrow.Units
		case *layers.Conv3D:
			numbers, setting = narrow.Filters, "filters"
		default:
			continue
		}
		if numbers > fewestNumbers {
			continue
		}
		behind, found := w.learner(i)
		if !found {
			continue
		}
		wide, is := w.node(behind).Spec.(*layers.Dense)
		if !is || wide.Units < numbers+2 || !hasFeatures(m, behind, numbers) {
			continue
		}
		place := w.place(i)
		c.ReportUnless(place.Allow, diag.New(arc014, place.Setting(setting), fmt.Sprintf("all that is known of a volume goes through %s", plural(numbers, "number"))).
			And(w.place(behind).Setting("units"), fmt.Sprintf("this tells %d classes from it", wide.Units)).
			Suggest(fmt.Sprintf("give the hidden layer as many %s as there are classes, or more", setting)))
	}
}}

// hasFeatures says that a layer is given a vector of so many numbers: of a
// convolution whose places are all kept there are more.
func hasFeatures(m *pipeline.Model, node, count int) bool {
	given := m.Graph.InputsOf(&m.Graph.Nodes[node])
	if len(given) != 1 || len(given[0]) != 1 {
		return false
	}
	features, known := given[0][0].Known()
	return known && features == count
}

var arc014 = &diag.Code{
	ID: "ARC014", Severity: diag.Warning,
	Title: "a bottleneck of one or two units in front of the classes",
	Means: "A hidden dense layer has one or two units, or a convolution one or two filters of which only the mean or the peak goes on, and the layer behind it tells more classes apart.",
	Why:   "One number can put classes on a line at best, and with `relu` it is 0 for half of all volumes.",
	Ways:  []string{"more units or filters in the hidden layer", "leave the hidden layer out"},
	Fails: stages("phantom: {samples: 40, size: [8, 8, 8], classes: 4}", "reshape: {expand_dims: -1}", network("{dense: {units: 1, activation: relu}}", "{dense: {units: 4, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages("phantom: {samples: 40, size: [8, 8, 8], classes: 4}", "reshape: {expand_dims: -1}", network("{dense: {units: 16, activation: relu}}", "{dense: {units: 4, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
