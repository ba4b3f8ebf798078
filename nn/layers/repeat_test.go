package layers

import (
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

func TestRepeatHasWeightsOfItsOwnEachTime(t *testing.T) {
	graph, refusals := nn.Resolve(shape.New(3), []nn.Item{{ID: "repeat", Unit: New(func(r *Repeat) {
		r.Times = 2
		r.Layers = []nn.Item{{ID: "dense", Unit: New(func(d *Dense) { d.Units, d.UseBias = 3, false })}}
		r.Trainable = false
	})}})
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	params := nn.Build(graph, 1).Params()
	if len(params) != 2 || params[0].Name != "repeat__1__dense/kernel" || params[1].Name != "repeat__2__dense/kernel" {
		t.Fatalf("the weights are %v", params)
	}
	if slices.Equal(params[0].Value, params[1].Value) {
		t.Error("both times have the same weights")
	}
	for _, p := range params {
		if p.Trainable {
			t.Errorf("%s is trained, though the repeat around it is frozen", p.Name)
		}
	}
}

func TestRepeatRefuses(t *testing.T) {
	for _, times := range []int{-1, 0, 1 << 40} {
		_, refusals := nn.Resolve(shape.New(3), []nn.Item{{ID: "repeat", Unit: New(func(r *Repeat) {
			r.Times, r.Layers = times, []nn.Item{{ID: "relu", Unit: New(func(*ReLU) {})}}
		})}})
		if len(refusals) != 1 || refusals[0].Err.(*shape.Mismatch).Fault != shape.Setting {
			t.Errorf("%d times gives %v", times, refusals)
		}
	}
}
