package main

import (
	. "github.com/mmcloughlin/avo/build"
)

// The kernels. Their formulas are those of elementwise_plain.go and
// elementwise_gelu.go, where they are explained.
var functions = []struct {
	name    string
	compute func(s *step)
}{
	{"Exp", func(s *step) {
		x := s.atMost(s.atLeast(s.x(), number(-104)), number(89))
		rest, n := s.split(x, nil)
		s.value(s.scale(s.add(rest, number(1)), n))
	}},
	{"Relu", func(s *step) {
		// Of two zeros the larger is whichever comes second: the sum turns -0 into 0.
		s.value(s.add(s.atLeast(s.x(), number(0)), number(0)))
	}},
	{"ReluSlope", func(s *step) {
		nothing := s.compare(s.y(), lessOrEqual, number(0))
		slope := s.pick(nothing, s.load(number(0)), s.load(s.place(strandDy)))
		VMOVUPS(slope, s.place(strandDx))
	}},
	{"Leaky", func(s *step) {
		x := s.x()
		s.value(s.pick(s.compare(x, lessThan, number(0)), s.mul(x, s.numbers[strandBelow]), x))
	}},
	{"LeakySlope", func(s *step) {
		above := s.compare(s.x(), greaterThan, number(0))
		below := s.numbers[strandBelow]
		one := s.load(number(1))
		s.slope(s.pick(above, one, below))
	}},
	{"Elu", func(s *step) {
		x := s.x()
		below := s.or(s.mul(s.rest(x), s.numbers[strandBelow]), s.and(x, sign()))
		s.value(s.pick(s.compare(x, greaterThan, number(0)), s.mul(x, s.numbers[strandAbove]), below))
	}},
	{"EluSlope", func(s *step) {
		below := s.add(s.y(), s.numbers[strandBelow])
		s.slope(s.pick(s.compare(s.x(), greaterThan, number(0)), s.numbers[strandAbove], below))
	}},
	{"Logistic", func(s *step) {
		share, _ := s.shares(s.x())
		s.value(share)
	}},
	{"LogisticSlope", func(s *step) {
		y := s.y()
		s.slope(s.mul(s.sub(s.load(number(1)), y), y))
	}},
	{"Tanh", func(s *step) {
		x := s.x()
		twice := s.or(x, sign())
		rest := s.rest(s.add(twice, twice))
		size := s.and(s.divide(rest, s.add(rest, number(2))), magnitude())
		s.value(s.or(size, s.and(x, sign())))
	}},
	{"TanhSlope", func(s *step) {
		y := s.y()
		s.slope(s.mul(s.sub(s.load(number(1)), y), s.add(y, number(1))))
	}},
	{"Softplus", func(s *step) {
		x := s.x()
		mantissa, n := s.below(x)
		e := s.scale(mantissa, n)
		g := s.load(number(0.5))
		g = s.divide(e, s.times(g, e, number(1)))
		z := s.mul(s.mul(g, g), number(0.25))
		y := s.times(s.mul(s.artanh(z), z), g, g)
		s.value(s.add(y, s.binary(VMAXPS, x, number(0))))
	}},
	{"SoftplusSlope", func(s *step) {
		share, _ := s.shares(s.x())
		s.slope(share)
	}},
	{"Silu", func(s *step) {
		x := s.x()
		s.value(s.share(x, x))
	}},
	{"SiluSlope", func(s *step) {
		x := s.x()
		share, other := s.shares(x)
		s.slope(s.mul(share, s.times(other, x, number(1))))
	}},
	{"Gelu", func(s *step) {
		x := s.x()
		tail, _, n := s.tail(x)
		tail = s.pick(s.compare(s.and(x, magnitude()), atLeastThat, number(15)), s.load(number(0)), tail)
		negative := s.compare(x, lessThan, number(0))
		other := s.sub(s.load(number(1)), s.scale(tail, n))
		share, power := s.pick(negative, tail, other), s.pick(negative, n, s.load(number(0)))
		s.value(s.scale(s.mul(share, x), power))
	}},
	{"GeluSlope", func(s *step) {
		x := s.x()
		tail, mantissa, n := s.tail(x)
		tail = s.scale(tail, n)
		share := s.pick(s.compare(x, lessThan, number(0)), tail, s.sub(s.load(number(1)), tail))
		density := s.mul(s.scale(mantissa, n), number(0.39894228040143267793994605993438))
		s.slope(s.times(density, x, share))
	}},
	{"GeluByTanh", func(s *step) {
		x := s.x()
		s.value(s.share(x, s.twice(x)))
	}},
	{"GeluByTanhSlope", func(s *step) {
		x := s.x()
		share, other := s.shares(s.twice(x))
		steep := s.atMost(s.mul(x, x), number(1e4))
		steep = s.times(steep, s.load(number(3*tanhCubic)), number(tanhLinear))
		s.slope(s.times(s.mul(s.mul(x, share), other), steep, share))
	}},
}

