package rules

import (
	"fmt"
	"math"
	"strings"

	"github.com/voxelpipe/pipe/nn/probe"
	"github.com/voxelpipe/pipe/pipeline"
)

// Facts tell what the first steps showed, a line for each, whether or not anything
// is wrong.
func (p *Probes) Facts() []string {
	var facts []string
	add := func(format string, args ...any) { facts = append(facts, fmt.Sprintf(format, args...)) }
	first := fmt.Sprintf("the first loss is %.4g", p.First.Loss)
	if p.First.Uniform > 0 {
		first += fmt.Sprintf("; that of giving all classes the same probability is %s", p.uniformly())
	} else if p.First.Prior > 0 {
		first += fmt.Sprintf("; that of always answering with the mean is %.4g", p.First.Prior)
	}
	if p.First.Penalty > 0 {
		first += fmt.Sprintf("; penalties add %.4g", p.First.Penalty)
	}
	add("%s", first)
	for i := range p.Fits {
		add("%s", p.tellFit(&p.Fits[i]))
	}
	if p.Blank != nil && p.learnt() {
		add("with zeros in place of the volumes the loss comes down to %.4g", p.Blank.Lowest())
	}
	if s := p.Sweep; s != nil && s.Steepest > 0 {
		add("the loss falls fastest at a learning rate of %s; %s to %s usually goes well, and the config has %g", rates(s.Steepest), rates(s.Low), rates(s.Steepest), p.Optimizer.Rate())
	} else if s != nil {
		add("no learning rate from %.0e to %.0e brings the loss down in a single round of %s", s.Rates[0], s.Rates[len(s.Rates)-1], plural(len(s.Rates), "step"))
	}
	if c := p.Shuffled; c != nil {
		add("after going %d times through %d examples the loss is %.4g, with shuffled labels %.4g", c.Epochs, c.Examples, c.Real, c.Other)
	}
	if m := p.Modes; m != nil && !math.IsNaN(m.TrainingRight) {
		add("of the same examples %.0f %% are right in training, and %.0f %% afterwards", 100*m.TrainingRight, 100*m.AfterRight)
	}
	if len(p.Baselines) > 0 {
		reached := make([]string, len(p.Baselines))
		for i, b := range p.Baselines {
			reached[i] = fmt.Sprintf("%s %.3f", b.Name, b.Accuracy)
		}
		add("the accuracy to beat on %s: %s", plural(p.Baselines[0].Examples, "other example"), strings.Join(reached, ", "))
	}
	return append(facts, p.Left...)
}

// tellFit says how learning a few examples by heart went.
func (p *Probes) tellFit(f *probe.Fit) string {
	text := plural(f.Examples, "example")
	with := fmt.Sprintf("%s with %s at %s", plural(f.Steps, "step"), optimizerName(f.Optimizer), rates(f.Rate))
	switch {
	case f.Diverged:
		return fmt.Sprintf("%s cannot be learnt: the loss is not finite after %s", text, with)
	case f.Done:
		text += fmt.Sprintf(" are learnt by heart in %s: the loss falls from %.4g to %.4g", with, f.First(), f.Lowest())
	default:
		text += fmt.Sprintf(" are not learnt by heart in %s: the loss goes from %.4g to %.4g", with, f.First(), f.Lowest())
	}
	if !math.IsNaN(f.Accuracy) && !p.Task.PerVoxel {
		text += fmt.Sprintf(", the accuracy is %.2f", f.Accuracy)
	}
	return text
}

// Features are what classifiers without a network look at, in what a scan found of
// the volumes that the model is given: false where examples have no class.
func (s *Scan) Features() (probe.Features, bool) {
	if s.Classes.Of == nil || s.Fed == nil {
		return probe.Features{}, false
	}
	f := probe.Features{Class: s.Classes.Of, Classes: len(s.Classes.Names), Train: s.training()}
	for i := range s.Fed.Examples {
		e := &s.Fed.Examples[i]
		mean := 0.0
		for c := range e.Channels {
			mean += e.Channels[c].Mean / float64(len(e.Channels))
		}
		f.Mean, f.Blocks = append(f.Mean, mean), append(f.Blocks, e.Thumb)
	}
	for k, name := range s.Partitions {
		if name == pipeline.Validation {
			f.Test = s.Members[k]
		}
	}
	return f, true
}
