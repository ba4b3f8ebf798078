package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// ARC001 finds layers with kernels that follow each other with nothing that
// bends between: two linear maps are one. In a whole network without a bend it
// is an error.
var ARC001 = &Rule{Code: arc001, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	first, kernels, convolutions, bends, active := -1, 0, 0, false, false
	for i := range m.Graph.Nodes {
		s := w.node(i).Spec
		if multiplies(s) {
			kernels++
			if _, is := s.(*layers.Conv3D); is && !w.atTheEnd(i) {
				convolutions++
			}
			if first < 0 {
				first = i
			}
		} else if joins(s) || !w.atTheEnd(i) {
			bends = bends || joins(s) || !linear(s) && !normalizes(s)
			active = active || joins(s) || !linear(s) && !normalizes(s) && !picksLargest(s) && !combines(s)
		}
	}
	if kernels >= 2 && !bends {
		place := w.place(first)
		c.ReportUnless(place.Allow, diag.New(arc001, place.Kind, fmt.Sprintf("%s and the %d layers with kernels behind it are linear", w.label(first), kernels-1)).
			As(diag.Error).
			Note("a chain of linear maps is one linear map: the network can do no more than a single dense layer").
			Suggest("give each layer but the last activation: relu", bent(w)...))
		return
	}
	if convolutions >= 2 && !active { // one convolution and the largest of its windows are bent enough
		place := w.place(first)
		c.ReportUnless(place.Allow, diag.New(arc001, place.Kind, fmt.Sprintf("%s and the %d layers with kernels behind it have no activation", w.label(first), kernels-1)).
			Note("only max pooling bends what flows here, and it bends little").
			Suggest("give each layer but the last activation: relu"))
		return
	}
	for i := range m.Graph.Nodes {
		second, found := w.straightTo(i)
		if !found {
			continue
		}
		place := w.place(i)
		c.ReportUnless(place.Allow, diag.New(arc001, place.Kind, fmt.Sprintf("nothing bends what this gives before %s takes it", w.label(second))).
			And(w.place(second).Kind, "two linear layers in a row are one").
			Suggest("give it activation: relu", layerSetting(place, "activation", "relu")...).
			Suggest("or put a batch_norm and an activation behind it"))
	}
}}

// bent are the edits that give every layer with a kernel but the last a relu.
func bent(w wiring) []diag.Edit {
	var edits [][]diag.Edit
	for i := range w.Graph.Nodes {
		if multiplies(w.node(i).Spec) && !w.atTheEnd(i) {
			edits = append(edits, layerSetting(w.place(i), "activation", "relu"))
		}
	}
	return together(edits...)
}

// joins says whether a layer bends by what it joins: a product, a maximum.
func joins(s nn.Spec) bool {
	switch s.(type) {
	case *layers.Multiply, *layers.Maximum:
		return true
	}
	return false
}

// combines says whether a layer puts branches together without bending them.
func combines(s nn.Spec) bool {
	switch s.(type) {
	case *layers.Add, *layers.Subtract, *layers.Average, *layers.Concatenate:
		return true
	}
	return false
}

// picksLargest says whether a layer bends by keeping the largest of a window only.
func picksLargest(s nn.Spec) bool {
	switch s.(type) {
	case *layers.MaxPool3D, *layers.GlobalMaxPool3D:
		return true
	}
	return false
}

// normalizes says whether a layer scales by statistics: that is no bend, though
// people put the activation before or behind it.
func normalizes(s nn.Spec) bool {
	switch s.(type) {
	case *layers.BatchNorm, *layers.LayerNorm, *layers.GroupNorm, *layers.InstanceNorm:
		return true
	}
	return false
}

// atTheEnd says whether no layer with a kernel comes behind a node: an
// activation there is the head's.
func (w wiring) atTheEnd(i int) bool {
	for _, reader := range w.readers[i] {
		if multiplies(w.node(reader).Spec) || !w.atTheEnd(reader) {
			return false
		}
	}
	return true
}

// straightTo finds the layer of the same kind that takes what a whole
// convolution or dense layer gives, with nothing that bends, normalises or joins
// between. Convolutions cut in parts (depthwise, pointwise, one axis at a time)
// belong together without a bend.
func (w wiring) straightTo(i int) (int, bool) {
	if !whole(w.node(i).Spec) {
		return 0, false
	}
	for at := i; ; {
		next, ok := w.next(at)
		if !ok {
			return 0, false
		}
		s := w.node(next).Spec
		if multiplies(s) {
			return next, whole(s)
		}
		if !linear(s) {
			return 0, false
		}
		at = next
	}
}

// whole says whether a layer mixes channels and, if it is a convolution, looks
// along all axes.
func whole(s nn.Spec) bool {
	switch l := s.(type) {
	case *layers.Dense:
		return true
	case *layers.Conv3D:
		return l.Groups == 1 && l.KernelSize[0] > 1 && l.KernelSize[1] > 1 && l.KernelSize[2] > 1
	}
	return false
}

var arc001 = &diag.Code{
	// A warning, so that it can be allowed; of a whole network it is an error.
	ID: "ARC001", Severity: diag.Warning,
	Title: "nothing bends between linear layers",
	Means: "Two layers with kernels follow each other without an activation, a normalisation or a max pool between; or no layer of the network has an activation, and max pooling alone bends. Where the whole network has nothing of all this, it is an error.",
	Why:   "The sum of sums is a sum: however many linear layers there are, they can do what one of them can. The depth is paid for and gives nothing.",
	Ways:  []string{"`activation: relu` in every layer but the last", "an activation layer behind a `batch_norm`"},
	Fails: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3}, flatten, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3, activation: relu}, flatten, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
