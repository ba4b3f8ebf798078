package kernel

// Pooling is the geometry of 3-D pooling: x is [N, D, H, W, C], y is
// [N, OD, OH, OW, C]. KD, KH, KW are the window's sizes, SD, SH, SW the strides,
// PD, PH, PW the padding in front of each axis. Every window holds at least one
// element of x; padding is never counted.
type Pooling struct {
	N, D, H, W, C int
	OD, OH, OW    int
	KD, KH, KW    int
	SD, SH, SW    int
	PD, PH, PW    int
}

// pooled is the work of pooling, or of its way back, where x and y are gradients.
type pooled[T Float] struct {
	g      *Pooling
	x, y   []T
	argmax []int32
	// mean says that a window's elements count by their share, not whole.
	mean  bool
	hands []hand[T]
}

// extent is the part of an axis that output o reads.
func extent(o, stride, pad, size, length int) (from, to int) {
	from = o*stride - pad
	return max(from, 0), min(from+size, length)
}

// input is the number of elements of one example of x, output that of y.
func (g *Pooling) input() int  { return g.D * g.H * g.W * g.C }
func (g *Pooling) output() int { return g.OD * g.OH * g.OW * g.C }

// at is the place of an element of x in its example.
func (g *Pooling) at(d, h, w int) int { return ((d*g.H+h)*g.W + w) * g.C }

// row is a stretch of windows in a row of outputs that all have the same form.
type row struct {
	// oh and ow are the first output, count is the number of outputs.
	oh, ow, count int
	// The window of the first one.
	d0, d1, h0, h1, w0, w1 int
}

// rows visits the windows of one plane of outputs, r telling where it is.
func (g *Pooling) rows(od int, r *row, visit func()) {
	r.d0, r.d1 = extent(od, g.SD, g.PD, g.KD, g.D)
	for r.oh = range g.OH {
		r.h0, r.h1 = extent(r.oh, g.SH, g.PH, g.KH, g.H)
		for r.ow = 0; r.ow < g.OW; r.ow += r.count {
			r.w0, r.w1 = extent(r.ow, g.SW, g.PW, g.KW, g.W)
			r.count = 1
			if r.w1-r.w0 == g.KW {
				// All windows up to the last that fits are whole.
				r.count = min((g.W-g.KW-r.w0)/g.SW+1, g.OW-r.ow)
			}
			visit()
		}
	}
}

// taps lists the distances of a window's elements from its first one.
func (g *Pooling) taps(r *row, into []int32) []int32 {
	into = into[:0]
	for d := range r.d1 - r.d0 {
		for h := range r.h1 - r.h0 {
			for w := range r.w1 - r.w0 {
				into = append(into, int32(g.at(d, h, w)))
			}
		}
	}
	return into
}
