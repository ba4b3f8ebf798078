package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/probe"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN008 finds gradients that have all but vanished on the way to the first layer.
var RUN008 = &Rule{Code: run008, Steps: func(s pipeline.Site, p *Probes) {
	const share, small = 1e-3, 1e-4
	first, last, ok := p.ends()
	if _, whole := p.dead(); !ok || whole || first.First == 0 || last.First == 0 {
		return // nothing at all comes through dead units: RUN006
	}
	if first.First >= small || first.First >= share*last.First {
		return
	}
	place := p.layer(first.Node)
	s.ReportUnless(place.Allow, diag.New(run008, place.Kind, fmt.Sprintf("the gradient of its weights is %.2g long, that of %s %.2g", first.First, last.Layer, last.First)).
		And(p.layer(last.Node).Kind, "it comes from here").
		Note("%.2g / %.2g = %.1g: what the last layer learns in one step the first one learns in %.0f", first.First, last.First, first.First/last.First, last.First/first.First).
		Suggest("use relu in place of sigmoid and tanh inside the network").
		Suggest("put batch_norm behind the convolutions, or residual around them").
		Suggest("use he_normal in front of relu"))
}}

// ends are the first and the last layer with weights that multiply; false for a
// network that has not two of them.
func (p *Probes) ends() (first, last *probe.Flow, ok bool) {
	for i := range p.Few.Flows {
		f := &p.Few.Flows[i]
		if !f.Kernel || f.Node < 0 || len(f.Norms) == 0 {
			continue
		}
		if first == nil {
			first = f
		}
		last = f
	}
	return first, last, first != last
}

var run008 = &diag.Code{
	ID: "RUN008", Severity: diag.Warning,
	Title:  "the gradient vanishes on the way to the first layer",
	Means:  "Before the first step the gradient of the first layer's weights is shorter than 0.0001, and shorter than a thousandth of that of the last layer's.",
	Why:    "The first layers stay as they were drawn, and the last ones learn from noise. Each sigmoid on the way takes three quarters or more of the gradient, each badly scaled layer its part.",
	Ways:   []string{"`relu` inside the network", "`batch_norm`, or `residual` blocks", "`he_normal` in front of `relu`"},
	Fails:  stages(heads, chain("flatten, repeat: {times: 6, layers: [dense: {units: 16, activation: sigmoid}]}, dense: {units: 2, activation: softmax}"), learnt("adam")),
	Mended: stages(heads, chain("flatten, repeat: {times: 6, layers: [dense: {units: 16, activation: relu}]}, dense: {units: 2, activation: softmax}"), learnt("adam")),
}
