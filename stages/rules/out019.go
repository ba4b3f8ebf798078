package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT019 finds layers that change the probabilities that a model ends in. Layers
// that give them another shape, or take their mean over places, may stand there.
var OUT019 = &Rule{Code: out019, Training: func(c *pipeline.Check, t *Training) {
	if at, behind := changed(t); len(behind) > 0 {
		reportBehind(c, t.Model, at, behind)
	}
}}

// changed finds the activation that gives the probabilities of a model over classes,
// and the layers behind it that change them, the last one first; none where it is the
// model's end.
func changed(t *Training) (at int, behind []int) {
	if !ofClasses(t.Loss) {
		return 0, nil
	}
	m := t.Model
	for i := len(m.Graph.Nodes) - 1; i >= 0; {
		node := &m.Graph.Nodes[i]
		switch node.Spec.(type) {
		case *layers.Softmax, *layers.Sigmoid:
			if len(behind) > 0 && probabilities(m, i) {
				return i, behind
			}
			behind = append(behind, i)
		case *layers.Flatten, *layers.Reshape, *layers.Crop3D, *layers.Linear, *layers.GlobalAveragePool3D, *layers.AveragePool3D:
		default:
			if !changes(node.Spec) {
				return 0, nil
			}
			behind = append(behind, i)
		}
		if len(node.Inputs) != 1 || node.Inputs[0] == nn.FromInput {
			return 0, nil
		}
		i = node.Inputs[0]
	}
	return 0, nil
}

// changes says whether a layer without a kernel changes the values that it is
// given: none of them belongs behind the probabilities of a model.
func changes(s nn.Spec) bool {
	switch s.(type) {
	case *layers.Dropout, *layers.SpatialDropout3D, *layers.GaussianNoise:
		return true
	}
	_, activation := s.(layers.Activation)
	return activation || normalizes(s)
}

// probabilities says whether an activation is the head's: the scores that it is
// given come from a layer with a kernel.
func probabilities(m *pipeline.Model, i int) bool {
	from := m.Graph.Nodes[i].Inputs
	for len(from) == 1 && from[0] != nn.FromInput {
		node := &m.Graph.Nodes[from[0]]
		if multiplies(node.Spec) {
			return true
		}
		if !changes(node.Spec) {
			return false
		}
		from = node.Inputs
	}
	return false
}

func reportBehind(c *pipeline.Check, m *pipeline.Model, head int, behind []int) {
	place := m.Layers[m.Graph.Nodes[behind[len(behind)-1]].ID]
	var edits [][]diag.Edit
	for _, i := range behind {
		edits = append(edits, m.Layers[m.Graph.Nodes[i].ID].Written.Without())
	}
	what := "this"
	if len(behind) > 1 {
		what = fmt.Sprintf("this, and %s behind it,", plural(len(behind)-1, "layer"))
	}
	before := m.Layers[m.Graph.Nodes[head].ID]
	at := before.Kind
	if m.Graph.Nodes[head].Attached {
		at = before.Setting("activation")
	}
	c.ReportUnless(place.Allow, diag.New(out019, place.Kind, what+" changes what the model has answered").
		And(at, "the answer: probabilities").
		And(c.At("loss"), "this takes probabilities").
		Suggest("leave it out, or move it in front of the last layer with weights", together(edits...)...))
}

var out019 = &diag.Code{
	ID: "OUT019", Severity: diag.Error,
	Title: "layers behind the output's activation",
	Means: "The last layer with weights ends in softmax or sigmoid, and a dropout, noise, a normalization or another activation follows.",
	Why:   "What the loss gets are no probabilities any more. A dropout of 0.5 makes half of them 0 in training, and a true class with a probability of 0 costs 16.1, the logarithm of what the loss is cut off at; a second softmax presses all of them together.",
	Ways:  []string{"leave it out", "put it in front of the last layer with weights"},
	Fails: stages(threeHeads, network("{dense: {units: 3, activation: softmax}}", "dropout: {rate: 0.5}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(threeHeads, network("dropout: {rate: 0.5}", "dense: {units: 3, activation: softmax}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
