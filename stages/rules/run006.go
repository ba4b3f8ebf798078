package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN006 finds ReLUs whose units are 0 whatever is shown.
var RUN006 = &Rule{Code: run006, Steps: func(s pipeline.Site, p *Probes) {
	node, _ := p.dead()
	if node < 0 {
		return
	}
	now, _ := p.lastly(node)
	before := p.Few.Before[node]
	d := diag.New(run006, p.activationAt(node), fmt.Sprintf("%d of %s of %s are 0 for each of %s", now.Dead, plural(now.Units, "unit"), wired(p.Model).label(node), plural(p.Few.Examples, "example")))
	when := fmt.Sprintf("after %s", plural(p.Few.Steps, "step"))
	if before.Dead < now.Dead {
		d = d.Note("before the first step %d were, %s %d are: the steps are too long", before.Dead, when, now.Dead)
	} else {
		d = d.Note("they are 0 before the first step, and %s", when)
	}
	if behind := p.alsoDead(node); behind > 0 {
		d = d.Note("nothing comes through to the %s behind", plural(behind, "activation"))
	}
	if before.Dead < now.Dead {
		d = p.slower(s, d, p.goodRate(p.Optimizer.Rate()/10))
	}
	place := p.layer(node)
	s.ReportUnless(place.Allow, d.Suggest("scale the volumes to about 0 ± 1: normalize: {method: z_score}").
		Suggest("leave kernel_initializer and bias_initializer out: biases then start from 0, weights on both sides of it").
		Suggest("use leaky_relu, whose units always have a gradient"))
}}

// alsoDead counts the activations behind a node that are 0 altogether.
func (p *Probes) alsoDead(node int) int {
	n := 0
	for i := node + 1; i < len(p.Model.Graph.Nodes); i++ {
		if a, found := p.lastly(i); found && a.Counts && a.Units > 0 && a.Dead == a.Units {
			n++
		}
	}
	return n
}

var run006 = &diag.Code{
	ID: "RUN006", Severity: diag.Warning,
	Title:  "dead units",
	Means:  "70 % or more of a ReLU's units (of a convolution: its filters, at every voxel) are 0 for every example of two batches, before the first step or after ten.",
	Why:    "A ReLU that is 0 has no gradient: what is dead for all examples is dead for good, and what stands in front of it is not trained either. It comes from volumes far below 0, from first weights or biases on one side, or from a step that was too long.",
	Ways:   []string{"`normalize: {method: z_score}`", "the default initializers", "a lower `learning_rate`", "`leaky_relu` in place of `relu`"},
	Fails:  stages(fewHeads, chain("conv3d: {filters: 8, kernel_size: 3, activation: relu, bias_initializer: {constant: {value: -5}}}, max_pool3d, "+smallHead), learnt("adam")),
	Mended: stages(fewHeads, chain(small), learnt("adam")),
}
