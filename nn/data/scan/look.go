package scan

import (
	"math"

	"github.com/voxelpipe/pipe/nn/internal/kernel"
)

// worker is what one reader at a time writes into.
type worker struct {
	channels []probe
	// sums are those of the blocks of the thumbnail, all channels together; the first
	// channel writes them anew.
	sums []float64
	// apart is a channel's part of what is looked at, where it has to be taken out.
	apart    []float32
	parting  *kernel.Parting
	sketches []*sketch
}

// probe is what is known of one channel while an example is looked at.
type probe struct {
	survey kernel.Survey
	digest kernel.Digest
	// about is a value amid the others; columns and sums, of the columns of the
	// runs and of the blocks of the thumbnail, are of distances from it.
	about         float32
	columns, sums []float64
}

func (f *form) worker(sketches int) *worker {
	w := &worker{channels: make([]probe, f.channels), sums: make([]float64, thumbSize), sketches: make([]*sketch, sketches)}
	if f.channels > 1 {
		longest := 0
		for _, p := range f.pieces {
			longest = max(longest, p.voxels)
		}
		w.apart, w.parting = make([]float32, longest), kernel.NewParting(f.channels)
	}
	for c := range w.channels {
		w.channels[c].columns, w.channels[c].sums = make([]float64, len(f.lengths)*f.stride), make([]float64, thumbSize)
	}
	return w
}

// look goes through an example once; through channels with values that are not
// finite once more.
func (f *form) look(values []float32, w *worker) Example {
	for c := range w.channels {
		p := &w.channels[c]
		p.about = f.amid(values, c)
		p.survey.Begin(p.about, values[c])
		p.digest.Begin()
		clear(p.sums)
		clear(p.columns)
	}
	for i := range f.pieces {
		f.lookAt(&f.pieces[i], values, w)
	}
	e := Example{Channels: make([]Channel, f.channels)}
	for c := range e.Channels {
		e.Channels[c] = f.found(values, c, w)
	}
	e.Thumb = f.thumbnail(w.sums)
	return e
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

// lookAt looks at a piece of all channels.
func (f *form) lookAt(one *piece, values []float32, w *worker) {
	part := values[one.from*f.channels : (one.from+one.voxels)*f.channels]
	for c := range w.channels {
		own := part
		if f.channels > 1 {
			own = w.apart[:one.voxels]
			w.parting.Take(part, c, own)
		}
		p := &w.channels[c]
		p.digest.AddFloats(own)
		p.survey.Look(own, f.lengths[one.first:one.first+one.runs], one.times, f.fold, f.stride, p.columns[one.first*f.stride:])
		if one.last {
			f.fill(one, p)
		}
	}
}

// fill adds the sums of columns to those of their blocks.
func (f *form) fill(one *piece, p *probe) {
	if f.long {
		for k := range f.lengths {
			p.sums[block(one.slice, one.row, k)] += total(p.columns[k*f.stride : (k+1)*f.stride])
		}
	} else {
		kernel.FillBlocks(p.columns, f.stride, f.width, f.ends, p.sums[block(one.slice, 0, 0):], thumbSide)
	}
	clear(p.columns)
}

// total is a sum in four parts, none of which waits for another.
func total(values []float64) float64 {
	var parts [4]float64
	for ; len(values) >= 4; values = values[4:] {
		parts[0] += values[0]
		parts[1] += values[1]
		parts[2] += values[2]
		parts[3] += values[3]
	}
	for i, v := range values {
		parts[i] += v
	}
	return parts[0] + parts[1] + (parts[2] + parts[3])
}

// found gives what was found in a channel, and adds its part to the thumbnail.
func (f *form) found(values []float32, channel int, w *worker) Channel {
	p := &w.channels[channel]
	c := Channel{Count: f.voxels(), First: -1, Corner: float64(values[channel]), Framed: f.framed(values, channel), Hash: p.digest.Sum()}
	total := total(p.sums)
	if total-total != 0 { // the sum of finite float32 is finite
		f.unusual(values, channel, w, &c)
		return c
	}
	about, sums := float64(p.about), p.sums[:thumbSize]
	if all := w.sums[:thumbSize]; channel == 0 {
		for at, sum := range sums {
			all[at] = sum + about*f.extents[at]
		}
	} else {
		for at, sum := range sums {
			all[at] += sum + about*f.extents[at]
		}
	}
	s := p.survey.Found()
	n := float64(c.Count)
	c.Min, c.Max, c.AtMin, c.AtMax, c.AtCorner = float64(s.Low), float64(s.High), s.AtLow, s.AtHigh, s.AtCorner
	c.Mean, c.MeanAbs = about+total/n, max(total+n*about-2*s.Below, 0)/n
	c.Squares = max(s.Squares-total*total/n, 0)
	return c
}

// unusual looks again at a channel in which values are not finite.
func (f *form) unusual(values []float32, channel int, w *worker, c *Channel) {
	if channel == 0 {
		clear(w.sums)
	}
	about := float64(w.channels[channel].about)
	corner := values[channel]
	moved, squares, absolute := 0.0, 0.0, 0.0
	low, high := float32(math.Inf(1)), float32(math.Inf(-1))
	at := channel
	for d := range f.depth {
		for h := range f.height {
			sums := w.sums[block(f.slices[d], f.rows[h], 0):]
			for _, column := range f.columns {
				v := values[at]
				at += f.channels
				if v-v != 0 {
					if v != v {
						c.NaN++
					} else {
						c.Inf++
					}
					if c.First < 0 {
						c.First = at - f.channels
					}
					continue
				}
				x := float64(v)
				sums[column] += x
				moved += x - about
				squares += (x - about) * (x - about)
				absolute += math.Abs(x)
				low, c.AtMin = further(v, low, c.AtMin, v < low)
				high, c.AtMax = further(v, high, c.AtMax, v > high)
				if v == corner {
					c.AtCorner++
				}
			}
		}
	}
	if c.Count -= c.NaN + c.Inf; c.Count == 0 {
		return
	}
	n := float64(c.Count)
	c.Min, c.Max, c.Mean, c.MeanAbs = float64(low+0), float64(high+0), about+moved/n, absolute/n
	c.Squares = max(squares-moved*moved/n, 0)
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
