package rules

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// SHP009 compares the axes of the output with those of the labels, all but the
// last, which is OUT001's and OUT017's.
var SHP009 = &Rule{Code: shp009, Training: func(c *pipeline.Check, t *Training) {
	h := headOf(t.Model)
	if h.constant() || !wrongRank(t, h) {
		return
	}
	last := t.Model.Graph.Last()
	place := t.Model.Layers[last.ID]
	labels := t.Dataset.Labels
	d := diag.New(shp009, place.Kind, fmt.Sprintf("the output is %s", h.output.Batch())).
		And(labels.At.Span, labelWords(labels)).
		Note("the shapes on the way: %s", Trail(t.Model, len(t.Model.Graph.Nodes)-1))
	switch places, _ := positions(labels); {
	case len(places) > 0 && len(h.output) == len(places)+1:
		d = d.Note("the masks have %s voxels, the output %s", places, h.output[:len(places)]).
			Suggest("keep the size all the way: padding: same, and no pooling that is not undone")
	case len(places) > 0:
		d = d.Suggest("end the model in a conv3d with kernel_size 1, one filter for each class, without flatten or pooling in front of it")
	case len(h.output) == 0:
		d = d.Suggest("end the model in a dense layer")
	case h.units != "units":
		d = d.Suggest("put global_average_pool3d behind the last convolution: one answer for each example", place.Written.Below("global_average_pool3d")...)
	default:
		d = d.Suggest("put global_average_pool3d in front of the last dense layer: one answer for each example", lastDense(t.Model).Written.Above("global_average_pool3d")...).
			Suggest("or flatten")
	}
	c.ReportUnless(h.allow, d)
}}

// MapAsHead reports a last dense layer that was given a map, where the labels say one
// thing about each example: SHP008 says what the layer cannot take, this what would
// come of it. Elsewhere such a layer works along the channels, and it is the loss that
// complains.
func MapAsHead(c *pipeline.Check, m *pipeline.Model, node int) {
	dense, is := m.Graph.Nodes[node].Spec.(*layers.Dense)
	want, known := positions(m.Dataset.Labels)
	if !is || !known || len(want) > 0 || !endsAt(m, node) {
		return
	}
	before := m.Graph.InputsOf(&m.Graph.Nodes[node])[0]
	output := append(slices.Clone(before[:len(before)-1]), shape.Of(dense.Units))
	labels, place := m.Dataset.Labels, m.Layers[m.Graph.Nodes[node].ID]
	c.ReportUnless(place.Allow, diag.New(shp009, place.Kind, fmt.Sprintf("along the channels the output would be %s", output.Batch())).
		And(labels.At.Span, labelWords(labels)).
		Note("that is an answer for each of %s places, where each example has one label", shape.Shape(output[:len(output)-1])).
		Suggest("put global_average_pool3d in front of it: one answer for each example", place.Written.Above("global_average_pool3d")...).
		Suggest("or flatten"))
}

// endsAt says that nothing but activations stands behind a node.
func endsAt(m *pipeline.Model, node int) bool {
	for _, behind := range m.Graph.Nodes[node+1:] {
		if _, is := behind.Spec.(layers.Activation); !is {
			return false
		}
	}
	return true
}

// lastDense is the place of the last dense layer.
func lastDense(m *pipeline.Model) pipeline.LayerPlace {
	for _, node := range slices.Backward(m.Graph.Nodes) {
		if _, is := node.Spec.(*layers.Dense); is {
			return m.Layers[node.ID]
		}
	}
	return pipeline.LayerPlace{}
}

// positions are the axes in front of the last one that an output has to have:
// none for one answer for each example, those of the mask for one for each
// voxel. False while the labels are unknown.
func positions(l pipeline.Labels) (shape.Shape, bool) {
	switch l.Kind {
	case pipeline.ClassID:
		return shape.Shape{}, l.Shape != nil // else they may be masks
	case pipeline.OneHot:
		return shape.Shape{}, l.Shape != nil
	case pipeline.ClassNames, pipeline.MultiHot:
		return shape.Shape{}, true
	case pipeline.Real:
		return shape.Shape{}, l.Shape != nil && len(l.Shape) <= 1
	case pipeline.Mask:
		if l.Rows && l.Shape != nil {
			return l.Shape[:len(l.Shape)-1], true
		}
		return l.Shape, l.Shape != nil
	}
	return nil, false
}

// wrongRank says that SHP009 speaks.
func wrongRank(t *Training, h head) bool {
	want, known := positions(t.Dataset.Labels)
	if !known || h.output == nil {
		return false
	}
	if len(h.output) != len(want)+1 {
		return true
	}
	return h.output[:len(want)].Differs(want)
}

var shp009 = &diag.Code{
	ID: "SHP009", Severity: diag.Error,
	Title: "the model's output and the labels have different axes",
	Means: "The labels say one thing about each example, and the model gives a value for each of many places in it; or the other way round.",
	Why:   "The loss compares output and label value by value. A feature map cannot be compared with one class.",
	Ways:  []string{"`global_average_pool3d` or `flatten` in front of the last dense layer", "labels that are masks, for an answer for each voxel"},
	Fails: stages(threeHeads, oneHot, "model:\n      layers:\n        - conv3d: {filters: 3, kernel_size: 3}\n        - softmax",
		"train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}"),
	Mended: stages(threeHeads, oneHot, "model:\n      layers:\n        - conv3d: {filters: 3, kernel_size: 3}\n        - global_average_pool3d\n        - softmax",
		"train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}"),
}
