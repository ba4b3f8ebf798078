package onnx

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/onnx/wire"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// inMemory reads a file with the elements of its arrays.
func inMemory(t *testing.T, file []byte) *wire.Model {
	t.Helper()
	r := bytes.NewReader(file)
	m, err := wire.Read(r, int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	load := func(a *wire.Tensor) {
		if floats, err := a.ReadFloats(r); err == nil {
			*a = wire.Floats(a.Name, asInts(a.Dims), floats)
		} else if ints, err := a.ReadInts(r); err == nil {
			dims := a.Dims
			*a = wire.Ints(a.Name, asInts(ints))
			a.Dims = dims
		}
	}
	for i := range m.Graph.Initializers {
		load(&m.Graph.Initializers[i])
	}
	for i := range m.Graph.Nodes {
		for k := range m.Graph.Nodes[i].Attributes {
			if a := m.Graph.Nodes[i].Attributes[k].Tensor; a != nil {
				load(a)
			}
		}
	}
	return m
}

// disorder breaks one thing in a graph.
func disorder(m *wire.Model, random *rand.Rand) {
	g := &m.Graph
	n := &g.Nodes[random.IntN(len(g.Nodes))]
	odd := func() int64 { return []int64{-2, -1, 0, 1, 2, 3, 5, 1 << 30, 1 << 62}[random.IntN(9)] }
	name := func() string {
		other := g.Nodes[random.IntN(len(g.Nodes))]
		all := slices.Concat(other.Inputs, other.Outputs, []string{""})
		return all[random.IntN(len(all))]
	}
	switch random.IntN(9) {
	case 0:
		if len(n.Inputs) > 0 {
			n.Inputs[random.IntN(len(n.Inputs))] = name()
		}
	case 1:
		if len(n.Inputs) > 0 {
			n.Inputs = n.Inputs[:len(n.Inputs)-1]
		}
	case 2:
		n.Op = g.Nodes[random.IntN(len(g.Nodes))].Op
	case 3:
		n.Op = []string{"Add", "Mul", "MatMul", "Gemm", "Concat", "Softmax", "Squeeze", "Unsqueeze", "Resize", "Pad", "PRelu", "Shape", "Gather", "Slice",
			"LayerNormalization", "InstanceNormalization", "ReduceMean", "GlobalMaxPool", "Flatten", "Transpose", "Clip", "Pow", "Mean"}[random.IntN(23)]
	case 4:
		if len(n.Attributes) > 0 {
			a := &n.Attributes[random.IntN(len(n.Attributes))]
			if a.Int = odd(); len(a.Ints) > 0 {
				a.Ints[random.IntN(len(a.Ints))] = odd()
			}
		}
	case 5:
		if len(n.Attributes) > 0 {
			n.Attributes = slices.Delete(n.Attributes, 0, 1)
		}
	case 6:
		n.Inputs = append(n.Inputs, name())
	case 7:
		n.Outputs = append(n.Outputs, name())
	case 8:
		if len(g.Initializers) > 0 {
			a := &g.Initializers[random.IntN(len(g.Initializers))]
			if random.IntN(2) == 0 && len(a.Dims) > 0 {
				a.Dims = append(a.Dims[1:], a.Dims[0])
			} else {
				a.Dims = []int64{int64(a.Len())}
			}
		}
	}
}

// TestDisorder: files in which something is not as it should be are refused, or
// make layers that can be resolved, built and run; nothing crashes.
func TestDisorder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	files := map[string][]byte{}
	sizes := map[string][]int{}
	for name, g := range goldens(t) {
		files[name], sizes[name] = goldenFile(t, name), goldenInput(g.Input).Shape[1:]
	}
	for _, c := range networkCases() {
		files[c.name], sizes[c.name] = written(t, c.network(t), Settings{}), c.in
	}
	names := sortedNames(files)
	made := 0
	for round := range 6000 {
		name := names[random.IntN(len(names))]
		m := inMemory(t, files[name])
		for range 1 + random.IntN(3) {
			disorder(m, random)
		}
		var b bytes.Buffer
		if err := m.Write(&b); err != nil {
			t.Fatal(err)
		}
		if layersOf(t, fmt.Sprintf("round %d, %s", round, name), b.Bytes(), sizes[name]) {
			made++
		}
	}
	if made < 300 {
		t.Errorf("only %d files made a network", made)
	}
}

// layersOf makes a network of a file and runs it; false if it is refused.
func layersOf(t *testing.T, name string, file []byte, sizes []int) bool {
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("%s: %v", name, p)
		}
	}()
	f, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return false
	}
	made, err := f.Layers(sizes)
	if err != nil {
		return false
	}
	graph, refusals := nn.Resolve(shape.New(sizes...), made.Items)
	if len(refusals) > 0 || len(graph.Nodes) == 0 || !small(graph) {
		return false
	}
	net := nn.Build(graph, 1)
	if err := made.Load(net); err != nil {
		t.Errorf("%s: %v", name, err)
		return false
	}
	given(net, tensor.New[float32](append([]int{1}, sizes...)...))
	return true
}

// small says that a network takes little memory.
func small(g *nn.Graph) bool {
	for i := range g.Nodes {
		trained, fixed := g.Weights(&g.Nodes[i])
		n, _ := trained.Add(fixed).Known()
		out, _ := g.Nodes[i].Output.Elements().Known()
		if max(n, out) > 1<<16 {
			return false
		}
	}
	return true
}
