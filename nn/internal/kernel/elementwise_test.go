package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// functionCase is a function beside its formulas in double precision.
type functionCase struct {
	name     string
	function Function
	value    func(x float64) float64
	slope    func(x float64) float64
	// ulps is how far a value may be off, in units in the last place.
	ulps float64
	// inner is an exponential's argument that is itself rounded, which makes the
	// result wrong in proportion to its size; nil if it is exact.
	inner func(x float64) float64
}

func functionCases() []functionCase {
	logistic := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	normal := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	density := func(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }
	twice := func(x float64) float64 { return 2 * math.Sqrt(2/math.Pi) * (x + 0.044715*x*x*x) }
	bent := func(scale, below float64, negative func(x float64) float64) func(float64) float64 {
		scale, below = float64(float32(scale)), float64(float32(below))
		return func(x float64) float64 {
			if x > 0 {
				return scale * x
			}
			return below * negative(x)
		}
	}
	same := func(x float64) float64 { return x }
	one := func(float64) float64 { return 1 }
	step := func(above, below float64, negative func(x float64) float64) func(float64) float64 {
		value := bent(above, below, negative)
		return func(x float64) float64 {
			if x > 0 {
				return above
			}
			return value(x)
		}
	}
	return []functionCase{
		{"exponential", Exponential(), math.Exp, nil, 1.5, nil},
		{"relu", ReLU(), func(x float64) float64 { return max(x, 0) }, func(x float64) float64 {
			if x <= 0 {
				return 0
			}
			return 1
		}, 0, nil},
		{"leaky_relu", LeakyReLU(0.3), bent(1, 0.3, same), step(1, 0.3, one), 0.5, nil},
		{"elu", Elu(1, 0.7), bent(1, 0.7, math.Expm1), step(1, 0.7, math.Exp), 2, nil},
		{"selu", Elu(1.05, 1.75), bent(1.05, 1.05*1.75, math.Expm1), step(float64(float32(1.05)), 1.05*1.75, math.Exp), 2, nil},
		{"sigmoid", Logistic(), logistic, func(x float64) float64 { return logistic(x) * logistic(-x) }, 3, nil},
		{"tanh", Tanh(), math.Tanh, func(x float64) float64 { return 1 - math.Tanh(x)*math.Tanh(x) }, 3, nil},
		{"softplus", Softplus(), func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }, logistic, 3, nil},
		{"silu", Silu(), func(x float64) float64 { return x * logistic(x) },
			func(x float64) float64 { return logistic(x) + x*logistic(x)*logistic(-x) }, 3, nil},
		{"gelu", Gelu(), func(x float64) float64 { return x * normal(x) },
			func(x float64) float64 { return normal(x) + x*density(x) }, 6, nil},
		{"gelu by tanh", GeluByTanh(), func(x float64) float64 { return x * logistic(twice(x)) },
			func(x float64) float64 {
				// 1e9·0 is 0, not what becomes of x³.
				y := min(max(x, -1e9), 1e9)
				s := logistic(twice(y)) * logistic(-twice(y))
				return logistic(twice(x)) + x*s*2*math.Sqrt(2/math.Pi)*(1+3*0.044715*y*y)
			}, 4, twice},
	}
}

// everywhere is numbers from the whole range of float32: its borders, all
// exponents, and many where the functions bend.
func everywhere() []float32 {
	r := rand.New(rand.NewPCG(5, 6))
	x := []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()),
		-float32(math.NaN()), math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32,
		0x1p-126, -0x1p-126, 0x1p-127, -0x1p-127, 88.72283, 88.72284, -87.33655, -103.97207, -103.97209, -103.27893, 15, -15, -14.9999}
	for range 40_000 {
		x = append(x, math.Float32frombits(r.Uint32()))
	}
	for range 40_000 {
		x = append(x, float32(r.NormFloat64()*3), float32(r.Float64()*240-120))
	}
	return x[:len(x)/curveAlign*curveAlign+7]
}

// ulpOf is the distance of float32 numbers at v.
func ulpOf(v float64) float64 {
	v = min(max(math.Abs(v), 0x1p-126), math.MaxFloat32)
	return math.Ldexp(1, math.Ilogb(v)-23)
}

func TestFunctionValues(t *testing.T) {
	x := everywhere()
	exact := make(map[string][]float64)
	for _, c := range functionCases() {
		for _, v := range x {
			exact[c.name] = append(exact[c.name], c.value(float64(v)))
		}
	}
	withEngines(t, func(t *testing.T) {
		y := make([]float32, len(x))
		for _, c := range functionCases() {
			c.function.Value(x, y)
			worst, at := 0.0, float32(0)
			for i, v := range x {
				want := exact[c.name][i]
				if !comparable32(t, c.name, v, float64(y[i]), want) {
					continue
				}
				if v == 0 && want == 0 && math.Signbit(float64(y[i])) != math.Signbit(want) {
					t.Errorf("%s of %g is %g, want %g", c.name, v, y[i], want)
				}
				most := c.ulps
				if c.inner != nil {
					most += 2.5 * min(math.Abs(c.inner(float64(v))), 104)
				}
				if off := math.Abs(float64(y[i])-want) / ulpOf(want) / max(most, 1e-9); off > worst {
					worst, at = off, v
				}
			}
			t.Logf("%s: %.2f of what it may be off, at %g", c.name, worst, at)
			if worst > 1 {
				t.Errorf("%s is off by %.2f times what it may be, at %g", c.name, worst, at)
			}
		}
	})
}

