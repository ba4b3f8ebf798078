package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// UpSample3D makes a volume larger by repeating its voxels along each axis. With
// a conv3d behind it, it is a decoder's alternative to conv3d_transpose, without
// that one's chequered patterns.
//
// It takes [N, D, H, W, C] and gives [N, D × size, H × size, W × size, C].
type UpSample3D struct {
	// How often each voxel is repeated along depth, height and width.
	Size     [3]int `yaml:"size" validate:"dive,min=1"`
	Training `yaml:",inline"`
}

// Output is [D × size, H × size, W × size, C].
func (u *UpSample3D) Output(in []shape.Shape) (shape.Shape, error) {
	if err := volume(in[0]); err != nil || in[0] == nil {
		return nil, err
	}
	out := append(shape.Shape{}, in[0]...)
	for axis, size := range u.Size {
		if err := atLeastOne(in[0], "size", size); err != nil {
			return nil, err
		}
		out[axis] = in[0][axis].Times(size)
		if length, known := out[axis].Known(); known && length > longest {
			return nil, tooLong(axis, in[0], "size", size, length)
		}
	}
	return out, nil
}

// Weights are none.
func (u *UpSample3D) Weights([]shape.Shape) []nn.Weight { return nil }

// Space: the way back looks at neither.
func (u *UpSample3D) Space([]shape.Shape, shape.Shape, bool) nn.Space {
	return nn.Space{ForgetsInput: true, ForgetsOutput: true}
}

// Build makes the layer alive.
func (u *UpSample3D) Build(site nn.Site[float32]) nn.Layer[float32] { return newUpSample(u, site) }

// Build64 makes the layer alive in double precision.
func (u *UpSample3D) Build64(site nn.Site[float64]) nn.Layer[float64] { return newUpSample(u, site) }

type upSample[T tensor.Float] struct {
	// geometry has a window for each voxel of the input, which are the voxels of the
	// output that repeat it.
	geometry kernel.Pooling
	in, out  []int
	one[T]
}

func newUpSample[T tensor.Float](u *UpSample3D, site nn.Site[T]) *upSample[T] {
	in, out, size := site.In[0], site.Out, u.Size
	return &upSample[T]{in: in, out: out, geometry: kernel.Pooling{
		D: out[0], H: out[1], W: out[2], C: out[3], OD: in[0], OH: in[1], OW: in[2],
		KD: size[0], KH: size[1], KW: size[2], SD: size[0], SH: size[1], SW: size[2],
	}}
}

func (l *upSample[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	l.geometry.N = x[0].Batch()
	y := p.Arena.New(l.geometry.N, l.out...)
	kernel.Repeat(p.Pool, &p.Scratch, &l.geometry, x[0].Data, y.Data)
	return y
}

func (l *upSample[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	if !need[0] {
		return l.of(nil)
	}
	dx := p.Arena.New(l.geometry.N, l.in...)
	kernel.SumPool(p.Pool, &p.Scratch, &l.geometry, dy.Data, dx.Data)
	return l.of(dx)
}
