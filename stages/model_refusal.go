package stages

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/stages/rules"
)

// refusing turns the refusals of layers into diagnostics.
type refusing struct {
	model *pipeline.Model
	items []nn.Item
	// channelless says that the missing channel axis of the dataset has been
	// reported: every branch that starts at the input runs into it.
	channelless bool
}

// codeOf names each fault that a shape rule can find.
var codeOf = map[shape.Fault]*diag.Code{
	shape.MissingChannel: rules.SHP001.Code,
	shape.TooSmall:       rules.SHP006.Code,
	shape.Unflattened:    rules.SHP008.Code,
	shape.ElementCount:   rules.SHP019.Code,
	shape.WrongRank:      GRA131,
	shape.Disagree:       GRA132,
	shape.Indivisible:    YML131,
	shape.Setting:        YML131,
	shape.Namesake:       spec.GRA002,
	shape.Halving:        rules.SHP010.Code,
}

func (r *refusing) report(c *pipeline.Check, refusal *nn.Refusal) {
	var m *shape.Mismatch
	if !errors.As(refusal.Err, &m) {
		panic(fmt.Sprintf("layer %s refuses its input without saying why: %v", refusal.ID, refusal.Err))
	}
	node := slices.IndexFunc(r.model.Graph.Nodes, func(n nn.Node) bool { return n.ID == refusal.ID && n.Output == nil })
	before := nn.FromInput
	if inputs := r.model.Graph.Nodes[node].Inputs; len(inputs) > 0 {
		before = inputs[0]
	}
	if m.Fault == shape.MissingChannel && before == nn.FromInput {
		if r.channelless {
			return
		}
		r.channelless = true
	}
	if d, ok := r.halved(m, node); ok {
		c.Report(d)
		return
	}
	if d, ok := r.overloaded(m, before, node); ok {
		c.Report(d)
		return
	}
	place := r.model.Layers[refusal.ID]
	d := diag.New(codeOf[m.Fault], place.Setting(m.Settings...), m.Problem)
	if len(m.Settings) > 0 {
		d.Primary.Span = place.Setting(m.Settings[0])
	}
	for _, other := range m.Settings[min(1, len(m.Settings)):] {
		if at := place.Setting(other); at != place.Kind && at != d.Primary.Span {
			d = d.And(at, other+" is set here")
		}
	}
	d = r.origins(d, m, node)
	if m.Input != nil && m.Fault != shape.Disagree { // inputs that disagree have been shown where they come from
		d = d.Note("the input of this layer is %s", m.Input.Batch())
	}
	if m.Arithmetic != "" {
		d = d.Note("%s", m.Arithmetic)
	}
	if before != nn.FromInput {
		d = d.Note("the shapes on the way: %s", rules.Trail(r.model, before))
	}
	if m.Fault == shape.TooSmall && m.Axis >= 0 && before != nn.FromInput {
		d = d.Note("the %s on the way: %s", shape.AxisName(m.Input.Rank(), m.Axis), rules.Sizes(r.model, before, m.Axis))
	}
	d = r.remedy(c, d, m, place)
	c.Report(d)
	if m.Fault == shape.Unflattened {
		rules.MapAsHead(c, r.model, node)
	}
}

// overloaded says that the examples of the dataset have more axes than a volume
// and its channel: the fault lies with whoever added the last one.
func (r *refusing) overloaded(m *shape.Mismatch, before, node int) (diag.Diagnostic, bool) {
	most := len(usualAxes) - 1 // without the sample axis
	if m.Fault != shape.WrongRank || before != nn.FromInput || m.Input.Rank() <= most {
		return diag.Diagnostic{}, false
	}
	d := diag.New(rules.SHP002.Code, originOf(r.model.Dataset), fmt.Sprintf("an example is %s from here on", m.Input)).
		And(r.model.Layers[r.model.Graph.Nodes[node].ID].Kind, "the layer takes a volume with a channel axis, [D, H, W, C]").
		Note("an example has %d axes, not %d", m.Input.Rank(), most)
	if m.Input[m.Input.Rank()-1].Is(1) {
		d = d.Note("the last axis has size 1: the volumes had their channel axis already")
	}
	return d.Suggest("leave this stage out, if it adds an axis").
		Suggest("or take an axis of size 1 away above the model: reshape: {squeeze: -1}"), true
}

