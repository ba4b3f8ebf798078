package kernel

import "math"

// mostTail is where the normal distribution's tail, and x times it, is 0.
const mostTail = 15

// tailOf is for a = |x|, at most mostTail: Φ(-a) = tail·2ⁿ and
// e^(-a²/2) = mantissa·2ⁿ.
//
// Φ(-a)·e^(a²/2)·(a + 3) is a polynomial in (a - 3)/(a + 3), the best in the sense
// of Chebyshev on 0 … 15.
func tailOf(x float32) (tail, mantissa, n float32) {
	a := min(sizeOf(x), mostTail)
	// The square of a's first 12 bits is exact; what it lacks is worked out apart,
	// since the exponential would make much of its rounding.
	first := math.Float32frombits(math.Float32bits(a) &^ 0xfff)
	lacking := (a - first) * (a + first)
	rest, n := split(-0.5*first*first, -0.5*lacking)
	q := 1 / (a + 3)
	t := 1 - 6*q
	p := float32(5.553489967e-05)
	p = p*t + 0.000133378544
	p = p*t + -0.0002447650307
	p = p*t + -0.001034558404
	p = p*t + 0.001024175981
	p = p*t + 0.006969958085
	p = p*t + -0.01046229015
	p = p*t + -0.04726276822
	p = p*t + 0.2300176766
	p = p*t + -0.5093319886
	p = p*t + 0.7290836907
	mantissa = 1 + rest
	return p * q * mantissa, mantissa, n
}

func geluOf(x float32) float32 {
	tail, _, n := tailOf(x)
	if sizeOf(x) >= mostTail {
		tail = 0
	}
	return scaled(x*bySign(x, tail, 1-scaled(tail, n)), bySign(x, n, 0))
}

// geluSlopeOf is Φ(x) + x·φ(x).
func geluSlopeOf(x, _ float32) float32 {
	tail, mantissa, n := tailOf(x)
	share := scaled(tail, n)
	return bySign(x, share, 1-share) + x*(scaled(mantissa, n)*normalPeak)
}

const (
	// normalPeak is φ(0) = 1/√(2π).
	normalPeak = 0.39894228040143267793994605993438
	// The approximation's 2u is x·(tanhLinear + tanhCubic·x²).
	tanhLinear = 2 * 0.79788456080286535587989211986876
	tanhCubic  = tanhLinear * 0.044715
	// From this square on the slope is that of x or of 0.
	mostSquare = 1e4
)

func geluByTanhOf(x float32) float32 {
	return shareOf(x, x*(tanhCubic*(x*x)+tanhLinear))
}

func geluByTanhSlopeOf(x, _ float32) float32 {
	share, other := sharesOf(x * (tanhCubic*(x*x) + tanhLinear))
	return share + x*share*other*(3*tanhCubic*min(x*x, mostSquare)+tanhLinear)
}
