package metric

// F1 is the harmonic mean of precision and recall: high only if a class is both
// found and rarely predicted wrongly.
type F1 struct {
	Averaging `yaml:",inline"`
}

// Variant is "f1", with the kind of average for several classes.
func (f *F1) Variant(t Task) string { return f.variant(t, "f1") }

// Start counts predictions.
func (f *F1) Start(t Task) Meter {
	return &averaged{newTally(t), f.Averaging, classTally.f1}
}
