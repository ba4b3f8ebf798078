package rules_test

import (
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// bystander takes findings in; it stands nowhere.
type bystander struct{ found []diag.Diagnostic }

func (*bystander) At(...string) diag.Span                           { return diag.Span{} }
func (*bystander) Given(...string) bool                             { return false }
func (b *bystander) Report(d diag.Diagnostic)                       { b.found = append(b.found, d) }
func (b *bystander) ReportUnless(_ []diag.Allow, d diag.Diagnostic) { b.Report(d) }

// voxels are examples, as stored and as fed, that are trained on or validated on.
type voxels struct {
	sizes []int
	// values are those of all examples, one after the other.
	values []float32
	// training are the first so many examples, the others are for validation; 0 trains
	// on all of them.
	training int
	is       pipeline.Dataset
	// change is made to what the rules look at.
	change func(*rules.Scan)
}

// seen asks one rule about voxels and gives what it finds.
func seen(t *testing.T, rule *rules.Rule, v voxels) []diag.Diagnostic {
	t.Helper()
	source := data.NewMemory(v.sizes, v.values)
	all := make([]int, source.Len())
	for i := range all {
		all[i] = i
	}
	is := v.is
	if v.training > 0 {
		is.Partitions = []pipeline.Partition{{Name: pipeline.Train}, {Name: pipeline.Validation}}
	}
	s := rules.NewScan(&is, &pipeline.Model{}, func(partition string) []int {
		switch partition {
		case pipeline.Train:
			return all[:v.training]
		case pipeline.Validation:
			return all[v.training:]
		}
		return all
	})
	var err error
	settings := scan.Settings{Group: s.Groups(source.Len()), Groups: len(s.Partitions) + 1, Sketch: true}
	if s.Raw, err = scan.Of(t.Context(), source, settings, 1); err != nil {
		t.Fatal(err)
	}
	s.Fed, s.Stored = s.Raw, "float32"
	if v.change != nil {
		v.change(s)
	}
	var site bystander
	rule.Voxels(&site, s)
	if i := slices.IndexFunc(site.found, func(d diag.Diagnostic) bool { return d.Code != rule.Code }); i >= 0 {
		t.Errorf("%s reports %s", rule.Code.ID, site.found[i].Code.ID)
	}
	return site.found
}

// labels are the labels of what is found.
func labels(found []diag.Diagnostic) []string {
	words := []string{}
	for _, d := range found {
		words = append(words, d.Primary.Label)
	}
	return words
}
