package rules

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// shortAxis is of how many parts of both others an axis is short that may be the depth.
const shortAxis = 2

// SHP014 looks at volumes whose axes nobody named and whose short axis is not the
// depth. It remarks on it, and warns where a layer spares the depth although another
// axis is the short one: whoever wrote it had the axes in another order in mind.
var SHP014 = &Rule{Code: shp014, Network: func(c *pipeline.Check, m *pipeline.Model) {
	d := m.Dataset
	if len(d.Axes) != 4 || guessed(c, d) == nil {
		return
	}
	short := -1
	for axis := range 3 {
		if shortBeside(d.Shape(), axis) {
			short = axis
		}
	}
	if short < 1 {
		return
	}
	name, sizes := [3]string{"depth", "height", "width"}[short], d.Shape()
	problem := diag.New(shp014, d.Axes[0].At.Span, fmt.Sprintf("the short axis of %s×%s×%s is taken for the %s", sizes[0], sizes[1], sizes[2], name)).As(diag.Info)
	if i, setting, found := sparingDepth(wired(m), short); found {
		place := wired(m).place(i)
		problem = problem.As(diag.Warning).And(place.Setting(setting), "this spares the depth, the first axis, as if it were the short one")
	}
	order := map[int]string{1: "[height, depth, width, channel]", 2: "[width, height, depth, channel]"}[short]
	c.ReportUnless(guessed(c, d).Item.Allow, problem.
		Note("an array is depth, height, width, channel unless its axes are named; files in x, y, z order, as NIfTI has them, come out the other way round").
		Suggest("if it is the depth, move it to the front above the model: transpose: {order: "+order+"}").
		Suggest("if not, say so where they are loaded: axes: [sample, depth, height, width, channel]"))
}}

// guessed is the load stage whose axes were named by nobody, and moved by nobody since;
// else nil.
func guessed(c *pipeline.Check, d *pipeline.Dataset) *pipeline.Node {
	load, found := c.Find(d.ExamplesAt.Stage)
	if !found || load.Kind != "load" || load.Given("axes") {
		return nil
	}
	if slices.ContainsFunc(d.Steps, func(s pipeline.Step) bool { return s.Kind == "transpose" }) {
		return nil
	}
	return load
}

// shortBeside says whether an axis is short beside the other two, which are equal.
func shortBeside(sizes shape.Shape, axis int) bool {
	size, known := sizes[axis].Known()
	one, first := sizes[(axis+1)%3].Known()
	other, second := sizes[(axis+2)%3].Known()
	return known && first && second && one == other && shortAxis*size <= one
}

// sparingDepth finds a layer that moves in smaller steps along the first axis than
// along a short one.
func sparingDepth(w wiring, short int) (node int, setting string, found bool) {
	for i := range w.Graph.Nodes {
		var moves [3]int
		switch l := w.node(i).Spec.(type) {
		case *layers.MaxPool3D:
			moves, setting = steps(l.Pool3D), "pool_size"
		case *layers.AveragePool3D:
			moves, setting = steps(l.Pool3D), "pool_size"
		case *layers.Conv3D:
			moves, setting = l.Strides, "strides"
		default:
			continue
		}
		if moves[0] < moves[1] && moves[0] < moves[2] && moves[short] > 1 {
			return i, setting, true
		}
	}
	return 0, "", false
}

var shp014 = &diag.Code{
	ID: "SHP014", Severity: diag.Warning,
	Title: "the order of the axes is a guess",
	Means: "Nobody named the axes of the volumes, and the height or the width is at most half as long as the two others, which are equal. A warning where a pooling or a convolution moves in smaller steps along the depth than along that axis; else a remark, shown with `--info`. No spacing is read from arrays.",
	Why:   "Slices are usually few and far apart, and layers that spare them are written for the first axis. Along the wrong one such layers use up the few slices and keep the many voxels.",
	Ways: []string{
		"`transpose: {order: [width, height, depth, channel]}` above the model, if the last axis is the depth",
		"`axes: [sample, depth, height, width, channel]` where they are loaded, if the order is right",
	},
	Fails: stages("load: {volumes: heads.npy, labels: labels.npy, shape: [200, 32, 32, 8, 1], dtype: float32, label_kind: class_id}", flatPooling,
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages("load: {volumes: heads.npy, labels: labels.npy, shape: [200, 32, 32, 8, 1], dtype: float32, label_kind: class_id}", "transpose: {order: [width, height, depth, channel]}", flatPooling,
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}

const flatPooling = "model: {layers: [conv3d: {filters: 8, kernel_size: 3, padding: same, activation: relu}, max_pool3d: {pool_size: [1, 2, 2]}, conv3d: {filters: 16, kernel_size: 3, padding: same, activation: relu}, global_average_pool3d, dense: {units: 2, activation: softmax}]}"
