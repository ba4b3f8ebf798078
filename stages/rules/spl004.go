package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// SPL004 finds the same example in two partitions.
var SPL004 = &Rule{Code: spl004, Voxels: func(s pipeline.Site, v *Scan) {
	counts := make(map[[2]int]int)
	first := make(map[[2]int][2]int)
	for _, group := range v.stored().Same() {
		parts := v.apart(group)
		for a := range parts {
			for b := a + 1; b < len(parts); b++ {
				if len(parts[a]) == 0 || len(parts[b]) == 0 {
					continue
				}
				key := [2]int{a, b}
				if counts[key] == 0 {
					first[key] = [2]int{parts[a][0], parts[b][0]}
				}
				counts[key] += len(parts[b])
			}
		}
	}
	for a := range v.Partitions {
		for b := a + 1; b < len(v.Partitions); b++ {
			key := [2]int{a, b}
			if counts[key] == 0 {
				continue
			}
			part, _ := v.Dataset.Partition(v.Partitions[b])
			s.Report(diag.New(spl004, part.At.Span, fmt.Sprintf("%d of %d examples of %s are in %s too", counts[key], len(v.Members[b]), v.Partitions[b], v.Partitions[a])).
				And(v.Dataset.ExamplesAt.Span, "the volumes come from here").
				Note("samples %d and %d, the first of them, are the same voxel for voxel; %s", first[key][0], first[key][1], fromZero).
				Suggest(fmt.Sprintf("leave them out of %s, or split the files anew", v.Partitions[a])).
				Suggest("if a patient was scanned or exported twice, give load the groups: split keeps them together"))
		}
	}
}}

var spl004 = &diag.Code{
	ID: "SPL004", Severity: diag.Error,
	Title: "the same volume is in two partitions",
	Means: "Examples of one partition are the same voxel for voxel as some of another one. Volumes without an image are not counted.",
	Why:   "The network is examined on what it has learnt by heart: the accuracy says nothing about new patients.",
	Ways:  []string{"leave the repeated examples out of the training partition", "split before copying, augmenting or oversampling", "`groups` in load, which `split` keeps together"},
}
