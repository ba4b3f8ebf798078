package scan

import (
	"math"
	"math/bits"
)

// thumbSide is the side of a thumbnail: 8 × 8 × 8 means.
const (
	thumbSide = 8
	thumbSize = thumbSide * thumbSide * thumbSide
)

// Example is what was found in one example.
type Example struct {
	Channels []Channel
	// Thumb are the means of 8 × 8 × 8 blocks of the volume, all channels together;
	// an axis of fewer voxels repeats them. Values that are not finite count as 0.
	Thumb []float32
}

// Channel is what was found in one channel of an example.
type Channel struct {
	// Count is the number of finite values; NaN and Inf count the others. First is
	// the place of the first of those in the example, in C order; -1 without any.
	Count, NaN, Inf, First int
	// Min, Max, Mean, MeanAbs and Squares (the sum of squared deviations from the
	// mean) are of the finite values.
	Min, Max, Mean, MeanAbs, Squares float64
	// AtMin, AtMax and AtCorner count the values that are the least, the greatest,
	// and that of the first voxel. Corner is the first voxel's value, Framed says
	// that all corners of the volume have it.
	AtMin, AtMax, AtCorner int
	Corner                 float64
	Framed                 bool
	// Hash are 128 bits that two channels share only if they are the same, voxel
	// for voxel. They are no protection against somebody who makes volumes on
	// purpose.
	Hash [2]uint64
}

// Constant says that all values are the same number.
func (c *Channel) Constant() bool { return c.Count > 0 && c.NaN+c.Inf == 0 && c.Min == c.Max }

// Deviation is the standard deviation of the values themselves.
func (c *Channel) Deviation() float64 { return math.Sqrt(c.Squares / float64(max(c.Count, 1))) }

// with joins the numbers of two disjoint sets of values: Chan, Golub and LeVeque,
// "Algorithms for computing the sample variance" (1983). What belongs to one
// example alone is left out.
func (c Channel) with(o Channel) Channel {
	joined := Channel{
		Count: c.Count + o.Count, NaN: c.NaN + o.NaN, Inf: c.Inf + o.Inf, First: -1,
		AtMin: c.AtMin, AtMax: c.AtMax, AtCorner: c.AtCorner + o.AtCorner,
	}
	switch {
	case c.Count == 0:
		joined.Min, joined.Max, joined.AtMin, joined.AtMax = o.Min, o.Max, o.AtMin, o.AtMax
	case o.Count == 0:
		joined.Min, joined.Max = c.Min, c.Max
	default:
		joined.Min, joined.AtMin = extreme(c.Min, c.AtMin, o.Min, o.AtMin, c.Min < o.Min)
		joined.Max, joined.AtMax = extreme(c.Max, c.AtMax, o.Max, o.AtMax, c.Max > o.Max)
	}
	if joined.Count > 0 {
		share := float64(o.Count) / float64(joined.Count)
		apart := o.Mean - c.Mean
		joined.Mean = c.Mean + apart*share
		joined.MeanAbs = c.MeanAbs + (o.MeanAbs-c.MeanAbs)*share
		joined.Squares = c.Squares + o.Squares + apart*apart*float64(c.Count)*share
	}
	return joined
}

// extreme is the one of two bounds that lies further out, with how often it occurs.
func extreme(a float64, countA int, b float64, countB int, first bool) (float64, int) {
	switch {
	case a == b:
		return a, countA + countB
	case first:
		return a, countA
	}
	return b, countB
}

// form is how the values of an example lie: rows of width voxels of so many
// channels, height rows in each of depth slices.
type form struct {
	depth, height, width, channels int
	// slices, rows and columns give the block of the thumbnail of each index along
	// the axis; ends are the columns where blocks end.
	slices, rows []int
	ends         []int
	blocks       [3]int
}

func formOf(sizes []int) form {
	f := form{depth: 1, height: 1, width: 1, channels: 1}
	switch len(sizes) {
	case 3:
		f.depth, f.height, f.width = sizes[0], sizes[1], sizes[2]
	case 4:
		f.depth, f.height, f.width, f.channels = sizes[0], sizes[1], sizes[2], sizes[3]
	default:
		for _, size := range sizes {
			f.width *= size
		}
	}
	f.blocks = [3]int{min(f.depth, thumbSide), min(f.height, thumbSide), min(f.width, thumbSide)}
	f.slices, f.rows = blocksOf(f.depth, f.blocks[0]), blocksOf(f.height, f.blocks[1])
	for k := range f.blocks[2] {
		f.ends = append(f.ends, (k+1)*f.width/f.blocks[2])
	}
	return f
}

