package main

import (
	"fmt"
	"math"
	"runtime"
	"slices"
)

// side is one of those that do the same work.
type side struct {
	name string
	// turn warms up, does the work a few times, and gives the seconds of each.
	turn func() ([]float64, error)
	// rounds are the seconds of the turns it has had.
	rounds [][]float64
}

// alternate lets one side after the other take its turn, so many times around.
func alternate(rounds int, sides ...*side) error {
	for range rounds {
		for _, s := range sides {
			runtime.GC() // what the side before has left must not be this one's work
			seconds, err := s.turn()
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			s.rounds = append(s.rounds, seconds)
		}
	}
	return nil
}

// spread is a median with the smallest and the largest.
type spread struct{ median, least, most float64 }

func spreadOf(values []float64) spread {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n == 0 {
		return spread{math.NaN(), math.NaN(), math.NaN()}
	}
	return spread{(sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[0], sorted[n-1]}
}

// seconds are those of all turns.
func (s *side) seconds() spread { return spreadOf(slices.Concat(s.rounds...)) }

// better is the side with the smaller median; nil if there is none.
func better(sides ...*side) *side {
	var best *side
	for _, s := range sides {
		if best == nil || s.seconds().median < best.seconds().median {
			best = s
		}
	}
	return best
}

// times is how many times as long as ours another side took: of the medians over
// everything, and the least and the most of the medians of each round.
func times(ours, other *side) spread {
	var each []float64
	for i := range min(len(ours.rounds), len(other.rounds)) {
		each = append(each, spreadOf(other.rounds[i]).median/spreadOf(ours.rounds[i]).median)
	}
	r := spreadOf(each)
	r.median = other.seconds().median / ours.seconds().median
	// With few rounds the median over everything may lie beyond those of the rounds.
	r.least, r.most = min(r.least, r.median), max(r.most, r.median)
	return r
}
