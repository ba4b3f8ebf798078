package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN004 finds networks that cannot learn a few examples by heart, whatever the
// learning rate.
var RUN004 = &Rule{Code: run004, Steps: func(s pipeline.Site, p *Probes) {
	const enough, half = 0.95, 0.5
	const patient = 1000 // steps, as TheDeepChecker takes
	_, whole := p.dead()
	if p.Few.NotFinite != nil {
		return // RUN001
	}
	if len(p.Fits) == 0 || !p.Fits[0].Whole() || p.learnt() || p.constant() || p.ignored() || whole || p.First.Penalty > p.First.Loss {
		return
	}
	best := p.best()
	if best.Accuracy >= enough || !(best.Lowest() > half*best.Prior) {
		return // more steps would do
	}
	if best.Lowest()-(patient-float64(best.Steps))*best.Falling() <= half*best.Prior {
		return // it is slow, and still falls
	}
	label := fmt.Sprintf("%d examples were shown %d times, and the loss came from %.4g to %.4g", best.Examples, best.Steps, best.First(), best.Lowest())
	if best.Accuracy == best.Accuracy {
		label += fmt.Sprintf(" (accuracy %.2f)", best.Accuracy)
	}
	d := diag.New(run004, p.Model.At.Span, label).
		Note("answering without a look at the volumes has %.4g", best.Prior)
	for _, f := range p.Fits {
		d = d.Note("with %s at a learning rate of %s: %.4g", optimizerName(f.Optimizer), rates(f.Rate), f.Lowest())
	}
	s.Report(d.Suggest("make the network larger: more filters, one layer more").
		Suggest("take dropout and penalties out, and see whether it learns then").
		Suggest("look whether equal volumes have different labels: then nothing can be learnt by heart"))
}}

var run004 = &diag.Code{
	ID: "RUN004", Severity: diag.Error,
	Title:  "a few examples cannot be learnt by heart",
	Means:  "8 to 16 examples are shown again and again, up to 300 times, with the optimizer of the config, at its learning rate and at those at which the loss falls fastest, and with `adam`. Every network that works knows them by heart then. This one has neither 95 % of them right nor half of the loss gone.",
	Why:    "What cannot be learnt by heart cannot be learnt at all. Something takes the information away, or the network is too small, or the labels do not belong to the volumes.",
	Ways:   []string{"more filters or layers", "less dropout, smaller penalties", "a `normalize` stage", "labels and volumes in the same order"},
	Fails:  stages(fewHeads, chain("global_average_pool3d, dense: {units: 2, activation: softmax}"), learnt("adam")),
	Mended: stages(fewHeads, chain(small), learnt("adam")),
}
