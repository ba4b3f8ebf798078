package initial

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
)

func drawn(i nn.Initializer, seed uint64, shape ...int) []float64 {
	n := 1
	for _, size := range shape {
		n *= size
	}
	w := make([]float64, n)
	i.Fill(w, shape, rand.New(rand.NewPCG(seed, 0)))
	return w
}

// Every initializer has the mean, the deviation and the bounds of Keras'
// formula, here for a kernel of 3×3×3 from 40 to 56 channels.
func TestDistributions(t *testing.T) {
	const fanIn, fanOut = 27 * 40, 27 * 56
	const open = math.MaxFloat64
	bound := func(variance float64) float64 { return math.Sqrt(3 * variance) }
	cut := func(variance float64) float64 { return 2 * math.Sqrt(variance) / cutDeviation }
	for _, c := range []struct {
		initializer            nn.Initializer
		mean, deviation, limit float64 // the limit is a distance from the mean
	}{
		{&Zeros{}, 0, 0, 0},
		{&Ones{}, 1, 0, 0},
		{&Constant{Value: -2.5}, -2.5, 0, 0},
		{&RandomUniform{Low: -0.05, High: 0.15}, 0.05, 0.2 / math.Sqrt(12), 0.1},
		{&RandomNormal{Mean: 1, Deviation: 0.05}, 1, 0.05, open},
		{&TruncatedNormal{Mean: 1, Deviation: 0.05}, 1, 0.05 * cutDeviation, 0.1},
		{&GlorotUniform{}, 0, math.Sqrt(2. / (fanIn + fanOut)), bound(2. / (fanIn + fanOut))},
		{&GlorotNormal{}, 0, math.Sqrt(2. / (fanIn + fanOut)), cut(2. / (fanIn + fanOut))},
		{&HeUniform{}, 0, math.Sqrt(2. / fanIn), bound(2. / fanIn)},
		{&HeNormal{}, 0, math.Sqrt(2. / fanIn), cut(2. / fanIn)},
		{&LecunUniform{}, 0, math.Sqrt(1. / fanIn), bound(1. / fanIn)},
		{&LecunNormal{}, 0, math.Sqrt(1. / fanIn), cut(1. / fanIn)},
	} {
		w := drawn(c.initializer, 1, 3, 3, 3, 40, 56)
		var sum, squares, farthest float64
		for _, v := range w {
			sum += v
			squares += (v - c.mean) * (v - c.mean)
			farthest = max(farthest, math.Abs(v-c.mean))
		}
		n := float64(len(w)) // 60480: the errors below are four standard ones
		mean, deviation := sum/n, math.Sqrt(squares/n)
		if math.Abs(mean-c.mean) > 4*c.deviation/math.Sqrt(n) || math.Abs(deviation-c.deviation) > 0.012*c.deviation {
			t.Errorf("%T: mean %g and deviation %g, want %g and %g", c.initializer, mean, deviation, c.mean, c.deviation)
		}
		if farthest > c.limit*(1+1e-12) || c.limit != open && farthest < 0.99*c.limit {
			t.Errorf("%T: the farthest value is %g from the mean, the limit %g", c.initializer, farthest, c.limit)
		}
	}
}

func TestFans(t *testing.T) {
	for _, c := range []struct {
		shape   []int
		in, out float64
	}{
		{nil, 1, 1}, {[]int{7}, 7, 7}, {[]int{7, 5}, 7, 5}, {[]int{3, 2, 1, 4, 8}, 24, 48},
		// Keras looks at the places of the axes alone. The kernel of conv3d_transpose is
		// [kd, kh, kw, filters, C], so filters count as inputs; that of depthwise_conv3d is
		// [kd, kh, kw, C, multiplier], so all channels do, though each output sees one.
		{[]int{2, 2, 2, 16, 32}, 128, 256}, {[]int{3, 3, 3, 24, 1}, 648, 27},
	} {
		if in, out := fans(c.shape); in != c.in || out != c.out {
			t.Errorf("%v: fans %g and %g, want %g and %g", c.shape, in, out, c.in, c.out)
		}
	}
}

func TestOrthogonal(t *testing.T) {
	for _, shape := range [][]int{{3, 3, 3, 4, 16}, {6, 6}, {5, 12}, {1, 1}, {9}} {
		w := drawn(&Orthogonal{Gain: 1.5}, 1, shape...)
		columns := shape[len(shape)-1]
		rows := len(w) / columns
		vectors := min(rows, columns)
		at := func(vector, i int) float64 {
			if rows >= columns {
				return w[i*columns+vector]
			}
			return w[vector*columns+i]
		}
		for a := range vectors {
			for b := range vectors {
				var product, want float64
				for i := range max(rows, columns) {
					product += at(a, i) * at(b, i)
				}
				if a == b {
					want = 1.5 * 1.5
				}
				if math.Abs(product-want) > 1e-12 {
					t.Errorf("%v: vectors %d and %d have the product %g, want %g", shape, a, b, product, want)
				}
			}
		}
	}
	drawn(&Orthogonal{Gain: 1}, 1, 0, 4) // of no element
}

func TestTable(t *testing.T) {
	for _, name := range Table().Names() {
		settings, _ := Table().New(name)
		initializer, ok := settings.(nn.Initializer)
		if !ok {
			t.Errorf("%s: %T is no initializer", name, settings)
			continue
		}
		if _, err := Table().Manual(name); err != nil {
			t.Error(err)
		}
		first, again, other := drawn(initializer, 1, 4, 4), drawn(initializer, 1, 4, 4), drawn(initializer, 2, 4, 4)
		if !slices.Equal(first, again) {
			t.Errorf("%s: the same seed gives other values", name)
		}
		if constant := slices.Max(first) == slices.Min(first); slices.Equal(first, other) != constant {
			t.Errorf("%s: another seed gives the same values", name)
		}
	}
}
