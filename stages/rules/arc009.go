package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// wideKernel is the size from which a kernel is compared with what it looks at:
// small kernels meet small maps at the end of every network.
const wideKernel = 8

// ARC009 finds kernels that span half of the volume or more.
var ARC009 = &Rule{Code: arc009, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	for i := range m.Graph.Nodes {
		conv, is := w.node(i).Spec.(*layers.Conv3D)
		if !is {
			continue
		}
		in := w.Graph.InputsOf(w.node(i))[0]
		if len(in) != 4 {
			continue
		}
		for axis, size := range conv.KernelSize {
			voxels, known := in[axis].Known()
			if !known || size < wideKernel || 2*size < voxels {
				continue
			}
			place := w.place(i)
			at := place.Setting("kernel_size")
			c.ReportUnless(place.Allow, diag.New(arc009, at, fmt.Sprintf("the kernel spans %d of %d voxels", size, voxels)).
				Note("%d × %d × %d × %s weights for each filter; two layers of 3³ see 5 voxels with a fraction of that", conv.KernelSize[0], conv.KernelSize[1], conv.KernelSize[2], in[3]).
				Suggest("use a kernel_size of 3, and pooling between more layers", replace(at, "3")...))
			break
		}
	}
}}

var arc009 = &diag.Code{
	ID: "ARC009", Severity: diag.Warning,
	Title: "a kernel as wide as the volume",
	Means: "A convolution's kernel has eight voxels or more along an axis, and half of the volume's size there or more.",
	Why:   "Such a layer is a dense layer: it learns where things are, not what they look like, with very many weights.",
	Ways:  []string{"`kernel_size: 3` in several layers, with pooling between"},
	Fails: stages("phantom: {samples: 40, size: [16, 16, 16]}", "reshape: {expand_dims: -1}", "model: {layers: [conv3d: {filters: 4, kernel_size: 16, activation: relu}, flatten, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages("phantom: {samples: 40, size: [16, 16, 16]}", "reshape: {expand_dims: -1}", "model: {layers: [conv3d: {filters: 4, kernel_size: 3, activation: relu}, max_pool3d, flatten, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
