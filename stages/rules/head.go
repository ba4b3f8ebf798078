package rules

import (
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// head is the end of a network: what its values mean, and where that was
// decided.
type head struct {
	// output is the shape of one example's output; nil if unknown.
	output shape.Shape
	// activation is the last activation, nil for plain scores. Layers behind it
	// that only drop, average or rearrange values are looked through.
	activation nn.Spec
	// activationAt is the place of the activation, or of the layer without one.
	activationAt diag.Span
	// layer is that of the activation, or the one that has none; attached says that
	// the activation is a setting of it.
	layer    pipeline.LayerPlace
	attached bool
	// known is false where the values come from something else: a sum of
	// branches, a normalization.
	known bool
	// direct says that nothing but a new shape stands behind the activation.
	direct bool
	// axes is the output of the activation's own node.
	axes shape.Shape
	// units is the setting that decides the last axis of the output ("units",
	// "filters"), "" if no single setting does; unitsAt is its place.
	units   string
	unitsAt diag.Span
	// allow are the codes that the last layer's item silences.
	allow []diag.Allow
}

// headOf looks at the end of a network.
func headOf(m *pipeline.Model) head {
	h := head{output: m.Graph.Output(), direct: true}
	last := m.Graph.Last()
	if last == nil {
		return h
	}
	h.allow = m.Layers[last.ID].Allow
	h.findActivation(m)
	h.findUnits(m)
	return h
}

func (h *head) findActivation(m *pipeline.Model) {
	for i := len(m.Graph.Nodes) - 1; i >= 0; {
		node := &m.Graph.Nodes[i]
		place := m.Layers[node.ID]
		h.activationAt, h.layer, h.attached = place.Kind, place, node.Attached
		switch spec := node.Spec.(type) {
		case *layers.Flatten, *layers.Reshape, *layers.Dropout, *layers.SpatialDropout3D, *layers.GaussianNoise, *layers.Crop3D:
		case *layers.GlobalAveragePool3D, *layers.GlobalMaxPool3D, *layers.AveragePool3D, *layers.MaxPool3D, *layers.UpSample3D:
			h.direct = false
		case *layers.Conv3D, *layers.Conv3DTranspose, *layers.DepthwiseConv3D, *layers.Dense:
			h.known, h.axes = true, node.Output
			return
		case layers.Activation:
			h.known, h.axes = true, node.Output
			if node.Attached {
				h.activationAt = place.Setting("activation")
			}
			if _, linear := spec.(*layers.Linear); !linear {
				h.activation = spec
			}
			return
		default:
			return
		}
		if len(node.Inputs) != 1 || node.Inputs[0] == nn.FromInput {
			return
		}
		i = node.Inputs[0]
	}
}

// findUnits goes back through layers that leave the last axis alone to the one
// that decides it.
func (h *head) findUnits(m *pipeline.Model) {
	for i := len(m.Graph.Nodes) - 1; i >= 0; {
		node := &m.Graph.Nodes[i]
		place := m.Layers[node.ID]
		h.unitsAt = place.Kind
		switch node.Spec.(type) {
		case *layers.Dense:
			h.units, h.unitsAt = "units", place.Setting("units")
			return
		case *layers.Conv3D, *layers.Conv3DTranspose:
			h.units, h.unitsAt = "filters", place.Setting("filters")
			return
		}
		if len(node.Inputs) != 1 || node.Inputs[0] == nn.FromInput {
			return
		}
		before := m.Graph.InputsOf(node)[0]
		if before == nil || node.Output == nil || len(before) == 0 || len(node.Output) == 0 ||
			!before[len(before)-1].Equal(node.Output[len(node.Output)-1]) {
			return
		}
		i = node.Inputs[0]
	}
}

// width is the size of the output's last axis, false if it is not known yet.
func (h head) width() (int, bool) {
	if len(h.output) == 0 {
		return 0, false
	}
	return h.output[len(h.output)-1].Known()
}

// values is the word for the values of the output's last axis: units or filters.
func (h head) values() string {
	if h.units == "" {
		return "values"
	}
	return h.units
}

func (h head) softmax() bool { _, is := h.activation.(*layers.Softmax); return is }
func (h head) sigmoid() bool { _, is := h.activation.(*layers.Sigmoid); return is }

// linear says that the values are plain scores.
func (h head) linear() bool { return h.known && h.activation == nil }

// constant says that the head is a softmax over a single value: whatever it is
// trained on, nothing else about it is worth saying.
func (h head) constant() bool {
	if !h.softmax() || len(h.axes) == 0 {
		return false
	}
	axis, ok := softmaxAxis(h.activation.(*layers.Softmax).Axis, len(h.axes))
	return ok && h.axes[axis].Is(1)
}

// softmaxAxis gives the axis of one example that a softmax works along, from
// Keras' count in which the batch is axis 0; false if it is the batch or none.
func softmaxAxis(axis, rank int) (int, bool) {
	if axis < 0 {
		axis += rank + 1
	}
	return axis - 1, axis >= 1 && axis <= rank
}

// name is the activation's name in the language.
func (h head) name() string {
	if h.activation == nil {
		return "linear"
	}
	name, _ := layers.Table().NameOf(h.activation)
	return name
}

// edit replaces the setting that decides the width, where it was written out.
func (h head) edit(text string) []diag.Edit {
	if h.units == "" || !written(h.unitsAt) {
		return nil
	}
	return []diag.Edit{{Span: h.unitsAt, Text: text}}
}

// activate writes another activation in place of the last one, or where there is
// none.
func (h head) activate(name string) []diag.Edit {
	switch {
	case h.activation == nil || h.attached:
		return layerSetting(h.layer, "activation", name)
	case h.layer.KindName == "activation":
		return replace(h.layer.Setting("activation"), name)
	}
	return replace(h.activationAt, name)
}

// deactivate takes the last activation away.
func (h head) deactivate() []diag.Edit {
	if h.attached {
		return layerSetting(h.layer, "activation", "linear")
	}
	return h.layer.Written.Without()
}

// layerSetting writes a setting of a layer, over what is written or beside it.
func layerSetting(place pipeline.LayerPlace, setting, value string) []diag.Edit {
	if settings := place.Written.Settings; settings != nil && settings.Form == spec.Scalar {
		return nil // the only setting that has no name there
	}
	if at := place.Setting(setting); at != place.Kind {
		return replace(at, value)
	}
	return place.Written.Adding(setting, value)
}

// stageSetting writes a setting of a stage, over what is written or beside it.
func stageSetting(c *pipeline.Check, setting, value string) []diag.Edit {
	if c.Given(setting) {
		return replace(c.At(setting), value)
	}
	return c.Item.Adding(setting, value)
}

// together is the edits of one way out; none if one of them cannot be made.
func together(edits ...[]diag.Edit) []diag.Edit {
	var all []diag.Edit
	for _, e := range edits {
		if e == nil {
			return nil
		}
		for _, one := range e {
			if !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	return all
}

// written says whether a span covers some text that can be replaced.
func written(s diag.Span) bool { return s.HasPlace() && s.Start != s.End }
