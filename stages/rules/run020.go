package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN020 finds learning rates with which nothing is learnt, where another one, or
// adam, learns the same examples by heart.
var RUN020 = &Rule{Code: run020, Steps: func(s pipeline.Site, p *Probes) {
	const apart = 2.5
	if len(p.Fits) < 2 {
		return
	}
	own, planned := &p.Fits[0], p.planned()
	late := own.Late(planned)
	if !late && (own.Done || own.Moved() || p.onItsWay()) {
		return
	}
	for i := range p.Fits[1:] {
		other := &p.Fits[i+1]
		if !other.Done || late && other.Steps > planned || other.Own && other.Rate < apart*own.Rate && own.Rate < apart*other.Rate {
			continue
		}
		tried := fmt.Sprintf("%d steps on the same %d examples took the loss from %.4g to %.4g", own.Steps, own.Examples, own.First(), own.Lowest())
		if own.Diverged {
			tried = fmt.Sprintf("on the same %d examples the loss is not finite after %s", own.Examples, plural(own.Steps, "step"))
		}
		if late {
			tried = fmt.Sprintf("the training makes %s; after so many on the same %d examples the loss was %.4g, of %.4g at first", plural(planned, "step"), own.Examples, own.Losses[planned], own.First())
		}
		d := diag.New(run020, s.At(p.rateAt()...), tried)
		if late {
			d = d.Note("it took %s to learn them by heart", plural(own.Steps, "step"))
		}
		if s := p.Sweep; s != nil && s.Steepest > 0 {
			d = d.Note("the loss falls fastest at %s; %s to %s usually goes well", rates(s.Steepest), rates(s.Low), rates(s.Steepest))
		}
		if other.Own {
			s.Report(p.slower(s, d.Note("with %s they are learnt in %s", rates(other.Rate), plural(other.Steps, "step")), other.Rate))
			return
		}
		adam := "adam"
		_, high := usualRates(other.Optimizer)
		if rate := min(other.Rate, high); rate != defaultRate(adam) {
			adam = fmt.Sprintf("{adam: {learning_rate: %s}}", rates(rate))
		}
		s.Report(d.Note("with adam at %s they are learnt in %s", rates(other.Rate), plural(other.Steps, "step")).
			Suggest("use optimizer: "+adam, replace(s.At("optimizer"), adam)...))
		return
	}
}}

// onItsWay says that the training makes so many more steps than the trial did that,
// falling on as it did at the end of it, the loss comes down; or that of a choice
// among classes the trial knew the answers already, only not firmly.
func (p *Probes) onItsWay() bool {
	own := &p.Fits[0]
	more := float64(p.planned() - own.Steps)
	if more <= 0 {
		return false
	}
	if !p.Task.PerVoxel && own.Accuracy >= 0.95 && own.Lowest() < 0.95*min(own.First(), own.Prior) {
		return true
	}
	const gone = 0.7 // of the loss is left, as where Moved says so
	return own.Lowest()-more*own.Falling() < gone*min(own.First(), own.Prior)
}

// planned is how many steps the training makes.
func (p *Probes) planned() int { return p.Epochs * ((p.Examples + p.BatchSize - 1) / p.BatchSize) }

var run020 = &diag.Code{
	ID: "RUN020", Severity: diag.Warning,
	Title:  "another learning rate learns what this one does not",
	Means:  "The learning rate was raised from 1e-6 to 10 in 60 steps, to see where the loss falls fastest. A few examples were then learnt by heart with a rate near that, or with `adam`, and were not with the rate of the config, which hardly moved the loss; or only after more than twice the steps that the training makes.",
	Why:    "The learning rate is the setting that decides most. Far too low looks like a network that cannot learn, and so does far too high.",
	Ways:   []string{"the `learning_rate` that the message names", "`adam`, which forgives more than `sgd`"},
	Fails:  stages(fewHeads, chain(small), learnt("{adam: {learning_rate: 0.5}}")),
	Mended: stages(fewHeads, chain(small), learnt("{adam: {learning_rate: 0.001}}")),
}
