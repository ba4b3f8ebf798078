package layers

import (
	"math"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

func apply(t *testing.T, unit nn.Unit, x ...float32) []float32 {
	t.Helper()
	graph, refusals := nn.Resolve(shape.New(len(x)), []nn.Item{{ID: "activation", Unit: unit}})
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	return nn.Build(graph, 1).Forward(&nn.Pass[float32]{}, tensor.From(x, 1, len(x)), 1).Data
}

// However large the scores, the probabilities are numbers that sum to 1.
func TestSoftmaxOfLargeScores(t *testing.T) {
	y := apply(t, New(func(*Softmax) {}), -1000, 1000, 1001)
	if want := 1 / (1 + math.E); math.Abs(float64(y[1])-want) > 1e-6 || y[0] != 0 || math.Abs(float64(y[0]+y[1]+y[2])-1) > 1e-6 {
		t.Errorf("softmax is %v", y)
	}
}

func TestActivationsFarOut(t *testing.T) {
	for _, c := range []struct {
		unit nn.Unit
		x, y float32
	}{
		{New(func(*Sigmoid) {}), -1e5, 0},
		{New(func(*Sigmoid) {}), 1e5, 1},
		{New(func(*Softplus) {}), 1e5, 1e5},
		{New(func(*Softplus) {}), -1e5, 0},
		{New(func(*Silu) {}), -1e5, 0},
		{New(func(*Gelu) {}), -1e5, 0},
		{New(func(*Gelu) {}), 1e5, 1e5},
		{New(func(*Elu) {}), -1e5, -1},
		{New(func(*Tanh) {}), 1e5, 1},
	} {
		if y := apply(t, c.unit, c.x)[0]; y != c.y {
			t.Errorf("%T of %g is %g, want %g", c.unit, c.x, y, c.y)
		}
	}
}

// Nothing hides that a number is not one.
func TestActivationsKeepNaN(t *testing.T) {
	for _, k := range Table().Kinds() {
		unit, ok := k.New().(nn.Unit)
		if _, activation := unit.(Activation); !ok || !activation {
			continue
		}
		if y := apply(t, unit, 1, float32(math.NaN()))[1]; y == y {
			t.Errorf("%s of NaN is %g", k.Name, y)
		}
	}
}

// The layer activation is the layer that it names.
func TestActivationIsAnAlias(t *testing.T) {
	graph, _ := nn.Resolve(shape.New(3), []nn.Item{{ID: "activation", Unit: New(func(a *Activate) { a.Function = New(func(*Softmax) {}) })}})
	if _, ok := graph.Last().Spec.(*Softmax); !ok || graph.Last().ID != "activation" {
		t.Errorf("the node is %s, a %T", graph.Last().ID, graph.Last().Spec)
	}
}

func TestGlobalMaxKeepsNaN(t *testing.T) {
	graph, _ := nn.Resolve(shape.New(1, 1, 3, 1), []nn.Item{{ID: "pool", Unit: New(func(*GlobalMaxPool3D) {})}})
	x := tensor.From([]float32{1, float32(math.NaN()), 3}, 1, 1, 1, 3, 1)
	if y := nn.Build(graph, 1).Forward(&nn.Pass[float32]{}, x, 1).Data[0]; y == y {
		t.Errorf("the largest of 1, NaN, 3 is %g", y)
	}
}