// blocksOf gives the block of each index along an axis.
func blocksOf(size, blocks int) []int {
	of := make([]int, size)
	for k := range blocks {
		for i := k * size / blocks; i < (k+1)*size/blocks; i++ {
			of[i] = k
		}
	}
	return of
}

// look goes through an example twice: for sums and bounds, and for what needs
// them.
func (f *form) look(values []float32, w *worker) Example {
	e := Example{Channels: make([]Channel, f.channels)}
	clear(w.sums)
	for c := range e.Channels {
		e.Channels[c] = f.bounds(values, c, w.sums)
		f.spread(values, c, &e.Channels[c])
	}
	e.Thumb = f.thumbnail(w.sums)
	return e
}

// bounds finds the sums and bounds of a channel, and adds to the thumbnail's sums.
func (f *form) bounds(values []float32, channel int, sums []float64) Channel {
	found := Channel{First: -1}
	low, high := float32(math.Inf(1)), float32(math.Inf(-1))
	total, row := 0.0, channel
	for d := range f.depth {
		for h := range f.height {
			thumb := sums[(f.slices[d]*thumbSide+f.rows[h])*thumbSide:]
			from := 0
			for k, end := range f.ends {
				at, to := row+from*f.channels, row+(end-1)*f.channels+1
				part := values[at:to]
				sum, l, g := 0.0, low, high
				if f.channels == 1 {
					sum, l, g = inARow(part, low, high)
				} else {
					for i := 0; i < len(part); i += f.channels {
						v := part[i]
						sum += float64(v)
						l, g = min(l, v), max(g, v)
					}
				}
				if sum-sum != 0 { // the sum of finite float32 is finite
					sum, l, g = found.unusual(part, f.channels, at, low, high)
				}
				low, high = l, g
				total += sum
				thumb[k] += sum
				from = end
			}
			row += f.width * f.channels
		}
	}
	found.Count = f.depth*f.height*f.width - found.NaN - found.Inf
	if found.Count > 0 {
		found.Min, found.Max, found.Mean = float64(low), float64(high), total/float64(found.Count)
	}
	return found
}

// inARow gives the sum of values and the bounds of all so far. Where one is not
// finite, neither is the sum, and the bounds mean nothing.
func inARow(values []float32, low, high float32) (sum float64, l, g float32) {
	l, g = low, high
	for _, v := range values {
		sum += float64(v)
		if v < l {
			l = v
		}
		if v > g {
			g = v
		}
	}
	return sum, l, g
}

// unusual counts what is not finite in a part of a channel that begins at the
// given place, and gives the sum and bounds of the rest.
func (c *Channel) unusual(part []float32, step, at int, low, high float32) (float64, float32, float32) {
	sum := 0.0
	for i := 0; i < len(part); i += step {
		v := part[i]
		switch {
		case v != v:
			c.NaN++
		case v-v != 0:
			c.Inf++
		default:
			sum += float64(v)
			low, high = min(low, v), max(high, v)
			continue
		}
		if c.First < 0 {
			c.First = at + i
		}
	}
	return sum, low, high
}

// Multipliers of the hash: odd, with their bits spread evenly.
const (
	mixA = 0x9e3779b97f4a7c15
	mixB = 0xd6e8feb86659fd93
)

// spread finds what needs the mean and the bounds, and the hash.
func (f *form) spread(values []float32, channel int, c *Channel) {
	whole := c.NaN+c.Inf == 0
	if whole && f.channels == 1 {
		c.spreadInARow(values)
		c.Corner, c.Framed = float64(values[channel]), f.framed(values, channel)
		return
	}
	a, b := uint64(mixB), uint64(mixA)
	low, high, corner := float32(c.Min), float32(c.Max), values[channel]
	mean, squares, absolute := c.Mean, 0.0, 0.0
	atLow, atHigh, atCorner := 0, 0, 0
	for i := channel; i < len(values); i += f.channels {
		v := values[i]
		word := uint64(math.Float32bits(v))
		a = bits.RotateLeft64(a^word, 27) * mixA
		b = bits.RotateLeft64(b+word, 31) * mixB
		if !whole && v-v != 0 {
			continue
		}
		x := float64(v)
		squares += (x - mean) * (x - mean)
		absolute += math.Abs(x)
		if v == low {
			atLow++
		}
		if v == high {
			atHigh++
		}
		if v == corner {
			atCorner++
		}
	}
	c.Squares, c.MeanAbs = squares, absolute/float64(max(c.Count, 1))
	c.AtMin, c.AtMax, c.AtCorner = atLow, atHigh, atCorner
	c.Hash = [2]uint64{finish(a ^ b>>32), finish(b + a<<1)}
	c.Corner, c.Framed = float64(corner), f.framed(values, channel)
}

