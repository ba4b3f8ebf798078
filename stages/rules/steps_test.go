package rules

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/initial"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/probe"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/epochlog"
)

// The nodes of the network of these tests: a convolution and its relu, a pool, a
// dense layer and its relu, another one and its softmax.
const (
	convNode, convReLU, _, denseNode, denseReLU, headNode, headSoftmax = 0, 1, 2, 3, 4, 5, 6
)

// firstSteps are those of a healthy training.
func firstSteps(t *testing.T) *Probes {
	t.Helper()
	items := []nn.Item{
		{ID: "conv", Unit: layers.New(func(c *layers.Conv3D) {
			c.Filters, c.KernelSize, c.Then = 16, [3]int{3, 3, 3}, layers.New(func(*layers.ReLU) {})
		})},
		{ID: "pool", Unit: layers.New(func(*layers.GlobalAveragePool3D) {})},
		{ID: "dense", Unit: layers.New(func(d *layers.Dense) { d.Units, d.Then = 32, layers.New(func(*layers.ReLU) {}) })},
		{ID: "head", Unit: layers.New(func(d *layers.Dense) { d.Units, d.Then = 3, layers.New(func(*layers.Softmax) {}) })},
	}
	graph, refusals := nn.Resolve(shape.New(8, 8, 8, 1), items)
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	places := make(map[string]pipeline.LayerPlace)
	for _, item := range items {
		places[item.ID] = pipeline.LayerPlace{KindName: item.ID, Setting: func(...string) diag.Span { return diag.Span{} }}
	}
	adam, _ := optim.Table().New("adam")
	activities := make([]probe.Activity, len(graph.Nodes))
	for i := range activities {
		activities[i] = probe.Activity{Units: 16, Saturated: math.NaN(), Spread: 0.3}
	}
	activities[convReLU].Counts, activities[denseReLU].Counts = true, true
	activities[denseReLU].Units = 32
	activities[headSoftmax].Saturated = 0
	flow := func(layer string, node int) probe.Flow {
		return probe.Flow{Layer: layer, Node: node, Kernel: true, First: 0.1, Norms: slices.Repeat([]float64{0.1}, 10), Update: 1e-3, Moved: true, Reached: true}
	}
	return &Probes{
		Dataset: &pipeline.Dataset{}, Model: &pipeline.Model{Graph: graph, Layers: places},
		LossName: "sparse_categorical_crossentropy", Task: metric.Task{Kind: metric.MultiClass, Outputs: 3},
		Optimizer: adam.(optim.Optimizer), Epochs: 10, BatchSize: 16, Examples: 96,
		Found: &probe.Found{
			First: probe.First{Loss: 1.1, Uniform: math.Log(3), Prior: math.Log(3), Classes: 3, Batch: 16},
			Few: probe.Few{
				Steps: 10, Examples: 32, Losses: slices.Repeat([]float64{1.1}, 10), Before: activities, After: slices.Clone(activities),
				Flows: []probe.Flow{flow("conv", convNode), flow("dense", denseNode), flow("head", headNode)},
				Apart: 0.5, Scale: 0.7, InputsApart: 1,
			},
			Sweep: &probe.Sweep{Low: 1e-3, Steepest: 1e-2},
			Fits:  []probe.Fit{fitted(1e-3, true, 0.1)},
			Blank: &probe.Fit{Losses: []float64{1.1}, Last: 1.098},
			Mixed: probe.Mixed{Own: 1, Scale: 1},
		},
	}
}

// fitted is a trial to learn 16 examples by heart.
func fitted(rate float64, done bool, last float64) probe.Fit {
	adam, _ := optim.Table().New("adam")
	return probe.Fit{
		Rate: rate, Optimizer: adam.(optim.Optimizer), Own: true, Examples: 16, Steps: 300, Most: 300,
		Losses: []float64{1.1}, Last: last, Prior: math.Log(3), Accuracy: 0.4, Done: done,
	}
}

// slopes are losses that go evenly from one value to another.
func slopes(steps int, from, to float64) []float64 {
	losses := make([]float64, steps)
	for i := range losses {
		losses[i] = from + (to-from)*float64(i)/float64(steps-1)
	}
	return losses
}

