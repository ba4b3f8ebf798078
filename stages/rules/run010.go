package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/probe"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN010 compares how far the steps move weights with how large those are. It
// speaks where all layers are outside of what is usual, on the same side, and the
// few examples were not learnt with that learning rate.
var RUN010 = &Rule{Code: run010, Steps: func(s pipeline.Site, p *Probes) {
	const least, most = 1e-4, 1e-1
	if p.Few.NotFinite != nil {
		return // RUN001
	}
	var slow, fast *probe.Flow
	layers, slows, fasts := 0, 0, 0
	for i := range p.Few.Flows {
		f := &p.Few.Flows[i]
		if !f.Kernel || !f.Reached || !(f.Update >= 0) {
			continue
		}
		layers++
		if f.Update < least {
			slows++
			if slow == nil || f.Update > slow.Update {
				slow = f
			}
		}
		if f.Update > most {
			fasts++
			if fast == nil || f.Update > fast.Update {
				fast = f
			}
		}
	}
	if _, whole := p.dead(); whole || p.constant() || layers == 0 || len(p.Fits) == 0 || p.Fits[0].Done || p.Fits[0].Moved() || p.onItsWay() {
		return
	}
	rate := p.Optimizer.Rate()
	at := s.At(p.rateAt()...)
	switch {
	case slows == layers:
		d := diag.New(run010, at, fmt.Sprintf("a step moves the weights by %.1g of their size at most (%s)", slow.Update, slow.Layer)).
			Note("0.0001 to 0.1 is usual: at this rate they would need %.0f steps to change by as much as they are", 1/max(slow.Update, 1e-12))
		s.Report(p.slower(s, d, p.goodRate(rate*1e-3/max(slow.Update, 1e-9))))
	case fasts == layers:
		d := diag.New(run010, at, fmt.Sprintf("a step moves the weights by %.2g of their size (%s)", fast.Update, fast.Layer)).
			Note("0.0001 to 0.1 is usual: weights that change by so much keep nothing of what they learnt")
		s.Report(p.slower(s, d, p.goodRate(rate*1e-2/fast.Update)))
	}
}}

var run010 = &diag.Code{
	ID: "RUN010", Severity: diag.Warning,
	Title:  "steps that are far too short or too long for the weights",
	Means:  "The median step moves the kernels of every layer by less than 0.0001 of their length, or by more than a tenth, and a few examples were not learnt by heart in that way.",
	Why:    "With steps that are too short nothing happens for hundreds of epochs; with steps that are too long each forgets what the last one learnt.",
	Ways:   []string{"the `learning_rate` that the message names", "another optimizer: `adam` finds the length of steps by itself"},
	Fails:  stages(fewHeads, chain(small), learnt("{sgd: {learning_rate: 2e-5}}")),
	Mended: stages(fewHeads, chain(small), learnt("{sgd: {learning_rate: 0.01}}")),
}
