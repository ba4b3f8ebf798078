package scan

import (
	"math"

	"github.com/voxelpipe/pipe/nn/internal/kernel"
)

// worker is what one reader at a time writes into.
type worker struct {
	channels []probe
	// columns are those of a block of slices, and one behind them that stays 0: sums of
	// distances from what is amid each channel, all channels together. means are those
	// of blocks, where they are not the thumbnail's.
	columns []float32
	means   [thumbSize]float32
	// apart is a channel's part of what is looked at, where it has to be taken out.
	apart    []float32
	parting  *kernel.Parting
	sketches []*sketch
}

// probe is what is known of one channel while an example is looked at.
type probe struct {
	survey kernel.Survey
	digest kernel.Digest
	// about is a value amid the others.
	about float32
}

func (f *form) worker(sketches int) *worker {
	w := &worker{channels: make([]probe, f.channels), sketches: make([]*sketch, sketches)}
	if f.channels > 1 {
		longest := 0
		for _, p := range f.pieces {
			longest = max(longest, f.times*p.voxels)
		}
		w.apart, w.parting = make([]float32, longest), kernel.NewParting(f.channels)
	}
	w.columns = make([]float32, f.runs*f.stride+1)
	return w
}

// look goes through an example once, and through one again that has values that are
// not finite, or too far apart for single precision. It writes what it finds into
// channels and thumb.
func (f *form) look(values []float32, w *worker, channels []Channel, thumb []float32) {
	about := 0.0
	for c := range w.channels {
		p := &w.channels[c]
		p.about = f.amid(values, c)
		p.survey.Begin(p.about, values[c])
		p.digest.Begin()
		about += float64(p.about) / float64(f.channels)
	}
	means := thumb
	if f.repeated != nil {
		means = w.means[:]
	}
	f.lookAtSlices(values, w, means, float32(about))
	odd := false
	for c := range channels {
		odd = !f.found(values, c, w, &channels[c]) || odd
	}
	if odd {
		f.meansAnew(values, means)
	}
	f.thumbnail(means, thumb)
}

// amid gives about the mean of a channel: that of 64 values of it or, of those,
// the finite ones. The square of its distance from the mean is at most a 64th of
// the sum of the squares of all such distances, so that taking it for the mean
// and correcting that in the end costs a sum of squares no digits that matter;
// that it is a float32 lets values that are all the same have no distance.
func (f *form) amid(values []float32, channel int) float32 {
	const picked = 64
	n := f.voxels()
	sum, finite := 0.0, 0
	for i := range min(picked, n) {
		at := i
		if n > picked {
			at = i * n / picked
		}
		if v := values[at*f.channels+channel]; v-v == 0 {
			sum += float64(v)
			finite++
		}
	}
	return float32(sum / float64(max(finite, 1)))
}

// lookAtSlices looks at all of an example by slices.
func (f *form) lookAtSlices(values []float32, w *worker, means []float32, about float32) {
	slice := f.height * f.width
	for d := 0; d < f.depth; {
		times := 1
		for times < f.times && d+times < f.depth && f.slices[d+times] == f.slices[d] {
			times++
		}
		for i := range f.pieces {
			p := &f.pieces[i]
			from, voxels := d*slice+p.from, times*p.voxels
			part := values[from*f.channels : (from+voxels)*f.channels]
			for c := range w.channels {
				own := f.own(part, c, voxels, w)
				one := &w.channels[c]
				one.digest.AddFloats(own)
				one.survey.Look(own, p.line, p.lines, times, w.columns[p.column:], f.stride)
			}
		}
		slab := f.slices[d]
		if d += times; d == f.depth || f.slices[d] != slab {
			at := block(slab, 0, 0)
			f.filling.Fill(w.columns, f.shares[at:], about, means[at:])
			clear(w.columns)
		}
	}
}

// own is a channel's part of some voxels.
func (f *form) own(part []float32, channel, voxels int, w *worker) []float32 {
	if f.channels == 1 {
		return part
	}
	own := w.apart[:voxels]
	w.parting.Take(part, channel, own)
	return own
}

const (
	// Squares of distances between these are numbers in single precision that their sums
	// can be trusted to hold.
	nearest, furthest = 1e-15, 1e15
	// trusted is the least share of the squares of the distances from a value that are
	// those of the distances from the mean, for these to be a difference of sums in
	// single precision.
	trusted = 1e-3
)

// found gives what was found in a channel, and says whether the thumbnail holds it, too.
func (f *form) found(values []float32, channel int, w *worker, c *Channel) bool {
	p := &w.channels[channel]
	*c = Channel{Count: f.voxels(), First: -1, Corner: float64(values[channel]), Framed: f.framed(values, channel), Hash: p.digest.Sum()}
	s := p.survey.Found()
	if s.Total-s.Total != 0 {
		f.unusual(values, channel, p.about, c)
		return false
	}
	n, about := float64(c.Count), float64(p.about)
	squares := s.Squares - s.Total*s.Total/n
	if apart := float64(s.High) - float64(s.Low); apart > 0 && !(nearest < apart && apart < furthest && squares > trusted*s.Squares) {
		f.unusual(values, channel, p.about, c)
		return apart < furthest
	}
	c.Min, c.Max, c.AtMin, c.AtMax, c.AtCorner = float64(s.Low), float64(s.High), s.AtLow, s.AtHigh, s.AtCorner
	c.Mean, c.MeanAbs = about+s.Total/n, max(s.Total+n*about-2*s.Below, 0)/n
	c.Squares = max(squares, 0)
	return true
}

// unusual looks again at a channel in which values are not finite, or such that sums in
// single precision do not do.
func (f *form) unusual(values []float32, channel int, amid float32, c *Channel) {
	about, corner := float64(amid), values[channel]
	moved, squares, absolute := 0.0, 0.0, 0.0
	low, high := float32(math.Inf(1)), float32(math.Inf(-1))
	for at := channel; at < len(values); at += f.channels {
		v := values[at]
		if v-v != 0 {
			if v != v {
				c.NaN++
			} else {
				c.Inf++
			}
			if c.First < 0 {
				c.First = at
			}
			continue
		}
		x := float64(v)
		moved += x - about
		squares += (x - about) * (x - about)
		absolute += math.Abs(x)
		low, c.AtMin = further(v, low, c.AtMin, v < low)
		high, c.AtMax = further(v, high, c.AtMax, v > high)
		if v == corner {
			c.AtCorner++
		}
	}
	if c.Count -= c.NaN + c.Inf; c.Count == 0 {
		return
	}
	n := float64(c.Count)
	c.Min, c.Max, c.Mean, c.MeanAbs = float64(low+0), float64(high+0), about+moved/n, absolute/n
	c.Squares = max(squares-moved*moved/n, 0)
}

// meansAnew gives the means of blocks of any values, in double precision.
func (f *form) meansAnew(values, means []float32) {
	var sums [thumbSize]float64
	at := 0
	for d := range f.depth {
		for h := range f.height {
			row := sums[block(f.slices[d], f.rows[h], 0):]
			for _, column := range f.columns {
				for range f.channels {
					if v := values[at]; v-v == 0 {
						row[column] += float64(v)
					}
					at++
				}
			}
		}
	}
	for i, extent := range f.extents {
		if extent > 0 {
			means[i] = float32(sums[i] / (extent * float64(f.channels)))
		}
	}
}

// further is the bound and how often it was met, after one more value.
func further(v, bound float32, met int, beyond bool) (float32, int) {
	switch {
	case beyond:
		return v, 1
	case v == bound:
		return bound, met + 1
	}
	return bound, met
}
