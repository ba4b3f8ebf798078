package scan

import "math"

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
