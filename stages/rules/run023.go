package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN023 finds penalties that weigh more than the loss, unless ARC020 has told so
// from the settings alone.
var RUN023 = &Rule{Code: run023, Steps: func(s pipeline.Site, p *Probes) {
	f := p.First
	if !(f.Penalty > f.Loss) || f.Loss <= 0 {
		return
	}
	w := wired(p.Model)
	worked := 0.0
	for i := range w.Graph.Nodes {
		worked += w.firstPenalty(i)
	}
	if f.Classes > 1 && worked > f.Uniform {
		return
	}
	place := p.Model.Layers[f.Heaviest]
	s.ReportUnless(place.Allow, diag.New(run023, place.Setting("kernel_regularizer"), fmt.Sprintf("penalties add %.4g to a loss of %.4g", f.Penalty, f.Loss)).
		Note("%.4g / %.4g = %.3g: training will make weights smaller before anything else", f.Penalty, f.Loss, f.Penalty/f.Loss).
		Suggest("use a factor of 1e-4 or less"))
}}

var run023 = &diag.Code{
	ID: "RUN023", Severity: diag.Warning,
	Title:  "penalties weigh more than the loss",
	Means:  "Before the first step the penalties on weights add more to the loss than the examples do.",
	Why:    "The gradient then mostly says that weights should be smaller, and what the examples say is lost in it.",
	Ways:   []string{"a factor of 1e-4 or less", "a penalty on fewer layers", "`dropout` or augmentation in place of penalties"},
	Fails:  stages(fewHeads, chain("conv3d: {filters: 8, kernel_size: 3, activation: relu}, flatten, dense: {units: 64, activation: relu, kernel_regularizer: {l1: {l1: 0.01}}}, dense: {units: 2, activation: softmax}"), learnt("adam")),
	Mended: stages(fewHeads, chain("conv3d: {filters: 8, kernel_size: 3, activation: relu}, flatten, dense: {units: 64, activation: relu, kernel_regularizer: {l1: {l1: 1e-5}}}, dense: {units: 2, activation: softmax}"), learnt("adam")),
}
