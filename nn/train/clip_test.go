package train

import (
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
)

func gradients(values ...[]float32) []*nn.Param[float32] {
	var params []*nn.Param[float32]
	for _, v := range values {
		params = append(params, &nn.Param[float32]{Grad: v})
	}
	return params
}

// TestClipNorm: the norm is that over all weights together.
func TestClipNorm(t *testing.T) {
	params := gradients([]float32{3, 0}, []float32{-4})
	clipNorm(params, 5)
	if !slices.Equal(params[0].Grad, []float32{3, 0}) {
		t.Errorf("gradients of norm 5 became %v", params[0].Grad)
	}
	clipNorm(params, 1)
	for i, want := range []float32{0.6, -0.8} {
		if got := params[i].Grad[0]; math.Abs(float64(got-want)) > 1e-7 {
			t.Errorf("gradient %d is %v, want %v", i, got, want)
		}
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		params = gradients([]float32{1, float32(bad)})
		clipNorm(params, 1)
		if v := params[0].Grad[0]; v == v {
			t.Errorf("beside %v a gradient became %v", bad, v)
		}
	}
	params = gradients([]float32{0, 0})
	clipNorm(params, 1)
	if params[0].Grad[0] != 0 {
		t.Errorf("gradients of 0 became %v", params[0].Grad)
	}
}

func TestClipValue(t *testing.T) {
	params := gradients([]float32{3, -0.25, -7}, []float32{0.5})
	clipValue(params, 0.5)
	if !slices.Equal(params[0].Grad, []float32{0.5, -0.25, -0.5}) || params[1].Grad[0] != 0.5 {
		t.Errorf("gradients became %v, %v", params[0].Grad, params[1].Grad)
	}
}

// TestClipNormEach: a weight with long gradients does not shorten those of
// another.
func TestClipNormEach(t *testing.T) {
	params := gradients([]float32{30, -40}, []float32{0.25})
	(&Settings{ClipNormEach: 5}).Clip(params)
	if !slices.Equal(params[0].Grad, []float32{3, -4}) || params[1].Grad[0] != 0.25 {
		t.Errorf("gradients became %v, %v", params[0].Grad, params[1].Grad)
	}
}
