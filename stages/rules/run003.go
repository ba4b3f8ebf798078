package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN003 finds networks that learn from zeros as much as from the volumes. One
// that learnt nothing from either in the steps that were made, but answers
// differently to different volumes, is RUN004's.
var RUN003 = &Rule{Code: run003, Steps: func(s pipeline.Site, p *Probes) {
	if !p.ignored() {
		return
	}
	f := p.Fits[0]
	s.Report(diag.New(run003, p.Model.At.Span, fmt.Sprintf("%d examples are learnt to a loss of %.4g, the same examples full of zeros to %.4g", f.Examples, p.best().Lowest(), p.Blank.Lowest())).
		Note("the answers to %s differ by %.2g at most, beside values of %.2g", plural(p.Few.Examples, "example"), p.Few.Apart, p.Few.Scale).
		Suggest("scale the volumes: where all values are nearly the same, nothing can be told apart").
		Suggest("look whether a layer takes everything away: a pool of the whole volume, a crop, a dropout of nearly 1").
		Suggest("look at the volumes as the model is given them: pipe inspect"))
}}

// ignored says that the network does not use its input.
func (p *Probes) ignored() bool {
	const same, faint = 0.05, 0.05
	if p.constant() || p.learnt() || p.Blank == nil || len(p.Fits) == 0 || !p.Fits[0].Whole() || p.Few.After == nil {
		return false
	}
	return p.best().Lowest() > (1-same)*p.Blank.Lowest() && p.Few.Apart < faint*p.Few.Scale
}

var run003 = &diag.Code{
	ID: "RUN003", Severity: diag.Error,
	Title:  "the network does not use its input",
	Means:  "Trained on a few examples, and on the same labels with volumes full of zeros, it comes equally far, within 5 % of the loss; and its answers to different volumes are nearly the same.",
	Why:    "What is learnt is how often each class occurs. No training will change that: the volumes do not reach the output.",
	Ways:   []string{"a `normalize` stage, if all values are nearly the same", "take out what removes the volume: a pool as large as it, a crop, a dropout near 1"},
	Fails:  stages(fewHeads, "normalize: {method: z_score, over: example}", chain("global_average_pool3d, dense: {units: 2, activation: softmax}"), learnt("adam")),
	Mended: stages(fewHeads, "normalize: {method: z_score, over: example}", chain(small), learnt("adam")),
}
