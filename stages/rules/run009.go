package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN009 finds gradients that are huge, or that grow on the way to the first layer
// and from step to step.
var RUN009 = &Rule{Code: run009, Steps: func(s pipeline.Site, p *Probes) {
	const huge, more, doublings = 1e6, 70, 3
	for i := range p.Few.Flows {
		f := &p.Few.Flows[i]
		for step, norm := range f.Norms {
			if norm > huge {
				place := p.layer(f.Node)
				d := diag.New(run009, place.Kind, fmt.Sprintf("in step %d the gradient of its weights is %.2g long", step+1, norm))
				s.ReportUnless(place.Allow, suggestShorter(d))
				return
			}
		}
	}
	first, last, ok := p.ends()
	if !ok || first.First <= more*last.First {
		return
	}
	doubled := 0
	for step := 1; step < len(first.Norms) && doubled < doublings; step++ {
		if first.Norms[step] >= 2*first.Norms[step-1] {
			doubled++
		} else {
			doubled = 0
		}
	}
	if doubled < doublings {
		return
	}
	place := p.layer(first.Node)
	d := diag.New(run009, place.Kind, fmt.Sprintf("the gradient of its weights is %.3g times as long as that of %s, and doubled in %d steps one after the other", first.First/last.First, last.Layer, doublings))
	s.ReportUnless(place.Allow, suggestShorter(d))
}}

// suggestShorter adds the ways out of gradients that are too long.
func suggestShorter(d diag.Diagnostic) diag.Diagnostic {
	return d.Suggest("scale the volumes, and targets that are large numbers").
		Suggest("gradient_clip: {norm: 1}").
		Suggest("a learning_rate that is ten times lower")
}

var run009 = &diag.Code{
	ID: "RUN009", Severity: diag.Warning,
	Title:  "the gradient explodes",
	Means:  "In the first ten steps the gradient of a layer's weights is longer than a million; or that of the first layer is more than 70 times as long as that of the last one, and doubles three times running.",
	Why:    "Such steps throw the weights far away from anything useful, and often end in NaN.",
	Ways:   []string{"a `normalize` stage, and targets of about 1", "`gradient_clip: {norm: 1}`", "a lower `learning_rate`"},
	Fails:  stages(fewHeads, "normalize: {method: rescale, scale: 1e6}", chain("conv3d: {filters: 8, kernel_size: 3, activation: relu}, max_pool3d, flatten, dense: {units: 32, activation: relu}, dense: {units: 2, activation: softmax}"), learnt("adam")),
	Mended: stages(fewHeads, "normalize: {method: z_score}", chain("conv3d: {filters: 8, kernel_size: 3, activation: relu}, max_pool3d, flatten, dense: {units: 32, activation: relu}, dense: {units: 2, activation: softmax}"), learnt("adam")),
}
