package rules

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/nn"
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
	setting := "kernel_regularizer"
	if i := slices.IndexFunc(w.Graph.Nodes, func(n nn.Node) bool { return n.ID == f.Heaviest }); i >= 0 && penalised(w.node(i).Spec) == nil {
		setting = "bias_regularizer"
	}
	s.ReportUnless(place.Allow, diag.New(run023, place.Setting(setting), fmt.Sprintf("penalties add %.4g to a loss of %.4g", f.Penalty, f.Loss)).
		Note("%.4g / %.4g = %.3g: training will make weights smaller before anything else", f.Penalty, f.Loss, f.Penalty/f.Loss).
		Suggest("use a factor of 1e-4 or less"))
}}

var run023 = &diag.Code{
	ID: "RUN023", Severity: diag.Warning,
	Title:  "penalties weigh more than the loss",
	Means:  "Before the first step the penalties on weights add more to the loss than the examples do.",
	Why:    "The gradient then mostly says that weights should be smaller, and what the examples say is lost in it.",
	Ways:   []string{"a factor of 1e-4 or less", "a penalty on fewer layers", "`dropout` or augmentation in place of penalties"},
	Fails:  stages(fewHeads, chain("conv3d: {filters: 8, kernel_size: 3, activation: relu}, max_pool3d, flatten, dense: {units: 16, activation: relu, bias_initializer: ones, bias_regularizer: {l2: {l2: 1.0}}}, dense: {units: 2, activation: softmax}"), learnt("adam")),
	Mended: stages(fewHeads, chain("conv3d: {filters: 8, kernel_size: 3, activation: relu}, max_pool3d, flatten, dense: {units: 16, activation: relu, bias_initializer: ones, bias_regularizer: {l2: {l2: 1e-4}}}, dense: {units: 2, activation: softmax}"), learnt("adam")),
}
