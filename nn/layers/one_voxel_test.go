package layers

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Volumes of one voxel, batches of one example and values of ±10 000 are nothing
// special to a layer that keeps or enlarges volumes.
func TestOneVoxelVolumes(t *testing.T) {
	for _, unit := range []nn.Unit{
		convolution(func(c *Conv3D) { c.Padding = same }),
		transposed(func(*Conv3DTranspose) {}),
		transposed(func(c *Conv3DTranspose) { c.Padding, c.Strides = same, [3]int{2, 3, 4} }),
		depthwise(func(c *DepthwiseConv3D) { c.Padding, c.DepthMultiplier = same, 2 }),
		New(func(*UpSample3D) {}), New(func(*ZeroPad3D) {}), New(func(c *Crop3D) { c.Cropping = [3][2]int{} }),
		New(func(m *MaxPool3D) { m.Padding = same }), New(func(a *AveragePool3D) { a.Padding = same }),
		New(func(*GlobalAveragePool3D) {}), New(func(*GlobalMaxPool3D) {}),
		New(func(d *SpatialDropout3D) { d.Rate = 0.5 }), New(func(g *GaussianNoise) { g.StdDev = 1 }),
		New(func(*Softmax) {}), New(func(*Gelu) {}), New(func(*Softplus) {}), New(func(*PReLU) {}),
	} {
		for _, size := range []float32{1e4, -1e4} {
			t.Run(fmt.Sprintf("%T of %g", unit, size), func(t *testing.T) {
				net := alone[float32](t, unit, 1, 1, 1, 3)
				pass := &nn.Pass[float32]{Training: true, InputGrad: true}
				y := net.Forward(pass, tensor.From([]float32{size, -size, size / 2}, 1, 1, 1, 1, 3), net.Len())
				dy := tensor.New[float32](slices.Clone(y.Shape)...)
				fill(dy.Data, 1)
				numbers := slices.Concat(y.Data, net.Backward(pass, dy, net.Len()).Data)
				for _, p := range net.Params() {
					numbers = append(numbers, p.Grad...)
				}
				for i, v := range numbers {
					if v != v || math.IsInf(float64(v), 0) {
						t.Fatalf("number %d is %g", i, v)
					}
				}
			})
		}
	}
}
