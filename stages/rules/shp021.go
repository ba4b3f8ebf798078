package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// unseenShare is the share of an axis that a window may leave out without a remark.
const unseenShare = 0.1

// SHP021 remarks on windows that move in steps and do not reach the end of an axis.
var SHP021 = &Rule{Code: shp021, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	for i := range m.Graph.Nodes {
		size, strides, does := fitting(w.node(i).Spec)
		in := w.Graph.InputsOf(w.node(i))
		if !does || len(in) != 1 || len(in[0]) != 4 {
			continue
		}
		if before, is := w.before(i); is {
			if _, pads := w.node(before).Spec.(*layers.ZeroPad3D); pads {
				continue // what is not reached are zeros
			}
		}
		for axis, name := range [...]string{"depth", "height", "width"} {
			voxels, known := in[0][axis].Known()
			// A window shorter than its steps leaves planes out everywhere, on purpose.
			if !known || voxels < size[axis] || size[axis] < strides[axis] {
				continue
			}
			unseen := (voxels - size[axis]) % strides[axis]
			if float64(unseen) <= unseenShare*float64(voxels) {
				continue
			}
			place := w.place(i)
			c.ReportUnless(place.Allow, diag.New(shp021, place.Kind, fmt.Sprintf("%d of %d planes along the %s are never seen", unseen, voxels, name)).
				Note("windows of %d in steps of %d end at %d", size[axis], strides[axis], voxels-unseen).
				Suggest("write padding: same").
				Suggest(fmt.Sprintf("or give the %s %d or %d planes before, by crop3d or zero_pad3d", name, voxels-unseen, voxels-unseen+strides[axis])))
			break
		}
	}
}}

// fitting gives the window of a layer that leaves out what it does not fit in, and how
// it moves.
func fitting(spec nn.Spec) (size, strides [3]int, does bool) {
	switch l := spec.(type) {
	case *layers.MaxPool3D:
		return l.PoolSize, steps(l.Pool3D), l.Padding == "valid"
	case *layers.AveragePool3D:
		return l.PoolSize, steps(l.Pool3D), l.Padding == "valid"
	case *layers.Conv3D:
		for axis, k := range l.KernelSize {
			size[axis] = (k-1)*l.DilationRate[axis] + 1
		}
		return size, l.Strides, l.Padding == "valid"
	}
	return size, strides, false
}

var shp021 = &diag.Code{
	ID: "SHP021", Severity: diag.Info,
	Title: "planes at the border that a window does not reach",
	Means: "More than a tenth of an axis lies behind the last window of a pooling or of a convolution with strides: a pool of 2 on 7 planes leaves 3 and never sees the last one. Shown with `--info`.",
	Why:   "What lies there has no part in the answer.",
	Ways:  []string{"`padding: same`, which takes it in", "`crop3d` or `zero_pad3d` to a size that the windows divide"},
	Fails: stages("phantom: {samples: 40, size: [7, 8, 8]}", "reshape: {expand_dims: -1}", "model: {layers: [conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}, max_pool3d, flatten, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages("phantom: {samples: 40, size: [7, 8, 8]}", "reshape: {expand_dims: -1}", "model: {layers: [conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}, max_pool3d: {padding: same}, flatten, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
