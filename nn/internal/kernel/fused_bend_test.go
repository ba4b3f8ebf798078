package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestBend(t *testing.T) {
	withEngines(t, func(t *testing.T) { testBend[float32](t, 1e-5) })
	t.Run("float64", func(t *testing.T) { testBend[float64](t, 1e-12) })
}

// testBend holds normalisation with an activation, or none, to the two one after the
// other. Tolerances are those of normalisation alone.
func testBend[T Float](t *testing.T, tolerance float64) {
	r := rand.New(rand.NewPCG(4, 5))
	pool := NewPool(2)
	defer pool.Close()
	var s Scratch[T]
	each := func(x, y []T, f func(v T) T) {
		for i, v := range x {
			y[i] = f(v)
		}
	}
	bends := []*Bend[T]{
		{},
		{
			Value: func(x, y []T) { each(x, y, func(v T) T { return max(v, v/4) }) },
			Slope: func(_, y, dy, dx []T) {
				for i, v := range y {
					if dx[i] = dy[i]; v < 0 {
						dx[i] /= 4
					}
				}
			},
		},
	}
	for turn := range 30 {
		bend := bends[turn%len(bends)]
		examples, channels, rows := 1+r.IntN(3), 1+r.IntN(40), 1+r.IntN(900)
		size := examples * rows * channels
		z, dy, y, dz := values[T](r, size), values[T](r, size), values[T](r, size), values[T](r, size)
		numbers := func() []T { return values[T](r, examples*channels) }
		norm := &Norm[T]{Center: numbers(), Factor: numbers(), Offset: numbers(), Pull: numbers(), Push: numbers()}
		sums := func() []float64 { return make([]float64, examples*channels) }
		sum, along := sums(), sums()
		BendForward(pool, &s, examples, channels, norm, bend, z, y)
		BendSums(pool, &s, examples, channels, norm, bend, z, y, dy, sum, along)
		BendBackward(pool, &s, examples, channels, norm, bend, z, y, dy, dz)

		u, up, wanted, slopes := values[T](r, size), values[T](r, size), values[T](r, size), values[T](r, size)
		EachForward(pool, &s, examples, channels, norm, z, u)
		copy(wanted, u)
		copy(up, dy)
		if bend.Value != nil {
			bend.Value(u, wanted)
			bend.Slope(u, wanted, dy, up)
		}
		sumApart, alongApart := sums(), sums()
		EachSums(pool, &s, examples, channels, z, up, norm.Center, sumApart, alongApart)
		EachBackward(pool, &s, examples, channels, norm, z, up, slopes)

		same := func(what string, got, want []float64, scale float64) {
			t.Helper()
			for i, v := range got {
				if !(math.Abs(v-want[i]) <= tolerance*scale) {
					t.Fatalf("%d examples of [%d, %d]: %s[%d] is %v, want %v", examples, rows, channels, what, i, v, want[i])
				}
			}
		}
		same("y", widen(y), widen(wanted), 10)
		same("dz", widen(dz), widen(slopes), 10)
		same("sum", sum, sumApart, float64(10*rows))
		same("along", along, alongApart, float64(10*rows))

		// In the places of what they are made from.
		BendBackward(pool, &s, examples, channels, norm, bend, z, y, dy, z)
		same("dz in the place of z", widen(z), widen(dz), 0)
	}
}
