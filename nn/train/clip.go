package train

import (
	"math"

	"github.com/voxelpipe/pipe/nn"
)

// Clip keeps the gradients that an update is about to use short.
func (s *Settings) Clip(params []*nn.Param[float32]) {
	if s.ClipNorm > 0 {
		clipNorm(params, s.ClipNorm)
	}
	if s.ClipNormEach > 0 {
		for i := range params {
			clipNorm(params[i:i+1], s.ClipNormEach)
		}
	}
	if s.ClipValue > 0 {
		clipValue(params, s.ClipValue)
	}
}

// clipNorm scales all gradients together so that the square root of the sum of
// their squares is at most the limit. A norm that is not finite leaves none of
// them finite, as in Keras.
func clipNorm(params []*nn.Param[float32], limit float64) {
	var squares float64
	for _, p := range params {
		// Each array is summed up by itself, so that a large one in front does not
		// cost the others their precision.
		var sum float64
		for _, g := range p.Grad {
			sum += float64(g) * float64(g)
		}
		squares += sum
	}
	norm := math.Sqrt(squares)
	if norm <= limit {
		return
	}
	scale := float32(limit/norm + (norm - norm)) // NaN for a norm that is not finite
	for _, p := range params {
		for i := range p.Grad {
			p.Grad[i] *= scale
		}
	}
}

// clipValue limits each element of the gradients to [-limit, limit].
func clipValue(params []*nn.Param[float32], limit float64) {
	most := float32(limit)
	for _, p := range params {
		for i, g := range p.Grad {
			switch {
			case g > most:
				p.Grad[i] = most
			case g < -most:
				p.Grad[i] = -most
			}
		}
	}
}
