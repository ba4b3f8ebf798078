package stages

import (
	"context"
	"math"
	"slices"
)

// Percentiles are found exactly, in two passes over the values and with little
// memory: float32 numbers are ordered like their bits, so the first pass counts
// the values by the upper half of their bits, and the second counts those of the
// halves that the percentiles fell into by the lower half. Counts add up to the
// same whatever the order.
const halfBits = 16

// ordered bits: a < b for numbers exactly if orderedBits(a) < orderedBits(b).
func orderedBits(v float32) uint32 {
	bits := math.Float32bits(v + 0) // -0 becomes 0
	if bits>>31 == 1 {
		return ^bits
	}
	return bits | 1<<31
}

func fromOrderedBits(bits uint32) float32 {
	if bits>>31 == 1 {
		return math.Float32frombits(bits &^ (1 << 31))
	}
	return math.Float32frombits(^bits)
}

// percentiles gives, for each channel, the values at the given percentages of all
// voxels in order, interpolated linearly between neighbours as NumPy does.
func (s sample) percentiles(ctx context.Context, threads int, percentages []float64) ([][]float64, error) {
	found, err := percentilesOf(func(look func(worker int, values []float32)) error {
		return s.each(ctx, threads, func(worker, _ int, values []float32) { look(worker, values) })
	}, threads, s.channels, s.nonzero, percentages)
	if err != nil {
		return nil, err
	}
	return found, s.enough(func(c int) bool { return found[c] != nil })
}

// percentilesOfOne gives the percentiles of a single example. Where a channel has
// fewer values than a table has counts, they are sorted instead: the result is
// the same.
func percentilesOfOne(values []float32, channels int, nonzero bool, percentages []float64) [][]float64 {
	if len(values) >= channels<<halfBits {
		found, _ := percentilesOf(func(look func(int, []float32)) error {
			look(0, values)
			return nil
		}, 1, channels, nonzero, percentages)
		return found
	}
	inOrder := make([][]uint32, channels)
	visit(values, channels, nonzero, func(channel int, bits uint32) { inOrder[channel] = append(inOrder[channel], bits) })
	found := make([][]float64, channels)
	for c, list := range inOrder {
		if len(list) == 0 {
			continue
		}
		slices.Sort(list)
		for _, p := range percentages {
			rank, way := rankOf(p, uint64(len(list)))
			low := float64(fromOrderedBits(list[rank]))
			high := float64(fromOrderedBits(list[min(int(rank)+1, len(list)-1)]))
			found[c] = append(found[c], low+(high-low)*way)
		}
	}
	return found
}

// percentilesOf works on whatever pass shows it, the same values each time it is
// called. A channel without values gets nil.
func percentilesOf(pass func(look func(worker int, values []float32)) error, workers, channels int, nonzero bool, percentages []float64) ([][]float64, error) {
	upper := make([]tallies, workers)
	err := pass(func(worker int, values []float32) {
		t := &upper[worker]
		t.prepare(channels)
		visit(values, channels, nonzero, func(channel int, bits uint32) { t.counts[channel][bits>>halfBits]++ })
	})
	if err != nil {
		return nil, err
	}
	whole := sum(upper, channels)
	// wanted[c] are the order statistics that channel c's percentiles lie between.
	wanted := make([][]statistic, channels)
	for c := range wanted {
		wanted[c] = statisticsFor(whole.counts[c], percentages)
	}
	// One table of lower halves for each order statistic.
	each := 2 * len(percentages)
	lower := make([]tallies, workers)
	err = pass(func(worker int, values []float32) {
		t := &lower[worker]
		t.prepare(channels * each)
		visit(values, channels, nonzero, func(channel int, bits uint32) {
			for k, w := range wanted[channel] {
				if w.upper == bits>>halfBits {
					t.counts[channel*each+k][bits&(1<<halfBits-1)]++
				}
			}
		})
	})
	if err != nil {
		return nil, err
	}
	halves := sum(lower, channels*each)
	found := make([][]float64, channels)
	for c, list := range wanted {
		if list == nil {
			continue
		}
		found[c] = make([]float64, len(percentages))
		for k := range percentages {
			a, b := list[2*k], list[2*k+1]
			low := a.value(halves.counts[c*each+2*k])
			high := b.value(halves.counts[c*each+2*k+1])
			found[c][k] = low + (high-low)*a.way
		}
	}
	return found, nil
}

// visit shows the ordered bits of every value that counts. NaN is left out.
func visit(values []float32, channels int, nonzero bool, look func(channel int, bits uint32)) {
	for c := range channels {
		for i := c; i < len(values); i += channels {
			if v := values[i]; v == v && !(nonzero && v == 0) {
				look(c, orderedBits(v))
			}
		}
	}
}

// tallies are tables of counts by half of the bits.
type tallies struct{ counts [][]uint64 }

func (t *tallies) prepare(tables int) {
	for len(t.counts) < tables {
		t.counts = append(t.counts, make([]uint64, 1<<halfBits))
	}
}

// sum adds up what the workers counted.
func sum(workers []tallies, tables int) tallies {
	var whole tallies
	whole.prepare(tables)
	for _, w := range workers {
		for k, table := range w.counts {
			for half, count := range table {
				whole.counts[k][half] += count
			}
		}
	}
	return whole
}

// statistic is an order statistic: the value with so many others below it.
type statistic struct {
	// upper is the upper half of its bits, below the number of values with the same
	// upper half that come before it.
	upper uint32
	below uint64
	// way is how far the percentile lies on the way from this value to the next.
	way float64
}

// statisticsFor gives two order statistics for each percentage: those that it
// lies between. It gives nil where there is no value.
func statisticsFor(counts []uint64, percentages []float64) []statistic {
	total := uint64(0)
	for _, count := range counts {
		total += count
	}
	if total == 0 {
		return nil
	}
	var list []statistic
	for _, p := range percentages {
		rank, way := rankOf(p, total)
		list = append(list, statisticAt(counts, rank, way), statisticAt(counts, min(rank+1, total-1), 0))
	}
	return list
}

// rankOf is where a percentile of so many values in order lies: at rank, counted
// from 0, and some of the way to the next.
func rankOf(percentage float64, total uint64) (rank uint64, way float64) {
	place := percentage / 100 * float64(total-1)
	rank = uint64(place)
	return rank, place - float64(rank)
}

func statisticAt(counts []uint64, rank uint64, way float64) statistic {
	for upper, count := range counts {
		if rank < count {
			return statistic{upper: uint32(upper), below: rank, way: way}
		}
		rank -= count
	}
	panic("stages: an order statistic beyond the number of values")
}

// value completes the bits from the counts of the lower halves.
func (s statistic) value(lower []uint64) float64 {
	return float64(fromOrderedBits(s.upper<<halfBits | statisticAt(lower, s.below, 0).upper))
}
