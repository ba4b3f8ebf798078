package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN001 finds it in the first steps. Later ones are told by the stage that trains.
var RUN001 = &Rule{Code: run001, Steps: func(s pipeline.Site, p *Probes) {
	f := p.Few
	if f.NotFinite == nil {
		return
	}
	d := diag.New(run001, s.At(p.rateAt()...), fmt.Sprintf("the loss of step %d is not finite", f.Steps+1)).
		Note("it began %s", f.NotFinite.String())
	if f.Steps > 0 {
		d = d.Note("the step before had a loss of %.4g", f.Losses[f.Steps-1])
	}
	s.Report(p.slower(s, d, p.goodRate(p.Optimizer.Rate()/10)).
		Suggest("scale the volumes: add a normalize stage above the model").
		Suggest("gradient_clip: {norm: 1}"))
}}

var run001 = &diag.Code{
	ID: "RUN001", Severity: diag.Error,
	Title: "the training stopped being finite",
	Means: "The loss of a step is NaN or infinite. The message names where the first number stopped being finite: in the examples, in the output of a layer (and which), in a weight that the step before changed, or in the loss; and the samples of the batch, which the run's record keeps in `nan.json`. The weights that are saved are the last good ones.",
	Why:   "From such a step on every weight is NaN and every prediction the same. It comes from steps that are too long, from volumes that were never scaled, or from a few broken samples.",
	Ways: []string{
		"a lower `learning_rate`, a tenth at first, if the origin is a weight",
		"`gradient_clip: {norm: 1}`",
		"a `normalize` stage, if the origin is a layer's output",
		"look at the samples that are named (`pipe inspect`), if the origin is the examples",
		"`callbacks: [terminate_on_nan]`, to go on with the last good weights",
	},
	Fails:  stages(fewHeads, "normalize: {method: rescale, scale: 1e20}", chain(small), learnt("{sgd: {learning_rate: 0.01}}")),
	Mended: stages(fewHeads, "normalize: {method: z_score}", chain(small), learnt("{sgd: {learning_rate: 0.01}}")),
}
