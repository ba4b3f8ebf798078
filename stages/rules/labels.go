package rules

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// classesOf is the number of classes, from a declaration or else from the labels
// themselves, and where it was decided; false while it is unknown.
func classesOf(d *pipeline.Dataset) (int, diag.Span, bool) {
	l := d.Labels
	switch {
	case l.ClassesKnown:
		return l.Classes, l.ClassesAt.Span, true
	case l.Kind == pipeline.OneHot && len(l.Shape) == 1:
		classes, known := l.Shape[0].Known()
		return classes, l.At.Span, known
	case l.Kind == pipeline.ClassID && d.Facts != nil && d.Facts.Labels != nil:
		classes, counted := countedFromZero(d.Facts.Labels.Ints)
		return classes, l.At.Span, counted
	case l.Kind == pipeline.Mask && d.Facts != nil && d.Facts.Masks != nil:
		classes, counted := countedFromZero(d.Facts.Masks.Values)
		return classes, l.At.Span, counted
	}
	return 0, diag.Span{}, false
}

// countedFromZero is the number of classes of ids that are 0, 1, 2, … without a
// gap; false for other ids, which are LBL001's and LBL004's.
func countedFromZero(ids []int64) (int, bool) {
	found := slices.Compact(slices.Sorted(slices.Values(ids)))
	n := len(found)
	return n, n > 0 && found[0] == 0 && found[n-1] == int64(n-1)
}

// targetWidth is how many numbers a label is, where it is a row or a single number,
// of an example or of each of its voxels.
func targetWidth(d *pipeline.Dataset) (int, bool) {
	l := d.Labels
	switch {
	case rowed(l):
		classes, _, known := classesOf(d)
		return classes, known
	case l.Kind != pipeline.MultiHot && l.Kind != pipeline.Real, l.Shape == nil, len(l.Shape) > 1:
		return 0, false
	case len(l.Shape) == 0:
		return 1, true
	}
	return l.Shape[0].Known()
}

// rowed says that the labels are one-hot rows, one for each example or for each
// of its voxels.
func rowed(l pipeline.Labels) bool {
	return l.Kind == pipeline.OneHot || l.Kind == pipeline.Mask && l.Rows
}

// oneID says that the labels are class ids, one for each example or for each of
// its voxels.
func oneID(l pipeline.Labels) bool {
	return l.Kind == pipeline.ClassID || l.Kind == pipeline.Mask && !l.Rows
}

// mayBeMasks says that the labels are masks, or that nothing says they are not:
// what an encoding makes of labels that were never seen may be masks, too.
func mayBeMasks(l pipeline.Labels) bool {
	switch l.Kind {
	case pipeline.Mask, pipeline.UnknownLabels:
		return true
	case pipeline.ClassID, pipeline.OneHot:
		return l.Shape == nil
	}
	return false
}

// labelWords tells a label kind to a reader.
func labelWords(l pipeline.Labels) string {
	switch l.Kind {
	case pipeline.ClassID:
		return "the labels are class ids [N]"
	case pipeline.ClassNames:
		return "the labels are names [N]"
	case pipeline.OneHot:
		return "the labels are one-hot rows " + l.Shape.Batch()
	case pipeline.MultiHot:
		return "the labels are rows with any number of ones " + l.Shape.Batch()
	case pipeline.Real:
		return "the labels are real numbers " + l.Shape.Batch()
	case pipeline.Mask:
		if l.Rows {
			return "the labels are masks of one-hot rows " + l.Shape.Batch()
		}
		return "the labels are masks of class ids " + l.Shape.Batch()
	}
	return fmt.Sprintf("the labels are of kind %s", l.Kind)
}

// ofClasses says whether a loss compares classes, rather than numbers.
func ofClasses(l loss.Loss) bool { return l.Target() != loss.Real }

// overClasses says whether a loss takes its outputs for one distribution.
func overClasses(l loss.Loss) bool {
	return l.Target() == loss.OneHot || l.Target() == loss.ClassID
}

// ofRegions says whether a loss looks at regions only.
func ofRegions(l loss.Loss) bool {
	_, regional := l.(loss.Regional)
	_, pointwise := l.(loss.Pointwise)
	return regional && !pointwise
}

// isAdaptive says whether a loss goes with softmax and with sigmoid.
func isAdaptive(l loss.Loss) bool {
	_, adapts := l.(loss.Adaptive)
	return adapts
}

// lossName is a loss's name in the language.
func lossName(l loss.Loss) string {
	name, _ := loss.Table().NameOf(l)
	return name
}

// replaceLoss is the edit that writes another loss, where it stands as a name
// alone: settings of one loss need not fit another.
func replaceLoss(c *pipeline.Check, name string) []diag.Edit {
	if node := c.Places.Node("loss"); node == nil || node.Form != spec.Scalar {
		return nil
	}
	return replace(c.At("loss"), name)
}
