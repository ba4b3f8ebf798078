package rules

import (
	"fmt"
	"math"
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// unscaledBeyond is how far from 0 values are before they count as unscaled.
// Standardized voxels reach about 10.
const unscaledBeyond = 20

// PRE002 finds values of a wide range that reach the first weights of a model.
var PRE002 = &Rule{Code: pre002, Training: func(c *pipeline.Check, t *Training) {
	d := t.Dataset
	low, high, at, known := rangeOf(d)
	if !known || d.Range != nil && clippedAfterwards(d) || math.Max(math.Abs(low), math.Abs(high)) <= unscaledBeyond || normalizesInput(t.Model.Graph) {
		return
	}
	from, label := at.Span, fmt.Sprintf("the values are within %g..%g from here on", low, high)
	if d.DType.Integer() && !slices.ContainsFunc(d.Steps, func(s pipeline.Step) bool { return s.Scales }) {
		from, label = d.DTypeAt.Span, fmt.Sprintf("the voxels are %s: %g to %g", d.DType, low, high)
	}
	c.Report(diag.New(pre002, from, label).
		And(t.Model.At.Span, "the first layer takes them as they are, and has no normalization").
		And(c.Item.KindSpan, "the model is trained on them").
		Suggest("put normalize: {method: min_max} below the split", aboveModel(c, "normalize: {method: min_max}")...))
}}

// clippedAfterwards says that the range is only that of a clip behind a scaling, whose
// values may be far within it: PRE004 tells bounds that were meant for others.
func clippedAfterwards(d *pipeline.Dataset) bool {
	at := slices.IndexFunc(d.Steps, func(s pipeline.Step) bool { return s.Stage == d.Range.At.Stage })
	return at >= 0 && d.Steps[at].Kind == "clip" && slices.ContainsFunc(d.Steps[:at], func(s pipeline.Step) bool { return s.Scales })
}

// aboveModel puts a stage in front of the model that a train stage takes.
func aboveModel(c *pipeline.Check, stage string) []diag.Edit {
	if c.Kind != "train" {
		return nil
	}
	return c.Input(1).Item.Above(stage)
}

// rangeOf bounds the values: what the steps have proved, or else what the stored
// type can hold.
func rangeOf(d *pipeline.Dataset) (low, high float64, at pipeline.Origin, known bool) {
	if d.Range != nil {
		return d.Range.Low, d.Range.High, d.Range.At, true
	}
	low, high, known = d.DType.Bounds()
	return low, high, d.DTypeAt, known && !slices.ContainsFunc(d.Steps, func(s pipeline.Step) bool { return s.Scales })
}

// normalizesInput says whether every way from the input meets a normalization before
// anything whose result depends on the scale: a convolution right in front of it
// only passes the scale on.
func normalizesInput(g *nn.Graph) bool {
	for i := range g.Nodes {
		if slices.Contains(g.Nodes[i].Inputs, nn.FromInput) && !normalizesFrom(g, i, true) {
			return false
		}
	}
	return len(g.Nodes) > 0
}

// normalizesFrom follows the ways from a node. Weights says that one layer of
// weights may still come before the normalization.
func normalizesFrom(g *nn.Graph, node int, weights bool) bool {
	switch g.Nodes[node].Spec.(type) {
	case *layers.BatchNorm, *layers.LayerNorm, *layers.GroupNorm, *layers.InstanceNorm:
		return true
	case *layers.Conv3D, *layers.Conv3DTranspose, *layers.DepthwiseConv3D, *layers.Dense:
		if !weights {
			return false
		}
		weights = false
	case *layers.Flatten, *layers.Reshape, *layers.Dropout, *layers.SpatialDropout3D, *layers.MaxPool3D, *layers.AveragePool3D,
		*layers.UpSample3D, *layers.ZeroPad3D, *layers.Crop3D, *layers.Linear:
	default:
		return false
	}
	followed := false
	for next := node + 1; next < len(g.Nodes); next++ {
		if slices.Contains(g.Nodes[next].Inputs, node) {
			followed = true
			if !normalizesFrom(g, next, weights) {
				return false
			}
		}
	}
	return followed
}

var pre002 = &diag.Code{
	ID: "PRE002", Severity: diag.Warning,
	Title: "values of a wide range reach the model unscaled",
	Means: "The voxels are whole numbers as stored (0 to 255, 0 to 65535, …), or bounded by something as wide, and no stage on the way brings them to a scale near 1.",
	Why:   "Weights start out for values near 1. With values in the thousands the first outputs are huge, the softmax says 0 or 1 for a single class, and the loss is stuck.",
	Ways: []string{
		"`normalize: {method: min_max}` or `z_score` below the split",
		"`normalize: {method: rescale, scale: 0.00392156862745098}` for 0 to 255",
		"`batch_norm` as the model's first layer",
		"`allow: [PRE002]` beside the train stage, if the stored numbers are small (masks)",
	},
	Fails: stages(rawVolumes, network("{dense: {units: 2, activation: softmax}}"), scarcelyTrained),
	Mended: stages(rawVolumes, "normalize: {method: rescale, scale: 0.00392156862745098}",
		network("{dense: {units: 2, activation: softmax}}"), scarcelyTrained),
}

const (
	rawVolumes      = "load: {volumes: heads.npy, labels: ids.npy, label_kind: class_id, shape: [40, 8, 8, 8, 1], dtype: uint8}"
	scarcelyTrained = "train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, batch_size: 8}"
)
