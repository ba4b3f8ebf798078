package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// SPL003 finds groups with examples in more than one partition, where the
// partitions are made.
var SPL003 = &Rule{Code: spl003, Dataset: func(c *pipeline.Check, d *pipeline.Dataset) {
	if len(d.Partitions) < 2 || d.Partitions[0].At.Stage != c.ID || d.Facts == nil || d.Facts.Groups == nil || d.Facts.Members == nil {
		return
	}
	in := make(map[string][]string) // the partitions of each group
	for _, p := range d.Partitions {
		for _, i := range d.Facts.Members[p.Name] {
			if group := d.Facts.Groups[i]; !slices.Contains(in[group], p.Name) {
				in[group] = append(in[group], p.Name)
			}
		}
	}
	var torn []string
	for group, partitions := range in {
		if len(partitions) > 1 {
			torn = append(torn, group)
		}
	}
	if torn == nil {
		return
	}
	slices.Sort(torn)
	first, at := torn[0], c.Item.KindSpan
	if c.Kind != "split" {
		// What is to be moved is in the partition that is not trained on.
		at = d.Partitions[slices.IndexFunc(d.Partitions, func(p pipeline.Partition) bool { return p.Name == in[first][1] })].At.Span
	}
	problem := diag.New(spl003, at, fmt.Sprintf("%d of %s have examples in several partitions", len(torn), plural(len(in), "group"))).
		And(d.ExamplesAt.Span, "the groups come from here").
		Note("%s is in %s", first, strings.Join(in[first], " and in "))
	if len(torn) > 1 {
		problem = problem.Note("so are: %s", strings.Join(firstWords(torn[1:]), ", "))
	}
	if c.Kind == "split" {
		c.Report(problem.Suggest("write by: groups: it keeps the examples of a group together", stageSetting(c, "by", "groups")...))
		return
	}
	c.Report(problem.Suggest("move the examples of a group into one partition, or load all of them together and split with by: groups"))
}}

// firstWords are as many of a list as a message holds.
func firstWords(words []string) []string {
	if len(words) > longestList {
		return append(slices.Clone(words[:longestList]), "…")
	}
	return words
}

var spl003 = &diag.Code{
	ID: "SPL003", Severity: diag.Error,
	Title: "a group in several partitions",
	Means: "The examples have groups (patients), and some group has examples in more than one partition.",
	Why:   "Scans of one patient are much alike. A model that knows a patient from training recognizes them in the test, and the accuracy is better than it will ever be on new patients.",
	Ways: []string{
		"`by: groups` in `split`",
		"partitions that were made elsewhere: make them anew, by patient",
		"groups that mean something else, such as the scanner: load without `groups`",
	},
}
