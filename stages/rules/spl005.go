package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

const (
	// sharesApart is how far the share of a class in a partition may be from that
	// in the training partition.
	sharesApart = 0.3
	// sharesCountedFrom is the least partition whose shares are compared.
	sharesCountedFrom = 4
)

// SPL005 finds partitions that chance has given another mixture of classes. A
// class that is missing altogether is LBL005's. Phantoms are for trying out.
var SPL005 = &Rule{Code: spl005, Dataset: func(c *pipeline.Check, d *pipeline.Dataset) {
	if c.Kind != "split" || d.Modality == "phantom" || says(c, "stratify", "true") {
		return
	}
	drift, found := drifted(c, d)
	if !found {
		return
	}
	problem := drift.tell(spl005, d)
	if c.Given("by") {
		c.Report(problem.Suggest("another seed, or a larger partition, has another mixture"))
		return
	}
	c.Report(problem.Suggest("write stratify: true to give every partition its share of each class", stageSetting(c, "stratify", "true")...))
}}

// drift is a class whose share in a partition is far from that in the training
// partition.
type drift struct {
	partition pipeline.Partition
	class     string
	share     float64
	trained   float64
	told      map[string]string
}

// drifted finds the class whose share differs most, if it is apart by more than
// sharesApart, at the stage that made the partitions; false where another rule
// has more to say.
func drifted(c *pipeline.Check, d *pipeline.Dataset) (drift, bool) {
	found, counts, ok := partitionClasses(c, d)
	if !ok || found.masks != nil {
		return drift{}, false
	}
	train := sharesOf(counts[pipeline.Train])
	if train == nil {
		return drift{}, false
	}
	worst := drift{told: make(map[string]string)}
	for _, p := range d.Partitions {
		worst.told[p.Name] = found.tell(counts[p.Name])
		shares := sharesOf(counts[p.Name])
		for k, n := range counts[p.Name] {
			if n == 0 {
				return drift{}, false
			}
			if sum(counts[p.Name]) >= sharesCountedFrom && math.Abs(shares[k]-train[k]) > math.Abs(worst.share-worst.trained) {
				worst.partition, worst.class, worst.share, worst.trained = p, found.Names[k], shares[k], train[k]
			}
		}
	}
	return worst, math.Abs(worst.share-worst.trained) > sharesApart
}

func (w drift) tell(code *diag.Code, d *pipeline.Dataset) diag.Diagnostic {
	problem := diag.New(code, w.partition.At.Span, fmt.Sprintf("%.0f %% of %s are %s, of train %.0f %%", 100*w.share, w.partition.Name, w.class, 100*w.trained)).
		And(d.Labels.At.Span, "the labels come from here")
	for _, p := range d.Partitions {
		problem = problem.Note("%s: %s", p.Name, w.told[p.Name])
	}
	return problem
}

var spl005 = &diag.Code{
	ID: "SPL005", Severity: diag.Warning,
	Title: "a split with another mixture of classes",
	Means: "The examples were drawn without regard to their class, and there are so few that chance has given a partition a mixture of its own: the share of a class differs by more than 30 percentage points from that in the training partition.",
	Why:   "The accuracy on the partition then moves with the mixture, not with the model alone.",
	Ways: []string{
		"`stratify: true`: each class is shared out to within one example",
		"another `seed`, where groups have to stay together",
	},
}
