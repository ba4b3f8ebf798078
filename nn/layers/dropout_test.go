package layers

import (
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// dropped runs two dropout layers one behind the other on ones and says which
// elements the first and which the second made zero.
func dropped(t *testing.T, rate float64, seed, step uint64) (first, second []bool) {
	t.Helper()
	d := New(func(d *Dropout) { d.Rate = rate })
	graph, _ := nn.Resolve(shape.New(25000), []nn.Item{{ID: "a", Unit: d}, {ID: "b", Unit: d}})
	net := nn.Build(graph, 1)
	x := tensor.New[float32](4, 25000)
	for i := range x.Data {
		x.Data[i] = 1
	}
	pass := &nn.Pass[float32]{Training: true, Seed: seed, Step: step}
	once := slices.Clone(net.Forward(pass, x, 1).Data)
	twice := net.Forward(pass, x, 2).Data
	for i, v := range once {
		if want := float32(1 / (1 - rate)); v != 0 && v != want {
			t.Fatalf("a kept 1 becomes %g, want %g", v, want)
		}
		first = append(first, v == 0)
		second = append(second, twice[i] == 0)
	}
	return first, second
}

func share(dropped []bool) float64 {
	n := 0
	for _, d := range dropped {
		if d {
			n++
		}
	}
	return float64(n) / float64(len(dropped))
}

// The share that is dropped is the rate, in the whole and in every stretch, and
// what two draws have in common is what chance gives them.
func TestDropoutDropsItsRate(t *testing.T) {
	const rate = 0.3
	deviations := func(got, want float64, n int) float64 {
		return math.Abs(got-want) / math.Sqrt(want*(1-want)/float64(n))
	}
	first, second := dropped(t, rate, 1, 1)
	nextStep, _ := dropped(t, rate, 1, 2)
	otherSeed, _ := dropped(t, rate, 2, 1)
	if off := deviations(share(first), rate, len(first)); off > 4 {
		t.Errorf("a share of %g is dropped, %.1f standard deviations off", share(first), off)
	}
	// Behind a second layer, what neither has dropped is left.
	if left := 1 - share(second); deviations(left, (1-rate)*(1-rate), len(first)) > 4 {
		t.Errorf("two layers leave %g, want %g", left, (1-rate)*(1-rate))
	}
	for name, other := range map[string][]bool{"the next step": nextStep, "another seed": otherSeed, "the next stretch": slices.Concat(first[stretch:], first[:stretch])} {
		both := make([]bool, len(first))
		for i := range first {
			both[i] = first[i] && other[i]
		}
		if off := deviations(share(both), rate*rate, len(both)); off > 4 {
			t.Errorf("%s drops the same in a share of %g, want %g", name, share(both), rate*rate)
		}
	}
}

func TestDropoutRestsOutsideTraining(t *testing.T) {
	graph, _ := nn.Resolve(shape.New(3), []nn.Item{{ID: "a", Unit: New(func(d *Dropout) { d.Rate = 0.9 })}})
	x := tensor.From([]float32{1, 2, 3}, 1, 3)
	if y := nn.Build(graph, 1).Forward(&nn.Pass[float32]{}, x, 1); !slices.Equal(y.Data, x.Data) {
		t.Errorf("%v becomes %v", x.Data, y.Data)
	}
}
