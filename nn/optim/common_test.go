package optim

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
)

// TestAccumulationIsALargerBatch: three batches at a time are one with the mean
// of their gradients, whatever else is set.
func TestAccumulationIsALargerBatch(t *testing.T) {
	for _, k := range Table().Kinds() {
		small, large := k.New().(Optimizer), k.New().(Optimizer)
		*small.common() = everything()
		*large.common() = everything()
		small.common().GradientAccumulationSteps, large.common().GradientAccumulationSteps = 3, 1
		a, b := param("a", 0.9, 0.5), param("a", 0.9, 0.5)
		parts, whole := New(small, []*nn.Param[float64]{a}), New(large, []*nn.Param[float64]{b})
		random := rand.New(rand.NewPCG(4, 4))
		for range 8 {
			clear(b.Grad)
			for range 3 {
				for i := range a.Grad {
					a.Grad[i] = random.NormFloat64()
					b.Grad[i] += a.Grad[i] / 3
				}
				parts.Step()
			}
			whole.Step()
			for i := range a.Value {
				if math.Abs(a.Value[i]-b.Value[i]) > 1e-12 {
					t.Fatalf("%s: %v of three batches, %v of one", k.Name, a.Value, b.Value)
				}
			}
		}
	}
}

// TestClipTakesTheMean: gradients are shortened after they were accumulated, and
// before the weights decay.
func TestClipTakesTheMean(t *testing.T) {
	w := param("w", 10.0)
	s := New(&SGD{LearningRate: 1, Common: Common{WeightDecay: 0.25, GradientAccumulationSteps: 2}}, []*nn.Param[float64]{w})
	var seen []float64
	s.Clip = func(params []*nn.Param[float64]) {
		seen = append(seen, params[0].Grad[0])
		params[0].Grad[0] = 1
	}
	for _, g := range []float64{2, 6, 1, 1} {
		w.Grad[0] = g
		s.Step()
	}
	// 10·0.75 - 1 = 6.5; 6.5·0.75 - 1 = 3.875
	if !slices.Equal(seen, []float64{4, 1}) || w.Value[0] != 3.875 {
		t.Errorf("the gradients were %v and the weight is %v, want [4 1] and 3.875", seen, w.Value[0])
	}
}

// TestFinish: the last word is the average's; where there is none, or no step
// was made, nothing changes.
func TestFinish(t *testing.T) {
	frozen := param("frozen", 7.0)
	frozen.Trainable = false
	w := param("w", 4.0)
	s := New(&SGD{LearningRate: 1, Common: Common{UseEMA: true, EMAMomentum: 0.75}}, []*nn.Param[float64]{w, frozen})
	s.Finish()
	if w.Value[0] != 4 {
		t.Errorf("before the first step the average is %v", w.Value[0])
	}
	for range 2 { // 3, 2; the average is 3, then 0.75·3 + 0.25·2
		w.Grad[0] = 1
		s.Step()
	}
	if w.Value[0] != 2 {
		t.Errorf("during training the weight is %v, want 2", w.Value[0])
	}
	s.Finish()
	if w.Value[0] != 2.75 || frozen.Value[0] != 7 {
		t.Errorf("the averages are %v and %v, want 2.75 and 7", w.Value[0], frozen.Value[0])
	}
	plainly := New(&SGD{LearningRate: 1}, []*nn.Param[float64]{w})
	plainly.Step()
	plainly.Finish()
	if w.Value[0] != 1.75 {
		t.Errorf("without averages the weight is %v", w.Value[0])
	}
}

// TestDecays: a part of the name is enough to be left alone.
func TestDecays(t *testing.T) {
	c := Common{WeightDecay: 0.1, ExcludeFromWeightDecay: []string{"bias", "batch_norm/"}}
	for name, want := range map[string]bool{"conv3d/kernel": true, "conv3d/bias": false, "batch_norm/gamma": false, "batch_norm_1/gamma": true} {
		if c.decays(name) != want {
			t.Errorf("%s decays: %t", name, !want)
		}
	}
	if none := (Common{}); none.decays("conv3d/kernel") {
		t.Error("without decay a weight decays")
	}
}

// TestNonFinite: a gradient that is no number makes the weight none, in every
// optimizer, and leaves the others alone.
func TestNonFinite(t *testing.T) {
	for name, o := range every {
		for _, bad := range []float64{math.NaN(), math.Inf(1)} {
			w := param("w", 1.0, 1)
			s := New(o, []*nn.Param[float64]{w})
			for range 4 {
				w.Grad[0], w.Grad[1] = bad, 0.5
				s.Step()
			}
			_, signOnly := o.(*Lion) // which takes the sign of what is infinite
			if v := w.Value[0]; !(math.IsNaN(v) || math.IsInf(v, 0)) && !(signOnly && math.IsInf(bad, 0)) {
				t.Errorf("%s: a gradient of %v left the weight at %v", name, bad, v)
			}
			if v := w.Value[1]; math.IsNaN(v) || math.IsInf(v, 0) || v == 1 {
				t.Errorf("%s: beside a gradient of %v another weight became %v", name, bad, v)
			}
		}
	}
}

// TestManySteps: what is worked out from the number of steps does not wear out.
func TestManySteps(t *testing.T) {
	for name, o := range every {
		w := param[float32]("w", 1, -2)
		s := New(o, []*nn.Param[float32]{w})
		s.Steps = 1_000_000
		for range 4 {
			w.Grad[0], w.Grad[1] = 0.5, -0.25
			s.Step()
		}
		if v := w.Value; !(v[0] < 1 && v[0] > 0) || math.IsNaN(float64(v[1])) {
			t.Errorf("%s: after a million steps the weights become %v", name, v)
		}
	}
}

// TestMomenta is the product taken factor by factor.
func TestMomenta(t *testing.T) {
	n, product := &Nadam{Beta1: 0.99}, 1.0
	for step := 1; step <= 3000; step++ {
		product *= 0.99 * (1 - 0.5*math.Pow(0.96, float64(step)))
		if got := n.momenta(step); math.Abs(got/product-1) > 1e-11 {
			t.Fatalf("after %d steps the product is %g, want %g", step, got, product)
		}
	}
}

// TestCenteredStaysReal: a gradient that hardly changes has no variance, which
// the mean square less the square of the mean misses by more than epsilon.
func TestCenteredStaysReal(t *testing.T) {
	w := param[float32]("w", 0)
	s := New(&RMSprop{LearningRate: 1e-3, Rho: 0.9, Epsilon: 1e-7, Centered: true}, []*nn.Param[float32]{w})
	for step := range 500 {
		w.Grad[0] = 1000 + 0.01*float32(step%2)
		s.Step()
		if v := s.Slots()[0].Value[0]; v < 0 || v != v {
			t.Fatalf("after %d steps the variance is %v", step+1, v)
		}
	}
}
