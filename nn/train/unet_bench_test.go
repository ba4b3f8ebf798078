package train_test

import (
	"math/rand/v2"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// BenchmarkUNet times a step of training, without the optimizer's, of the U-Net
// that configs/hippocampus_segmentation.yaml trains: 2 volumes of 40 by 56 by 40
// voxels, two halvings, 8 filters and instance_norm, 3 classes, dice_crossentropy.
func BenchmarkUNet(b *testing.B) {
	three := 3
	leaky := layers.New(func(l *layers.LeakyReLU) { l.NegativeSlope = 0.01 })
	unit := layers.New(func(u *layers.UNet3D) {
		u.Depth, u.Filters, u.Normalization, u.Then, u.Classes = 2, 8, "instance", leaky, &three
	})
	graph, refusals := nn.Resolve(shape.New(40, 56, 40, 1), []nn.Item{{ID: "net", Unit: unit}})
	if len(refusals) > 0 {
		b.Fatal(refusals[0])
	}
	random := rand.New(rand.NewPCG(1, 2))
	x, t := tensor.New[float32](2, 40, 56, 40, 1), tensor.New[float32](2, 40, 56, 40)
	for i := range x.Data {
		x.Data[i], t.Data[i] = float32(random.NormFloat64()), float32(random.IntN(3))
	}
	settings, _ := loss.Table().New("dice_crossentropy")
	net, body := nn.Build(graph, 1), len(graph.Nodes)-1 // without the softmax
	dy := tensor.New[float32](2, 40, 56, 40, 3)
	pass := &nn.Pass[float32]{Training: true, Pool: nn.NewPool(0)}
	defer pass.Pool.Close()
	costs := &loss.Batch[float32]{
		Loss: loss.In(settings.(loss.Loss), loss.Form{Head: loss.Softmax, Target: loss.ClassID}), Scores: true, Pool: pass.Pool,
	}
	b.ReportAllocs()
	for b.Loop() {
		pass.Arena.Reset()
		net.ClearGrads()
		scores := net.Forward(pass, x, body)
		costs.Compute(scores, t, loss.Weights{}, dy)
		net.Backward(pass, dy, body)
	}
}