// spreadInARow is spread for a single channel of finite values, in simple loops in
// which no sum waits for the one before. Its hash takes two values in one step, in
// turns into either half; it is never compared with that of a volume of several
// channels, or of one with values that are not finite.
func (c *Channel) spreadInARow(values []float32) {
	mean := c.Mean
	squares, squares2, absolute, absolute2 := 0.0, 0.0, 0.0, 0.0
	a, b := uint64(mixB), uint64(mixA)
	rest := values
	for ; len(rest) >= 4; rest = rest[4:] {
		v, w, x, y := rest[0], rest[1], rest[2], rest[3]
		a = bits.RotateLeft64(a^(uint64(math.Float32bits(v))|uint64(math.Float32bits(w))<<32), 27) * mixA
		b = bits.RotateLeft64(b+(uint64(math.Float32bits(x))|uint64(math.Float32bits(y))<<32), 31) * mixB
		dv, dw, dx, dy := float64(v)-mean, float64(w)-mean, float64(x)-mean, float64(y)-mean
		squares += dv*dv + dw*dw
		squares2 += dx*dx + dy*dy
		absolute += math.Abs(float64(v)) + math.Abs(float64(w))
		absolute2 += math.Abs(float64(x)) + math.Abs(float64(y))
	}
	for _, v := range rest {
		a = bits.RotateLeft64(a^uint64(math.Float32bits(v)), 27) * mixA
		squares += (float64(v) - mean) * (float64(v) - mean)
		absolute += math.Abs(float64(v))
	}
	c.Squares, c.MeanAbs = squares+squares2, (absolute+absolute2)/float64(c.Count)
	c.AtMin, c.AtMax, c.AtCorner = occurrences(values, float32(c.Min), float32(c.Max), values[0])
	c.Hash = [2]uint64{finish(a ^ b>>32), finish(b + a<<1)}
}

// occurrences counts three of the values among them. It compares bits, which is
// cheaper, and takes -0 for 0.
func occurrences(values []float32, low, high, corner float32) (atLow, atHigh, atCorner int) {
	l, h, k := math.Float32bits(low+0), math.Float32bits(high+0), math.Float32bits(corner+0)
	for _, v := range values {
		u := math.Float32bits(v)
		if u == 1<<31 {
			u = 0
		}
		if u == l {
			atLow++
		}
		if u == h {
			atHigh++
		}
		if u == k {
			atCorner++
		}
	}
	return atLow, atHigh, atCorner
}

// finish spreads every bit over all of them: the finalizer of splitmix64.
func finish(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// framed says whether all corners of a volume have the same value.
func (f *form) framed(values []float32, channel int) bool {
	for corner := range 8 {
		d, h, w := (corner>>2&1)*(f.depth-1), (corner>>1&1)*(f.height-1), (corner&1)*(f.width-1)
		if values[((d*f.height+h)*f.width+w)*f.channels+channel] != values[channel] {
			return false
		}
	}
	return true
}

// thumbnail divides the sums of blocks by their sizes, and repeats the blocks
// along axes that have fewer than a thumbnail.
func (f *form) thumbnail(sums []float64) []float32 {
	sizes := [3]int{f.depth, f.height, f.width}
	extent := func(axis, k int) int {
		return (k+1)*sizes[axis]/f.blocks[axis] - k*sizes[axis]/f.blocks[axis]
	}
	thumb := make([]float32, thumbSize)
	for i := range thumb {
		d, h, w := i/(thumbSide*thumbSide)*f.blocks[0]/thumbSide, i/thumbSide%thumbSide*f.blocks[1]/thumbSide, i%thumbSide*f.blocks[2]/thumbSide
		voxels := extent(0, d) * extent(1, h) * extent(2, w) * f.channels
		thumb[i] = float32(sums[(d*thumbSide+h)*thumbSide+w] / float64(voxels))
	}
	return thumb
}
