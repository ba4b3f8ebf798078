package scan

import (
	"math"
	"math/bits"
	"slices"
)

// Result is what was found in a source.
type Result struct {
	// Sizes are those of one example, Channels the values of each voxel.
	Sizes    []int
	Channels int
	Examples []Example

	sketches []*sketch
}

// Over joins the numbers of a channel over some examples, in their order.
func (r *Result) Over(examples []int, channel int) Channel {
	joined := Channel{First: -1}
	for _, i := range examples {
		if len(r.Examples[i].Channels) > channel {
			joined = joined.with(r.Examples[i].Channels[channel])
		}
	}
	return joined
}

// OverAll joins all channels of some examples, in their order.
func (r *Result) OverAll(examples []int) Channel {
	joined := Channel{First: -1}
	for c := range r.Channels {
		joined = joined.with(r.Over(examples, c))
	}
	return joined
}

// Whole joins the channels of one example.
func (r *Result) Whole(example int) Channel {
	joined := Channel{First: -1}
	for _, c := range r.Examples[example].Channels {
		first := joined.First
		if c.First >= 0 && (first < 0 || c.First < first) {
			first = c.First
		}
		joined = joined.with(c)
		joined.First = first
	}
	return joined
}

// Multipliers of the hash: odd, with their bits spread evenly.
const (
	mixA = 0x9e3779b97f4a7c15
	mixB = 0xd6e8feb86659fd93
)

// Hash are the bits of all channels of an example.
func (r *Result) Hash(example int) [2]uint64 {
	var h [2]uint64
	for _, c := range r.Examples[example].Channels {
		h[0], h[1] = bits.RotateLeft64(h[0]*mixA, 29)+c.Hash[0], bits.RotateLeft64(h[1]*mixB, 31)+c.Hash[1]
	}
	return h
}

// Sketched says whether percentiles can be asked for.
func (r *Result) Sketched() bool { return r.sketches != nil }

// Percentile gives the value of a channel below which a percentage of the values
// of a group lies, off by at most 1/256 of itself. NaN where there are no values.
func (r *Result) Percentile(group, channel int, percentage float64) float64 {
	s := r.sketches[group*r.Channels+channel]
	if s == nil {
		return math.NaN()
	}
	return s.at(percentage / 100)
}

// Between is the share of a channel's values in a group that lie from low to high,
// each value being off by at most 1/256 of itself.
func (r *Result) Between(group, channel int, low, high float64) float64 {
	s := r.sketches[group*r.Channels+channel]
	if s == nil {
		return 0
	}
	return s.between(low, high)
}

// Place gives the indexes of a place in an example.
func (r *Result) Place(at int) []int {
	place := slices.Clone(r.Sizes)
	for axis := len(place) - 1; axis >= 0; axis-- {
		place[axis] = at % r.Sizes[axis]
		at /= r.Sizes[axis]
	}
	return place
}

// Blocks are the means of 4 × 4 × 4 blocks of an example's volume.
func (r *Result) Blocks(example int) []float64 {
	const side = thumbSide / 2
	blocks := make([]float64, side*side*side)
	for i, v := range r.Examples[example].Thumb {
		d, h, w := i/(thumbSide*thumbSide)/2, i/thumbSide%thumbSide/2, i%thumbSide/2
		blocks[(d*side+h)*side+w] += float64(v) / 8
	}
	return blocks
}

// Same lists the groups of two or more examples that are the same voxel for voxel,
// each in order, those of constant values left out.
func (r *Result) Same() [][]int {
	of := make(map[[2]uint64]int)
	var groups [][]int
	for i := range r.Examples {
		if whole := r.Whole(i); whole.Count == 0 || whole.Min == whole.Max {
			continue
		}
		h := r.Hash(i)
		k, met := of[h]
		if !met {
			k = len(groups)
			of[h] = k
			groups = append(groups, nil)
		}
		groups[k] = append(groups[k], i)
	}
	return slices.DeleteFunc(groups, func(g []int) bool { return len(g) < 2 })
}

// Len is the number of examples.
func (r *Result) Len() int { return len(r.Examples) }
