package kernel

import "math"

// plainCurves are the kernels in Go. They take the same steps as those in
// assembly.
var plainCurves = [formsInTotal]curves{
	exponential: {value: func(s *strand) { s.each(expOf) }},
	relu:        {value: plainRelu, slope: plainReluSlope},
	leaky:       {value: plainLeaky, slope: plainLeakySlope},
	elu:         {value: plainElu, slope: plainEluSlope},
	logistic: {
		value: func(s *strand) { s.each(logisticOf) },
		slope: func(s *strand) { s.chain(func(_, y float32) float32 { return y * (1 - y) }) },
	},
	hyperbolic: {
		value: func(s *strand) { s.each(tanhOf) },
		slope: func(s *strand) { s.chain(func(_, y float32) float32 { return (1 - y) * (1 + y) }) },
	},
	softplus: {
		value: func(s *strand) { s.each(softplusOf) },
		slope: func(s *strand) { s.chain(func(x, _ float32) float32 { return logisticOf(x) }) },
	},
	silu: {
		value: func(s *strand) { s.each(func(x float32) float32 { return shareOf(x, x) }) },
		slope: func(s *strand) {
			s.chain(func(x, _ float32) float32 {
				share, other := sharesOf(x)
				return share * (1 + x*other)
			})
		},
	},
	gelu:       {value: func(s *strand) { s.each(geluOf) }, slope: func(s *strand) { s.chain(geluSlopeOf) }},
	geluByTanh: {value: func(s *strand) { s.each(geluByTanhOf) }, slope: func(s *strand) { s.chain(geluByTanhSlopeOf) }},
}

func (s *strand) each(f func(x float32) float32) {
	y := s.y[:s.count]
	for i, v := range s.x[:s.count] {
		y[i] = f(v)
	}
}

func (s *strand) chain(slope func(x, y float32) float32) {
	y, dy, dx := s.y[:s.count], s.dy[:s.count], s.dx[:s.count]
	for i, v := range s.x[:s.count] {
		dx[i] = dy[i] * slope(v, y[i])
	}
}

// split takes eˣ apart: it is (1 + rest)·2ⁿ, where |rest| < √2 - 1; low is added
// to x. x is at most a few hundred away from 0.
//
// The polynomial is the best in the sense of Chebyshev on ±ln(2)/2.
func split(x, low float32) (rest, n float32) {
	// Adding and taking away 1.5·2²³ rounds to a whole number.
	n = float32(x*(1/math.Ln2)+12582912) - 12582912
	r := x - n*0.693359375
	r -= n * -0.000212194440055
	r += low
	q := float32(0.0001989198131)
	q = q*r + 0.001393454193
	q = q*r + 0.008333310024
	q = q*r + 0.04166645681
	q = q*r + 0.1666666668
	q = q*r + 0.5
	return q*(r*r) + r, n
}

// scaled is v·2ⁿ, in two steps: 2ⁿ alone may be out of range where the product
// is not.
func scaled(v, n float32) float32 {
	half := int32(n) >> 1
	return v * power(half) * power(int32(n)-half)
}

func power(n int32) float32 { return math.Float32frombits(uint32(n+127) << 23) }

// Beyond these, eˣ is 0 and infinite.
const (
	leastExp = -104
	mostExp  = 89
	// Where even x·eˣ is 0.
	leastShare = -110
	// Where eˣ - 1 is -1.
	leastRest = -80
)

func expOf(x float32) float32 {
	rest, n := split(min(max(x, leastExp), mostExp), 0)
	return scaled(1+rest, n)
}

// restOf is eˣ - 1 for x ≤ 0.
func restOf(x float32) float32 {
	rest, n := split(max(x, leastRest), 0)
	one := power(int32(n))
	return rest*one + (one - 1)
}

func negative(x float32) float32 {
	return math.Float32frombits(math.Float32bits(x) | 1<<31)
}

func sizeOf(x float32) float32 {
	return math.Float32frombits(math.Float32bits(x) &^ (1 << 31))
}

// signed is size, which is not negative, with the sign of x.
func signed(size, x float32) float32 {
	return math.Float32frombits(math.Float32bits(size) | math.Float32bits(x)&(1<<31))
}

