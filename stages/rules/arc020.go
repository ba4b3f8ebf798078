package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/initial"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/penalty"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// ARC020 works out what penalties on weights add to the loss before the first
// step, and compares that with the loss of guessing.
var ARC020 = &Rule{Code: arc020, Training: func(c *pipeline.Check, t *Training) {
	classes, _, known := classesOf(t.Dataset)
	if !known && t.Loss.Target() != loss.Binary {
		classes, known = headOf(t.Model).width() // one output for each class
	}
	if !known || classes < 2 || !ofClasses(t.Loss) || ofRegions(t.Loss) {
		return
	}
	w := wired(t.Model)
	total, heaviest, most := 0.0, -1, 0.0
	for i := range w.Graph.Nodes {
		cost := w.firstPenalty(i)
		total += cost
		if cost > most {
			heaviest, most = i, cost
		}
	}
	guess := math.Log(float64(classes))
	if total <= guess {
		return
	}
	place := w.place(heaviest)
	at := place.Setting("kernel_regularizer")
	c.ReportUnless(place.Allow, diag.New(arc020, at, fmt.Sprintf("this alone adds about %.3g to the loss at the start", most)).
		And(c.At("loss"), fmt.Sprintf("guessing %d classes costs ln %d = %.3g", classes, classes, guess)).
		Note("the penalties of all layers start at about %.3g: for a long time training will only make weights smaller", total).
		Suggest("use a factor of 1e-4 or less", lighter(w)...))
}}

// lighter are the edits that lower every penalty that is above the usual, where all
// of them are square ones.
func lighter(w wiring) []diag.Edit {
	var edits [][]diag.Edit
	for i := range w.Graph.Nodes {
		if w.firstPenalty(i) == 0 {
			continue
		}
		if p, plain := penalised(w.node(i).Spec).(*penalty.L2); !plain {
			return nil
		} else if p.Factor > 1e-4 {
			edits = append(edits, layerSetting(w.place(i), "kernel_regularizer", "{l2: {l2: 1e-4}}"))
		}
	}
	return together(edits...)
}

// firstPenalty is what a layer's kernel adds to the loss at the start, from the
// variance of the usual initializers; 0 where it has no penalty or the variance is
// not known.
func (w wiring) firstPenalty(i int) float64 {
	node := w.node(i)
	var squares, magnitudes float64
	switch p := penalised(node.Spec).(type) {
	case *penalty.L2:
		squares = p.Factor
	case *penalty.L1:
		magnitudes = p.Factor
	case *penalty.L1L2:
		squares, magnitudes = p.L2, p.L1
	}
	in := w.Graph.InputsOf(node)
	if squares == 0 && magnitudes == 0 || node.Frozen || len(in) != 1 || in[0] == nil {
		return 0
	}
	kernel := node.Spec.Weights(in)[0]
	elements, known := kernel.Shape.Elements().Known()
	fan := w.fanIn(i)
	if !known || fan == 0 {
		return 0
	}
	// The mean magnitude of a normal distribution is 0.8 of its spread, that of an even
	// one 0.87.
	const magnitude = 0.8
	variance := firstVariance(kernelInitializer(node.Spec), fan, elements/fan)
	return float64(elements) * (squares*variance + magnitudes*magnitude*math.Sqrt(variance))
}

// firstVariance is the variance of first weights. Glorot's fan out of a
// convolution counts its window too; leaving that out errs to the large side by
// less than half.
func firstVariance(init nn.Initializer, fanIn, units int) float64 {
	switch init.(type) {
	case *initial.GlorotUniform, *initial.GlorotNormal:
		return 2 / float64(fanIn+units)
	case *initial.HeUniform, *initial.HeNormal:
		return 2 / float64(fanIn)
	case *initial.LecunUniform, *initial.LecunNormal:
		return 1 / float64(fanIn)
	}
	return spreadOf(init) * spreadOf(init)
}

var arc020 = &diag.Code{
	ID: "ARC020", Severity: diag.Warning,
	Title: "penalties on the weights are more than the loss",
	Means: "Before the first step the regularizers add more to the loss than guessing the class costs, ln K.",
	Why:   "The gradient of the penalty is then most of the gradient: the weights go towards zero, and what the volumes say hardly counts.",
	Ways:  []string{"a factor of `1e-4` or less", "`weight_decay` in `adamw`, whose size does not depend on the number of weights"},
	Fails: stages(heads, "model: {layers: [conv3d: {filters: 8, kernel_size: 3, activation: relu, kernel_initializer: he_normal, kernel_regularizer: {l2: {l2: 0.1}}}, global_average_pool3d, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(heads, "model: {layers: [conv3d: {filters: 8, kernel_size: 3, activation: relu, kernel_initializer: he_normal, kernel_regularizer: {l2: {l2: 1e-4}}}, global_average_pool3d, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
