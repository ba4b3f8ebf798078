package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN017 finds networks that know examples while they are trained, and no longer
// afterwards: batch norm then works with moving statistics that have not arrived.
var RUN017 = &Rule{Code: run017, Steps: func(s pipeline.Site, p *Probes) {
	// The usual momentum needs some 300 steps: a shorter training is short, not wrong.
	const gap, arrived, usual = 0.2, 0.05, 0.99
	m := p.Modes
	if m == nil || m.Layer == "" || m.Stays < arrived || m.Momentum <= usual {
		return
	}
	worse := m.TrainingRight-m.AfterRight > gap
	if math.IsNaN(m.TrainingRight) || p.Task.PerVoxel {
		worse = m.After > 2*m.Training && m.After > p.First.Loss/2
	}
	if !worse {
		return
	}
	place := p.Model.Layers[m.Layer]
	at := place.Setting("momentum")
	label := fmt.Sprintf("the same examples have a loss of %.4g in training and %.4g afterwards", m.Training, m.After)
	if !math.IsNaN(m.TrainingRight) {
		label = fmt.Sprintf("of the same examples %.0f %% are right in training, and %.0f %% afterwards", 100*m.TrainingRight, 100*m.AfterRight)
	}
	// After so many steps a hundredth of the start is left.
	fitting := math.Round(100*math.Pow(0.01, 1/float64(m.Updates))) / 100
	fitting = min(max(fitting, 0.5), 0.99)
	s.ReportUnless(place.Allow, diag.New(run017, at, label).
		And(s.At("epochs"), fmt.Sprintf("the whole training has %s", plural(m.Updates, "step"))).
		Note("%g^%d = %.2g: so much of the moving statistics is still what they began with at the end", m.Momentum, m.Updates, m.Stays).
		Suggest(fmt.Sprintf("set the momentum of batch_norm to %g", fitting), replace(at, fmt.Sprintf("%g", fitting))...).
		Suggest("train for more epochs, or with smaller batches: each step moves the statistics").
		Suggest("use group_norm or instance_norm, which are the same in training and afterwards"))
}}

var run017 = &diag.Code{
	ID: "RUN017", Severity: diag.Error,
	Title:  "the network knows examples in training and not afterwards",
	Means:  "Examples that were learnt by heart are shown once as in training and once as in validation and prediction, with the moving statistics that `batch_norm` has at the end of the whole training; and then far fewer are right. `pipe` itself switches between the two as Keras does, so that this comes from moving statistics that have not arrived: with a momentum m and n steps mⁿ of what they began with is left. It is told of momentums above 0.99, the default: with that one it takes a training of 300 steps or more.",
	Why:    "The training looks well and the validation like guessing, which is taken for overfitting. The weights are good; the statistics are not.",
	Ways:   []string{"a lower `momentum`, such as 0.9", "more steps", "`group_norm` or `instance_norm`"},
	Fails:  stages("phantom: {samples: 160, size: [8, 16, 16]}\n  - reshape: {expand_dims: -1}\n  - split: {train: 0.75, validation: 0.25, stratify: true}", chain("repeat: {times: 2, layers: [conv3d: {filters: 8, kernel_size: 3, padding: same, use_bias: false}, batch_norm: {momentum: 0.999}, relu]}, max_pool3d, "+smallHead), "train: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 5, batch_size: 10}"),
	Mended: stages("phantom: {samples: 160, size: [8, 16, 16]}\n  - reshape: {expand_dims: -1}\n  - split: {train: 0.75, validation: 0.25, stratify: true}", chain("repeat: {times: 2, layers: [conv3d: {filters: 8, kernel_size: 3, padding: same, use_bias: false}, batch_norm: {momentum: 0.9}, relu]}, max_pool3d, "+smallHead), "train: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 5, batch_size: 10}"),
}