// bySign is below for negative x, -0 included, else above. Signs come at random,
// so a processor that has to guess at a branch is wrong half of the time; here the
// sign bit becomes a mask.
func bySign(x, below, above float32) float32 {
	mask := uint32(int32(math.Float32bits(x)) >> 31)
	return math.Float32frombits(math.Float32bits(below)&mask | math.Float32bits(above)&^mask)
}

// belowOf is e^-|x|, taken apart.
func belowOf(x float32) (mantissa, n float32) {
	rest, n := split(max(negative(x), leastShare), 0)
	return 1 + rest, n
}

// logisticOf never meets an exponential above 1, which could overflow.
func logisticOf(x float32) float32 {
	share, _ := sharesOf(x)
	return share
}

// sharesOf is 1 / (1 + e⁻ˣ), and 1 less that.
func sharesOf(x float32) (share, other float32) {
	mantissa, n := belowOf(x)
	e := scaled(mantissa, n)
	large := 1 / (1 + e)
	small := e * large
	return bySign(x, small, large), bySign(x, large, small)
}

// shareOf is x / (1 + e^-gate). The power of 2 comes last: on its own the
// exponential may be too small to be exact.
func shareOf(x, gate float32) float32 {
	mantissa, n := belowOf(gate)
	above := 1 + scaled(mantissa, n)
	if gate < leastShare {
		mantissa = 0
	}
	return scaled(x*(bySign(gate, mantissa, 1)/above), bySign(gate, n, 0))
}

// tanhOf: tanh |x| = (1 - e^-2|x|) / (1 + e^-2|x|).
func tanhOf(x float32) float32 {
	rest := restOf(2 * negative(x))
	return signed(sizeOf(rest/(rest+2)), x)
}

// softplusOf: ln(1 + e) = 2·artanh(e / (2 + e)).
func softplusOf(x float32) float32 {
	mantissa, n := belowOf(x)
	e := scaled(mantissa, n)
	g := e / (0.5*e + 1)
	z := g * g * 0.25
	return max(x, 0) + (g + g*(artanh(z)*z))
}

// artanh is 1/3 + z/5 + z²/7 + … for z up to 1/9: the inverse of tanh at √z is
// √z·(1 + z·that).
func artanh(z float32) float32 {
	l := float32(0.1161216461)
	l = l*z + 0.108532879
	l = l*z + 0.14296179
	l = l*z + 0.1999985317
	return l*z + 0.3333333366
}

func plainRelu(s *strand) {
	y := s.y[:s.count]
	for i, v := range s.x[:s.count] {
		y[i] = bySign(v, 0, v)
		if v != v {
			y[i] = v
		}
	}
}

// plainReluSlope lets dy through where y, which is never negative, is not 0.
func plainReluSlope(s *strand) {
	dy, dx := s.dy[:s.count], s.dx[:s.count]
	for i, v := range s.y[:s.count] {
		bits := int32(math.Float32bits(v))
		dx[i] = math.Float32frombits(math.Float32bits(dy[i]) & uint32((bits|-bits)>>31))
	}
}

func plainLeaky(s *strand) {
	y := s.y[:s.count]
	for i, v := range s.x[:s.count] {
		y[i] = bySign(v, s.below*v, v)
	}
}

// ifAbove is yes for x > 0, else no; NaN is not above 0.
func ifAbove(x, yes, no float32) float32 {
	if x != x {
		return no
	}
	bits := int32(math.Float32bits(x))
	mask := uint32(-bits&^bits) >> 31
	return math.Float32frombits(math.Float32bits(yes)&-mask | math.Float32bits(no)&(mask-1))
}

func plainLeakySlope(s *strand) {
	dy, dx := s.dy[:s.count], s.dx[:s.count]
	for i, v := range s.x[:s.count] {
		dx[i] = dy[i] * ifAbove(v, 1, s.below)
	}
}

func plainElu(s *strand) {
	y := s.y[:s.count]
	for i, v := range s.x[:s.count] {
		// The sum inside turns -0 into 0.
		y[i] = bySign(v, signed(s.below*restOf(v), v), s.above*v)
	}
}

func plainEluSlope(s *strand) {
	y, dy, dx := s.y[:s.count], s.dy[:s.count], s.dx[:s.count]
	for i, v := range s.x[:s.count] {
		dx[i] = dy[i] * ifAbove(v, s.above, y[i]+s.below)
	}
}
