package loss

// Dice compares the region that is predicted for each class with the true one:
// 1 - (2·Σ p·t + smooth) / (Σ p + Σ t + smooth), where the sums go over the
// voxels of an example. It is 0 for regions that are the same and 1 for regions
// that do not touch, whatever their size: a small class counts as much as a
// large one.
//
// It is taken for each example and class by itself, then the mean over the
// classes, then over the examples, as in MONAI's DiceLoss. Keras' Dice instead
// sums over the classes and the whole batch first, so that large regions weigh
// more.
//
// It belongs behind a `softmax` with a unit for each class, or behind a
// `sigmoid`: one unit for a single region, several for regions that may overlap.
// The labels are masks. Behind a softmax they are class ids or one-hot rows,
// behind a sigmoid a 0 or 1 for each unit.
//
// A weight of each voxel, that of its class included, is how much the voxel
// counts in the sums; a weight of an example multiplies its loss.
type Dice struct {
	// Logits says that the model ends in scores, without a softmax or sigmoid.
	Logits    bool `yaml:"from_logits"`
	Regions   `yaml:",inline"`
	Reduction `yaml:",inline"`
	formed    `yaml:"-"`
}

// In is the loss for a form.
func (l *Dice) In(f Form) Loss {
	in := *l
	in.form = f
	return &in
}

// FromLogits says that the model ends in scores.
func (l *Dice) FromLogits() bool { return l.Logits }

// Region is 1 - (2·B + s)/(P + T + s), the mean over the classes.
func (l *Dice) Region(sums, slopes []Overlap) float64 {
	return l.overlap(0.5, 0.5, l.Smooth/2, sums, slopes)
}
