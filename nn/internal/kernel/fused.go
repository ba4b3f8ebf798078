package kernel

import (
	"math"
	"unsafe"
)

// panes is a row of windows in the passes behind a convolution: normalisation,
// rectification and pooling at once. Windows do not overlap and lie inside their
// array whole; a window of one element is no pooling.
//
// Assembly reads the fields by their offsets.
type panes[T Float] struct {
	// z begins at the first window's origin; y, dy, peak and code at its output.
	z, y, dy []T
	// peak is for each output the element of z that it was made from.
	peak []T
	// code is for each output the number of the window's element that is largest.
	code []uint8
	// taps are the distances of the window's elements from its origin.
	taps []int32
	// Numbers for each channel: the value of an element is
	// (z - center)·factor + offset.
	center, factor, offset []T
	// The slope of z is (z - center)·pull + push, and dy·factor where code says so.
	pull, push []T
	// Sums for each channel.
	first, second []T
	// slope is laid out like z, and may be z itself.
	slope []T
	// count windows follow each other, step elements of z apart.
	count, step, channels int
	// codeStride is the distance between the codes of neighbouring windows.
	codeStride int
	// floor is what outputs do not fall below; NaN for nothing.
	floor T
	// wide is room for numbers that are repeated, folded for sums by channel.
	wide   []T
	folded []float64
	// Workers write to theirs all the time; without a cache line between them they
	// would slow each other down.
	_ [64]byte
}

// passes are the work on panes in one set of instructions.
type passes[T Float] struct {
	// crest sets y, and code and peak unless they are nil.
	crest func(p *panes[T])
	// spread sets slope to that of z. Nothing comes from the outputs if dy is nil.
	spread func(p *panes[T])
	// scatter sets z to dy where code says so and y is above the floor, else to 0.
	scatter func(p *panes[T])
	// against sums dy, where y is above the floor, into first, and that times
	// peak - center into second.
	against func(p *panes[T])
	// moments sums z - center into first, its square into second.
	moments func(p *panes[T])
	// rectify sets y to z, but at least to the floor; channels is their number.
	rectify func(p *panes[T])
	// gate sets z to dy where y is above the floor, else to 0.
	gate func(p *panes[T])
	// peaks are convolutions with their pooling, by vectors; none for 0 or where
	// there are none.
	peaks []func(t *peakTile[T])
	// pairedPeaks are such convolutions by F(2, 3) along the row, pairedOutputs those
	// that store the windows whole, pairedMeasured those that measure them, and pair makes
	// the points of a row for them; none where there are none.
	pairedPeaks, pairedOutputs, pairedMeasured []func(t *peakTile[T])
	pair                                       func(q *pairs[T])
	// picks are the weight gradient of such a convolution; none if empty.
	picks []func(t *pick[T])
	// patches, unless it is nil, is called before them, once for all channels: it writes
	// patchElements elements for each window.
	patches func(t *pick[T])
}

var singlePasses, doublePasses = plainPasses[float32](), plainPasses[float64]()

func passesOf[T Float]() *passes[T] {
	var found any = doublePasses
	if unsafe.Sizeof(T(0)) == unsafe.Sizeof(float32(0)) {
		found = singlePasses
		if fast := fastPasses(single.name); fast != nil {
			found = fast
		}
	}
	return found.(*passes[T])
}

func plainPasses[T Float]() *passes[T] {
	return &passes[T]{
		crest: plainCrest[T], spread: plainPaneSpread[T], scatter: plainScatter[T],
		against: plainAgainst[T], moments: plainMoments[T], rectify: plainRectify[T], gate: plainGate[T],
	}
}

// Windows says that pooling can be worked together with what is in front of it:
// its windows touch, and lie inside whole. Elements behind the last window of an
// axis may be left over.
func (g *Pooling) Windows() bool {
	return g.KD == g.SD && g.KH == g.SH && g.KW == g.SW && g.PD == 0 && g.PH == 0 && g.PW == 0 &&
		g.OD*g.KD <= g.D && g.OH*g.KH <= g.H && g.OW*g.KW <= g.W && g.KD*g.KH*g.KW <= mostCodes
}

