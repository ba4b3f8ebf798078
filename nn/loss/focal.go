package loss

import (
	"math"

	"github.com/voxelpipe/pipe/nn/tensor"
)

// Focal is cross-entropy in which what is told rightly already counts less: each
// class's share is multiplied by (1 - p)^gamma, where p is the probability that
// the model gives to the truth. It is for classes of very different sizes, such
// as a lesion of a few voxels.
//
// Behind a `softmax` it is Keras' CategoricalFocalCrossentropy, -Σ alpha·(1 -
// p)^gamma·t·ln p, for one-hot rows or class ids. Behind a `sigmoid` it is Keras'
// BinaryFocalCrossentropy, the mean over the units of -(1 - p)^gamma·ln p, where p
// is the probability of the label, 0 or 1; alpha counts there only if
// `apply_class_balancing` is set. torchvision's sigmoid_focal_loss always balances,
// with the same alpha of 0.25.
type Focal struct {
	// Alpha multiplies the loss behind a softmax. Behind a sigmoid, with
	// apply_class_balancing, it is the weight of 1, and 1 - alpha that of 0.
	Alpha float64 `yaml:"alpha" validate:"gte=0,lte=1"`
	// Gamma is how much less counts what is told rightly; 0 is plain cross-entropy.
	Gamma float64 `yaml:"gamma" validate:"gte=0"`
	// ApplyClassBalancing says whether alpha weighs 1 against 0 behind a sigmoid.
	ApplyClassBalancing bool `yaml:"apply_class_balancing"`
	// Logits says that the model ends in scores, without a softmax or sigmoid.
	Logits bool `yaml:"from_logits"`
	// LabelSmoothing takes this share of every label and spreads it evenly over all
	// classes; behind a sigmoid it moves labels towards one half.
	LabelSmoothing float64 `yaml:"label_smoothing" validate:"gte=0,lte=1"`
	Reduction      `yaml:",inline"`
	formed         `yaml:"-"`
}

// In is the loss for a form.
func (l *Focal) In(f Form) Loss {
	in := *l
	in.form = f
	return &in
}

// FromLogits says that the model ends in scores.
func (l *Focal) FromLogits() bool { return l.Logits }

// Points is the focal loss at some positions.
func (l *Focal) Points(s *Stretch[float32]) float64 { return focal(l, s) }

// Points64 is the same in double precision.
func (l *Focal) Points64(s *Stretch[float64]) float64 { return focal(l, s) }

func focal[T tensor.Float](l *Focal, s *Stretch[T]) float64 {
	var sum float64
	for i, weight := range s.Weights {
		switch {
		case l.Head() == Sigmoid:
			sum += weight * s.focalOfEach(i, l)
		case s.Scores:
			sum += weight * s.focalOfScores(i, s.distribution(i, l.Target() == ClassID, l.LabelSmoothing), l)
		default:
			sum += weight * s.focalOfProbabilities(i, s.distribution(i, l.Target() == ClassID, l.LabelSmoothing), l)
		}
	}
	return sum
}

// focalOfScores is Σ t·α·q^γ·(-ln p), where p = softmax(y) and q = 1 - p is summed
// up from the other classes, so that it is exact where p is nearly 1. With
// h = p·dL/dp = t·α·(γ·p·q^(γ-1)·ln p - q^γ) the derivative by score j is
// hⱼ - pⱼ·Σh.
func (s *Stretch[T]) focalOfScores(i int, t []float64, l *Focal) float64 {
	y, p, logSum := at(s.Y, i, s.Outputs), at(s.P, i, s.Outputs), s.LogSum[i]
	var loss, total float64
	for k, share := range t {
		if share == 0 {
			continue // an infinitely low score costs nothing where it has no share
		}
		var q float64
		for j, other := range p {
			if j != k {
				q += float64(other)
			}
		}
		logP := float64(y[k]) - logSum
		factor, slope := power(q, l.Gamma)
		share *= l.Alpha
		loss -= share * factor * logP
		t[k] = share * (slope*float64(p[k])*logP - factor) // h, from here on
		total += t[k]
	}
	if s.DY != nil {
		for k, v := range p {
			s.slope(i, k, t[k]-float64(v)*total)
		}
	}
	return loss
}

// focalOfProbabilities is the same of clip(y/Σy), as Keras computes it; its
// derivative by output j is d - Σ p·d, where d = dL/dp/Σy at classes that were not
// clipped and 0 elsewhere.
func (s *Stretch[T]) focalOfProbabilities(i int, t []float64, l *Focal) float64 {
	y := at(s.Y, i, s.Outputs)
	var sum float64
	for _, v := range y {
		sum += float64(v)
	}
	var loss, total float64
	for k, v := range y {
		p, moved := clip(float64(v) / sum)
		factor, slope := power(1-p, l.Gamma)
		share := t[k] * l.Alpha
		loss -= share * factor * math.Log(p)
		t[k] = 0 // d, from here on
		if !moved {
			t[k] = share * (slope*math.Log(p) - factor/p) / sum
			total += p * t[k]
		}
	}
	if s.DY != nil {
		for k, d := range t {
			s.slope(i, k, d-total)
		}
	}
	return loss
}

// focalOfEach is the mean over the units of (1 - p)^γ times binary cross-entropy,
// where p = t·y + (1-t)·(1-y) is the probability of the label.
func (s *Stretch[T]) focalOfEach(i int, l *Focal) float64 {
	n := float64(s.Outputs)
	var sum float64
	targets := at(s.Targets, i, s.Outputs)
	for k, v := range at(s.Y, i, s.Outputs) {
		y, t := float64(v), float64(targets[k])*(1-l.LabelSmoothing)+0.5*l.LabelSmoothing
		yes, no, byOutput := y, 1-y, 1.0
		var entropy, slope float64
		if s.Scores {
			j := i*s.Outputs + k
			yes, no = float64(s.P[j]), sigmoid(-y)
			byOutput = yes * no
			entropy, slope = max(y, 0)-y*t+float64(s.Tail[j]), yes-t
		} else {
			entropy, slope = binaryOfProbability(y, t)
		}
		factor, steep := power(t*no+(1-t)*yes, l.Gamma)
		weight := 1 / n
		if l.ApplyClassBalancing {
			weight *= t*l.Alpha + (1-t)*(1-l.Alpha)
		}
		sum += weight * factor * entropy
		if s.DY != nil {
			s.slope(i, k, weight*(factor*slope+entropy*steep*(1-2*t)*byOutput))
		}
	}
	return sum
}

// power is x^γ and its derivative by x. At 0, where the derivative of a root has no
// bound, it is taken for 0: what it is multiplied with vanishes faster.
func power(x, gamma float64) (value, slope float64) {
	switch {
	case gamma == 2:
		return x * x, 2 * x
	case gamma == 0:
		return 1, 0
	case x == 0:
		return 0, 0
	}
	value = math.Pow(x, gamma)
	return value, gamma * value / x
}
