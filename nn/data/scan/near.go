package scan

import (
	"math"
	"math/rand/v2"
	"slices"
)

const (
	// nearAlike is the least correlation of the thumbnails of near duplicates, and
	// ownAlike that of what is left of them without what all examples have in
	// common: heads in the same frame are alike without being the same head.
	nearAlike, ownAlike = 0.999, 0.99
	// fewest is how many examples it takes to say what they have in common.
	fewest = 8
	// bands of bandBits signs bring near duplicates together: two thumbnails that
	// correlate 0.99 differ in 4.5 % of the signs, so one band of 16 has them
	// together in 48 % of cases, one of 16 bands all but always.
	bands, bandBits = 16, 16
	// crowd is how many examples with the same signs each one is compared with.
	crowd = 32
)

// Pair is two examples, the first one first, and how their thumbnails correlate.
type Pair struct {
	First, Second int
	Correlation   float64
}

// Near lists pairs of examples whose thumbnails nearly agree, though they are not
// the same voxel for voxel, in order. The work grows with the number of examples,
// not with that of pairs: each is compared with few that look alike, so that in a
// crowd of look-alikes not every pair is found.
func (r *Result) Near() []Pair {
	if len(r.Examples) < fewest {
		return nil
	}
	thumbs := make([][]float64, len(r.Examples))
	common := make([]float64, thumbSize)
	counted := 0.0
	for i := range r.Examples {
		if thumbs[i] = standard(r.Examples[i].Thumb); thumbs[i] != nil {
			counted++
			for k, v := range thumbs[i] {
				common[k] += v
			}
		}
	}
	own := make([][]float64, len(thumbs))
	for i, thumb := range thumbs {
		if thumb != nil {
			own[i] = without(thumb, common, counted)
		}
	}
	var pairs []Pair
	for _, p := range candidates(own) {
		i, k := p[0], p[1]
		if alike := dot(thumbs[i], thumbs[k]); alike > nearAlike && dot(own[i], own[k]) > ownAlike && r.Hash(i) != r.Hash(k) {
			pairs = append(pairs, Pair{i, k, alike})
		}
	}
	return pairs
}

// standard gives a thumbnail the mean 0 and the length 1; nil if all of it is the
// same.
func standard(thumb []float32) []float64 {
	mean, squares, largest := 0.0, 0.0, 0.0
	for _, v := range thumb {
		mean += float64(v) / float64(len(thumb))
		largest = max(largest, math.Abs(float64(v)))
	}
	out := make([]float64, len(thumb))
	for k, v := range thumb {
		out[k] = float64(v) - mean
		squares += out[k] * out[k]
	}
	return scaled(out, squares, 1e-6*largest)
}

// without takes what is common from a thumbnail, and gives the rest the length 1;
// nil if nothing is left.
func without(thumb, common []float64, counted float64) []float64 {
	out := make([]float64, len(thumb))
	squares := 0.0
	for k, v := range thumb {
		out[k] = v - common[k]/counted
		squares += out[k] * out[k]
	}
	return scaled(out, squares, 1e-6)
}

func scaled(out []float64, squares, least float64) []float64 {
	length := math.Sqrt(squares)
	if length <= least {
		return nil
	}
	for k := range out {
		out[k] /= length
	}
	return out
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for k, v := range a {
		sum += v * b[k]
	}
	return sum
}

// candidates are pairs with the same signs along bandBits directions of some band,
// each once, in order.
func candidates(own [][]float64) [][2]int {
	random := rand.New(rand.NewPCG(1, 2))
	direction := make([]float64, thumbSize)
	seen := make(map[[2]int]bool)
	signs := make([]uint32, len(own))
	for range bands {
		clear(signs)
		for bit := range bandBits {
			for k := range direction {
				direction[k] = random.NormFloat64()
			}
			for i, v := range own {
				if v != nil && dot(v, direction) > 0 {
					signs[i] |= 1 << bit
				}
			}
		}
		last := make(map[uint32][]int)
		for i, v := range own {
			if v == nil {
				continue
			}
			alike := last[signs[i]]
			for _, k := range alike[max(0, len(alike)-crowd):] {
				seen[[2]int{k, i}] = true
			}
			last[signs[i]] = append(alike, i)
		}
	}
	pairs := make([][2]int, 0, len(seen))
	for p := range seen {
		pairs = append(pairs, p)
	}
	slices.SortFunc(pairs, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	return pairs
}
