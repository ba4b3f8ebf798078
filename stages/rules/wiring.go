package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
)

// wiring is a network as rules walk through it: who takes what a node gives.
type wiring struct {
	*pipeline.Model
	readers [][]int
}

// wired looks at a model.
func wired(m *pipeline.Model) wiring {
	w := wiring{m, make([][]int, len(m.Graph.Nodes))}
	for i := range m.Graph.Nodes {
		for _, from := range m.Graph.Nodes[i].Inputs {
			if from != nn.FromInput {
				w.readers[from] = append(w.readers[from], i)
			}
		}
	}
	return w
}

// node is one of the graph's.
func (w wiring) node(i int) *nn.Node { return &w.Graph.Nodes[i] }

// place is where a node stands in the config.
func (w wiring) place(i int) pipeline.LayerPlace { return w.Layers[w.node(i).ID] }

// label names a node's kind with its id where they differ: "conv3d stem".
func (w wiring) label(i int) string {
	place, id := w.place(i), w.node(i).ID
	if place.KindName == id || place.KindName == "" {
		return id
	}
	return fmt.Sprintf("%s %s", place.KindName, id)
}

// next is the only reader of a node; false if there are none or several.
func (w wiring) next(i int) (int, bool) {
	if len(w.readers[i]) != 1 {
		return 0, false
	}
	return w.readers[i][0], true
}

// before is the only input of a node; false if there are several, or it is the
// network's.
func (w wiring) before(i int) (int, bool) {
	in := w.node(i).Inputs
	if len(in) != 1 || in[0] == nn.FromInput {
		return 0, false
	}
	return in[0], true
}

// learner finds the layer with a kernel that learns from a node, and not only
// from its sum with something else.
func (w wiring) learner(i int) (int, bool) {
	for {
		next, ok := w.next(i)
		if !ok {
			return 0, false
		}
		if multiplies(w.node(next).Spec) {
			return next, true
		}
		if len(w.node(next).Inputs) > 1 {
			return 0, false
		}
		i = next
	}
}

// multiplies says whether a layer is a convolution or dense: one with a kernel.
func multiplies(s nn.Spec) bool {
	switch s.(type) {
	case *layers.Conv3D, *layers.Conv3DTranspose, *layers.DepthwiseConv3D, *layers.Dense:
		return true
	}
	return false
}

// linear says whether a layer only adds, averages, drops or rearranges values,
// so that what stands around it is linear if it is.
func linear(s nn.Spec) bool {
	switch s.(type) {
	case *layers.Linear, *layers.Flatten, *layers.Reshape, *layers.Dropout, *layers.SpatialDropout3D, *layers.GaussianNoise,
		*layers.AveragePool3D, *layers.GlobalAveragePool3D, *layers.UpSample3D, *layers.ZeroPad3D, *layers.Crop3D:
		return true
	}
	return false
}

// drops says whether a layer only disturbs training.
func drops(s nn.Spec) bool {
	switch s.(type) {
	case *layers.Dropout, *layers.SpatialDropout3D, *layers.GaussianNoise:
		return true
	}
	return false
}

// activates gives a layer's activation, if it is one that bends.
func activates(s nn.Spec) (layers.Activation, bool) {
	a, is := s.(layers.Activation)
	_, straight := s.(*layers.Linear)
	return a, is && !straight
}

// kernelInitializer is how a layer's kernel is filled; nil for layers without one.
func kernelInitializer(s nn.Spec) nn.Initializer {
	switch l := s.(type) {
	case *layers.Conv3D:
		return l.KernelInitializer
	case *layers.Conv3DTranspose:
		return l.KernelInitializer
	case *layers.Dense:
		return l.KernelInitializer
	}
	return nil
}

// fanIn is how many values each output of a layer sums; 0 where it is unknown.
func (w wiring) fanIn(i int) int {
	node := w.node(i)
	in := w.Graph.InputsOf(node)
	if len(in) != 1 || len(in[0]) == 0 {
		return 0
	}
	channels, known := in[0][len(in[0])-1].Known()
	if !known {
		return 0
	}
	switch l := node.Spec.(type) {
	case *layers.Conv3D:
		return l.KernelSize[0] * l.KernelSize[1] * l.KernelSize[2] * channels / max(l.Groups, 1)
	case *layers.Dense:
		return channels
	}
	return 0
}

// weights counts the elements that training changes, and the
// others; false while sizes are unknown.
func (w wiring) weights() (trained, fixed int, known bool) {
	for i := range w.Graph.Nodes {
		for _, in := range w.Graph.InputsOf(w.node(i)) {
			if in == nil {
				return 0, 0, false
			}
		}
		t, f := w.Graph.Weights(w.node(i))
		a, aKnown := t.Known()
		b, bKnown := f.Known()
		if !aKnown || !bKnown {
			return 0, 0, false
		}
		trained, fixed = trained+a, fixed+b
	}
	return trained, fixed, true
}

// heaviest is the place of the layer with the most weights.
func (w wiring) heaviest() pipeline.LayerPlace {
	at, most := 0, -1
	for i := range w.Graph.Nodes {
		trained, _ := w.Graph.Weights(w.node(i))
		if n, known := trained.Known(); known && n > most {
			at, most = i, n
		}
	}
	return w.place(at)
}

// perVoxel says whether a model answers for each voxel.
func perVoxel(m *pipeline.Model) bool { return len(m.Graph.Output()) > 1 }
