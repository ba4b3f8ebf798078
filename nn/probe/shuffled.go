package probe

import (
	"math/rand/v2"

	"github.com/voxelpipe/pipe/nn/tensor"
	"github.com/voxelpipe/pipe/nn/train"
)

// Shuffled compares learning the labels with learning the same labels given to
// other examples.
type Shuffled struct {
	// Examples were gone through in batches, Epochs times.
	Examples, Epochs int
	// Real and Other are the mean losses of the last time, Start that of the first
	// step.
	Start, Real, Other float64
}

// shuffledEpochs is how often the examples are gone through.
const shuffledEpochs = 6

// shuffled learns with both.
func (w *workshop) shuffled(found *Found) error {
	if !w.classified() || len(found.Fits) == 0 {
		return nil
	}
	of := found.Fits[len(found.Fits)-1]
	const size, batches = 8, 12
	n, ok := w.affordable(4*size, batches*size, shuffledEpochs, shareBudget/2)
	if !ok || n < 4*size {
		w.leave("shuffled labels were not learnt")
		return nil
	}
	s := &Shuffled{Examples: n / size * size, Epochs: shuffledEpochs}
	var parts []*train.Batch
	for from := 0; from < s.Examples; from += size {
		b, err := w.read(w.balanced[from : from+size])
		if err != nil {
			return err
		}
		parts = append(parts, b)
	}
	var err error
	if s.Start, s.Real, err = w.course(parts, of); err != nil {
		return err
	}
	_, s.Other, err = w.course(w.reordered(parts), of)
	found.Shuffled = s
	return err
}

// course goes through batches and gives the loss of the first step and the mean
// of the last round.
func (w *workshop) course(parts []*train.Batch, as Fit) (first, last float64, err error) {
	t := w.trial(false)
	t.uses(as.Optimizer)
	for round := range shuffledEpochs {
		last = 0
		for k, b := range parts {
			value, _ := t.step(b, as.Rate)
			if round == 0 && k == 0 {
				first = value
			}
			last += value / float64(len(parts))
			if err := w.ctx.Err(); err != nil {
				return 0, 0, err
			}
		}
	}
	return first, last, nil
}

// reordered are the batches with labels that were shuffled among all of them.
func (w *workshop) reordered(parts []*train.Batch) []*train.Batch {
	random := rand.New(rand.NewPCG(w.Settings.Seed, 0xda942042e4dd58b5))
	size := parts[0].X.Batch()
	order := random.Perm(size * len(parts))
	shuffled := make([]*train.Batch, len(parts))
	for k := range parts {
		b := *parts[k]
		b.Y = tensor.New[float32](b.Y.Shape...)
		for i := range size {
			from := order[k*size+i]
			copy(b.Y.Example(i), parts[from/size].Y.Example(from%size))
		}
		shuffled[k] = &b
	}
	return shuffled
}
