package layers

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

func normalizing(t *testing.T, set func(*BatchNorm), sizes ...int) *nn.Network[float32] {
	t.Helper()
	graph, refusals := nn.Resolve(shape.New(sizes...), []nn.Item{{ID: "batch_norm", Unit: New(set)}})
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	return nn.Build(graph, 1)
}

// Trained often enough on the same batch, the moving averages are its
// statistics, and inference gives what training gave.
func TestBatchNormLearnsItsStatistics(t *testing.T) {
	net := normalizing(t, func(b *BatchNorm) { b.Momentum = 0.5 }, 4, 2)
	random := rand.New(rand.NewPCG(1, 1))
	x := tensor.New[float32](6, 4, 2)
	for i := range x.Data {
		x.Data[i] = float32(3 + float64(1+i%2)*random.NormFloat64())
	}
	pass := &nn.Pass[float32]{Training: true}
	for range 60 {
		net.Forward(pass, x, 1)
	}
	trained := slices.Clone(net.Forward(pass, x, 1).Data)
	for i, v := range net.Forward(&nn.Pass[float32]{}, x, 1).Data {
		if math.Abs(float64(v-trained[i])) > 1e-5 {
			t.Fatalf("element %d is %g while training and %g afterwards", i, trained[i], v)
		}
	}
	for c := range 2 {
		var sum, squares float64
		for i := c; i < len(trained); i += 2 {
			sum += float64(trained[i])
			squares += float64(trained[i]) * float64(trained[i])
		}
		if n := float64(len(trained) / 2); math.Abs(sum/n) > 1e-5 || math.Abs(squares/n-1) > 2e-3 { // ε = 1e-3
			t.Errorf("channel %d has mean %g and variance %g", c, sum/n, squares/n)
		}
	}
}

func TestFrozenBatchNormLeavesItsStatistics(t *testing.T) {
	net := normalizing(t, func(b *BatchNorm) { b.Trainable = false }, 2)
	x := tensor.From([]float32{5, 6, 7, 9}, 2, 2)
	y := net.Forward(&nn.Pass[float32]{Training: true}, x, 1)
	for i, v := range y.Data { // mean 0 and variance 1, as they were filled
		if want := float64(x.Data[i]) / math.Sqrt(1+1e-3); math.Abs(float64(v)-want) > 1e-5 {
			t.Errorf("%g becomes %g, want %g", x.Data[i], v, want)
		}
	}
	for _, p := range net.Params() {
		if p.Trainable || p.Grad != nil {
			t.Errorf("%s is trained", p.Name)
		}
		if want := map[string]float32{"batch_norm/gamma": 1, "batch_norm/beta": 0, "batch_norm/moving_mean": 0, "batch_norm/moving_variance": 1}[p.Name]; p.Value[0] != want {
			t.Errorf("%s is %g", p.Name, p.Value[0])
		}
	}
}
