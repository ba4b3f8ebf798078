package layers

import (
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// A channel of an example is dropped as a whole or kept as a whole, about as many
// as asked for, and the others are scaled up.
func TestSpatialDropoutDropsChannels(t *testing.T) {
	const batch, voxels, channels = 50, 3 * 4 * 2, 40
	net := alone[float32](t, New(func(d *SpatialDropout3D) { d.Rate = 0.25 }), 3, 4, 2, channels)
	x := tensor.New[float32](batch, 3, 4, 2, channels)
	fill(x.Data, 3)
	y := net.Forward(&nn.Pass[float32]{Training: true, Seed: 1}, x, 1)
	dropped := 0
	for n := range batch {
		for c := range channels {
			first := y.Example(n)[c]
			if first == 0 {
				dropped++
			} else if first != 4 {
				t.Fatalf("3 becomes %g", first)
			}
			for v := range voxels {
				if y.Example(n)[v*channels+c] != first {
					t.Fatalf("channel %d of example %d is dropped in part", c, n)
				}
			}
		}
	}
	// Four standard deviations of the share of 2000 channels are 0.039.
	if share := float64(dropped) / (batch * channels); math.Abs(share-0.25) > 0.039 {
		t.Errorf("a share of %g is dropped", share)
	}
	if after := net.Forward(&nn.Pass[float32]{Seed: 1}, x, 1); !slices.Equal(after.Data, x.Data) {
		t.Error("something is dropped outside training")
	}
}

func TestGaussianNoise(t *testing.T) {
	const n = 100_000
	net := alone[float32](t, New(func(g *GaussianNoise) { g.StdDev = 0.3 }), n)
	x := tensor.New[float32](2, n)
	fill(x.Data, 2)
	pass := &nn.Pass[float32]{Training: true, Seed: 1}
	y := slices.Clone(net.Forward(pass, x, 1).Data)
	for example, values := range [][]float32{y[:n], y[n:]} {
		var mean, squares float64
		for _, v := range values {
			mean += float64(v-2) / n
			squares += float64(v-2) * float64(v-2) / n
		}
		// Four standard deviations of the mean and of the deviation.
		if math.Abs(mean) > 4*0.3/math.Sqrt(n) || math.Abs(math.Sqrt(squares)-0.3) > 4*0.3/math.Sqrt(2*n) {
			t.Errorf("example %d: mean %g, deviation %g", example, mean, math.Sqrt(squares))
		}
	}
	if slices.Equal(y[:n], y[n:]) {
		t.Error("two examples get the same noise")
	}
	pass.Step++
	if slices.Equal(y, net.Forward(pass, x, 1).Data) {
		t.Error("two steps get the same noise")
	}
	if after := net.Forward(&nn.Pass[float32]{Seed: 1}, x, 1); !slices.Equal(after.Data, x.Data) {
		t.Error("there is noise outside training")
	}
}

// A layer's own seed decides alone what is drawn at a step.
func TestOwnSeedsDecide(t *testing.T) {
	x := tensor.New[float32](2, 3, 3, 3, 4)
	fill(x.Data, 1)
	seven, eight := uint64(7), uint64(8)
	for name, unit := range map[string]func(seed *uint64) nn.Unit{
		"dropout":           func(seed *uint64) nn.Unit { return New(func(d *Dropout) { d.Rate, d.Seed = 0.5, seed }) },
		"spatial_dropout3d": func(seed *uint64) nn.Unit { return New(func(d *SpatialDropout3D) { d.Rate, d.Seed = 0.5, seed }) },
		"gaussian_noise":    func(seed *uint64) nn.Unit { return New(func(g *GaussianNoise) { g.StdDev, g.Seed = 0.5, seed }) },
	} {
		drawn := func(seed *uint64, config, step uint64) []float32 {
			net := alone[float32](t, unit(seed), 3, 3, 3, 4)
			return net.Forward(&nn.Pass[float32]{Training: true, Seed: config, Step: step}, x, 1).Data
		}
		first := drawn(&seven, 1, 1)
		switch {
		case !slices.Equal(first, drawn(&seven, 2, 1)):
			t.Errorf("%s: the config's seed decides beside the layer's", name)
		case slices.Equal(first, drawn(&eight, 1, 1)):
			t.Errorf("%s: another seed draws the same", name)
		case slices.Equal(first, drawn(&seven, 1, 2)):
			t.Errorf("%s: another step draws the same", name)
		case slices.Equal(drawn(nil, 1, 1), drawn(nil, 2, 1)):
			t.Errorf("%s: without a seed, that of the config does not count", name)
		}
	}
}
