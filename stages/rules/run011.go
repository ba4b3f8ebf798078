package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN011 finds layers whose weights are to be trained and stay as they are. Behind
// dead units that is RUN006's.
var RUN011 = &Rule{Code: run011, Steps: func(s pipeline.Site, p *Probes) {
	const enough = 5
	if _, whole := p.dead(); whole || p.Few.Steps < enough {
		return
	}
	for i := range p.Few.Flows {
		f := &p.Few.Flows[i]
		if f.Moved || f.Node < 0 {
			continue
		}
		place := p.layer(f.Node)
		d := diag.New(run011, place.Kind, fmt.Sprintf("its weights are the same after %s", plural(p.Few.Steps, "step")))
		if f.Reached {
			d = p.slower(s, d.And(s.At(p.rateAt()...), fmt.Sprintf("the learning rate is %g", p.Optimizer.Rate())).
				Note("there is a gradient, but a step is shorter than the last digit of the weights"), 1000*p.Optimizer.Rate())
		} else {
			d = d.Note("no gradient comes to them: what they give does not change the output").
				Suggest("let a layer take what this one gives: look at every from:").
				Suggest("let the first weights of the layers behind be as they are by default, not zeros")
		}
		s.ReportUnless(place.Allow, d)
		return
	}
}}

var run011 = &diag.Code{
	ID: "RUN011", Severity: diag.Error,
	Title:  "weights that training does not change",
	Means:  "The weights of a layer that is to be trained are, to the last bit, the same after ten steps.",
	Why:    "The layer stays what it was drawn to be. Either nothing takes what it gives, or what stands behind multiplies it with 0, or the learning rate is so small that adding a step changes no digit.",
	Ways:   []string{"look at `from:`, whether somebody takes its output", "the default initializers", "a higher `learning_rate`", "`trainable: false`, if that is meant"},
	Fails:  stages(fewHeads, chain("{input: {}, id: start}, {conv3d: {filters: 4, kernel_size: 3, activation: relu}}, {conv3d: {filters: 8, kernel_size: 3, activation: relu}, from: [start]}, max_pool3d, "+smallHead), learnt("adam")),
	Mended: stages(fewHeads, chain("conv3d: {filters: 4, kernel_size: 3, activation: relu}, conv3d: {filters: 8, kernel_size: 3, activation: relu}, max_pool3d, "+smallHead), learnt("adam")),
}
