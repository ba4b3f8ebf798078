package metric

// BalancedAccuracy is the mean over classes of the share of each class that is
// predicted rightly, so that a rare class counts as much as a common one. A
// model that always says the same reaches 1/K for K classes.
//
// Classes that never occur are left out. A single sigmoid unit has two classes,
// below and above 0.5; several units are averaged.
type BalancedAccuracy struct{}

// Fits a model that tells classes or tags apart.
func (*BalancedAccuracy) Fits(t Task) bool { return t.Kind != Regression }

// Variant is its name.
func (*BalancedAccuracy) Variant(Task) string { return "balanced_accuracy" }

// Better is up.
func (*BalancedAccuracy) Better() string { return "max" }

// Start counts right predictions of each class.
func (*BalancedAccuracy) Start(t Task) Meter { return &balancedAccuracy{newTally(t)} }

type balancedAccuracy struct{ *tally }

func (b *balancedAccuracy) Value() float64 {
	if b.task.Kind == MultiClass {
		return meanRecall(b.classes)
	}
	var sum float64
	for _, yes := range b.classes {
		sum += meanRecall([]classTally{b.against(yes), yes})
	}
	return sum / float64(len(b.classes))
}

// meanRecall averages over the classes that occur.
func meanRecall(classes []classTally) float64 {
	var sum float64
	occur := 0
	for _, c := range classes {
		if c.times() > 0 {
			sum += c.recall()
			occur++
		}
	}
	if occur == 0 {
		return 0
	}
	return sum / float64(occur)
}
