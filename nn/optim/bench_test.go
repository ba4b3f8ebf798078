package optim

import (
	"testing"

	"github.com/voxelpipe/pipe/nn"
)

// BenchmarkStep is one step for a million weights.
func BenchmarkStep(b *testing.B) {
	for _, k := range Table().Kinds() {
		b.Run(k.Name, func(b *testing.B) {
			w := param("w", make([]float32, 1<<20)...)
			s := New(k.New().(Optimizer), []*nn.Param[float32]{w})
			for i := range w.Grad {
				w.Grad[i] = float32(i%7) - 3
			}
			b.SetBytes(4 << 20)
			for b.Loop() {
				s.Step()
			}
		})
	}
}
