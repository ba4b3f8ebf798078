package metric

// Recall is the share of a class that is found: of all tumours, how many the
// model calls one. It is also known as sensitivity. A class that is predicted
// but never true has a recall of 0.
type Recall struct {
	Averaging `yaml:",inline"`
}

// Variant is "recall", with the kind of average for several classes.
func (r *Recall) Variant(t Task) string { return r.variant(t, "recall") }

// Start counts predictions.
func (r *Recall) Start(t Task) Meter {
	return &averaged{newTally(t), r.Averaging, classTally.recall}
}
