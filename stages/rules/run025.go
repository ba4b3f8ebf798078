package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN025 finds labels that are learnt no faster than the same ones given to other
// examples.
var RUN025 = &Rule{Code: run025, Steps: func(s pipeline.Site, p *Probes) {
	const same = 0.95
	c := p.Shuffled
	if c == nil || !p.learnt() || !(c.Other < same*p.Fits[0].Prior) || !(c.Real >= same*c.Other) {
		return
	}
	s.Report(diag.New(run025, p.Dataset.Labels.At.Span, fmt.Sprintf("after going %d times through %d examples the loss is %.4g; with shuffled labels it is %.4g", c.Epochs, c.Examples, c.Real, c.Other)).
		Note("labels that have to do with the volumes are learnt faster than chance").
		Suggest("look whether volumes and labels are in the same order").
		Suggest("look whether the volumes show what the labels say: pipe inspect"))
}}

var run025 = &diag.Code{
	ID: "RUN025", Severity: diag.Info,
	Title: "the labels are learnt no faster than shuffled ones",
	Means: "The network went a few times through some examples, once with their labels and once with the same labels given to other examples, and came equally far.",
	Why:   "What is learnt then is by heart. It may be that few steps do not show more; or that labels and volumes are not in the same order, or have nothing to do with each other.",
	Ways:  []string{"volumes and labels in the same order", "volumes that show what the labels say", "nothing, if the task is hard and the validation says that something is learnt"},
}
