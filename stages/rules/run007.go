package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN007 finds sigmoids, tanhs and softmaxes at their ends. The network's last one
// is looked at before the first step alone: later it may be sure of what it knows.
var RUN007 = &Rule{Code: run007, Steps: func(s pipeline.Site, p *Probes) {
	const most = 0.5
	last := len(p.Model.Graph.Nodes) - 1
	for i, before := range p.Few.Before {
		now, _ := p.lastly(i)
		share, when := before.Saturated, "before the first step"
		if i != last && !(now.Saturated <= share) {
			share, when = now.Saturated, fmt.Sprintf("after %s", plural(p.Few.Steps, "step"))
		}
		if !(share > most) || i == last && p.Started {
			continue
		}
		node := &p.Model.Graph.Nodes[i]
		name, what := activationName(node.Spec), "of what it takes lies beyond ±5"
		if _, is := node.Spec.(*layers.Softmax); is {
			what = "of its answers are surer than 99.3 %"
		}
		s.ReportUnless(p.layer(i).Allow, diag.New(run007, p.activationAt(i), fmt.Sprintf("%.0f %% %s, %s", 100*share, what, when)).
			Note("beyond ±5 the slope of %s is under 1 %%: hardly any gradient comes through", name).
			Suggest("scale the volumes: normalize: {method: z_score}").
			Suggest("let the first weights be as they are by default, glorot_uniform").
			Suggest("put batch_norm in front of it, or use relu inside the network"))
		return // what stands behind it follows from it
	}
}}

// activationName is an activation's name in the language.
func activationName(s nn.Spec) string {
	name, _ := layers.Table().NameOf(s)
	return name
}

var run007 = &diag.Code{
	ID: "RUN007", Severity: diag.Warning,
	Title:  "a saturated activation",
	Means:  "More than half of what a `sigmoid`, `tanh` or `softmax` takes lies beyond ±5, where it is flat.",
	Why:    "A flat curve has no gradient: the layers in front learn nothing. At the end of a network it means that it is sure of everything before it has learnt anything.",
	Ways:   []string{"a `normalize` stage", "the default `kernel_initializer`", "`batch_norm` in front of it", "`relu` inside the network"},
	Fails:  stages(fewHeads, "normalize: {method: rescale, scale: 255}", chain(small), learnt("adam")),
	Mended: stages(fewHeads, "normalize: {method: z_score}", chain(small), learnt("adam")),
}
