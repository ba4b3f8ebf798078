package stages

import (
	"context"
	"fmt"

	"github.com/voxelpipe/pipe/nn/data"
)

// statistics are the numbers that a method takes from voxels, one for each
// channel, or one for all together. Those that the method does not need are left
// out.
type statistics struct {
	// Min and Max are the bounds of the values.
	Min []float64 `json:"min,omitempty"`
	Max []float64 `json:"max,omitempty"`
	// Mean and Deviation are those of all values (population).
	Mean      []float64 `json:"mean,omitempty"`
	Deviation []float64 `json:"deviation,omitempty"`
	// Low and High are the two percentiles.
	Low  []float64 `json:"low,omitempty"`
	High []float64 `json:"high,omitempty"`
}

func (s *statistics) channels() int { return max(len(s.Max), len(s.Mean), len(s.Low)) }

// fit learns from the given examples.
func (s *Normalize) fit(ctx context.Context, threads int, source data.Source, examples []int) (*statistics, error) {
	set := sample{source: source, examples: examples, channels: s.channels(source.Shape()), nonzero: s.Mask == "nonzero"}
	if s.Method == "percentile" {
		bounds, err := set.percentiles(ctx, threads, s.Percentiles[:])
		if err != nil {
			return nil, err
		}
		return fromPercentiles(bounds), nil
	}
	moments, err := set.moments(ctx, threads)
	if err != nil {
		return nil, err
	}
	numbers := s.fromMoments(moments)
	for c := range numbers.Max {
		if s.Method == "max" && numbers.Max[c] < 0 {
			return nil, fmt.Errorf("the greatest value of the training examples is %g: dividing by it would turn the image round; use method: min_max", numbers.Max[c])
		}
	}
	return numbers, nil
}

// own takes an example's own numbers.
func (s *Normalize) own(values []float32, channels int) *statistics {
	nonzero := s.Mask == "nonzero"
	if s.Method != "percentile" {
		return s.fromMoments(momentsOf(values, channels, nonzero))
	}
	return fromPercentiles(percentilesOfOne(values, channels, nonzero, s.Percentiles[:]))
}

func (s *Normalize) fromMoments(of []moments) *statistics {
	numbers := new(statistics)
	for _, m := range of {
		switch s.Method {
		case "max":
			numbers.Max = append(numbers.Max, bound(m, m.max))
		case "min_max":
			numbers.Min = append(numbers.Min, bound(m, m.min))
			numbers.Max = append(numbers.Max, bound(m, m.max))
		case "z_score":
			mean, deviation := m.mean, m.deviation()
			if m.min == m.max { // rounding must not make a spread out of none
				mean, deviation = m.min, 0
			}
			numbers.Mean = append(numbers.Mean, mean)
			numbers.Deviation = append(numbers.Deviation, deviation)
		}
	}
	return numbers
}

// bound is a bound of values, 0 if there are none.
func bound(m moments, value float64) float64 {
	if m.count == 0 {
		return 0
	}
	return value
}

func fromPercentiles(bounds [][]float64) *statistics {
	numbers := new(statistics)
	for _, b := range bounds {
		low, high := 0.0, 0.0
		if b != nil {
			low, high = b[0], b[1]
		}
		numbers.Low, numbers.High = append(numbers.Low, low), append(numbers.High, high)
	}
	return numbers
}

// transform scales examples of the given sizes. The numbers are nil where the
// method learns none from the training examples.
func (s *Normalize) transform(learnt *statistics, sizes []int) data.Transform {
	t := &normalized{settings: *s, channels: s.channels(sizes)}
	if learnt != nil || s.Method == "rescale" {
		t.lines = s.lines(learnt, t.channels)
	}
	return t
}

// line takes x to (x - from) × factor + to.
type line struct{ from, factor, to float64 }

// lines gives each channel's line.
func (s *Normalize) lines(of *statistics, channels int) []line {
	lines := make([]line, channels)
	for c := range lines {
		switch s.Method {
		case "rescale":
			lines[c] = line{0, s.Scale, s.Offset}
		case "z_score":
			lines[c] = line{of.Mean[c], inverse(of.Deviation[c]), 0}
		case "max":
			lines[c] = line{0, 1, 0}
			if of.Max[c] > 0 {
				lines[c].factor = 1 / of.Max[c]
			}
		case "min_max":
			lines[c] = line{of.Min[c], (s.Range[1] - s.Range[0]) * inverse(of.Max[c]-of.Min[c]), s.Range[0]}
		case "percentile":
			lines[c] = line{of.Low[c], (s.Range[1] - s.Range[0]) * inverse(of.High[c]-of.Low[c]), s.Range[0]}
		}
	}
	return lines
}

// inverse is 1 / spread, and 1 where there is no spread: values that are all
// equal are then left where the line starts.
func inverse(spread float64) float64 {
	if spread == 0 {
		return 1
	}
	return 1 / spread
}

// normalized scales the voxels of each channel along its line.
type normalized struct {
	settings Normalize
	channels int
	// lines are nil where each example has its own.
	lines []line
}

func (*normalized) Output(in []int) []int { return in }

func (t *normalized) Apply(in, out []float32) {
	s := &t.settings
	lines := t.lines
	if lines == nil {
		lines = s.lines(s.own(in, t.channels), t.channels)
	}
	keepZero, cut := s.Mask == "nonzero", s.Method == "percentile"
	low, high := float32(s.Range[0]), float32(s.Range[1])
	for c, l := range lines {
		for i := c; i < len(in); i += t.channels {
			v := in[i]
			if keepZero && v == 0 {
				out[i] = 0
				continue
			}
			scaled := float32((float64(v)-l.from)*l.factor + l.to)
			if cut {
				scaled = min(max(scaled, low), high)
			}
			out[i] = scaled
		}
	}
}
