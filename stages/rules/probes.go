package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/probe"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Probes is what the first steps of a training showed.
type Probes struct {
	*probe.Found
	Dataset *pipeline.Dataset
	Model   *pipeline.Model
	// Loss is the loss with the meaning that the task gives it.
	Loss      loss.Loss
	LossName  string
	Task      metric.Task
	Optimizer optim.Optimizer
	// Epochs and BatchSize are those of the training, Examples how many it has.
	Epochs, BatchSize, Examples int
	// Baselines are what no network is needed for.
	Baselines []probe.Baseline
	// Started says that the model begins with weights of a file.
	Started bool
}

// CheckSteps asks every rule on first steps.
func CheckSteps(s pipeline.Site, p *Probes) {
	for _, r := range all {
		if r.Steps != nil {
			r.Steps(s, p)
		}
	}
}

// layer is the place of a node of the graph.
func (p *Probes) layer(node int) pipeline.LayerPlace {
	return p.Model.Layers[p.Model.Graph.Nodes[node].ID]
}

// rateAt is the setting of the learning rate.
func (p *Probes) rateAt() []string {
	return []string{"optimizer", optimizerName(p.Optimizer), "learning_rate"}
}

// rates writes a learning rate as short as it is meant: one digit.
func rates(rate float64) string { return fmt.Sprintf("%.1g", rate) }

// dead finds the first activation most of whose units are 0 whatever is shown:
// -1 for none. Whole says that all of them are, so that nothing comes through.
// Units that look at many places are counted as they are; of units that look at
// one, as dense ones do, half are often 0 for all of a few examples, and it takes
// a network that does not learn to say that it is too many.
func (p *Probes) dead() (node int, whole bool) {
	const most = 0.7
	for i := range p.Model.Graph.Nodes {
		a, found := p.lastly(i)
		if !found || !a.Counts || a.Units == 0 || p.Few.Examples < 4 {
			continue
		}
		if a.Dead == a.Units {
			return i, true
		}
		half := float64(a.Units)/2 + 1.55*math.Sqrt(float64(a.Units))
		if float64(a.Dead) < most*float64(a.Units) || float64(a.Dead) < half {
			continue
		}
		if output := p.Model.Graph.Nodes[i].Output; len(output) > 1 || len(p.Fits) > 0 && !p.Fits[0].Done {
			return i, false
		}
	}
	return -1, false
}

// lastly is what a node gave behind the few steps.
func (p *Probes) lastly(node int) (probe.Activity, bool) {
	of := p.Few.After
	if of == nil {
		of = p.Few.Before
	}
	if node >= len(of) {
		return probe.Activity{}, false
	}
	return of[node], true
}

// constant says that all examples, which differ, are given the same.
func (p *Probes) constant() bool {
	f := p.Few
	return f.After != nil && f.Examples >= 4 && f.InputsApart > 0 && f.Apart <= 1e-6*f.Scale
}

// learnt says that a few examples were learnt by heart, at whichever rate.
func (p *Probes) learnt() bool {
	return slices.ContainsFunc(p.Fits, func(f probe.Fit) bool { return f.Done })
}

// best is the trial that came furthest.
func (p *Probes) best() *probe.Fit {
	var best *probe.Fit
	for i := range p.Fits {
		if f := &p.Fits[i]; best == nil || f.Lowest() < best.Lowest() {
			best = f
		}
	}
	return best
}

// activationAt is where a node's activation is written: the setting of a layer, or
// the layer itself.
func (p *Probes) activationAt(node int) diag.Span {
	place := p.layer(node)
	if p.Model.Graph.Nodes[node].Attached {
		return place.Setting("activation")
	}
	return place.Kind
}

// goodRate is a learning rate of the optimizer at which a few examples were learnt;
// else the one that is given.
func (p *Probes) goodRate(otherwise float64) float64 {
	for i := range p.Fits {
		if f := &p.Fits[i]; f.Own && f.Done && i > 0 {
			return f.Rate
		}
	}
	return otherwise
}

// slower adds the way out of steps that are too long: the rate, or the highest one
// that TRN001 takes for usual.
func (p *Probes) slower(s pipeline.Site, d diag.Diagnostic, rate float64) diag.Diagnostic {
	at := p.rateAt()
	_, high := usualRates(p.Optimizer)
	rate = min(rate, high)
	if s.Given(at...) {
		return d.Suggest(fmt.Sprintf("set learning_rate to %s", rates(rate)), replace(s.At(at...), rates(rate))...)
	}
	return d.Suggest(fmt.Sprintf("set learning_rate to %s: %s: {learning_rate: %s}", rates(rate), optimizerName(p.Optimizer), rates(rate)))
}

// layerOf is the layer of a weight's full name.
func layerOf(weight string) string {
	layer, _, _ := strings.Cut(weight, "/")
	return layer
}
