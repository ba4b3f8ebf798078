package onnx

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/onnx/onnxtest"
	"github.com/voxelpipe/pipe/nn/onnx/wire"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// written is a network as a file.
func written(t *testing.T, net *nn.Network[float32], s Settings) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, net, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestRuntime: what is written gives in onnxruntime what it gives here, for more
// than one size of the batch.
func TestRuntime(t *testing.T) {
	var jobs []onnxtest.Job
	for _, c := range networkCases() {
		net := c.network(t)
		file := written(t, net, Settings{Name: c.name})
		for _, batch := range []int{1, 3} {
			x := drawn(batch, c.in)
			y := given(net, x)
			jobs = append(jobs, onnxtest.Job{Name: c.name, File: file, InSizes: x.Shape, In: x.Data, OutSizes: y.Shape, Out: y.Data})
		}
	}
	onnxtest.Run(t, jobs)
}

// TestEveryLayer: every kind of layer is in one of the cases.
func TestEveryLayer(t *testing.T) {
	met := map[string]bool{}
	for _, c := range networkCases() {
		for i := range c.network(t).Graph.Nodes {
			e := exporter{node: &c.network(t).Graph.Nodes[i]}
			met[e.kind()] = true
		}
	}
	for _, k := range layers.Table().Kinds() {
		if _, is := k.New().(nn.Spec); is && !met[k.Name] {
			t.Errorf("no case has a %s", k.Name)
		}
	}
}

// ops lists the operators of a file.
func ops(t *testing.T, file []byte) string {
	t.Helper()
	m, err := wire.Read(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, n := range m.Graph.Nodes {
		list = append(list, n.Op)
	}
	return strings.Join(list, " ")
}

// TestFewTransposes: the axes are moved once on the way in, and once where their
// order begins to matter.
func TestFewTransposes(t *testing.T) {
	for _, c := range networkCases() {
		want := map[string]string{
			"classifier": "Transpose Conv Relu MaxPool BatchNormalization Transpose Flatten Relu Gemm Softmax",
			"residual":   "Transpose Conv BatchNormalization Conv Add GlobalAveragePool Flatten",
			"add":        "Relu Transpose Conv Tanh Add Add Sigmoid Transpose",
			"dropout":    "Identity",
			"relu":       "Relu",
		}[c.name]
		if got := ops(t, written(t, c.network(t), Settings{})); want != "" && got != want {
			t.Errorf("%s is %s, want %s", c.name, got, want)
		}
	}
}

// TestNames: nodes, weights, the input and the output have the names that a
// reader expects.
func TestNames(t *testing.T) {
	cases := networkCases()
	c := cases[slices.IndexFunc(cases, func(c networkCase) bool { return c.name == "classifier" })]
	file := written(t, c.network(t), Settings{Name: "mri", Metadata: map[string]string{"classes": "[]", "a": "b"}})
	m, err := wire.Read(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var nodes, weights []string
	for _, n := range m.Graph.Nodes {
		nodes = append(nodes, n.Name)
	}
	for _, w := range m.Graph.Initializers {
		weights = append(weights, w.Name)
	}
	if got, want := strings.Join(nodes, " "), "conv3d/Transpose conv3d conv3d/relu max_pool3d batch_norm flatten/Transpose flatten relu dense dense/softmax"; got != want {
		t.Errorf("the nodes are %s, want %s", got, want)
	}
	if got, want := strings.Join(weights, " "), "conv3d/kernel conv3d/bias batch_norm/gamma batch_norm/beta batch_norm/moving_mean batch_norm/moving_variance dense/kernel dense/bias"; got != want {
		t.Errorf("the weights are %s, want %s", got, want)
	}
	in, out := m.Graph.Inputs[0], m.Graph.Outputs[0]
	if in.Name != "input" || out.Name != "output" || in.Dims[0] != (wire.Dim{Name: "N"}) || out.Dims[0].Name != "N" {
		t.Errorf("from %+v to %+v", in, out)
	}
	if m.Graph.Name != "mri" || m.Producer != "pipe" || m.IRVersion != 8 || m.Opsets[0] != (wire.Opset{Version: 18}) || m.Metadata[1] != (wire.Entry{Key: "classes", Text: "[]"}) {
		t.Errorf("%+v", m)
	}
}

// stranger is a layer that no format knows.
type stranger struct{ layers.Linear }

func TestUnsupported(t *testing.T) {
	graph, _ := nn.Resolve(shape.New(3), []nn.Item{{ID: "odd", Unit: &stranger{}}})
	err := Write(&bytes.Buffer{}, nn.Build(graph, 1), Settings{})
	var unsupported *Unsupported
	if !errors.As(err, &unsupported) || unsupported.Layer != "odd" || !strings.Contains(err.Error(), "layer odd") {
		t.Errorf("got %v", err)
	}
}

// Writing the same network twice gives the same bytes, and leaves it as it was.
func TestSameBytes(t *testing.T) {
	c := networkCases()[0]
	net := c.network(t)
	x := drawn(2, c.in)
	before := tensor.From(slices.Clone(given(net, x).Data), 1, given(net, x).Stride()*2)
	if !bytes.Equal(written(t, net, Settings{}), written(t, net, Settings{})) {
		t.Error("the bytes differ")
	}
	if !slices.Equal(given(net, x).Data, before.Data) {
		t.Error("the network has changed")
	}
}
