package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// LBL001 is reported by label_encode, which knows the classes. Here it compares
// ids that nothing has encoded with the outputs of the model that is trained on
// them.
var LBL001 = &Rule{Code: lbl001, Training: func(c *pipeline.Check, t *Training) {
	d := t.Dataset
	if d.Labels.Kind == pipeline.Mask {
		voxelsBeyond(c, t)
		return
	}
	if d.Labels.Kind != pipeline.ClassID || d.Labels.Encoded || t.Loss.Target() != loss.ClassID ||
		d.Facts == nil || d.Facts.Labels == nil || len(d.Facts.Labels.Ints) == 0 {
		return
	}
	h := headOf(t.Model)
	outputs, known := h.width()
	if !known || outputs < 2 || len(h.output) != 1 {
		return
	}
	ids := d.Facts.Labels.Ints
	found := slices.Compact(slices.Sorted(slices.Values(ids)))
	low, high := found[0], found[len(found)-1]
	var outside []int
	for i, id := range ids {
		if id < 0 || id >= int64(outputs) {
			outside = append(outside, i)
		}
	}
	if problem, missing := Missing(d.Labels.Source().Span, d, d.Facts.Labels, outside); missing {
		c.Report(problem)
		return
	}
	problem := diag.New(Beyond(found, outputs), d.Labels.Source().Span, fmt.Sprintf("the labels are class ids from %d to %d", low, high)).
		And(h.unitsAt, fmt.Sprintf("the model has %d outputs: classes 0 to %d", outputs, outputs-1))
	switch {
	case low == 1 && high <= int64(outputs):
		problem = problem.Note("the labels start at 1; classes count from 0")
	case seenElsewhere(d, ids, outputs):
		c.Report(problem.Note("outside are: %s", Occurrences(d.Facts.Labels, outside)).
			Note("the training partition has none of them").
			Suggest("take these examples out, or mend their labels").
			Suggest(fmt.Sprintf("if they are a class: examples of it for train, and %d outputs", high+1)))
		return
	case len(outside) == 0:
		unused(c, t, found, outputs)
		return
	default:
		problem = problem.Note("outside are: %s", Occurrences(d.Facts.Labels, outside))
	}
	if gap := low != 0 || high != int64(len(found)-1); gap {
		c.Report(problem.Suggest("give every label its class: put a label_encode with form: class_id and " + ProposedMap(found) + " below"))
	}
	// Ids that count from 0 without a gap are right as they are: OUT001 says that
	// the model has too few outputs.
}}

// seenElsewhere says that some ids have no output, and that all that are trained on
// have one, and each output has some of them.
func seenElsewhere(d *pipeline.Dataset, ids []int64, outputs int) bool {
	members, known := d.Facts.Members[pipeline.Train]
	if !known || len(d.Partitions) == 0 || slices.Max(ids) < int64(outputs) {
		return false
	}
	trained := make([]int64, 0, len(members))
	for _, i := range members {
		trained = append(trained, ids[i])
	}
	classes, counted := countedFromZero(trained)
	return counted && classes == outputs
}

// Beyond names what is wrong with sorted ids of which some have no output: there
// are as many as outputs, but with gaps, or they are others than the outputs.
func Beyond(ids []int64, outputs int) *diag.Code {
	if len(ids) == 0 {
		return lbl001 // names
	}
	if gaps := ids[len(ids)-1]-ids[0] >= int64(len(ids)); gaps && ids[0] >= 0 && len(ids) == outputs {
		return lbl004
	}
	return lbl001
}

// unused tells of sorted ids that all have an output, between which some have none
// of the labels: numbers of an atlas, for a model with as many outputs as the largest
// of them.
func unused(c *pipeline.Check, t *Training, ids []int64, outputs int) {
	low, high := ids[0], ids[len(ids)-1]
	if low != 0 || high < int64(len(ids)) {
		return
	}
	h := headOf(t.Model)
	c.Report(diag.New(lbl004, t.Dataset.Labels.Source().Span, fmt.Sprintf("the labels have %d values, from %d to %d", len(ids), low, high)).
		As(diag.Warning).
		And(h.unitsAt, fmt.Sprintf("the model tells %d classes apart", outputs)).
		Note("%s never right: no label is theirs", are(outputs-len(ids))).
		Suggest("give every label its class: put a label_encode with form: class_id and " + ProposedMap(ids) + fmt.Sprintf(" below, and give the model %d outputs", len(ids))))
}

// voxelsBeyond compares the values of masks that nothing has encoded with the
// outputs: a class for each, or one that says yes or no.
func voxelsBeyond(c *pipeline.Check, t *Training) {
	d := t.Dataset
	h := headOf(t.Model)
	outputs, known := h.width()
	if d.Labels.Encoded || d.Facts == nil || d.Facts.Masks == nil || !known || wrongRank(t, h) {
		return
	}
	classes := outputs
	switch {
	case t.Loss.Target() == loss.ClassID && outputs > 1:
	case t.Loss.Target() == loss.Binary && outputs == 1:
		classes = 2
	default:
		return
	}
	values := d.Facts.Masks.Values
	low, high := values[0], values[len(values)-1]
	if low >= 0 && high < int64(classes) {
		unused(c, t, values, classes)
		return
	}
	if problem, drawn := BlackAndWhite(d.Labels.Source().Span, d, values, spec.Item{}); drawn {
		c.Report(problem)
		return
	}
	if problem, missing := MissingVoxels(d.Labels.Source().Span, d, values, classes); missing {
		c.Report(problem)
		return
	}
	if _, counted := countedFromZero(values); counted {
		return // they are right, and OUT001 says that there are too few outputs
	}
	if LikeAnImage(len(values), classes) {
		c.Report(diag.New(lbl018, d.Labels.Source().Span, fmt.Sprintf("the masks have %d different values, from %d to %d", len(values), low, high)).
			And(h.unitsAt, fmt.Sprintf("the model tells %d classes apart", classes)).
			Suggest("name the masks, not the volumes; regions of an atlas are laid together with label_encode: {map: …}"))
		return
	}
	found := make([]string, 0, longestList)
	for _, v := range values[:min(len(values), longestList)] {
		found = append(found, fmt.Sprint(v))
	}
	c.Report(diag.New(Beyond(values, classes), d.Labels.Source().Span, fmt.Sprintf("the masks hold values from %d to %d", low, high)).
		And(h.unitsAt, fmt.Sprintf("the model tells %d classes apart: 0 to %d", classes, classes-1)).
		Note("%d values are found: %s", len(values), strings.Join(found, ", ")).
		Suggest("give every value its class: put a label_encode with form: class_id and " + ProposedMap(values) + " below"))
}

var lbl001 = &diag.Code{
	ID: "LBL001", Severity: diag.Error,
	Title: "labels outside the classes",
	Means: "With K classes, class ids are 0 to K-1. Some labels are not: the message lists their values, how often each occurs, and the first sample that has it (samples count from 0).",
	Why:   "A label without an output has no right answer. Some programs then fail, others train on whatever lies in memory there and print NaN, or nothing.",
	Ways: []string{
		"labels that start at 1, or have gaps: `label_encode: {map: {1: 0, 2: 1}}`",
		"labels that are right: more `classes`",
		"a misspelt name: mend the label",
	},
	Fails:  stages(threeHeads, "label_encode: {classes: 2}"),
	Mended: stages(threeHeads, "label_encode: {classes: 3}"),
}

// are counts outputs with their verb.
func are(outputs int) string {
	if outputs == 1 {
		return "1 output is"
	}
	return fmt.Sprintf("%d outputs are", outputs)
}
