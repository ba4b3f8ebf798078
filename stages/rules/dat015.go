package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// DAT015 finds examples that are nearly the same.
var DAT015 = &Rule{Code: dat015, Voxels: func(s pipeline.Site, v *Scan) {
	if v.tailed() {
		return // a few voxels outweigh all others in the blocks: DAT004
	}
	pairs := v.Fed.Near()
	if len(pairs) == 0 {
		return
	}
	of := v.Groups(v.Fed.Len())
	across, first := 0, pairs[0]
	for _, p := range pairs {
		if of[p.First] != of[p.Second] {
			if across == 0 {
				first = p
			}
			across++
		}
	}
	s.Report(diag.New(dat015, v.Dataset.ExamplesAt.Span, fmt.Sprintf("%s of examples nearly the same, %d of them in different partitions", many(len(pairs), "pair"), across)).
		Note("thumbnails of 8 × 8 × 8 of samples %d and %d correlate %.5f; %s", first.First, first.Second, first.Correlation, fromZero).
		Suggest("see whether they are of one patient, or augmented before the split: give load the groups and split by them").
		Suggest("keep one of each"))
}}

var dat015 = &diag.Code{
	ID: "DAT015", Severity: diag.Warning,
	Title: "examples are nearly the same",
	Means: "The means of 8 × 8 × 8 blocks of two examples correlate more than 0.999, and still more than 0.99 once what all examples have in common is taken away, though some voxels differ. Among thousands of look-alikes not every pair is compared.",
	Why:   "A repeated scan, an augmented copy or the same image compressed again in another partition makes a measured accuracy too good to be true.",
	Ways:  []string{"split by patient: `groups` in load, which `split` keeps together", "split first, and augment the training partition only", "`allow: {DAT015: reason}` beside the train stage, if the images of different subjects are that much alike"},
}
