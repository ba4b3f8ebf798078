package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
)

// Selu applies elu with constants that keep mean and variance stable through
// many dense layers: f(x) = 1.0507 · x for x > 0, else 1.0507 · 1.6733 · (eˣ - 1)
// (Klambauer et al., 2017). It belongs with kernel_initializer lecun_normal.
type Selu struct {
	elementwise `yaml:"-"`
	Training    `yaml:",inline"`
}

const (
	seluAlpha = 1.6732632423543772848170429916717
	seluScale = 1.0507009873554804934193349852946
)

// Build makes the layer alive.
func (s *Selu) Build(nn.Site[float32]) nn.Layer[float32] {
	return newCurve(kernel.Elu(seluScale, seluAlpha))
}

// Build64 makes the layer alive in double precision.
func (s *Selu) Build64(nn.Site[float64]) nn.Layer[float64] {
	return newElu64(seluScale, seluAlpha)
}
