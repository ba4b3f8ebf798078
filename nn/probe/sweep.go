package probe

import (
	"math"

	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/train"
)

// Sweep are steps on one batch with a learning rate that rises evenly in its
// logarithm (Smith, "Cyclical Learning Rates for Training Neural Networks", 2017).
type Sweep struct {
	// Rates are the learning rates of the steps, Losses the losses in front of them.
	Rates, Losses []float64
	// Steepest is the rate at which the loss falls fastest, Low a tenth of it: between
	// the two learning usually goes well. 0 if the loss fell nowhere.
	Low, Steepest float64
}

const (
	sweepSteps  = 60
	lowestRate  = 1e-6
	highestRate = 10
)

// How many examples are learnt by heart, at most in so many steps: not fewer than
// the first, and the second for a judgement on the network.
const (
	fitFewest, fitLeast, fitMost = 4, 8, 16
	fitSteps                     = 300
)

// fitting reads the examples that are learnt by heart: as many of each class as
// can be. Nil if a step with so many is too dear.
func (w *workshop) fitting(steps int, budget float64) (*train.Batch, error) {
	least, usual := fitFewest, fitLeast
	if w.task.Positions > 1 || w.task.Kind == metric.Regression && w.task.Outputs > 8 {
		least, usual = 2, 2 // each has many answers
	}
	most := min(fitMost, max(w.Settings.BatchSize, usual))
	n, ok := w.affordable(least, most, steps, budget)
	if !ok {
		return nil, nil
	}
	return w.read(w.balanced[:n])
}

func (w *workshop) sweep(found *Found) error {
	steps := sweepSteps
	b, err := w.fitting(steps, sweepBudget)
	if b == nil && err == nil {
		steps /= 2
		b, err = w.fitting(steps, sweepBudget)
	}
	if err != nil {
		return err
	}
	if b == nil {
		w.leave("the learning rates were not tried")
		return nil
	}
	t := w.trial(false)
	s := &Sweep{}
	for k := range steps {
		rate := lowestRate * math.Pow(highestRate/lowestRate, float64(k)/float64(steps-1))
		value, _ := t.step(b, rate)
		if err := w.ctx.Err(); err != nil {
			return err
		}
		if !finite(value) {
			break
		}
		s.Rates, s.Losses = append(s.Rates, rate), append(s.Losses, value)
		if k > 0 && value > 2*s.Losses[0] {
			break // from here on it only gets worse
		}
	}
	s.read()
	found.Sweep = s
	return nil
}

// read finds where the loss falls fastest, before it rises far above what it was.
// Losses are smoothed over three steps, and the fall is measured over the steps of
// half a decade.
func (s *Sweep) read() {
	smooth := make([]float64, 0, len(s.Losses))
	for i := range s.Losses {
		from, to := max(i-1, 0), min(i+2, len(s.Losses))
		mean := 0.0
		for _, v := range s.Losses[from:to] {
			mean += v / float64(to-from)
		}
		if mean > 1.2*s.Losses[0] {
			break
		}
		smooth = append(smooth, mean)
	}
	n := len(smooth)
	if n < 5 {
		return
	}
	span := max(int(math.Round(0.5*float64(n-1)/math.Log10(s.Rates[n-1]/s.Rates[0]))), 1)
	best := 0.02 * math.Abs(s.Losses[0]) // less is noise
	for i := 0; i+span < n; i++ {
		if fall := smooth[i] - smooth[i+span]; fall > best {
			best = fall
			s.Steepest = s.Rates[i+span/2]
		}
	}
	s.Low = s.Steepest / 10
}
