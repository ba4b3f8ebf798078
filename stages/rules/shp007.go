package rules

import (
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// SHP007 finds convolutions that look at neighbours where a single voxel is left, and
// poolings that leave one of what a convolution without padding had cut down. The
// depth of a preset is its own affair.
var SHP007 = &Rule{Code: shp007, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	if pool, cut := w.cutDown(); cut {
		place := w.place(pool)
		c.ReportUnless(place.Allow, diag.New(shp007, place.Kind, "a single voxel is left here: where something was is forgotten").
			Note("the shapes on the way: %s", Trail(m, pool)).
			Note("the convolution above has no padding, and took the border off that was left").
			Suggest("leave this pooling out, or use padding: same above"))
		return
	}
	for i := range m.Graph.Nodes {
		conv, is := w.node(i).Spec.(*layers.Conv3D)
		if !is || conv.KernelSize[0]*conv.KernelSize[1]*conv.KernelSize[2] == 1 || !singleVoxel(w.Graph.InputsOf(w.node(i))[0]) {
			continue
		}
		place := w.place(i)
		if place.Preset {
			continue
		}
		c.ReportUnless(place.Allow, diag.New(shp007, place.Kind, "a single voxel is left here, and this looks for neighbours").
			Note("the shapes on the way: %s", Trail(m, i)).
			Note("all weights but those of the kernel's middle see the padding only").
			Suggest("use one pooling less above, or padding: same where there is none"))
		return
	}
}}

// cutDown finds a pooling that leaves a single voxel directly behind a convolution
// that cut the border off a feature map of a few voxels.
func (w wiring) cutDown() (int, bool) {
	for i := range w.Graph.Nodes {
		switch w.node(i).Spec.(type) {
		case *layers.MaxPool3D, *layers.AveragePool3D:
		default:
			continue
		}
		if w.place(i).Preset || !singleVoxel(w.node(i).Output) || singleVoxel(w.Graph.InputsOf(w.node(i))[0]) {
			continue
		}
		for at, ok := w.before(i); ok; at, ok = w.before(at) {
			if conv, is := w.node(at).Spec.(*layers.Conv3D); is {
				if conv.Padding == "valid" && few(w.Graph.InputsOf(w.node(at))[0]) && !singleVoxel(w.node(at).Output) {
					return i, true
				}
				break
			}
			if multiplies(w.node(at).Spec) {
				break
			}
			if _, pools := w.node(at).Spec.(*layers.MaxPool3D); pools {
				break
			}
		}
	}
	return 0, false
}

// few says whether a feature map is known to have at most so many voxels along every axis
// that a window of 3 without padding takes off most of it.
func few(s shape.Shape) bool {
	const border = 5
	for axis := range 3 {
		if size, known := s[axis].Known(); !known || size > border {
			return false
		}
	}
	return len(s) == 4
}

// singleVoxel says whether a feature map is known to be 1×1×1.
func singleVoxel(s shape.Shape) bool {
	return len(s) == 4 && s[0].Is(1) && s[1].Is(1) && s[2].Is(1)
}

var shp007 = &diag.Code{
	ID: "SHP007", Severity: diag.Warning,
	Title: "convolutions behind the last voxel",
	Means: "Pooling and convolutions have shrunk the feature map to 1×1×1, and a convolution with a larger kernel follows; or a pooling leaves a single voxel of a small map whose border a convolution without padding had just cut off.",
	Why:   "There is no neighbour to look at: the kernel multiplies padding, and where something was in the volume has been lost on the way.",
	Ways:  []string{"one pooling less, or `padding: same` in the layers above", "`dense` layers from there on"},
	Fails: stages("phantom: {samples: 200, size: [8, 8, 8]}", "reshape: {expand_dims: -1}",
		"model: {layers: [{conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}, {max_pool3d: {pool_size: 8}}, {conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}, flatten, {dense: {units: 2, activation: softmax}}]}"),
	Mended: stages("phantom: {samples: 200, size: [8, 8, 8]}", "reshape: {expand_dims: -1}",
		"model: {layers: [{conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}, max_pool3d, {conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}, flatten, {dense: {units: 2, activation: softmax}}]}"),
}
