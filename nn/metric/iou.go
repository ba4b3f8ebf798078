package metric

import "math"

// IoU is the intersection over the union of what is predicted and what is true,
// also known as the Jaccard index, for each class; then the mean over the
// classes. A voxel is predicted to be of the class with the largest output, or of
// a tag above 0.5.
//
// All examples are added up before the division, as in Keras' MeanIoU, so that a
// large region counts more than a small one; `dice` counts each example the same.
// A class that is neither predicted nor true anywhere is left out. If none is
// left it is 0.
//
// A single sigmoid unit has two classes, below and above 0.5, as in Keras'
// BinaryIoU; without the background the second alone counts. Of several sigmoid
// units each is a class. `evaluate` tells each class by itself as well.
type IoU struct {
	Background `yaml:",inline"`
}

// Fits a model that tells classes or tags apart.
func (*IoU) Fits(t Task) bool { return t.Kind != Regression }

// Variant is the name of Keras' class for the task.
func (i *IoU) Variant(t Task) string {
	name := "mean_iou"
	if t.Kind == Binary {
		name = "binary_iou"
	}
	if !i.IncludeBackground && t.Kind != MultiLabel {
		name += "_without_background"
	}
	return name
}

// Better is up.
func (*IoU) Better() string { return "max" }

// Start counts what is predicted and true.
func (i *IoU) Start(t Task) Meter {
	m := &iou{tally: newTally(t), first: i.first(t)}
	if t.Kind == Binary && !i.IncludeBackground {
		m.first = 1
	}
	return m
}

type iou struct {
	*tally
	first int
}

func (i *iou) Value() float64 { return meanOf(i.ByClass()) }

func (i *iou) ByClass() []float64 {
	classes := i.classes
	if i.task.Kind == Binary {
		classes = []classTally{i.against(i.classes[0]), i.classes[0]}
	}
	each := make([]float64, len(classes))
	for k, c := range classes {
		each[k] = math.NaN()
		if union := c.hits + c.falseAlarms + c.misses; k >= i.first && union > 0 {
			each[k] = share(c.hits, union)
		}
	}
	return each
}
