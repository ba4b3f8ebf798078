package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// How far the first loss may be from that of equal probabilities: beyond far it is
// strange, beyond absurd the scores are far too large. A few answers may be off by
// chance.
const (
	farLoss, absurdLoss = 2, 10
	fewAnswers          = 8
)

// RUN002 compares the first loss with that of equal probabilities. Up to four times
// as much is usual for batch norm in front of a flattened volume, and does no harm
// where the network learns.
var RUN002 = &Rule{Code: run002, Steps: func(s pipeline.Site, p *Probes) {
	ratio, ok := p.firstRatio()
	if !ok || p.First.Summed {
		return
	}
	f, at := p.First, s.At("loss")
	d := diag.New(run002, at, fmt.Sprintf("the first batch has a loss of %.4g; giving all %s the same probability has %s", f.Loss, plural(f.Classes, "class"), p.uniformly()))
	switch {
	case ratio > farLoss && ratio <= absurdLoss && (ratio > 2*farLoss || len(p.Fits) > 0 && !p.Fits[0].Done):
		d = p.scores(d).Note("%.4g / %.4g = %.3g; a network that has learnt nothing is at about 1", f.Loss, f.Uniform, ratio)
		s.Report(p.suggestSmaller(d))
	case f.Loss < f.Prior/farLoss:
		s.Report(d.Note("always answering with the shares of the classes has %.4g: before the first step nothing does better", f.Prior).
			Suggest("look whether the labels are among the inputs, or the first weights come from a training"))
	}
}}

// firstRatio is the first loss beside that of equal probabilities; false where
// nothing can be expected of it.
func (p *Probes) firstRatio() (float64, bool) {
	f := p.First
	positions := 1
	if output := p.Model.Graph.Output().MustSizes(); len(output) > 1 {
		positions = fewAnswers
	}
	if p.Started || f.Classes < 2 || !(f.Uniform > 0) || f.Batch*positions < fewAnswers {
		return 0, false
	}
	return f.Loss / f.Uniform, true
}

// uniformly says what equal probabilities cost: "ln 3 = 1.099".
func (p *Probes) uniformly() string {
	f := p.First
	if crossEntropy(p.LossName) && !f.Summed {
		return fmt.Sprintf("ln %d = %.4g", f.Classes, f.Uniform)
	}
	return fmt.Sprintf("%.4g", f.Uniform)
}

// crossEntropy says whether a loss of equal probabilities is ln K.
func crossEntropy(name string) bool {
	return name == "categorical_crossentropy" || name == "sparse_categorical_crossentropy" || name == "binary_crossentropy"
}

// scores tells how large the values are that come to the end of the network.
func (p *Probes) scores(d diag.Diagnostic) diag.Diagnostic {
	flows := p.Few.Flows
	for i := len(flows) - 1; i >= 0; i-- {
		if flows[i].Kernel && flows[i].Node >= 0 && flows[i].Node < len(p.Few.Before) {
			return d.Note("the scores of %s have a standard deviation of %.3g", flows[i].Layer, p.Few.Before[flows[i].Node].Spread)
		}
	}
	return d
}

// suggestSmaller adds the ways out of scores that are too large before the first
// step.
func (p *Probes) suggestSmaller(d diag.Diagnostic) diag.Diagnostic {
	return d.Suggest("scale the volumes: add a normalize stage above the model").
		Suggest("let the first weights be as they are by default, glorot_uniform")
}

var run002 = &diag.Code{
	ID: "RUN002", Severity: diag.Warning,
	Title:  "the first loss is not that of a network which knows nothing",
	Means:  "Before the first step a classifier gives every class about the same probability, and its loss is about ln K: 0.69 for two classes, 1.10 for three. Here the loss of the first batch is more than four times that (or more than twice, and a few examples cannot be learnt by heart), or less than half of what always answering with the shares of the classes has.",
	Why:    "A loss far above ln K means scores that are large before anything was learnt: the network is sure, and wrong. The first epochs are spent on unlearning that, or it stays saturated. A loss far below means that the answer is in the input.",
	Ways:   []string{"a `normalize` stage", "the default `kernel_initializer`", "`batch_norm` behind the convolutions"},
	Fails:  stages(fewHeads, "normalize: {method: rescale, scale: 40}", chain(small), learnt("adam")),
	Mended: stages(fewHeads, "normalize: {method: z_score}", chain(small), learnt("adam")),
}
