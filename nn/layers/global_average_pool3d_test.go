package layers

import (
	"math"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// A mean that is no finite number is what it is in Keras, wherever in the volume
// the voxel stands that makes it so: the first one, from which moments are measured,
// or another.
func TestGlobalAverageOfWhatIsNotFinite(t *testing.T) {
	infinite, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, at := range []int{0, 5} {
		for _, c := range []struct{ value, want float32 }{{infinite, infinite}, {-infinite, -infinite}, {nan, nan}} {
			x := tensor.New[float32](2, 2, 2, 2, 2)
			for i := range x.Data {
				x.Data[i] = float32(i)
			}
			x.Example(1)[2*at+1] = c.value
			y := alone[float32](t, New(func(*GlobalAveragePool3D) {}), 2, 2, 2, 2).Forward(&nn.Pass[float32]{}, x, 1)
			for i, want := range []float32{7, 8, 23, c.want} {
				if got := y.Data[i]; got != want && (got == got || want == want) {
					t.Errorf("with %v in voxel %d mean %d is %v, want %v", c.value, at, i, got, want)
				}
			}
		}
	}
}
