package stages

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/weights"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/stages/rules"
)

// Model builds a network of layers for the examples of a dataset.
//
// The layers run in order: each takes the output of the one above it, unless its
// `from` names others. The first one takes an example of the dataset, whose
// shape follows from the stages above; nobody writes it down.
//
// With `onnx` the layers and their first weights come from an ONNX file, such as
// PyTorch and Keras export them: a network of convolutions, pooling, dense layers,
// normalisations, activations and joins, with or without branches. Its channels may
// be in front; the dataset's examples have them last, as everywhere here. What its
// operators become, `pipe summary` shows and `pipe expand` writes out.
//
// With `weights` the model starts from a file: of another model that has some of
// its layers, to go on from what that has learnt, or of this one, to be evaluated
// or to predict without a train stage.
type Model struct {
	// The layers of the network, from its input to its output.
	Layers []nn.Item `yaml:"layers" validate:"required_without=ONNX,excluded_with=ONNX,omitempty,min=1"`
	// An ONNX file to take the layers from, in place of the list. Its weights are
	// what the model starts from, unless weights names another file.
	ONNX string `yaml:"onnx"`
	// A safetensors or ONNX file to start from, or a map of it and what to do with
	// it. Without it the weights are drawn at random, from the config's seed.
	Weights *Weights `yaml:"weights"`
}

// Takes one dataset.
func (*Model) Takes() []pipeline.Want { return oneDataset }

// Gives a model.
func (*Model) Gives() pipeline.Family { return pipeline.ModelFamily }

// Check lays the layers out for the dataset's examples and reports every layer
// that refuses its input.
func (s *Model) Check(c *pipeline.Check, in []pipeline.Type) pipeline.Type {
	d := in[0].(*pipeline.Dataset)
	items, ok := s.items(c, d)
	if !ok {
		return nil
	}
	m, refusals := s.layOut(c, d, d.Shape(), items)
	if len(refusals) > 0 && rules.ChannelsFirst(c, d) {
		return nil
	}
	r := refusing{model: m, items: items}
	for _, refusal := range refusals {
		r.report(c, refusal)
	}
	if r.channelless {
		mended := append(slices.Clone(d.Shape()), shape.Of(1))
		m, refusals = s.layOut(c, d, mended, items)
	}
	if len(refusals) > 0 || boundless(c, m) {
		return nil
	}
	rules.CheckNetwork(c, m)
	if w := s.start(); w != nil {
		s.checkWeights(c, m, w)
	}
	return m
}

// start is the file that the model starts from; nil for none.
func (s *Model) start() *Weights {
	if s.Weights == nil && s.ONNX != "" {
		return &Weights{File: s.ONNX, implied: true}
	}
	return s.Weights
}

// checkWeights compares the settings about weights with the layers, and with the
// file if that may be opened.
func (s *Model) checkWeights(c *pipeline.Check, m *pipeline.Model, w *Weights) {
	if m.Graph.Output() == nil && s.ONNX != "" {
		return // its layers are not known yet
	}
	w.checkPatterns(c, m.Graph)
	if _, known := m.Graph.Input.Sizes(); !known || c.Failed() {
		return
	}
	if c.Read {
		m.Start.Plan = w.checkFile(c, m)
	} else {
		m.Start.Plan = weights.PlanOf(nil, m.Graph, w.transfer())
	}
}

// layOut works out the shape of every layer for an input of the given shape.
func (s *Model) layOut(c *pipeline.Check, d *pipeline.Dataset, input shape.Shape, items []nn.Item) (*pipeline.Model, []*nn.Refusal) {
	graph, refusals := nn.Resolve(input, items)
	m := &pipeline.Model{
		Graph: graph, Items: items, File: s.ONNX, Layers: placesOf(graph, c.Places.Node("layers"), c.Item.KindSpan),
		At: c.Origin("layers"), Dataset: d,
	}
	if s.ONNX != "" {
		m.Layers, m.At = placesOf(graph, nil, c.At("onnx")), c.Origin("onnx")
	}
	if w := s.start(); w != nil {
		w.freeze(graph)
		m.Start = &pipeline.Start{File: w.File, At: c.Origin(w.way()...)}
	}
	return m, refusals
}

// mostLines is how many of many things a message tells.
const mostLines = 6

// firstOf cuts a list to n entries and says how many more there are.
func firstOf(lines []string, n int) []string {
	if len(lines) <= n {
		return lines
	}
	return append(lines[:n:n], fmt.Sprintf("and %d more", len(lines)-n))
}

// Run makes the model alive.
func (s *Model) Run(r *pipeline.Run, in []pipeline.Value) (pipeline.Value, error) {
	is := r.Promised.(*pipeline.Model)
	net := nn.Build(is.Graph, r.Seed)
	if w := s.start(); w != nil {
		if err := w.load(r.Path(w.File), net, is.Start.Plan); err != nil {
			return nil, pipeline.Fail(w.unreadable(r.Node, err))
		}
	}
	return &pipeline.Network{Is: is, Net: net}, nil
}

// load reads a safetensors file into a network.
func load(path string, net *nn.Network[float32]) error {
	file, size, err := openFile(path)
	if err != nil {
		return unreadable(err)
	}
	defer file.Close()
	return weights.Load(file, size, net)
}
