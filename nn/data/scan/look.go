package scan

import (
	"math"

	"github.com/voxelpipe/pipe/nn/internal/kernel"
)

// worker is what one reader at a time writes into.
type worker struct {
	channels []probe
	// sums are those of the blocks of the thumbnail, all channels together.
	sums []float64
	// apart is a channel's part of what is looked at, where it has to be taken out.
	apart    []float32
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
	if f.long {
		f.byRow(values, w)
	} else {
		f.bySlice(values, w)
	}
	clear(w.sums)
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

// bySlice looks at runs of all rows of a block in a slice.
func (f *form) bySlice(values []float32, w *worker) {
	slice := f.height * f.width
	for d := range f.depth {
		if slice <= atOnce {
			f.runs(values, d*slice, f.lengths, 0, w)
		} else {
			from := d * slice
			for k := range f.lengths {
				f.runs(values, from, f.lengths[k:k+1], k, w)
				from += f.lengths[k]
			}
		}
		if d+1 < f.depth && f.slices[d+1] == f.slices[d] {
			continue
		}
		for c := range w.channels {
			p := &w.channels[c]
			for k := range f.lengths {
				f.fill(p.sums[block(f.slices[d], k, 0):], p.columns[k*f.stride:(k+1)*f.stride])
			}
			clear(p.columns)
		}
	}
}

// fill adds the sums of columns, row after row of them, to those of a row of blocks.
func (f *form) fill(sums, columns []float64) {
	row := columns[:f.width]
	for rest := columns[f.width:]; len(rest) > 0; {
		more := rest[:min(f.width, len(rest))]
		rest = rest[len(more):]
		for i, v := range row[:len(more)] {
			row[i] = v + more[i]
		}
	}
	for k := range f.blocks[2] {
		sum := 0.0
		for _, v := range row[:extent(f.width, f.blocks[2], k)] {
			sum += v
		}
		sums[k] += sum
		row = row[extent(f.width, f.blocks[2], k):]
	}
}

// byRow looks at the blocks of a row one by one.
func (f *form) byRow(values []float32, w *worker) {
	for d := range f.depth {
		for h := range f.height {
			f.runs(values, (d*f.height+h)*f.width, f.lengths, 0, w)
			if h+1 < f.height && f.rows[h+1] == f.rows[h] {
				continue
			}
			for c := range w.channels {
				p := &w.channels[c]
				for k := range f.lengths {
					sum := 0.0
					for _, v := range p.columns[k*f.stride : (k+1)*f.stride] {
						sum += v
					}
					p.sums[block(f.slices[d], f.rows[h], k)] += sum
				}
				clear(p.columns)
			}
		}
	}
}

// runs looks at consecutive runs of voxels, the first of which is run first of all.
func (f *form) runs(values []float32, from int, lengths []int, first int, w *worker) {
	voxels := 0
	for _, n := range lengths {
		voxels += n
	}
	part := values[from*f.channels : (from+voxels)*f.channels]
	for c := range w.channels {
		own := part
		if f.channels > 1 {
			own = w.taken(part, c, f.channels)
		}
		p := &w.channels[c]
		p.digest.AddFloats(own)
		p.survey.Look(own, lengths, f.fold, f.stride, p.columns[first*f.stride:])
	}
}

// taken gives the values of one channel.
func (w *worker) taken(part []float32, channel, channels int) []float32 {
	n := len(part) / channels
	if len(w.apart) < n {
		w.apart = make([]float32, n)
	}
	own := w.apart[:n]
	for i, at := 0, channel; i < len(own) && at < len(part); i, at = i+1, at+channels {
		own[i] = part[at]
	}
	return own
}

// found gives what was found in a channel, and adds its part to the thumbnail.
func (f *form) found(values []float32, channel int, w *worker) Channel {
	p := &w.channels[channel]
	c := Channel{Count: f.voxels(), First: -1, Corner: float64(values[channel]), Framed: f.framed(values, channel), Hash: p.digest.Sum()}
	total := 0.0
	for _, sum := range p.sums {
		total += sum
	}
	if total-total != 0 { // the sum of finite float32 is finite
		f.unusual(values, channel, w, &c)
		return c
	}
	for at, sum := range p.sums {
		w.sums[at] += sum + float64(p.about)*float64(f.extents[at])
	}
	s := p.survey.Found()
	n := float64(c.Count)
	c.Min, c.Max, c.AtMin, c.AtMax, c.AtCorner = float64(s.Low), float64(s.High), s.AtLow, s.AtHigh, s.AtCorner
	c.Mean, c.MeanAbs = float64(p.about)+total/n, s.Absolute/n
	c.Squares = max(s.Squares-total*total/n, 0)
	return c
}

// unusual looks again at a channel in which values are not finite.
func (f *form) unusual(values []float32, channel int, w *worker, c *Channel) {
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
