package loss

// Tversky compares regions as `dice` does, and tells apart what is predicted
// wrongly and what is missed: 1 - (TP + smooth) / (TP + alpha·FP + beta·FN +
// smooth), where TP = Σ p·t, FP = Σ p·(1-t) and FN = Σ (1-p)·t over the voxels of
// an example.
//
// With beta above alpha the model rather marks too much than misses something.
// With 0.5 and 0.5 it is `dice`, with 1 and 1 the loss of the intersection over
// the union. As in MONAI's TverskyLoss it is taken for each example and class by
// itself, then the mean; Keras' Tversky sums over the whole batch first.
type Tversky struct {
	// Alpha is the weight of what is predicted and not true.
	Alpha float64 `yaml:"alpha" validate:"gte=0"`
	// Beta is the weight of what is true and not predicted.
	Beta float64 `yaml:"beta" validate:"gte=0"`
	// Logits says that the model ends in scores, without a softmax or sigmoid.
	Logits    bool `yaml:"from_logits"`
	Regions   `yaml:",inline"`
	Reduction `yaml:",inline"`
	formed    `yaml:"-"`
}

// In is the loss for a form.
func (l *Tversky) In(f Form) Loss {
	in := *l
	in.form = f
	return &in
}

// FromLogits says that the model ends in scores.
func (l *Tversky) FromLogits() bool { return l.Logits }

// Region is 1 - (B + s)/(B + α·(P-B) + β·(T-B) + s), the mean over the classes.
func (l *Tversky) Region(sums, slopes []Overlap) float64 {
	return l.overlap(l.Alpha, l.Beta, l.Smooth, sums, slopes)
}
