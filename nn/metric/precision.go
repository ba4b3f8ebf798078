package metric

// Precision is the share of the predictions of a class that are right: of all
// that the model calls a tumour, how many are one. A class that is never
// predicted has a precision of 0.
type Precision struct {
	Averaging `yaml:",inline"`
}

// Variant is "precision", with the kind of average for several classes.
func (p *Precision) Variant(t Task) string { return p.variant(t, "precision") }

// Start counts predictions.
func (p *Precision) Start(t Task) Meter {
	return &averaged{newTally(t), p.Averaging, classTally.precision}
}
