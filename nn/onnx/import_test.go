package onnx

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/onnx/onnxtest"
	"github.com/voxelpipe/pipe/nn/onnx/wire"
	"github.com/voxelpipe/pipe/nn/shape"
)

// opened reads a file's header.
func opened(t *testing.T, file []byte) *File {
	t.Helper()
	f, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// alive makes the network of a file for examples of some sizes, with its weights.
func alive(t *testing.T, file []byte, sizes []int) *nn.Network[float32] {
	t.Helper()
	made, err := opened(t, file).Layers(sizes)
	if err != nil {
		t.Fatal(err)
	}
	graph, refusals := nn.Resolve(shape.New(sizes...), made.Items)
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	net := nn.Build(graph, 1)
	if err := made.Load(net); err != nil {
		t.Fatal(err)
	}
	return net
}

// writtenOnly are cases that are written with operators for which no layer is
// read back.
var writtenOnly = []string{
	"relu with all", "layer_norm by its deviation",
	"group_norm of another axis", "group_norm of the first axis", "instance_norm of another axis", "instance_norm of a vector",
}

// TestBack: what is written and read gives what it gave.
func TestBack(t *testing.T) {
	for _, c := range networkCases() {
		if slices.Contains(writtenOnly, c.name) {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			net := c.network(t)
			x := drawn(2, c.in)
			want := given(net, x)
			y := given(alive(t, written(t, net, Settings{}), c.in), x)
			if !slices.Equal(y.Shape, want.Shape) {
				t.Fatalf("the output is %v, was %v", y.Shape, want.Shape)
			}
			onnxtest.Compare(t, c.name, y.Data, want.Data)
		})
	}
}

// TestInput: what a file says of its input, and whether examples fit it.
func TestInput(t *testing.T) {
	first := opened(t, goldenFile(t, "unet")).Input()
	if !first.ChannelsFirst || first.String() != "[N, 2, 4, 6, 8]" || !slices.Equal(first.ChannelsLast(), []int{4, 6, 8, 2}) {
		t.Errorf("%s, channels last %v", first, first.ChannelsLast())
	}
	if !first.Takes([]int{4, 6, 8, 2}) || first.Takes([]int{2, 4, 6, 8}) || first.Takes([]int{4, 6, 8}) {
		t.Error("other examples fit than should")
	}
	c := networkCases()[0]
	own := opened(t, written(t, c.network(t), Settings{})).Input()
	if own.ChannelsFirst || !own.Takes(c.in) {
		t.Errorf("a file of ours takes %s", own)
	}
	open := declared("x", []int{2, 4, 5, 6})
	open.Dims[2].Known = false
	file := File{input: open, model: &wire.Model{}}
	if in := file.Input(); in.String() != "[N, 2, ?, 5, 6]" || !in.Takes([]int{9, 5, 6, 2}) || in.Takes([]int{9, 5, 7, 2}) {
		t.Errorf("with an open size it is %s", in)
	}
	file.input.Shaped = false
	if in := file.Input(); in.String() != "[N, …]" || !in.Takes([]int{1}) {
		t.Errorf("without sizes it is %s", in)
	}
}

// TestLayersOfAFile: the layers are those that one would write, under the names of
// the file.
func TestLayersOfAFile(t *testing.T) {
	for name, want := range map[string]string{
		"classifier": "conv3d_0:conv3d relu_2:relu max_pool3d_3:max_pool3d conv3d_5_pad:zero_pad3d conv3d_5:conv3d relu_6:relu flatten_7:flatten batch_norm_8:batch_norm dense_10:dense elu_11:elu dense_12:dense softmax_13:softmax",
		"resnet":     "conv1_pad:zero_pad3d conv1:conv3d relu:relu maxpool_pad:zero_pad3d maxpool:max_pool3d layer1_0_conv1:conv3d layer1_0_relu:relu layer1_0_conv2:conv3d layer1_0:add layer1_0_relu_1:relu layer1_1_conv1_pad:zero_pad3d layer1_1_conv1:conv3d layer1_1_relu:relu layer1_1_conv2:conv3d layer1_1_shortcut_0:conv3d layer1_1:add layer1_1_relu_1:relu avgpool:global_average_pool3d fc:dense",
		"unfolded":   "conv:conv3d conv_permute:permute flatten:flatten sigmoid:sigmoid add:add",
		"norms":      "conv3d_0:conv3d",
	} {
		g := goldens(t)[name]
		made, err := opened(t, goldenFile(t, name)).Layers(goldenInput(g.Input).Shape[1:])
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, item := range made.Items {
			kind, _ := layers.Table().NameOf(item.Unit)
			list = append(list, item.ID+":"+kind)
		}
		if got := strings.Join(list, " "); !strings.HasPrefix(got, want) {
			t.Errorf("%s is %s", name, got)
		}
	}
}

// A layer that refuses its input ends the list: whoever resolves it is told why.
func TestLayersEndWhereOneRefuses(t *testing.T) {
	made, err := opened(t, goldenFile(t, "resnet")).Layers([]int{8, 12, 1})
	if err != nil {
		t.Fatal(err)
	}
	_, refusals := nn.Resolve(shape.New(8, 12, 1), made.Items)
	if len(refusals) != 1 || !strings.Contains(refusals[0].Error(), "channel axis") {
		t.Errorf("%v, after %d layers", refusals, len(made.Items))
	}
}

// Weights in files of their own are refused, not taken for zeros.
func TestExternalData(t *testing.T) {
	w := wire.Floats("w0", []int{5, 3}, nil)
	w.External = true
	_, err := opened(t, single(t, "Gemm", []int{5}, nil, w)).Layers([]int{5})
	if err == nil || !strings.Contains(err.Error(), "external data") {
		t.Errorf("got %v", err)
	}
}

// TestOpenRefuses: files that are sound, but no network.
func TestOpenRefuses(t *testing.T) {
	for want, change := range map[string]func(*wire.Model){
		"does not say which version": func(m *wire.Model) { m.Opsets = nil },
		"version 6 of the operators": func(m *wire.Model) { m.Opsets[0].Version = 6 },
		"2 inputs and 1 output":      func(m *wire.Model) { m.Graph.Inputs = append(m.Graph.Inputs, declared("z", nil)) },
		"1 input and 0 outputs":      func(m *wire.Model) { m.Graph.Outputs = nil },
	} {
		m := &wire.Model{IRVersion: 8, Opsets: []wire.Opset{{Version: 18}}, Graph: wire.Graph{
			Inputs: []wire.Value{declared("x", []int{3})}, Outputs: []wire.Value{declared("y", []int{3})},
		}}
		change(m)
		var b bytes.Buffer
		if err := m.Write(&b); err != nil {
			t.Fatal(err)
		}
		_, err := Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
		var refusal *Refused
		if !errors.As(err, &refusal) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// FuzzLayers: no file makes the reader crash, and what it makes layers of can be
// resolved, and built and filled where that takes little memory.
func FuzzLayers(f *testing.F) {
	for _, name := range []string{"classifier", "resnet", "unet", "view", "product", "unfolded", "decoder", "activations", "norms", "windows", "old"} {
		file, err := os.ReadFile(filepath.Join("testdata", name+".onnx"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		opened, err := Open(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			return
		}
		sizes := []int{4, 6, 8, 2}
		if declared := opened.Input().ChannelsLast(); len(declared) > 0 && len(declared) < 6 {
			sizes = nil
			for _, n := range declared {
				sizes = append(sizes, min(max(n, 1), 12))
			}
		}
		layersOf(t, "", file, sizes)
	})
}
