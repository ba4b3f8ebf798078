package loss

import "math"

// Focal is cross-entropy in which what is told rightly already counts less: each
// class's share is multiplied by (1 - p)^gamma, where p is the probability that
// the model gives to the truth. It is for classes of very different sizes, such
// as a lesion of a few voxels.
//
// Behind a `softmax` it is Keras' CategoricalFocalCrossentropy, -Σ alpha·(1 -
// p)^gamma·t·ln p, for one-hot rows or class ids. Behind a `sigmoid` it is Keras'
// BinaryFocalCrossentropy, the mean over the units of -(1 - p)^gamma·ln p, where p
// is the probability of the label, 0 or 1; alpha counts there only if
// `apply_class_balancing` is set.
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

// At is the focal loss of one position.
func (l *Focal) At(y, t, dy []float64, scores bool) float64 {
	if l.Head() == Sigmoid {
		return l.ofEach(y, t, dy, scores)
	}
	truth := truthOf(l.Target(), t, len(y), l.LabelSmoothing)
	if scores {
		return l.ofScores(y, &truth, dy)
	}
	return l.ofProbabilities(y, &truth, dy)
}

// ofScores is Σ t·α·q^γ·(-ln p), where p = softmax(y) and q = 1 - p is summed up
// from the other classes, so that it is exact where p is nearly 1. With h = p·dL/dp
// = t·α·(γ·p·q^(γ-1)·ln p - q^γ) the derivative by score j is h - p·Σh.
func (l *Focal) ofScores(y []float64, truth *truth, dy []float64) float64 {
	top := 0
	for k, v := range y {
		if v > y[top] || v != v {
			top = k
		}
	}
	var rest float64 // the sum of the exponentials, but for the largest, which is 1
	for k, v := range y {
		if k != top {
			rest += math.Exp(v - y[top])
		}
	}
	sum := rest + math.Exp(y[top]-y[top])
	logSum := math.Log(sum)
	var loss, total float64
	for k, v := range y {
		t := truth.share(k)
		if dy != nil {
			dy[k] = 0
		}
		if t == 0 && v == v {
			continue // an infinitely low score costs nothing where it has no share
		}
		logP, p := v-y[top]-logSum, math.Exp(v-y[top])/sum
		q := (sum - p*sum) / sum
		if k == top {
			q = rest / sum
		}
		factor, slope := power(q, l.Gamma)
		loss -= t * l.Alpha * factor * logP
		if dy != nil {
			dy[k] = t * l.Alpha * (slope*p*logP - factor)
			total += dy[k]
		}
	}
	for k := range dy {
		dy[k] -= math.Exp(y[k]-y[top]) / sum * total
	}
	return loss
}

// ofProbabilities is the same of clip(y/Σy), as Keras computes it; its derivative
// by output j is (h' - p·Σ h')/(p·Σy), where h' is h at classes that were not
// clipped and 0 elsewhere.
func (l *Focal) ofProbabilities(y []float64, truth *truth, dy []float64) float64 {
	var sum float64
	for _, v := range y {
		sum += v
	}
	var loss, total float64
	for k, v := range y {
		p, moved := clip(v / sum)
		factor, slope := power(1-p, l.Gamma)
		scaled := truth.share(k) * l.Alpha
		loss -= scaled * factor * math.Log(p)
		if dy == nil {
			continue
		}
		dy[k] = 0
		if !moved {
			byP := scaled * (slope*math.Log(p) - factor/p)
			dy[k] = byP / sum
			total += byP * p / sum
		}
	}
	for k := range dy {
		dy[k] -= total
	}
	return loss
}

// ofEach is the mean over the units of (1 - p)^γ times binary cross-entropy, where
// p = t·y + (1-t)·(1-y) is the probability of the label.
func (l *Focal) ofEach(y, t, dy []float64, scores bool) float64 {
	n := float64(len(y))
	var sum float64
	for k, v := range y {
		target := t[k]*(1-l.LabelSmoothing) + 0.5*l.LabelSmoothing
		yes, no, byScore := v, 1-v, 1.0
		entropy, slope := 0.0, 0.0
		if scores {
			yes, no = sigmoid(v), sigmoid(-v)
			byScore = yes * no
			entropy, slope = binaryOfScore(v, target)
		} else {
			entropy, slope = binaryOfProbability(v, target)
		}
		factor, steep := power(target*no+(1-target)*yes, l.Gamma)
		weight := 1 / n
		if l.ApplyClassBalancing {
			weight *= target*l.Alpha + (1-target)*(1-l.Alpha)
		}
		sum += weight * factor * entropy
		if dy != nil {
			dy[k] = weight * (factor*slope + entropy*steep*(1-2*target)*byScore)
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
