package stages

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/weights"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// Model builds a network of layers for the examples of a dataset.
//
// The layers run in order: each takes the output of the one above it, unless its
// `from` names others. The first one takes an example of the dataset, whose
// shape follows from the stages above; nobody writes it down.
//
// With `weights` the model starts from a file and can be evaluated, or used to
// predict, without a train stage.
type Model struct {
	// The layers of the network, from its input to its output.
	Layers []nn.Item `yaml:"layers" validate:"required,min=1"`
	// A safetensors file to start from, written by a run of a model with the same
	// layers. Without it the weights are drawn at random, from the config's seed.
	Weights string `yaml:"weights"`
}

// Takes one dataset.
func (*Model) Takes() []pipeline.Want { return oneDataset }

// Gives a model.
func (*Model) Gives() pipeline.Family { return pipeline.ModelFamily }

// Check lays the layers out for the dataset's examples and reports every layer
// that refuses its input.
func (s *Model) Check(c *pipeline.Check, in []pipeline.Type) pipeline.Type {
	d := in[0].(*pipeline.Dataset)
	m, refusals := s.layOut(c, d, d.Shape())
	if len(refusals) > 0 && rules.ChannelsFirst(c, d) {
		return nil
	}
	r := refusing{model: m, items: s.Layers}
	for _, refusal := range refusals {
		r.report(c, refusal)
	}
	if r.channelless {
		mended := append(slices.Clone(d.Shape()), shape.Of(1))
		m, refusals = s.layOut(c, d, mended)
	}
	if len(refusals) > 0 {
		return nil
	}
	rules.CheckNetwork(c, m)
	if c.Read && s.Weights != "" {
		s.checkWeights(c, m)
	}
	return m
}

// layOut works out the shape of every layer for an input of the given shape.
func (s *Model) layOut(c *pipeline.Check, d *pipeline.Dataset, input shape.Shape) (*pipeline.Model, []*nn.Refusal) {
	graph, refusals := nn.Resolve(input, s.Layers)
	return &pipeline.Model{
		Graph: graph, Layers: placesOf(graph, c.Places.Node("layers"), c.Item.KindSpan),
		At: c.Origin("layers"), Dataset: d, Weights: s.Weights != "",
	}, refusals
}

// checkWeights compares the header of the file with the layers.
func (s *Model) checkWeights(c *pipeline.Check, m *pipeline.Model) {
	if _, known := m.Graph.Input.Sizes(); !known {
		return
	}
	file, size, err := openFile(c.Path(s.Weights))
	if err != nil {
		c.Report(unreadable(err).at(c.At("weights")))
		return
	}
	defer file.Close()
	header, err := weights.ReadHeader(file, size)
	if err == nil {
		err = differs(header, m.Graph)
	}
	if err != nil {
		c.Report(s.wrongWeights(c.Node, err))
	}
}

// differs compares the arrays of a file with the weights that the layers of a
// graph will have. The error is nil or a *weights.Difference.
func differs(header weights.Header, g *nn.Graph) error {
	left := make(map[string][]int, len(header.Tensors))
	for _, t := range header.Tensors {
		left[t.Name] = t.Shape
	}
	var d weights.Difference
	for i := range g.Nodes {
		node := &g.Nodes[i]
		for _, w := range node.Spec.Weights(g.InputsOf(node)) {
			name, want := node.ID+"/"+w.Name, w.Shape.MustSizes()
			given, found := left[name]
			switch {
			case !found:
				d.Missing = append(d.Missing, name)
			case !slices.Equal(given, want):
				d.Shapes = append(d.Shapes, weights.ShapeDifference{Name: name, File: given, Want: want})
			}
			delete(left, name)
		}
	}
	d.Unknown = slices.Sorted(maps.Keys(left))
	if d.Missing == nil && d.Unknown == nil && d.Shapes == nil {
		return nil
	}
	return &d
}

// wrongWeights is a file that cannot be read, or whose arrays are not those of
// the layers.
func (s *Model) wrongWeights(n *pipeline.Node, err error) diag.Diagnostic {
	var difference *weights.Difference
	if !errors.As(err, &difference) {
		return (&dataProblem{
			code: rules.DAT011.Code, label: fmt.Sprintf("%s: %s", filepath.Base(s.Weights), plain(err)),
			help: "name a safetensors file that is whole",
		}).at(n.At("weights"))
	}
	d := diag.New(rules.PRD004.Code, n.At("weights"), "the arrays in this file are not those of the layers").
		And(n.At("layers"), "the layers")
	for _, note := range notesOf(difference) {
		d = d.Note("%s", note)
	}
	return d.Suggest("name the file that a run of this model wrote, or give the layers the ids and settings they had then")
}

// notesOf tells how a file differs from a model.
func notesOf(d *weights.Difference) []string {
	var notes []string
	for _, s := range d.Shapes {
		notes = append(notes, fmt.Sprintf("%s is %s in the file, %s in the model", s.Name, shape.New(s.File...), shape.New(s.Want...)))
	}
	notes = firstOf(notes, mostLines)
	if d.Missing != nil {
		notes = append(notes, "the file lacks "+strings.Join(firstOf(d.Missing, mostLines), ", "))
	}
	if d.Unknown != nil {
		notes = append(notes, "the model has no "+strings.Join(firstOf(d.Unknown, mostLines), ", "))
	}
	return notes
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
	if s.Weights != "" {
		if err := load(r.Path(s.Weights), net); err != nil {
			var problem *dataProblem
			if errors.As(err, &problem) {
				return nil, pipeline.Fail(problem.at(r.At("weights")))
			}
			return nil, pipeline.Fail(s.wrongWeights(r.Node, err))
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
