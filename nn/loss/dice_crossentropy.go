package loss

import "github.com/voxelpipe/pipe/nn/tensor"

// DiceCrossentropy is the weighted sum of `dice`, which looks at whole regions,
// and of the cross-entropy of every voxel, which has a useful gradient also where
// the regions do not touch yet. It is the usual loss for segmentation, MONAI's
// DiceCELoss.
//
// Behind a `softmax` the cross-entropy is `categorical_crossentropy`, behind a
// `sigmoid` it is `binary_crossentropy`, each the mean over the voxels. The
// background always counts in it; `include_background` is about Dice alone.
//
// Dice and cross-entropy are taken for each example: `sum` adds up the examples,
// not their voxels.
type DiceCrossentropy struct {
	// DiceWeight multiplies the part of Dice.
	DiceWeight float64 `yaml:"dice_weight" validate:"gte=0"`
	// CrossentropyWeight multiplies the part of the cross-entropy.
	CrossentropyWeight float64 `yaml:"crossentropy_weight" validate:"gte=0"`
	// Logits says that the model ends in scores, without a softmax or sigmoid.
	Logits    bool `yaml:"from_logits"`
	Regions   `yaml:",inline"`
	Reduction `yaml:",inline"`
	formed    `yaml:"-"`
}

// In is the loss for a form.
func (l *DiceCrossentropy) In(f Form) Loss {
	in := *l
	in.form = f
	return &in
}

// FromLogits says that the model ends in scores.
func (l *DiceCrossentropy) FromLogits() bool { return l.Logits }

// Region is the part of Dice.
func (l *DiceCrossentropy) Region(sums, slopes []Overlap) float64 {
	loss := l.overlap(0.5, 0.5, l.Smooth/2, sums, slopes)
	for k := range slopes {
		slopes[k].Both *= l.DiceWeight
		slopes[k].Predicted *= l.DiceWeight
	}
	return l.DiceWeight * loss
}

// Points is the part of the cross-entropy.
func (l *DiceCrossentropy) Points(s *Stretch[float32]) float64 { return diceCrossentropy(l, s) }

// Points64 is the same in double precision.
func (l *DiceCrossentropy) Points64(s *Stretch[float64]) float64 { return diceCrossentropy(l, s) }

func diceCrossentropy[T tensor.Float](l *DiceCrossentropy, s *Stretch[T]) float64 {
	s.Scale *= l.CrossentropyWeight
	if l.Head() == Sigmoid {
		return l.CrossentropyWeight * binary(s, 0)
	}
	return l.CrossentropyWeight * crossentropy(s, l.Target() == ClassID, 0)
}
