package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestEach(t *testing.T) {
	withEngines(t, func(t *testing.T) { testEach[float32](t, 1e-5) })
	t.Run("float64", func(t *testing.T) { testEach[float64](t, 1e-12) })
}

// testEach holds normalisation by example to its formulas. Single precision sums
// 128 numbers at a time, and the products cancel.
func testEach[T Float](t *testing.T, tolerance float64) {
	r := rand.New(rand.NewPCG(4, 4))
	pool := NewPool(2)
	defer pool.Close()
	var s Scratch[T]
	var m Moments[T]
	for range 30 {
		examples, channels, rows := 1+r.IntN(3), 1+r.IntN(40), 1+r.IntN(900)
		size := examples * rows * channels
		z, dy, y, dz := values[T](r, size), values[T](r, size), values[T](r, size), values[T](r, size)
		numbers := func() []T { return values[T](r, examples*channels) }
		norm := &Norm[T]{Center: numbers(), Factor: numbers(), Offset: numbers(), Pull: numbers(), Push: numbers()}
		sum, along := make([]float64, examples*channels), make([]float64, examples*channels)
		m.EachMoments(pool, examples, channels, z)
		EachForward(pool, &s, examples, channels, norm, z, y)
		EachBackward(pool, &s, examples, channels, norm, z, dy, dz)
		EachSums(pool, &s, examples, channels, z, dy, norm.Center, sum, along)

		same := func(what string, at int, got, want, scale float64) {
			t.Helper()
			if !(math.Abs(got-want) <= tolerance*scale) {
				t.Fatalf("%d examples of [%d, %d]: %s[%d] is %v, want %v", examples, rows, channels, what, at, got, want)
			}
		}
		for at := range examples * channels {
			n, c := at/channels, at%channels
			center, factor, offset := float64(norm.Center[at]), float64(norm.Factor[at]), float64(norm.Offset[at])
			pull, push := float64(norm.Pull[at]), float64(norm.Push[at])
			var mean, variance, ups, products float64
			for row := range rows {
				i := (n*rows+row)*channels + c
				v, up := float64(z[i]), float64(dy[i])
				mean += v / float64(rows)
				ups += up
				products += up * (v - center)
				same("y", i, float64(y[i]), (v-center)*factor+offset, 4)
				same("dz", i, float64(dz[i]), (v-center)*pull+push+up*factor, 4)
			}
			for row := range rows {
				d := float64(z[(n*rows+row)*channels+c]) - mean
				variance += d * d / float64(rows)
			}
			same("mean", at, m.Mean[at], mean, 1)
			same("variance", at, m.Variance[at], variance, 1)
			same("sum", at, sum[at], ups, float64(rows))
			same("along", at, along[at], products, float64(rows))
		}
	}
}