// comparable32 checks what has no distance: NaN and infinities.
// Overflow may come one unit early.
func comparable32(t *testing.T, name string, x float32, got, want float64) bool {
	t.Helper()
	single := float64(float32(want))
	switch {
	case single != single || got != got:
		if (single == single) != (got == got) {
			t.Errorf("%s of %g is %g, want %g", name, x, got, single)
		}
		return false
	case math.IsInf(single, 0) || math.IsInf(got, 0):
		if got != single && math.Abs(single) < math.MaxFloat32*(1-1e-6) {
			t.Errorf("%s of %g is %g, want %g", name, x, got, single)
		}
		return false
	}
	return true
}

// Slopes cancel where the function turns, and some are made from the function's
// rounded value: they are held to units at 1.
func TestFunctionSlopes(t *testing.T) {
	x := everywhere()
	dy := make([]float32, len(x))
	for i := range dy {
		dy[i] = float32(i%5) - 1.5
	}
	withEngines(t, func(t *testing.T) {
		y, dx := make([]float32, len(x)), make([]float32, len(x))
		for _, c := range functionCases() {
			if c.slope == nil {
				continue
			}
			c.function.Value(x, y)
			c.function.Slope(x, y, dy, dx)
			worst, at := 0.0, float32(0)
			for i, v := range x {
				want := float64(dy[i]) * c.slope(float64(v))
				if math.IsInf(float64(v), 0) || !comparable32(t, c.name+"'s slope", v, float64(dx[i]), want) {
					continue
				}
				if off := math.Abs(float64(dx[i])-want) / (0x1p-23 * math.Abs(float64(dy[i]))); off > worst {
					worst, at = off, v
				}
			}
			t.Logf("%s: %.2f units at 1, at %g", c.name, worst, at)
			if worst > 4 {
				t.Errorf("%s's slope is off by %.2f units at 1, at %g", c.name, worst, at)
			}
		}
	})
}

// An element's result depends neither on its place nor on the length of the
// array, and nothing beside the arrays is touched.
func TestFunctionPlaces(t *testing.T) {
	all := everywhere()[:3*curveAlign+1]
	withEngines(t, func(t *testing.T) {
		whole, slopes, ones := make([]float32, len(all)), make([]float32, len(all)), make([]float32, len(all))
		for i := range ones {
			ones[i] = 1
		}
		for _, c := range functionCases() {
			c.function.Value(all, whole)
			if c.slope != nil {
				c.function.Slope(all, whole, ones, slopes)
			}
			for from := range 3 {
				for to := from; to <= len(all); to++ {
					const beside = 123
					y, dx := besides(to-from, beside), besides(to-from, beside)
					c.function.Value(all[from:to], y[1:1+to-from])
					if c.slope != nil {
						c.function.Slope(all[from:to], y[1:1+to-from], ones[from:to], dx[1:1+to-from])
					}
					for i := range to - from {
						if math.Float32bits(y[1+i]) != math.Float32bits(whole[from+i]) ||
							c.slope != nil && math.Float32bits(dx[1+i]) != math.Float32bits(slopes[from+i]) {
							t.Fatalf("%s of %g from %d to %d is %g, its slope %g; want %g and %g", c.name, all[from+i], from, to, y[1+i], dx[1+i], whole[from+i], slopes[from+i])
						}
					}
					if n := to - from; y[0] != beside || y[n+1] != beside || dx[0] != beside || dx[n+1] != beside {
						t.Fatalf("%s from %d to %d writes beside its array", c.name, from, to)
					}
				}
			}
		}
	})
}

// besides is n elements between two that have a value.
func besides(n int, value float32) []float32 {
	all := make([]float32, n+2)
	all[0], all[n+1] = value, value
	return all
}

// BenchmarkFunctions times values and slopes of 1 MB, which stays in the cache.
func BenchmarkFunctions(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	x := values[float32](r, 1<<18)
	y, dy, dx := make([]float32, len(x)), values[float32](r, len(x)), make([]float32, len(x))
	chosen := single
	defer func() { single = chosen }()
	for _, e := range engines() {
		single = e
		for _, c := range functionCases() {
			b.Run(e.name+"/"+c.name+"/value", func(b *testing.B) {
				b.SetBytes(8 * int64(len(x)))
				for b.Loop() {
					c.function.Value(x, y)
				}
			})
			if c.slope != nil {
				b.Run(e.name+"/"+c.name+"/slope", func(b *testing.B) {
					b.SetBytes(16 * int64(len(x)))
					for b.Loop() {
						c.function.Slope(x, y, dy, dx)
					}
				})
			}
		}
	}
}