// TestFirstSteps: what a rule says on either side of where it begins to speak.
func TestFirstSteps(t *testing.T) {
	stuck := func(p *Probes) {
		p.Fits = []probe.Fit{fitted(1e-3, false, 1.05), fitted(3e-3, false, 1.05), fitted(1e-2, false, 1.05)}
	}
	for name, c := range map[string]struct {
		change func(p *Probes)
		want   string
	}{
		"healthy": {func(*Probes) {}, ""},

		"a loss that is not finite": {func(p *Probes) { p.Few.NotFinite, p.Few.After = &train.Origin{Where: train.InLoss}, nil }, "RUN001"},
		"and what comes of it": {func(p *Probes) {
			p.Few.NotFinite, p.Few.After = &train.Origin{Where: train.InLoss}, nil
			updated(p, 9e-5)
			stuck(p)
			p.Slopes = &probe.Slopes{Checked: 4, Worst: 1, Weight: "conv/kernel"}
		}, "RUN001"},
		"a first loss of 4.1 ln 3":          {func(p *Probes) { p.First.Loss = 4.1 * math.Log(3) }, "RUN002"},
		"a first loss of 3.9 ln 3":          {func(p *Probes) { p.First.Loss = 3.9 * math.Log(3) }, ""},
		"2.1 ln 3, and not learnt":          {func(p *Probes) { p.First.Loss = 2.1 * math.Log(3); stuck(p); p.Fits[2].Last = 0.5 }, "RUN002"},
		"1.9 ln 3, and not learnt":          {func(p *Probes) { p.First.Loss = 1.9 * math.Log(3); stuck(p); p.Fits[2].Last = 0.5 }, ""},
		"a first loss of 4.1 ln 3 of a few": {func(p *Probes) { p.First.Loss, p.First.Batch = 4.1*math.Log(3), 4 }, ""},
		"a first loss of a start":           {func(p *Probes) { p.First.Loss, p.Started = 0.01, true }, ""},
		"a first loss far too low":          {func(p *Probes) { p.First.Loss = 0.5 }, "RUN002"},
		"a first loss of 11 ln 3":           {func(p *Probes) { p.First.Loss = 11 * math.Log(3) }, "FPR014"},
		"a summed loss":                     {func(p *Probes) { p.First.Summed, p.First.Loss, p.First.Uniform = true, 17.4, 16*math.Log(3) }, "FPR014"},

		"learns from zeros":                    {func(p *Probes) { stuck(p); p.Few.Apart = 0.01; p.Blank.Losses[0], p.Blank.Last = 1.05, 1.05 }, "RUN003"},
		"learns from zeros, and is on its way": {func(p *Probes) { stuck(p); p.Few.Apart = 0.01; p.Fits[1].Last = 0.9; p.Fits[2].Last = 0.5 }, ""},
		"not by heart":                         {stuck, "RUN004"},
		"half by heart":                        {func(p *Probes) { stuck(p); p.Fits[2].Last = 0.54 }, ""},
		"not by heart, and still falling": {func(p *Probes) {
			stuck(p)
			p.Fits[2].Last, p.Fits[2].Losses = 1.04, slopes(300, 1.6, 1.04)
		}, ""},
		"not by heart, and falling far too slowly": {func(p *Probes) {
			stuck(p)
			p.Fits[2].Last, p.Fits[2].Losses = 1.04, slopes(300, 1.1, 1.04)
		}, "RUN004"},
		"not by heart in few steps": {func(p *Probes) { stuck(p); p.Fits[0].Most = 60 }, ""},

		"the same answer":          {func(p *Probes) { p.Few.Apart = 1e-8 }, "RUN005"},
		"nearly the same answer":   {func(p *Probes) { p.Few.Apart = 1e-5 }, ""},
		"the same examples":        {func(p *Probes) { p.Few.Apart, p.Few.InputsApart = 0, 0 }, ""},
		"15 of 16 filters dead":    {func(p *Probes) { p.Few.After[convReLU].Dead = 15 }, "RUN006"},
		"10 of 16 filters dead":    {func(p *Probes) { p.Few.After[convReLU].Dead = 10 }, ""},
		"26 of 32 dense units 0":   {func(p *Probes) { p.Few.After[denseReLU].Dead = 26 }, ""},
		"26 of 32, and not learnt": {func(p *Probes) { p.Few.After[denseReLU].Dead = 26; stuck(p); p.Fits[2].Last = 0.5 }, "RUN006"},
		"all dense units 0":        {func(p *Probes) { p.Few.After[denseReLU].Dead = 32 }, "RUN006"},
		"units that are no relu's": {func(p *Probes) { p.Few.After[denseReLU].Dead, p.Few.After[denseReLU].Counts = 32, false }, ""},

		"a sure softmax at the start":  {func(p *Probes) { p.Few.Before[headSoftmax].Saturated = 0.51 }, "RUN007"},
		"a sure softmax later":         {func(p *Probes) { p.Few.After[headSoftmax].Saturated = 0.9 }, ""},
		"half sure":                    {func(p *Probes) { p.Few.Before[headSoftmax].Saturated = 0.49 }, ""},
		"a saturated layer inside":     {func(p *Probes) { p.Few.After[denseReLU].Saturated = 0.6 }, "RUN007"},
		"a vanishing gradient":         {func(p *Probes) { p.Few.Flows[0].First = 9e-5; p.Few.Flows[2].First = 0.1 }, "RUN008"},
		"a small gradient everywhere":  {func(p *Probes) { p.Few.Flows[0].First = 9e-5; p.Few.Flows[2].First = 0.08 }, ""},
		"a gradient of two million":    {func(p *Probes) { p.Few.Flows[1].Norms[4] = 2e6 }, "RUN009"},
		"a long gradient":              {func(p *Probes) { p.Few.Flows[1].Norms[4] = 9e5 }, ""},
		"a gradient that doubles":      {func(p *Probes) { p.Few.Flows[0].First = 8; copy(p.Few.Flows[0].Norms, []float64{8, 16, 32, 64}) }, "RUN009"},
		"a gradient that rises":        {func(p *Probes) { p.Few.Flows[0].First = 8; copy(p.Few.Flows[0].Norms, []float64{8, 16, 32, 60}) }, ""},
		"short steps, and not learnt":  {func(p *Probes) { updated(p, 9e-5); stuck(p); p.Fits[2].Last = 0.5 }, "RUN010"},
		"long steps, and not learnt":   {func(p *Probes) { updated(p, 0.11); stuck(p); p.Fits[2].Last = 0.5 }, "RUN010"},
		"usual steps, and not learnt":  {func(p *Probes) { updated(p, 1.1e-4); stuck(p); p.Fits[2].Last = 0.5 }, ""},
		"short steps that learn":       {func(p *Probes) { updated(p, 1e-5) }, ""},
		"a layer that stays":           {func(p *Probes) { p.Few.Flows[1].Moved, p.Few.Flows[1].Reached = false, false }, "RUN011"},
		"a layer that stays for short": {func(p *Probes) { p.Few.Flows[1].Moved, p.Few.Steps = false, 2 }, ""},

		"unknown afterwards":           {func(p *Probes) { p.Modes = modes(0.98, 0.51, 0.8) }, "RUN017"},
		"a little worse afterwards":    {func(p *Probes) { p.Modes = modes(0.98, 0.79, 0.8) }, ""},
		"the usual momentum":           {func(p *Probes) { p.Modes = modes(0.98, 0.51, 0.8); p.Modes.Momentum = 0.99 }, ""},
		"statistics that have arrived": {func(p *Probes) { p.Modes = modes(0.98, 0.51, 0.04) }, ""},

		"learnt, but long after the training is over": {func(p *Probes) {
			slow, quick := fitted(1e-5, true, 0.8), fitted(1e-3, true, 0.1)
			slow.Losses, quick.Steps = slopes(300, 1.1, 1.0), 50 // the training makes 60 steps
			p.Fits = []probe.Fit{slow, quick}
		}, "RUN020"},
		"learnt long after it is over, by others too": {func(p *Probes) {
			slow, quick := fitted(1e-5, true, 0.8), fitted(1e-3, true, 0.1)
			slow.Losses, quick.Steps = slopes(300, 1.1, 1.0), 70
			p.Fits = []probe.Fit{slow, quick}
		}, ""},
		"another rate learns, and so will this one": {func(p *Probes) {
			slow := fitted(1e-4, false, 1.0)
			slow.Steps, slow.Losses = 60, slopes(60, 1.1, 1.0) // the training makes 60 steps; with 5 times as many it is on its way
			p.Fits, p.Epochs = []probe.Fit{slow, fitted(1e-3, true, 0.1)}, 50
		}, ""},
		"another rate learns what the answers are known of already": {func(p *Probes) {
			slow := fitted(1e-4, false, 1.0)
			slow.Accuracy = 1
			p.Fits, p.Epochs = []probe.Fit{slow, fitted(1e-3, true, 0.1)}, 60
		}, ""},
		"answers that are known of voxels are mostly background": {func(p *Probes) {
			slow := fitted(1e-4, false, 1.0)
			slow.Accuracy, p.Task.PerVoxel = 1, true
			p.Fits, p.Epochs = []probe.Fit{slow, fitted(1e-3, true, 0.1)}, 60
		}, "RUN020"},
		"another rate learns": {func(p *Probes) { p.Fits = []probe.Fit{fitted(1e-5, false, 1.09), fitted(1e-3, true, 0.1)} }, "RUN020"},
		"a near rate learns":  {func(p *Probes) { p.Fits = []probe.Fit{fitted(1e-3, false, 1.09), fitted(2e-3, true, 0.1)} }, ""},
		"it would take long, as the training does": {func(p *Probes) {
			slow := fitted(1e-5, false, 1.0)
			slow.Losses = slopes(300, 1.1, 1.0)
			p.Fits, p.Epochs = []probe.Fit{slow, fitted(1e-3, true, 0.1)}, 300
		}, ""},
		"the rate of the config learns, slowly": {func(p *Probes) { p.Fits = []probe.Fit{fitted(1e-5, false, 0.7), fitted(1e-3, true, 0.1)} }, ""},

		"examples that see each other":    {func(p *Probes) { p.Mixed.Others = 1e-3 }, "RUN021"},
		"examples apart but for rounding": {func(p *Probes) { p.Mixed.Others = 1e-5 }, ""},
		"a gradient that is wrong":        {func(p *Probes) { p.Slopes = &probe.Slopes{Checked: 4, Worst: 0.011, Weight: "conv/kernel"} }, "RUN022"},
		"a gradient of next to nothing": {func(p *Probes) {
			p.Slopes = &probe.Slopes{Checked: 4, Worst: 0.011, Weight: "conv/bias"}
			p.Few.Before[convNode].Spread = 0.9e-3
		}, ""},
		"a gradient of a little": {func(p *Probes) {
			p.Slopes = &probe.Slopes{Checked: 4, Worst: 0.011, Weight: "conv/bias"}
			p.Few.Before[convNode].Spread = 1.1e-3
		}, "RUN022"},
		"a gradient that is nearly right":  {func(p *Probes) { p.Slopes = &probe.Slopes{Checked: 4, Worst: 0.009, Weight: "conv/kernel"} }, ""},
		"penalties larger than the loss":   {func(p *Probes) { p.First.Penalty, p.First.Heaviest = 1.2, "conv" }, "RUN023"},
		"penalties smaller than the loss":  {func(p *Probes) { p.First.Penalty, p.First.Heaviest = 1.0, "conv" }, ""},
		"values that fade":                 {func(p *Probes) { spreads(p, 0.4, 0.1, 0.01, 0.003) }, "RUN024"},
		"values that fade a little":        {func(p *Probes) { spreads(p, 0.4, 0.1, 0.02, 0.005) }, ""},
		"values that grow":                 {func(p *Probes) { spreads(p, 3, 10, 100, 400) }, "RUN024"},
		"values that fade and come back":   {func(p *Probes) { spreads(p, 0.4, 0.1, 0.2, 0.003) }, ""},
		"no faster than with other labels": {func(p *Probes) { p.Shuffled = &probe.Shuffled{Start: 1.1, Real: 0.9, Other: 0.92} }, "RUN025"},
		"faster than with other labels":    {func(p *Probes) { p.Shuffled = &probe.Shuffled{Start: 1.1, Real: 0.8, Other: 0.92} }, ""},
		"neither is learnt":                {func(p *Probes) { p.Shuffled = &probe.Shuffled{Start: 1.1, Real: 1.1, Other: 1.1} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, site := firstSteps(t), &page{}
			c.change(p)
			CheckSteps(site, p)
			var codes []string
			for _, d := range site.found {
				codes = append(codes, d.Code.ID)
			}
			if got := strings.Join(codes, " "); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// TestNoRateBeyondTheUsual: what one rule suggests, no other complains of.
func TestNoRateBeyondTheUsual(t *testing.T) {
	p, site := firstSteps(t), &page{}
	p.Fits = []probe.Fit{fitted(1e-5, false, 1.09), fitted(0.06, true, 0.1)}
	CheckSteps(site, p)
	if len(site.found) != 1 || !strings.Contains(site.found[0].Help[0].Text, "set learning_rate to 0.01") {
		t.Errorf("got %v", site.found)
	}
}

// updated sets how far a step moves the weights.
func updated(p *Probes, by float64) {
	for i := range p.Few.Flows {
		p.Few.Flows[i].Update = by
	}
}

// modes are of a batch norm.
func modes(training, after, stays float64) *probe.Modes {
	return &probe.Modes{Training: 0.1, After: 1.2, TrainingRight: training, AfterRight: after, Layer: "conv", Momentum: 0.999, Stays: stays, Updates: 200}
}

// spreads sets what the layers give, of four of them.
func spreads(p *Probes, of ...float64) {
	p.Few.Flows = append(p.Few.Flows, p.Few.Flows[2])
	for i, node := range []int{convNode, convReLU, denseNode, headNode} {
		p.Few.Flows[i].Node = node
		p.Few.Before[node].Spread = of[i]
	}
}

// TestSimpleRulesBeside: the best epoch has to be worse by more than chance, and the
// training done, or good at its own examples.
func TestSimpleRulesBeside(t *testing.T) {
	baselines := []probe.Baseline{{Name: "the commonest class", Accuracy: 0.5, Examples: 200}, {Name: "the mean of the volume", Accuracy: 0.81, Examples: 200}}
	for _, c := range []struct {
		accuracies []float64
		falls, own float64 // of the loss in each epoch; the accuracy in training
		want       int
	}{
		{[]float64{0.6, 0.74, 0.7, 0.7, 0.7}, 0.001, 0.7, 1},
		{[]float64{0.6, 0.74, 0.7, 0.7}, 0.001, 0.7, 0}, // four epochs
		{[]float64{0.6, 0.77, 0.7, 0.7, 0.7}, 0.001, 0.7, 0},
		{[]float64{0.6, 0.9, 0.7, 0.7, 0.7}, 0.001, 0.7, 0},
		{[]float64{0.6, 0.62, 0.66, 0.7, 0.74}, 0.002, 0.7, 0},
		{[]float64{0.6, 0.62, 0.66, 0.7, 0.74}, 0.002, 0.82, 1},
	} {
		l := &Log{Log: &epochlog.Log{Columns: []string{"loss", "accuracy", "val_accuracy"}}}
		for i, accuracy := range c.accuracies {
			l.Rows = append(l.Rows, []float64{0.69 - c.falls*float64(i), c.own, accuracy})
		}
		site := &page{}
		CheckBaselines(site, baselines, l)
		if len(site.found) != c.want {
			t.Errorf("%+v: %d findings", c, len(site.found))
		}
	}
}

// TestWhereValuesFade: at the first weights that are drawn without a look at how many
// values are summed, or else at the end.
func TestWhereValuesFade(t *testing.T) {
	for _, drawn := range []bool{false, true} {
		p, site := firstSteps(t), &page{}
		spreads(p, 0.4, 0.1, 0.01, 0.003)
		written := diag.Span{File: "config.yaml"}
		p.Model.Layers["conv"] = pipeline.LayerPlace{Setting: func(...string) diag.Span { return written }}
		if drawn {
			p.Model.Graph.Nodes[convNode].Spec.(*layers.Conv3D).KernelInitializer = &initial.RandomNormal{Deviation: 0.01}
		}
		CheckSteps(site, p)
		if len(site.found) != 1 || (site.found[0].Primary.Span == written) != drawn {
			t.Errorf("drawn %v: %v", drawn, site.found)
		}
	}
}
