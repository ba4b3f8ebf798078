package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT010 finds a softmax at the end that works along another axis than the
// classes'.
var OUT010 = &Rule{Code: out010, Training: func(c *pipeline.Check, t *Training) {
	h := headOf(t.Model)
	if !h.softmax() || h.constant() || len(h.axes) == 0 || !overClasses(t.Loss) {
		return
	}
	axis, rank := h.activation.(*layers.Softmax).Axis, len(h.axes)
	along, ok := softmaxAxis(axis, rank)
	if ok && along == rank-1 {
		return
	}
	which := "the batch"
	if ok {
		which = fmt.Sprintf("the %s of %s", shape.AxisName(rank, along), h.axes[along])
	}
	at := softmaxAt(t.Model, h)
	c.ReportUnless(h.allow, diag.New(out010, at, fmt.Sprintf("axis %d is %s", axis, which)).
		And(c.At("loss"), fmt.Sprintf("the classes are axis %d, of %s", rank, h.axes[rank-1])).
		Note("the output is %s; the batch is axis 0", h.axes.Batch()).
		Suggest("use axis: -1, the last one", replace(at, "-1")...))
}}

// softmaxAt is the place of the axis.
func softmaxAt(m *pipeline.Model, h head) diag.Span {
	for i := len(m.Graph.Nodes) - 1; i >= 0; i-- {
		if node := &m.Graph.Nodes[i]; node.Spec == h.activation {
			if node.Attached {
				return m.Layers[node.ID].Setting("activation", "softmax", "axis")
			}
			return m.Layers[node.ID].Setting("axis")
		}
	}
	return h.activationAt
}

var out010 = &diag.Code{
	ID: "OUT010", Severity: diag.Error,
	Title: "the softmax is not along the classes",
	Means: "The last softmax makes shares along an axis of the volume, or across the batch. The scores of the classes lie along the last axis.",
	Why:   "The classes are then never weighed against each other: a probability says how much of a row of voxels lies here, not which class this voxel is.",
	Ways:  []string{"`axis: -1`, the default"},
	Fails: stages(threeHeads, oneHot, "model:\n      layers:\n        - {conv3d: {filters: 3, kernel_size: 3}}\n        - softmax: {axis: 3}\n        - global_average_pool3d",
		"train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}"),
	Mended: stages(threeHeads, oneHot, "model:\n      layers:\n        - {conv3d: {filters: 3, kernel_size: 3}}\n        - softmax\n        - global_average_pool3d",
		"train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}"),
}
