package loss

import (
	"math"

	"github.com/voxelpipe/pipe/nn/tensor"
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
//
// PyTorch's CrossEntropyLoss takes scores only, with the classes behind the batch;
// from scores the two are the same. Probabilities that do not come from the model's
// own softmax are kept 1e-7 away from 0 and 1, as in Keras.
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

// Points is -Σ t·ln p.
func (l *CategoricalCrossentropy) Points(s *Stretch[float32]) float64 {
	return crossentropy(s, false, l.LabelSmoothing)
}

// Points64 is the same in double precision.
func (l *CategoricalCrossentropy) Points64(s *Stretch[float64]) float64 {
	return crossentropy(s, false, l.LabelSmoothing)
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

// Points is -ln p of the true class. It panics if there is no such class: labels
// are checked before training.
func (l *SparseCategoricalCrossentropy) Points(s *Stretch[float32]) float64 {
	return crossentropy(s, true, 0)
}

// Points64 is the same in double precision.
func (l *SparseCategoricalCrossentropy) Points64(s *Stretch[float64]) float64 {
	return crossentropy(s, true, 0)
}

// crossentropy takes smoothing for one-hot rows only.
func crossentropy[T tensor.Float](s *Stretch[T], ids bool, smoothing float64) float64 {
	switch {
	case s.Scores && ids:
		return s.crossentropyOfClasses()
	case s.Scores:
		return s.crossentropyOfShares(smoothing)
	}
	var sum float64
	for i, weight := range s.Weights {
		sum += weight * s.crossentropyOfProbabilities(i, s.distribution(i, ids, smoothing))
	}
	return sum
}

// crossentropyOfClasses is -ln softmax(y) = ln Σ exp(y) - y of the true class at
// each position. Its derivative is softmax(y), less 1 for that class.
func (s *Stretch[T]) crossentropyOfClasses() float64 {
	var sum float64
	for i, weight := range s.Weights {
		class := classOf(s.Targets[i], s.Outputs)
		sum += weight * (s.LogSum[i] - float64(s.Y[i*s.Outputs+class]))
		if s.DY == nil {
			continue
		}
		scale := weight * s.Scale
		p, dy := at(s.P, i, s.Outputs), at(s.DY, i, s.Outputs)
		for k, v := range p {
			dy[k] = T(float64(v) * scale)
		}
		dy[class] = T((float64(p[class]) - 1) * scale)
	}
	return sum
}

// crossentropyOfShares is -Σ t·ln softmax(y) = Σ t·(ln Σ exp(y) - y). Its
// derivative is softmax(y)·Σt - t.
func (s *Stretch[T]) crossentropyOfShares(smoothing float64) float64 {
	keep, spread := 1-smoothing, smoothing/float64(s.Outputs)
	var sum float64
	for i, weight := range s.Weights {
		y, t, logSum := at(s.Y, i, s.Outputs), at(s.Targets, i, s.Outputs), s.LogSum[i]
		var loss, total float64
		for k, v := range t {
			share := float64(v)*keep + spread
			total += share
			loss += share * ifAny(share, logSum-float64(y[k]))
		}
		sum += weight * loss
		if s.DY == nil {
			continue
		}
		scale := weight * s.Scale
		p, dy := at(s.P, i, s.Outputs), at(s.DY, i, s.Outputs)
		for k, v := range t {
			dy[k] = T((float64(p[k])*total - (float64(v)*keep + spread)) * scale)
		}
	}
	return sum
}

// ifAny is the cost, and 0 where there is no share of it: an infinitely low score
// costs nothing there. Labels come at random, so a processor that has to guess at
// a branch is often wrong; here the share's bits become a mask.
func ifAny(share, cost float64) float64 {
	bits := int64(math.Float64bits(share) << 1)
	return math.Float64frombits(math.Float64bits(cost) & uint64((bits|-bits)>>63))
}

// crossentropyOfProbabilities is -Σ t·ln clip(y/Σy), as Keras computes it. With
// s = Σy and q = y/s its derivative is (Σ t' - t'/q)/s, where t' is t at classes
// that were not clipped and 0 elsewhere.
func (s *Stretch[T]) crossentropyOfProbabilities(i int, t []float64) float64 {
	y := at(s.Y, i, s.Outputs)
	var sum float64
	for _, v := range y {
		sum += float64(v)
	}
	var loss, free float64
	for k, v := range y {
		p, moved := clip(float64(v) / sum)
		loss -= t[k] * math.Log(p)
		if !moved {
			free += t[k]
		}
	}
	if s.DY != nil {
		for k, v := range y {
			slope := free / sum
			if p, moved := clip(float64(v) / sum); !moved {
				slope -= t[k] / p / sum
			}
			s.slope(i, k, slope)
		}
	}
	return loss
}
