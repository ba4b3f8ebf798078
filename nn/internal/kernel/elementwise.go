package kernel

import "sync"

// Function is a function of one number, applied to every element of an array of
// float32: what activations are made of. Its zero value is the exponential.
//
// Values are within a few units in the last place of the exact ones, over the
// whole range; beyond it they are 0, infinite or NaN as the formula says.
type Function struct {
	form form
	// The numbers of a function that bends at 0: its slope above, and what its
	// formula below is multiplied by.
	above, below float32
}

// form is a formula; below is Function's.
type form uint8

const (
	exponential  form = iota // eˣ
	relu                     // max(x, 0)
	leaky                    // x; below·x for x < 0
	elu                      // above·x; below·(eˣ - 1) for x ≤ 0
	logistic                 // 1 / (1 + e⁻ˣ)
	hyperbolic               // tanh(x)
	softplus                 // ln(1 + eˣ)
	silu                     // x / (1 + e⁻ˣ)
	gelu                     // x·Φ(x)
	geluByTanh               // x / (1 + e^-2u), u = √(2/π)·(x + 0.044715·x³)
	formsInTotal = iota
)

// Exponential is eˣ. It has no Slope.
func Exponential() Function { return Function{form: exponential} }

// ReLU is max(x, 0).
func ReLU() Function { return Function{form: relu} }

// LeakyReLU is x, and slope·x for x < 0.
func LeakyReLU(slope float32) Function { return Function{form: leaky, below: slope} }

// Elu is scale·x, and scale·alpha·(eˣ - 1) for x ≤ 0. Neither number may be
// negative.
func Elu(scale, alpha float64) Function {
	return Function{form: elu, above: float32(scale), below: float32(scale * alpha)}
}

// Logistic is 1 / (1 + e⁻ˣ).
func Logistic() Function { return Function{form: logistic} }

// Tanh is the hyperbolic tangent.
func Tanh() Function { return Function{form: hyperbolic} }

// Softplus is ln(1 + eˣ).
func Softplus() Function { return Function{form: softplus} }

// Silu is x / (1 + e⁻ˣ).
func Silu() Function { return Function{form: silu} }

// Gelu is x·Φ(x), Φ being the normal distribution.
func Gelu() Function { return Function{form: gelu} }

// GeluByTanh is Gelu with Φ(x) ≈ (1 + tanh(√(2/π)·(x + 0.044715·x³))) / 2.
func GeluByTanh() Function { return Function{form: geluByTanh} }

// Value sets y to the function of x, which may be y.
func (f Function) Value(x, y []float32) {
	f.apply(curvesOf(single.name)[f.form].value, x, y[:len(x)], nil, nil)
}

// Slope sets dx to dy times the derivative at x, where the function is y. Only
// dy may be dx.
func (f Function) Slope(x, y, dy, dx []float32) {
	f.apply(curvesOf(single.name)[f.form].slope, x, y[:len(x)], dy[:len(x)], dx[:len(x)])
}

// strand is a part of arrays that a kernel goes through: count elements, a
// multiple of curveAlign.
//
// Assembly reads the fields by their offsets.
type strand struct {
	x, y, dy, dx []float32
	count        int
	above, below float32
}

// curveAlign is a whole number of vectors.
const curveAlign = 16

// curves are the kernels of a function: value sets y by x, slope sets dx by the
// others.
type curves struct{ value, slope func(s *strand) }

func curvesOf(engine string) *[formsInTotal]curves {
	if fast := fastCurves(engine); fast != nil {
		return fast
	}
	return &plainCurves
}

// loose is a strand, and room for what is left over.
type loose struct {
	strand
	rest [4][curveAlign]float32
}

// strands keeps those that nobody uses.
var strands sync.Pool

// apply runs a kernel on whole vectors, and on a copy of what is left over: an
// element's result never depends on its place.
func (f Function) apply(kernel func(s *strand), x, y, dy, dx []float32) {
	whole := len(x) / curveAlign * curveAlign
	l, again := strands.Get().(*loose)
	if !again {
		l = new(loose)
	}
	defer strands.Put(l)
	s, rest := &l.strand, &l.rest
	*s = strand{x: x, y: y, dy: dy, dx: dx, count: whole, above: f.above, below: f.below}
	if whole > 0 {
		kernel(s)
	}
	if whole == len(x) {
		return
	}
	*rest = [4][curveAlign]float32{}
	copy(rest[0][:], x[whole:])
	s.x, s.y, s.count = rest[0][:], rest[1][:], curveAlign
	if dx == nil {
		kernel(s)
		copy(y[whole:], rest[1][:])
		return
	}
	copy(rest[1][:], y[whole:])
	copy(rest[2][:], dy[whole:])
	s.dy, s.dx = rest[2][:], rest[3][:]
	kernel(s)
	copy(dx[whole:], rest[3][:])
}
