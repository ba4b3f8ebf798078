package rules

import (
	"math"

	"github.com/voxelpipe/pipe/pipeline"
)

// trainedOn counts the classes of the examples that a training learns from: those
// of the training partition, or all of a dataset that was not split. It is false
// where they are not at hand.
func trainedOn(d *pipeline.Dataset) (Classification, []int, bool) {
	found, ok := Classify(d)
	if !ok {
		return Classification{}, nil, false
	}
	if len(d.Partitions) == 0 {
		return found, found.every(), true
	}
	members, known := d.Facts.Members[pipeline.Train]
	if !known || len(members) == 0 {
		return Classification{}, nil, false
	}
	return found, found.Counts(members), true
}

// labelNumbers are the labels that a training learns from, as numbers in one row;
// nil where they are text, masks, or not at hand.
func labelNumbers(d *pipeline.Dataset) []float64 {
	if d.Facts == nil || d.Facts.Labels == nil {
		return nil
	}
	labels := d.Facts.Labels
	if len(d.Partitions) > 0 {
		members, known := d.Facts.Members[pipeline.Train]
		if !known {
			return nil
		}
		labels = labels.Select(members)
	}
	if labels.Ints == nil {
		return labels.Reals
	}
	numbers := make([]float64, len(labels.Ints))
	for i, v := range labels.Ints {
		numbers[i] = float64(v)
	}
	return numbers
}

// spread is the least, the greatest, the mean and the standard deviation of
// numbers, of which there is at least one.
func spread(numbers []float64) (low, high, mean, deviation float64) {
	low, high = numbers[0], numbers[0]
	for _, v := range numbers {
		low, high = min(low, v), max(high, v)
		mean += v / float64(len(numbers))
	}
	for _, v := range numbers {
		deviation += (v - mean) * (v - mean) / float64(len(numbers))
	}
	return low, high, mean, math.Sqrt(deviation)
}

// extremes are the places of the smallest class that has examples and of the
// largest one.
func extremes(counts []int) (smallest, largest int) {
	smallest = -1
	for k, n := range counts {
		if n > counts[largest] {
			largest = k
		}
		if n > 0 && (smallest < 0 || n < counts[smallest]) {
			smallest = k
		}
	}
	return smallest, largest
}
