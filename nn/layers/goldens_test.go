package layers

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// goldenCase is one case of testdata/goldens.json, which testdata/goldens.py makes
// with PyTorch.
type goldenCase struct {
	Layer    string
	Settings goldenSettings
	Input    []int
	Scale    float64
	Weights  map[string][]int
	Output   []int
	Y, DX    []float64
	Grads    map[string][]float64
	// After are the moving statistics after the step.
	After map[string][]float64
}

type goldenSettings struct {
	Filters, Groups                             int
	KernelSize, Strides, DilationRate, PoolSize [3]int
	Padding                                     string
	OutputPadding                               *[3]int
	Size                                        [3]int
	DepthMultiplier                             int
	Ends                                        [3][2]int
	UseBias, Approximate                        bool
	Momentum, Epsilon                           float64
	Axis                                        int
	Axes                                        []int
}

// UnmarshalJSON reads the names as a config writes them.
func (s *goldenSettings) UnmarshalJSON(text []byte) error {
	type plain goldenSettings
	return json.Unmarshal([]byte(strings.ReplaceAll(string(text), "_", "")), (*plain)(s))
}

func (g *goldenCase) unit() nn.Unit {
	settings, _ := Table().New(g.Layer)
	s := g.Settings
	switch layer := settings.(type) {
	case *Conv3D:
		layer.Filters, layer.KernelSize, layer.Strides, layer.Padding = s.Filters, s.KernelSize, s.Strides, s.Padding
		layer.DilationRate, layer.Groups, layer.UseBias = s.DilationRate, s.Groups, s.UseBias
	case *Conv3DTranspose:
		layer.Filters, layer.KernelSize, layer.Strides, layer.Padding = s.Filters, s.KernelSize, s.Strides, s.Padding
		layer.DilationRate, layer.OutputPadding, layer.UseBias = s.DilationRate, s.OutputPadding, s.UseBias
	case *DepthwiseConv3D:
		layer.KernelSize, layer.Strides, layer.Padding, layer.DilationRate = s.KernelSize, s.Strides, s.Padding, s.DilationRate
		layer.DepthMultiplier, layer.UseBias = s.DepthMultiplier, s.UseBias
	case *ZeroPad3D:
		layer.Padding = s.Ends
	case *Crop3D:
		layer.Cropping = s.Ends
	case *UpSample3D:
		layer.Size = s.Size
	case *LayerNorm:
		layer.Axis, layer.Epsilon = s.Axes, s.Epsilon
	case *GroupNorm:
		layer.Groups, layer.Epsilon = s.Groups, s.Epsilon
	case *InstanceNorm:
		layer.Epsilon = s.Epsilon
	case *MaxPool3D:
		layer.PoolSize, layer.Strides, layer.Padding = s.PoolSize, s.Strides, s.Padding
	case *AveragePool3D:
		layer.PoolSize, layer.Strides, layer.Padding = s.PoolSize, s.Strides, s.Padding
	case *Dense:
		layer.Units = g.Output[0]
	case *BatchNorm:
		layer.Momentum, layer.Epsilon = s.Momentum, s.Epsilon
	case *Gelu:
		layer.Approximate = s.Approximate
	case *Softmax:
		layer.Axis = s.Axis
	}
	return settings.(nn.Unit)
}

func TestGoldens(t *testing.T) {
	text, err := os.ReadFile("testdata/goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	var goldens []goldenCase
	if err := json.Unmarshal(text, &goldens); err != nil {
		t.Fatal(err)
	}
	for i, g := range goldens {
		t.Run(fmt.Sprintf("%d %s", i, g.Layer), func(t *testing.T) {
			graph, refusals := nn.Resolve(shape.New(g.Input...), []nn.Item{{ID: "layer", Unit: g.unit()}})
			if len(refusals) > 0 {
				t.Fatal(refusals[0])
			}
			// The file has 12 digits.
			compareGolden(t, &g, nn.Build64(graph, 1), 1e-10, 1e-10)
			// Batch norm over two examples cancels nearly everything of its gradient.
			compareGolden(t, &g, nn.Build(graph, 1), 1e-5, 1e-4)
		})
	}
}

func compareGolden[T tensor.Float](t *testing.T, g *goldenCase, net *nn.Network[T], forward, backward float64) {
	t.Helper()
	phase := 1.0
	for _, p := range net.Params() {
		name := strings.TrimPrefix(p.Name, "layer/")
		if !slices.Equal(p.Shape, g.Weights[name]) {
			t.Errorf("%s is %v, want %v", name, p.Shape, g.Weights[name])
		}
		wave(p.Value, 1, phase)
		phase++
	}
	if len(net.Params()) != len(g.Weights) {
		t.Errorf("%d weights, want %d", len(net.Params()), len(g.Weights))
	}
	x := tensor.New[T](append([]int{2}, g.Input...)...)
	wave(x.Data, g.Scale, 0.3)
	pass := &nn.Pass[T]{Training: true, InputGrad: true}
	y := net.Forward(pass, x, net.Len())
	if !slices.Equal(y.Shape[1:], g.Output) {
		t.Fatalf("output is %v, want %v", y.Shape[1:], g.Output)
	}
	near(t, "y", y.Data, g.Y, forward)
	dy := tensor.New[T](slices.Clone(y.Shape)...)
	wave(dy.Data, 1, 0.7)
	near(t, "dx", net.Backward(pass, dy, net.Len()).Data, g.DX, backward)
	for _, p := range net.Params() {
		name := strings.TrimPrefix(p.Name, "layer/")
		if after, moving := g.After[name]; moving {
			near(t, name, p.Value, after, forward)
		} else {
			near(t, "gradient by "+name, p.Grad, g.Grads[name], backward)
		}
	}
}

// wave fills values as goldens.py does.
func wave[T tensor.Float](values []T, scale, phase float64) {
	for i := range values {
		values[i] = T(scale * math.Sin(1.37*float64(i)+phase))
	}
}

// near allows a difference relative to the largest value, since small ones may
// come from large ones that cancel.
func near[T tensor.Float](t *testing.T, name string, got []T, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d elements, want %d", name, len(got), len(want))
	}
	var largest float64
	for _, v := range want {
		largest = max(largest, math.Abs(v))
	}
	for i, v := range want {
		if !(math.Abs(float64(got[i])-v) <= tolerance*largest) {
			t.Fatalf("%s[%d] = %.12g, want %.12g", name, i, float64(got[i]), v)
		}
	}
}