// mostCodes is how many elements of a window a code can tell apart.
const mostCodes = 256

// codeAlign is a whole vector of channels: codes of one output are stored without
// looking where the channels end.
const codeAlign = 16

// CodeStride is the distance between the codes of neighbouring outputs.
func CodeStride(channels int) int { return pieces(channels, codeAlign) * codeAlign }

// Codes is the number of codes for a batch.
func (g *Pooling) Codes() int { return g.N * g.OD * g.OH * g.OW * CodeStride(g.C) }

// floorOf is what outputs do not fall below.
func floorOf[T Float](relu bool) T {
	if relu {
		return 0
	}
	return T(math.NaN()) // which nothing is below
}

func plainCrest[T Float](p *panes[T]) {
	for i := range p.count {
		y := p.y[i*p.channels:][:p.channels]
		origin := p.z[i*p.step:]
		for c := range y {
			at, code := int(p.taps[0])+c, 0
			best := (origin[at]-p.center[c])*p.factor[c] + p.offset[c]
			for number, tap := range p.taps[1:] {
				v := (origin[int(tap)+c]-p.center[c])*p.factor[c] + p.offset[c]
				if !(v <= best) && best == best {
					best, at, code = v, int(tap)+c, number+1
				}
			}
			if best <= p.floor {
				y[c] = p.floor
			} else {
				y[c] = best
			}
			if p.code != nil {
				p.code[i*p.codeStride+c] = uint8(code)
			}
			if p.peak != nil {
				p.peak[i*p.channels+c] = origin[at]
			}
		}
	}
}

func plainPaneSpread[T Float](p *panes[T]) {
	for i := range p.count {
		origin, slope := p.z[i*p.step:], p.slope[i*p.step:]
		for number, tap := range p.taps {
			z, into := origin[tap:][:p.channels], slope[tap:][:p.channels]
			for c, v := range z {
				into[c] = (v-p.center[c])*p.pull[c] + p.push[c] + p.arrived(i, c, number)*p.factor[c]
			}
		}
	}
}

func plainScatter[T Float](p *panes[T]) {
	for i := range p.count {
		origin := p.z[i*p.step:]
		for number, tap := range p.taps {
			z := origin[tap:][:p.channels]
			for c := range z {
				z[c] = p.arrived(i, c, number)
			}
		}
	}
}

// arrived is what comes back from output i, channel c, to an element of its
// window.
func (p *panes[T]) arrived(i, c, number int) T {
	if p.dy == nil || p.code != nil && int(p.code[i*p.codeStride+c]) != number {
		return 0
	}
	at := i*p.channels + c
	if p.y[at] <= p.floor {
		return 0
	}
	return p.dy[at]
}

func plainAgainst[T Float](p *panes[T]) {
	clear(p.first[:p.channels])
	clear(p.second[:p.channels])
	for i := range p.count {
		for c := range p.channels {
			if at := i*p.channels + c; !(p.y[at] <= p.floor) {
				p.first[c] += p.dy[at]
				p.second[c] += p.dy[at] * (p.peak[at] - p.center[c])
			}
		}
	}
}

func plainMoments[T Float](p *panes[T]) {
	clear(p.first[:p.channels])
	clear(p.second[:p.channels])
	for i := range p.count {
		for c, v := range p.z[i*p.channels:][:p.channels] {
			d := v - p.center[c]
			p.first[c] += d
			p.second[c] += d * d
		}
	}
}

func plainRectify[T Float](p *panes[T]) {
	for i, v := range p.z[:p.channels] {
		if v <= p.floor {
			v = p.floor
		}
		p.y[i] = v
	}
}

func plainGate[T Float](p *panes[T]) {
	for i, v := range p.y[:p.channels] {
		if v <= p.floor {
			p.z[i] = 0
		} else {
			p.z[i] = p.dy[i]
		}
	}
}
