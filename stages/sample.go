package stages

import (
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/pipeline"
)

// sample is the voxels that statistics are taken of. What it gives never depends
// on the number of threads.
type sample struct {
	source   data.Source
	examples []int
	// channels is the number of values per voxel that are kept apart: 1 puts all
	// channels together.
	channels int
	// nonzero leaves out voxels that are 0.
	nonzero bool
}

// threads is how many a stage may use.
func threads(r *pipeline.Run) int {
	if r.Pool == nil {
		return 1
	}
	return r.Pool.Threads()
}

// each reads every example once and shows it to look, from several workers at
// once; worker is below threads, position that of the example in the sample. It
// refuses values that are not finite: nothing can be learnt from them. The error
// is that of the first example, in order, that has one.
func (s sample) each(ctx context.Context, threads int, look func(worker, position int, values []float32)) error {
	failures := make([]error, len(s.examples))
	var next atomic.Int64
	var failed atomic.Bool
	var workers sync.WaitGroup
	for worker := range min(threads, len(s.examples)) {
		workers.Go(func() {
			values := make([]float32, data.Elements(s.source.Shape()))
			for !failed.Load() && ctx.Err() == nil {
				position := int(next.Add(1)) - 1
				if position >= len(s.examples) {
					return
				}
				if failures[position] = s.read(s.examples[position], values); failures[position] != nil {
					failed.Store(true)
					return
				}
				look(worker, position, values)
			}
		})
	}
	workers.Wait()
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (s sample) read(example int, values []float32) error {
	if err := s.source.Read(example, values); err != nil {
		return err
	}
	return finite(example, values)
}

// moments are the count, bounds, mean and sum of squared deviations of values.
type moments struct {
	count, min, max, mean, squares float64
}

// momentsOf gives the moments of each channel of an example, NaN left out.
func momentsOf(values []float32, channels int, nonzero bool) []moments {
	all := make([]moments, channels)
	for c := range all {
		m := moments{min: math.Inf(1), max: math.Inf(-1)}
		sum := 0.0
		for i := c; i < len(values); i += channels {
			v := float64(values[i])
			if math.IsNaN(v) || nonzero && v == 0 {
				continue
			}
			m.count++
			sum += v
			m.min, m.max = min(m.min, v), max(m.max, v)
		}
		if m.count > 0 {
			m.mean = sum / m.count
		}
		for i := c; i < len(values); i += channels {
			v := float64(values[i])
			if math.IsNaN(v) || nonzero && v == 0 {
				continue
			}
			m.squares += (v - m.mean) * (v - m.mean)
		}
		all[c] = m
	}
	return all
}

// with joins the moments of two disjoint sets of values: Chan, Golub and LeVeque,
// "Algorithms for computing the sample variance" (1983), formula 2.1.
func (m moments) with(o moments) moments {
	if m.count == 0 || o.count == 0 {
		if m.count == 0 {
			return o
		}
		return m
	}
	apart := o.mean - m.mean
	count := m.count + o.count
	return moments{
		count: count, min: min(m.min, o.min), max: max(m.max, o.max),
		mean:    m.mean + apart*o.count/count,
		squares: m.squares + o.squares + apart*apart*m.count*o.count/count,
	}
}

// deviation is the standard deviation of the values themselves (not an estimate
// from a sample of them), as NumPy and Keras take it.
func (m moments) deviation() float64 {
	if m.count == 0 {
		return 0
	}
	return math.Sqrt(m.squares / m.count)
}

// moments gives those of each channel over all examples, joined in the order of
// the examples.
func (s sample) moments(ctx context.Context, threads int) ([]moments, error) {
	apart := make([][]moments, len(s.examples))
	err := s.each(ctx, threads, func(_, position int, values []float32) {
		apart[position] = momentsOf(values, s.channels, s.nonzero)
	})
	if err != nil {
		return nil, err
	}
	joined := make([]moments, s.channels)
	for _, of := range apart {
		for c := range joined {
			joined[c] = joined[c].with(of[c])
		}
	}
	return joined, s.enough(func(c int) bool { return joined[c].count > 0 })
}

// enough refuses channels without a single value to learn from.
func (s sample) enough(has func(channel int) bool) error {
	for c := range s.channels {
		switch {
		case has(c):
		case s.channels > 1:
			return fmt.Errorf("channel %d of the training examples has no value other than 0: with mask: nonzero nothing is left to learn from", c)
		default:
			return fmt.Errorf("the training examples have no value other than 0: with mask: nonzero nothing is left to learn from")
		}
	}
	return nil
}
