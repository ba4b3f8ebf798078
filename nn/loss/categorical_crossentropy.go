package loss

import (
	"fmt"
	"math"
)

// CategoricalCrossentropy compares a distribution over classes with one-hot
// labels: minus the logarithm of the probability that the model gives the true
// class. It belongs behind a `softmax` with one unit for each class; softmax and
// loss are then computed together, so that a probability of 0 costs no precision.
//
// A model that knows nothing has a loss of ln K for K classes: 0.693 for 2.
//
// Classes given as numbers (`label_encode: {form: class_id}`) need
// `sparse_categorical_crossentropy`, which is the same loss.
type CategoricalCrossentropy struct {
	// Logits says that the model ends in scores, without a softmax.
	Logits bool `yaml:"from_logits"`
	// LabelSmoothing takes this share of every label from its class and spreads it
	// evenly over all classes: with 0.1 and 2 classes, [1, 0] becomes [0.95, 0.05].
	LabelSmoothing float64 `yaml:"label_smoothing" validate:"gte=0,lte=1"`
	Reduction      `yaml:",inline"`
}

// Target is one-hot rows.
func (*CategoricalCrossentropy) Target() Target { return OneHot }

// Head is softmax.
func (*CategoricalCrossentropy) Head() Head { return Softmax }

// FromLogits says that the model ends in scores.
func (l *CategoricalCrossentropy) FromLogits() bool { return l.Logits }

// At is -Σ t·ln p.
func (l *CategoricalCrossentropy) At(y, t, dy []float64, scores bool) float64 {
	return crossentropy(y, truthOf(OneHot, t, len(y), l.LabelSmoothing), dy, scores)
}

// SparseCategoricalCrossentropy compares a distribution over classes with the
// number of the true class, counted from 0: minus the logarithm of the
// probability that the model gives that class. It belongs behind a `softmax`
// with one unit for each class; softmax and loss are then computed together.
//
// It is `categorical_crossentropy` for labels that are not one-hot rows.
type SparseCategoricalCrossentropy struct {
	// Logits says that the model ends in scores, without a softmax.
	Logits    bool `yaml:"from_logits"`
	Reduction `yaml:",inline"`
}

// Target is class ids.
func (*SparseCategoricalCrossentropy) Target() Target { return ClassID }

// Head is softmax.
func (*SparseCategoricalCrossentropy) Head() Head { return Softmax }

// FromLogits says that the model ends in scores.
func (l *SparseCategoricalCrossentropy) FromLogits() bool { return l.Logits }

// At is -ln p of the class t[0]. It panics if there is no such class: labels
// are checked before training.
func (l *SparseCategoricalCrossentropy) At(y, t, dy []float64, scores bool) float64 {
	return crossentropy(y, truthOf(ClassID, t, len(y), 0), dy, scores)
}

// truth is a distribution over classes: a row of shares, or one class, of which
// some is spread evenly over all classes.
type truth struct {
	row          []float64 // nil for a class
	class        int
	keep, spread float64
}

// truthOf reads the target of one position. It panics if there is no such class:
// labels are checked before training.
func truthOf(target Target, t []float64, outputs int, smoothing float64) truth {
	is := truth{row: t, keep: 1 - smoothing, spread: smoothing / float64(outputs)}
	if target == ClassID {
		is.row, is.class = nil, int(t[0])
		if is.class < 0 || is.class >= outputs || float64(is.class) != t[0] {
			panic(fmt.Sprintf("loss: class %v of %d", t[0], outputs))
		}
	}
	return is
}

// share is what a class has of the distribution.
func (t *truth) share(k int) float64 {
	switch {
	case t.row != nil:
		return t.row[k]*t.keep + t.spread
	case k == t.class:
		return t.keep + t.spread
	}
	return t.spread
}

func crossentropy(y []float64, truth truth, dy []float64, scores bool) float64 {
	if scores {
		return crossentropyOfScores(y, &truth, dy)
	}
	return crossentropyOfProbabilities(y, &truth, dy)
}

// crossentropyOfScores is -Σ t·ln softmax(y) = Σ t·(ln Σ exp(y) - y), its
// largest score taken out of the exponentials so that none overflows. Its
// derivative is softmax(y)·Σt - t.
func crossentropyOfScores(y []float64, truth *truth, dy []float64) float64 {
	highest := largest(y)
	var sum float64
	for k, v := range y {
		e := math.Exp(v - highest)
		if dy != nil {
			dy[k] = e
		}
		sum += e
	}
	logSum := math.Log(sum)
	var loss, total float64
	for k, v := range y {
		t := truth.share(k)
		total += t
		if t != 0 {
			// A class with an infinitely low score costs nothing where it has no share.
			loss += t * (logSum - (v - highest))
		}
	}
	for k := range dy {
		dy[k] = dy[k]/sum*total - truth.share(k)
	}
	return loss
}

// crossentropyOfProbabilities is -Σ t·ln clip(y/Σy), as Keras computes it. With
// s = Σy and q = y/s its derivative is (Σ t' - t'/q)/s, where t' is t at classes
// that were not clipped and 0 elsewhere.
func crossentropyOfProbabilities(y []float64, truth *truth, dy []float64) float64 {
	var sum float64
	for _, v := range y {
		sum += v
	}
	var loss, free float64
	for k, v := range y {
		p, moved := clip(v / sum)
		loss -= truth.share(k) * math.Log(p)
		if !moved {
			free += truth.share(k)
		}
	}
	for k := range dy {
		dy[k] = free / sum
		if p, moved := clip(y[k] / sum); !moved {
			dy[k] -= truth.share(k) / p / sum
		}
	}
	return loss
}

// largest is the largest value; NaN if there is one, so that a broken score is
// never taken for a good one.
func largest(y []float64) float64 {
	m := y[0]
	for _, v := range y[1:] {
		m = max(m, v)
	}
	return m
}
