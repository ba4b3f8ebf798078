package probe_test

import (
	"math/rand/v2"
	"testing"

	"github.com/voxelpipe/pipe/nn/probe"
)

// TestBaselines: what tells the classes apart decides which of them does well.
func TestBaselines(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const n, blocks = 200, 64
	made := func(level, place float64) probe.Features {
		f := probe.Features{Classes: 2}
		for i := range n {
			class := 0
			if i%10 >= 6 {
				class = 1
			}
			values, mean := make([]float32, blocks), 0.0
			for k := range values {
				v := random.NormFloat64() + level*float64(class)
				if k == 7 {
					v += place * float64(2*class-1)
				}
				values[k] = float32(v)
				mean += v / blocks
			}
			f.Class, f.Blocks, f.Mean = append(f.Class, class), append(f.Blocks, values), append(f.Mean, mean)
			if i < 120 {
				f.Train = append(f.Train, i)
			} else {
				f.Test = append(f.Test, i)
			}
		}
		return f
	}
	for name, c := range map[string]struct {
		level, place float64
		least, most  [3]float64
	}{
		"nothing tells": {0, 0, [3]float64{0.6, 0.3, 0.35}, [3]float64{0.6, 0.7, 0.7}},
		"the level":     {1, 0, [3]float64{0.6, 0.99, 0.95}, [3]float64{0.6, 1, 1}},
		"one place":     {0, 4, [3]float64{0.6, 0.3, 0.95}, [3]float64{0.6, 0.8, 1}},
	} {
		found := made(c.level, c.place).Baselines()
		for k, b := range found {
			if b.Accuracy < c.least[k] || b.Accuracy > c.most[k] || b.Examples != 80 {
				t.Errorf("%s: %s has %.3f on %d, want %g to %g", name, b.Name, b.Accuracy, b.Examples, c.least[k], c.most[k])
			}
		}
	}
	// Classes that are called otherwise where they are measured.
	exchanged := made(0, 4)
	for _, i := range exchanged.Test {
		exchanged.Class[i] = 1 - exchanged.Class[i]
	}
	if taken := exchanged.Taken(); taken == nil || taken[0][1] < 30 || taken[1][0] < 45 || taken[0][0]+taken[1][1] > 4 {
		t.Errorf("exchanged classes are taken for %v", taken)
	}
	if taken := made(0, 4).Taken(); taken == nil || taken[0][0]+taken[1][1] < 76 {
		t.Errorf("classes are taken for %v", taken)
	}
	if taken := made(0, 0).Taken(); taken != nil {
		t.Errorf("nothing tells the classes apart, and they are taken for %v", taken)
	}
	few := made(1, 0)
	few.Test = few.Test[:5]
	if few.Baselines() != nil {
		t.Error("measured on 5 examples")
	}
}