const (
	tanhLinear = 2 * 0.79788456080286535587989211986876
	tanhCubic  = tanhLinear * 0.044715
)

// split takes eˣ apart: it is (1 + rest)·2ⁿ. low, unless nil, is added to x.
func (f family) split(x, low vector) (rest, n vector) {
	n = f.round(f.mul(x, number(1.44269504088896340735992468100189)))
	r := f.fresh()
	VMOVAPS(x, r)
	r = f.less(r, n, number(0.693359375))
	r = f.less(r, n, number(-0.000212194440055))
	if low != nil {
		r = f.add(r, low)
	}
	q := f.polynomial(r, 0.0001989198131, 0.001393454193, 0.008333310024, 0.04166645681, 0.1666666668, 0.5)
	return f.times(q, f.mul(r, r), r), n
}

// rest is eˣ - 1 for x ≤ 0.
func (f family) rest(x vector) vector {
	rest, n := f.split(f.atLeast(x, number(-80)), nil)
	one := f.power(n)
	return f.times(rest, one, f.sub(one, number(1)))
}

// below is e^-|x|, taken apart.
func (f family) below(x vector) (mantissa, n vector) {
	rest, n := f.split(f.atLeast(f.or(x, sign()), number(-110)), nil)
	return f.add(rest, number(1)), n
}

// shares is 1 / (1 + e⁻ˣ), and 1 less that.
func (f family) shares(x vector) (share, other vector) {
	mantissa, n := f.below(x)
	e := f.scale(mantissa, n)
	large := f.divide(f.load(number(1)), f.add(e, number(1)))
	small := f.mul(e, large)
	negative := f.compare(x, lessThan, number(0))
	return f.pick(negative, small, large), f.pick(negative, large, small)
}

// share is x / (1 + e^-gate).
func (f family) share(x, gate vector) vector {
	mantissa, n := f.below(gate)
	above := f.add(f.scale(mantissa, n), number(1))
	negative := f.compare(gate, lessThan, number(0))
	part := f.pick(negative, mantissa, f.load(number(1)))
	part = f.pick(f.compare(gate, lessThan, number(-110)), f.load(number(0)), part)
	power := f.pick(negative, n, f.load(number(0)))
	return f.scale(f.mul(f.divide(part, above), x), power)
}

// artanh is 1/3 + z/5 + z²/7 + …
func (f family) artanh(z vector) vector {
	return f.polynomial(z, 0.1161216461, 0.108532879, 0.14296179, 0.1999985317, 0.3333333366)
}

// twice is 2u of the approximation by tanh.
func (f family) twice(x vector) vector {
	square := f.mul(x, x)
	return f.mul(f.times(square, f.load(number(tanhCubic)), number(tanhLinear)), x)
}

// tail is for a = |x|: Φ(-a) = tail·2ⁿ and e^(-a²/2) = mantissa·2ⁿ.
func (f family) tail(x vector) (tail, mantissa, n vector) {
	a := f.atMost(f.and(x, magnitude()), number(15))
	first := f.and(a, bits(0xfffff000))
	lacking := f.mul(f.mul(f.sub(a, first), f.add(a, first)), number(-0.5))
	rest, n := f.split(f.mul(f.mul(first, first), number(-0.5)), lacking)
	q := f.divide(f.load(number(1)), f.add(a, number(3)))
	t := f.load(number(1))
	t = f.less(t, q, number(6))
	p := f.polynomial(t, 5.553489967e-05, 0.000133378544, -0.0002447650307, -0.001034558404, 0.001024175981,
		0.006969958085, -0.01046229015, -0.04726276822, 0.2300176766, -0.5093319886, 0.7290836907)
	mantissa = f.add(rest, number(1))
	return f.mul(f.mul(p, q), mantissa), mantissa, n
}
