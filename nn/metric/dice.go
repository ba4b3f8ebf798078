package metric

import "math"

// Dice is how well the region of each class is met: twice the voxels that are
// both predicted and true, divided by those that are predicted plus those that
// are true. 1 is the same region, 0 no voxel in common. A voxel is predicted to
// be of the class with the largest output, or of a tag above 0.5.
//
// It is taken for each example by itself; then the mean over the examples that
// have the class, then over the classes. An example without the class is left out
// of its mean, as in MONAI's DiceMetric, whatever is predicted there; a class that
// no example has is left out, too. If none is left it is 0.
//
// A single sigmoid unit has one region, that above 0.5. `evaluate` tells each
// class by itself as well.
type Dice struct {
	Background `yaml:",inline"`
}

// Background is the setting of metrics that compare regions.
type Background struct {
	// IncludeBackground says whether class 0 counts, too, which is most of a volume
	// and easy to tell. Tags, and a single unit, have no background.
	IncludeBackground bool `yaml:"include_background"`
}

var background = Background{IncludeBackground: true}

// first is the first class that counts of a multi-class task.
func (b Background) first(t Task) int {
	if t.Kind == MultiClass && !b.IncludeBackground && t.Outputs > 1 {
		return 1
	}
	return 0
}

// Fits a model that tells classes or tags apart voxel by voxel.
func (*Dice) Fits(t Task) bool { return t.PerVoxel && t.Kind != Regression }

// Variant is "dice" of one region, with how it is averaged of several ones.
func (d *Dice) Variant(t Task) string {
	switch {
	case t.Kind == Binary:
		return "dice"
	case d.first(t) > 0:
		return "mean_dice_without_background"
	}
	return "mean_dice"
}

// Better is up.
func (*Dice) Better() string { return "max" }

// Start compares regions.
func (d *Dice) Start(t Task) Meter {
	return &dice{tally: newTally(t), first: d.first(t), sums: make([]float64, t.Outputs), examples: make([]int, t.Outputs)}
}

// dice keeps in its tally the example at hand alone.
type dice struct {
	*tally
	first int
	// sums is what the examples that have a class add up to, examples how many those
	// are.
	sums     []float64
	examples []int
}

func (d *dice) Add(y, t []float32) {
	positions := max(d.task.Positions, 1)
	outputs, targets := positions*d.task.Outputs, positions*d.task.Target.Width(d.task.Outputs)
	for ; len(y) >= outputs; y, t = y[outputs:], t[targets:] {
		d.tally.Reset()
		d.tally.Add(y[:outputs], t[:targets])
		for k, c := range d.classes {
			if c.times() > 0 {
				d.sums[k] += c.f1()
				d.examples[k]++
			}
		}
	}
}

func (d *dice) Value() float64 { return meanOf(d.ByClass()) }

func (d *dice) ByClass() []float64 {
	each := make([]float64, len(d.sums))
	for k := range each {
		each[k] = math.NaN()
		if k >= d.first && d.examples[k] > 0 {
			each[k] = d.sums[k] / float64(d.examples[k])
		}
	}
	return each
}

func (d *dice) Reset() {
	d.tally.Reset()
	clear(d.sums)
	clear(d.examples)
}

// meanOf is the mean of what is measured; 0 if nothing is.
func meanOf(each []float64) float64 {
	var sum float64
	measured := 0
	for _, v := range each {
		if !math.IsNaN(v) {
			sum += v
			measured++
		}
	}
	if measured == 0 {
		return 0
	}
	return sum / float64(measured)
}
