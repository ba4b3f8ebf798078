package loss

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

// At is the part of the cross-entropy.
func (l *DiceCrossentropy) At(y, t, dy []float64, scores bool) float64 {
	var loss float64
	switch {
	case l.Target() == ClassID:
		loss = (&SparseCategoricalCrossentropy{}).At(y, t, dy, scores)
	case l.Head() == Sigmoid:
		loss = (&BinaryCrossentropy{}).At(y, t, dy, scores)
	default:
		loss = (&CategoricalCrossentropy{}).At(y, t, dy, scores)
	}
	for k := range dy {
		dy[k] *= l.CrossentropyWeight
	}
	return l.CrossentropyWeight * loss
}
