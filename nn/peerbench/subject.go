package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/train"
)

// subject is a network that all sides train, with its examples. Its last layer
// gives a score for each class.
type subject struct {
	name            string
	graph           *nn.Graph
	examples, batch int
	classes         int
	// label is the shape of an example's class ids: none for one class, else one
	// for each voxel.
	label []int
	x, y  []float32
}

// newSubject resolves a network, and draws examples.
func newSubject(name string, input []int, items []nn.Item, examples, batch int) (*subject, error) {
	graph, refusals := nn.Resolve(shape.New(input...), items)
	if len(refusals) > 0 {
		return nil, fmt.Errorf("%s: %w", name, refusals[0])
	}
	s := &subject{name: name, graph: graph, examples: examples, batch: batch}
	output := graph.Output().MustSizes()
	s.label, s.classes = output[:len(output)-1], output[len(output)-1]
	random := rand.New(rand.NewPCG(1, 2))
	s.x = make([]float32, examples*data.Elements(input))
	for i := range s.x {
		s.x[i] = float32(random.NormFloat64())
	}
	s.y = make([]float32, examples*data.Elements(s.label))
	for i := range s.y {
		s.y[i] = float32(random.IntN(s.classes))
	}
	return s, nil
}

// weightSeed decides the first weights, which all sides share.
const weightSeed = 1

// alive builds the network with its first weights.
func (s *subject) alive() *nn.Network[float32] { return nn.Build(s.graph, weightSeed) }

// set is the examples, the first ones as often as it takes for a number of
// batches; 0 for each example once.
func (s *subject) set(batches int) train.Set {
	set := train.Set{
		X: data.NewMemory(s.graph.Input.MustSizes(), s.x), Y: data.NewMemory(s.label, s.y),
		Examples: make([]int, s.examples),
	}
	if batches > 0 {
		set.Examples = make([]int, batches*s.batch)
	}
	for i := range set.Examples {
		set.Examples[i] = i % s.examples
	}
	return set
}

// request asks a peer to build the network, with our first weights.
func (s *subject) request(in []string) (request, error) {
	nodes, err := describe(s.alive())
	if err != nil {
		return request{}, fmt.Errorf("%s: %w", s.name, err)
	}
	return request{
		Do: "build", Nodes: nodes, Input: s.graph.Input.MustSizes(), Label: s.label, Batch: s.batch,
		X: encoded(s.x), Y: encoded(s.y), Layouts: in,
	}, nil
}

// trained is the number of weights that are trained.
func trained(net *nn.Network[float32]) int {
	n := 0
	for _, p := range net.Params() {
		if p.Trainable {
			n += len(p.Value)
		}
	}
	return n
}

// encoded is floats as base64 of their bytes, the lowest first.
func encoded(values []float32) string {
	bytes := make([]byte, 0, 4*len(values))
	for _, v := range values {
		bytes = binary.LittleEndian.AppendUint32(bytes, math.Float32bits(v))
	}
	return base64.StdEncoding.EncodeToString(bytes)
}

// shallow is S: one wide convolution over large volumes with one channel, where
// what moves through memory decides.
func shallow() (*subject, error) {
	return newSubject("S", []int{10, 64, 64, 1}, []nn.Item{
		{ID: "conv3d", Unit: convolution(32, "valid")},
		{ID: "relu", Unit: layers.New(func(*layers.ReLU) {})},
		{ID: "max_pool3d", Unit: layers.New(func(*layers.MaxPool3D) {})},
		{ID: "flatten", Unit: layers.New(func(*layers.Flatten) {})},
		{ID: "dense", Unit: dense(2)},
	}, 100, 32)
}

// deep is D: three convolutions with more and more channels, where
// multiplications decide.
func deep() (*subject, error) {
	var items []nn.Item
	for i, filters := range []int{32, 64, 128} {
		numbered := func(kind string) string { return fmt.Sprintf("%s_%d", kind, i+1) }
		items = append(items,
			nn.Item{ID: numbered("conv3d"), Unit: convolution(filters, "same")},
			nn.Item{ID: numbered("batch_norm"), Unit: layers.New(func(*layers.BatchNorm) {})},
			nn.Item{ID: numbered("relu"), Unit: layers.New(func(*layers.ReLU) {})},
			nn.Item{ID: numbered("max_pool3d"), Unit: layers.New(func(*layers.MaxPool3D) {})})
	}
	items = append(items,
		nn.Item{ID: "flatten", Unit: layers.New(func(*layers.Flatten) {})},
		nn.Item{ID: "dense", Unit: dense(11)})
	return newSubject("D", []int{28, 28, 28, 1}, items, 96, 32)
}

func convolution(filters int, padding string) *layers.Conv3D {
	return layers.New(func(c *layers.Conv3D) {
		c.Filters, c.KernelSize, c.Padding = filters, [3]int{3, 3, 3}, padding
	})
}

func dense(units int) *layers.Dense {
	return layers.New(func(d *layers.Dense) { d.Units = units })
}
