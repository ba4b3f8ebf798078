package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// SPL002 finds partitions without examples. The split stage reports its own,
// with their arithmetic; what is left are partitions that were loaded so.
var SPL002 = &Rule{Code: spl002, Dataset: func(c *pipeline.Check, d *pipeline.Dataset) {
	for _, p := range d.Partitions {
		if p.At.Stage == c.ID && p.Examples.Is(0) {
			c.Report(diag.New(spl002, p.At.Span, fmt.Sprintf("the %s partition has no example", p.Name)).
				Suggest("give it examples, or leave it out"))
		}
	}
}}

var spl002 = &diag.Code{
	ID: "SPL002", Severity: diag.Error,
	Title: "a partition without examples",
	Means: "A partition was asked for, but no example falls to it: the fraction of the dataset is less than half an example, the counts are used up, or there are fewer groups than partitions.",
	Why:   "Nothing can be learnt from, or measured on, no examples. A loss or an accuracy over none is printed as 0 without complaint.",
	Ways: []string{
		"give the partition a larger share",
		"leave the partition out, and whatever uses it",
	},
	Fails: stages("phantom: {samples: 3, size: [8, 8, 8]}",
		"split: {train: 0.9, test: 0.1}"),
	Mended: stages("phantom: {samples: 30, size: [8, 8, 8]}",
		"split: {train: 0.9, test: 0.1}"),
}
