package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// oracleSoftmax is the formula in double precision.
func oracleSoftmax[T Float](x []T, size, step int) (y, logs []float64) {
	y, logs = make([]float64, len(x)), make([]float64, len(x)/size)
	for row := 0; row < len(x); row += size * step {
		for i := range step {
			highest, sum := math.Inf(-1), 0.0
			for k := range size {
				highest = max(highest, float64(x[row+k*step+i]))
			}
			for k := range size {
				sum += math.Exp(float64(x[row+k*step+i]) - highest)
			}
			logs[row/size+i] = highest + math.Log(sum)
			for k := range size {
				y[row+k*step+i] = math.Exp(float64(x[row+k*step+i])-highest) / sum
			}
		}
	}
	return y, logs
}

func testSoftmax[T Float](t *testing.T, unit float64) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		size, step, rows := 1+r.IntN(80), 1, 1+r.IntN(600)
		if r.IntN(3) == 0 {
			step, rows = 1+r.IntN(300), 1+r.IntN(3)
		}
		spread := []float64{0.1, 3, 30}[r.IntN(3)]
		x := make([]T, rows*step*size)
		for i := range x {
			x[i] = T(spread * r.NormFloat64())
		}
		want, wantLogs := oracleSoftmax(x, size, step)
		y, logs := make([]T, len(x)), make([]float64, rows*step)
		Softmax(x, y, size, step, logs)
		for i, w := range want {
			// The difference to the largest value is rounded before its exponential is taken.
			if d := math.Abs(float64(y[i]) - w); !(d <= (8-math.Log(w+1e-44))*unit*w+1e-44) {
				t.Fatalf("%d rows of %d×%d: share %d is %v, want %v", rows, size, step, i, y[i], w)
			}
		}
		for i, w := range wantLogs {
			if d := math.Abs(logs[i] - w); !(d <= 3*unit*max(1, math.Log(float64(size)))) {
				t.Fatalf("%d rows of %d×%d: logarithm %d is %v, want %v", rows, size, step, i, logs[i], w)
			}
		}
		Softmax(x, x, size, step, nil)
		if !slices.Equal(x, y) {
			t.Fatalf("%d rows of %d×%d: in place it differs", rows, size, step)
		}
	}
}

func TestSoftmax(t *testing.T) {
	withEngines(t, func(t *testing.T) { testSoftmax[float32](t, math.Ldexp(1, -24)) })
}

func TestSoftmaxInDoublePrecision(t *testing.T) { testSoftmax[float64](t, math.Ldexp(1, -53)) }

// What is left over by a value that wins by far is exact, in the logarithm too.
func TestSoftmaxOfWinners(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		for _, gap := range []float32{5, 18, 40, 80} {
			x, y, logs := []float32{-gap, 0, -gap}, make([]float32, 3), make([]float64, 1)
			Softmax(x, y, 3, 1, logs)
			want := math.Log1p(2 * math.Exp(-float64(gap)))
			if math.Abs(logs[0]-want) > 3e-7*want {
				t.Errorf("a lead of %v: the logarithm is %v, want %v", gap, logs[0], want)
			}
		}
	})
}

// Infinite and undefined values give what the formula gives: one of them spoils its
// group, and no other one.
func TestSoftmaxOfWhatIsNotFinite(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct {
		x, y []float32
		log  float64
	}{
		{[]float32{0, -inf, 0}, []float32{0.5, 0, 0.5}, math.Ln2},
		{[]float32{3, -inf, -inf}, []float32{1, 0, 0}, 3},
		{[]float32{-inf, -inf, -inf}, []float32{nan, nan, nan}, math.NaN()},
		{[]float32{0, inf, 0}, []float32{nan, nan, nan}, math.NaN()},
		{[]float32{inf, 1, inf}, []float32{nan, nan, nan}, math.NaN()},
		{[]float32{nan, 1, 2}, []float32{nan, nan, nan}, math.NaN()},
		{[]float32{1, nan, 2}, []float32{nan, nan, nan}, math.NaN()},
		{[]float32{1, 2, nan}, []float32{nan, nan, nan}, math.NaN()},
		{[]float32{3e38, -3e38, 3e38}, []float32{0.5, 0, 0.5}, 3e38},
	} {
		withEngines(t, func(t *testing.T) {
			for _, place := range []int{0, 3, 17} {
				x := make([]float32, 3*18)
				copy(x[3*place:], c.x)
				y, logs := make([]float32, len(x)), make([]float64, 18)
				Softmax(x, y, 3, 1, logs)
				for i := range 18 {
					want, log := []float32{1. / 3, 1. / 3, 1. / 3}, math.Log(3)
					if i == place {
						want, log = c.y, c.log
					}
					for k, w := range want {
						if got := y[3*i+k]; got != w && !(got != got && w != w) {
							t.Errorf("%v at %d: share %d of %d is %v, want %v", c.x, place, k, i, got, w)
						}
					}
					if math.Abs(logs[i]-log) > 1e-6*max(1, math.Abs(log)) || math.IsNaN(logs[i]) != math.IsNaN(log) {
						t.Errorf("%v at %d: logarithm %d is %v, want %v", c.x, place, i, logs[i], log)
					}
				}
			}
		})
	}
}

// The same values give the same bits wherever they are, so no result depends on
// how work is cut.
func TestSoftmaxPlaces(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, 8))
		for _, size := range []int{1, 2, 3, 5, 64, 65} {
			group := values[float32](r, size)
			alone, aloneLog := make([]float32, size), make([]float64, 1)
			Softmax(group, alone, size, 1, aloneLog)
			for _, step := range []int{1, 7} {
				const groups = 3 * 7 * 31
				x, y, logs := make([]float32, groups*size), make([]float32, groups*size), make([]float64, groups)
				for i := range groups {
					for k, v := range group {
						x[i/step*step*size+k*step+i%step] = v
					}
				}
				Softmax(x, y, size, step, logs)
				for i := range groups {
					for k, w := range alone {
						if got := y[i/step*step*size+k*step+i%step]; got != w {
							t.Fatalf("size %d, step %d: share %d of group %d is %v, alone %v", size, step, k, i, got, w)
						}
					}
					if logs[i] != aloneLog[0] {
						t.Fatalf("size %d, step %d: the logarithm of group %d is %v, alone %v", size, step, i, logs[i], aloneLog[0])
					}
				}
			}
		}
	})
}

func BenchmarkSoftmax(b *testing.B) {
	for _, size := range []int{2, 3, 4, 16, 64} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			x := values[float32](rand.New(rand.NewPCG(1, 2)), 1024*size)
			y, logs := make([]float32, len(x)), make([]float64, 1024)
			b.SetBytes(int64(4 * len(x)))
			for b.Loop() {
				Softmax(x, y, size, 1, logs)
			}
		})
	}
}