// origins adds where the sizes of the input were decided: the layers that are
// joined, or the dataset's axes.
func (r *refusing) origins(d diag.Diagnostic, m *shape.Mismatch, node int) diag.Diagnostic {
	g, dataset := r.model.Graph, r.model.Dataset
	if m.Fault == shape.Disagree {
		for _, from := range g.Nodes[node].Inputs {
			if from == nn.FromInput {
				d = d.And(originOf(dataset), fmt.Sprintf("an example is %s here", g.Input.Batch()))
				continue
			}
			before := &g.Nodes[from]
			d = d.And(r.model.Layers[before.ID].Kind, fmt.Sprintf("this gives %s", before.Output.Batch()))
		}
		return d
	}
	if (m.Fault == shape.TooSmall || m.Fault == shape.Halving) && m.Axis >= 0 && m.Axis < len(dataset.Axes) && len(dataset.Axes) == m.Input.Rank() {
		axis := dataset.Axes[m.Axis]
		return d.And(axis.At.Span, fmt.Sprintf("the %s is %s here", axis.Name, axis.Size))
	}
	return d.And(originOf(dataset), fmt.Sprintf("an example is %s here", g.Input))
}

// originOf is where the last of a dataset's axes was decided.
func originOf(d *pipeline.Dataset) diag.Span {
	if len(d.Axes) == 0 {
		return diag.Span{}
	}
	return d.Axes[len(d.Axes)-1].At.Span
}

// remedy adds the ways out.
func (r *refusing) remedy(c *pipeline.Check, d diag.Diagnostic, m *shape.Mismatch, place pipeline.LayerPlace) diag.Diagnostic {
	switch {
	case m.Fault == shape.MissingChannel && len(r.model.Dataset.Axes) == 3:
		d = d.Suggest(m.Remedy, c.Item.Above("reshape: {expand_dims: -1}")...)
	case m.Remedy != "":
		d = d.Suggest(m.Remedy, editOf(m.Remedy, place)...)
	}
	if m.Fault == shape.TooSmall {
		if smallest, found := smallestInput(r.model.Graph.Input, r.items); found {
			help := fmt.Sprintf("give the model volumes of at least %s, the smallest that every layer takes", smallest)
			if m.Remedy != "" {
				help = "or " + help
			}
			d = d.Suggest(help)
		}
	}
	return d
}

// editOf is the edit that a remedy like "use padding: same" or "put flatten in
// front of it" asks for.
func editOf(remedy string, place pipeline.LayerPlace) []diag.Edit {
	if layer, is := strings.CutPrefix(remedy, "put "); is {
		layer, inFront := strings.CutSuffix(layer, " in front of it")
		if !inFront {
			return nil
		}
		layer, _, _ = strings.Cut(layer, " or ") // the first of two is the one that loses nothing
		return place.Written.Above(layer)
	}
	asked, is := strings.CutPrefix(remedy, "use ")
	setting, value, complete := strings.Cut(asked, ": ")
	if !is || !complete || strings.ContainsAny(value, ",; ") {
		return nil
	}
	if at := place.Setting(setting); at != place.Kind {
		return []diag.Edit{{Span: at, Text: value}}
	}
	return place.Written.Adding(setting, value)
}

// largestSize is where the search for a large enough input ends: more than a
// volume has along any axis.
const largestSize = 1 << 12

// smallestInput makes the axes of an input that is too small as long as they
// have to be: every axis alone, the others being long. Whether a layer runs out
// of voxels along one axis does not depend on the others. It gives up where a
// size is unknown, a larger input would not help, or would be refused for
// another reason.
func smallestInput(input shape.Shape, items []nn.Item) (shape.Shape, bool) {
	sizes, known := input.Sizes()
	if !known || len(sizes) < 2 {
		return nil, false
	}
	volume, certain := len(sizes)-1, true
	enough := func(axis, size int) bool {
		try := slices.Clone(input)
		for i := range volume {
			try[i] = shape.Of(largestSize)
		}
		try[axis] = shape.Of(size)
		_, refusals := nn.Resolve(try, items)
		for _, refusal := range refusals {
			var m *shape.Mismatch
			certain = certain && errors.As(refusal.Err, &m) && m.Fault == shape.TooSmall
		}
		return len(refusals) == 0
	}
	smallest := slices.Clone(input)
	for axis := range volume {
		if enough(axis, sizes[axis]) {
			continue
		}
		low, high := sizes[axis], largestSize // low is too small; high, as far as is known, is not
		if !enough(axis, high) {
			return nil, false
		}
		for high-low > 1 {
			if middle := (low + high) / 2; enough(axis, middle) {
				high = middle
			} else {
				low = middle
			}
		}
		smallest[axis] = shape.Of(high)
	}
	return smallest, certain
}
