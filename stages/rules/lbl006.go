package rules

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

const (
	// majorityAbove is the share of one class from which a training that treats all
	// examples alike does best by naming it always.
	majorityAbove = 0.8
	// starvedRatio is how many times larger the largest class may be, where the
	// smallest has fewer than starvedBelow examples.
	starvedRatio, starvedBelow = 10, 10
	// foregroundBelow is the share of voxels below which masks are nearly all
	// background.
	foregroundBelow = 0.01
)

// LBL006 finds classes of very unequal size in a training that does nothing about
// it. A long tail of classes that all have examples enough passes, and so do masks
// where the loss compares regions.
var LBL006 = &Rule{Code: lbl006, Training: func(c *pipeline.Check, t *Training) {
	if c.Given("class_weight") || !slices.Contains([]string{"categorical_crossentropy", "sparse_categorical_crossentropy", "binary_crossentropy"}, lossName(t.Loss)) {
		return
	}
	found, counts, ok := trainedOn(t.Dataset)
	if !ok || sum(counts) == 0 {
		return
	}
	if found.masks != nil {
		scarceForeground(c, t, found, counts)
		return
	}
	smallest, largest := extremes(counts)
	share := float64(counts[largest]) / float64(sum(counts))
	if smallest == largest || share <= majorityAbove && (counts[largest] <= starvedRatio*counts[smallest] || counts[smallest] >= starvedBelow) {
		return
	}
	d := diag.New(lbl006, c.Item.KindSpan, "every example counts alike here").
		And(t.Dataset.Labels.At.Span, "the labels come from here").
		Note("the training examples have: %s", found.tell(counts))
	if share > majorityAbove {
		d = d.Note("whoever says %s of everything is right in %.3g %% of them", found.Names[largest], 100*share)
	} else {
		d = d.Note("%s has %.3g times as many as %s", found.Names[largest], float64(counts[largest])/float64(counts[smallest]), found.Names[smallest])
	}
	c.Report(d.Suggest("let the examples of small classes count more: class_weight: balanced"))
}}

func scarceForeground(c *pipeline.Check, t *Training, found Classification, counts []int) {
	if found.masks.Values[0] != 0 {
		return
	}
	voxels := sum(counts)
	foreground := voxels - counts[0]
	share := float64(foreground) / float64(voxels)
	if foreground == 0 || share >= foregroundBelow {
		return
	}
	c.Report(diag.New(lbl006, c.At("loss"), "every voxel counts alike here").
		And(t.Dataset.Labels.At.Span, fmt.Sprintf("%d of %d voxels are not background: %.2g %%", foreground, voxels, 100*share)).
		Note("whoever says background of everything is right in %.4g %% of the voxels", 100*(1-share)).
		Suggest("compare regions as well: dice_crossentropy", replaceLoss(c, "dice_crossentropy")...))
}

var lbl006 = &diag.Code{
	ID: "LBL006", Severity: diag.Warning,
	Title: "classes of very unequal size",
	Means: "More than 80 % of the training examples are of one class, or the largest class has more than 10 times as many examples as one that has fewer than 10. In masks: fewer than 1 % of the voxels are not background, and the loss counts every voxel alike.",
	Why:   "The mean over all examples is lowest, for a long time, for a model that always names the large class. The accuracy looks good meanwhile.",
	Ways: []string{
		"`class_weight: balanced` in `train`",
		"for masks: the loss `dice_crossentropy`, `dice` or `focal`",
		"judge by `balanced_accuracy`, or `dice` for masks",
		"more examples of the small classes",
	},
}
