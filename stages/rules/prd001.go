package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// PRD001 is asked where examples meet a trained model: by evaluate and predict, and
// by the commands of the same names.
var PRD001 = &Rule{Code: prd001}

// Given is the form of the examples that a training read, before any stage changed
// them.
type Given struct {
	Axes  []string       `json:"axes"`
	Sizes []int          `json:"shape"`
	DType pipeline.DType `json:"dtype,omitempty"`
}

// GivenOf is the form of a dataset whose sizes are known.
func GivenOf(d *pipeline.Dataset) *Given {
	return &Given{Axes: order(d), Sizes: d.Shape().MustSizes(), DType: d.DType}
}

// Refuses compares new examples with those of the training as the files held them,
// at the file of the volumes. It speaks of another number of axes, of the same sizes
// in another order, and of another number of channels. Other sizes are left to the
// preprocessing, which may bring them to the model's.
func (g *Given) Refuses(other *Given, at diag.Span) (diag.Diagnostic, bool) {
	if g == nil {
		return diag.Diagnostic{}, false
	}
	label, help := unlike(g.Sizes, other.Sizes)
	if label == "" && slices.Equal(g.Axes, other.Axes) {
		if k := slices.Index(g.Axes, pipeline.ChannelAxis); k >= 0 && g.Sizes[k] != other.Sizes[k] {
			label, help = fmt.Sprintf("each voxel has %s, in training it had %d", plural(other.Sizes[k], "channel"), g.Sizes[k]), "give the channels of the training, in its order"
		}
	}
	if label == "" {
		return diag.Diagnostic{}, false
	}
	return diag.New(prd001, at, label).
		Note("the run was trained on examples of %s; these are %s", shape.New(g.Sizes...), shape.New(other.Sizes...)).
		Suggest(help), true
}

// CheckGiven compares the examples given to a model with those that it was built
// for, both as it takes them, and says whether they have the same form.
func CheckGiven(c *pipeline.Check, d *pipeline.Dataset, m *pipeline.Model) bool {
	given, want := d.Shape(), m.Dataset.Shape()
	axes, wanted := strings.Join(order(d), ", "), strings.Join(order(m.Dataset), ", ")
	label, help := "", ""
	switch {
	case given.Differs(want):
		sizes, known := given.Sizes()
		all, built := want.Sizes()
		if known && built {
			label, help = unlike(all, sizes)
		}
		if label == "" {
			label, help = fmt.Sprintf("the examples given here are %s", given), "bring them to the size of those for training before they are loaded, or train a model for them"
		}
	case axes != wanted && sameNames(order(d), order(m.Dataset)):
		label, help = "the axes are "+axes, fmt.Sprintf("bring them into the order of the training: transpose: {order: [%s]}", wanted)
	default:
		return true
	}
	c.Report(diag.New(prd001, c.Item.KindSpan, label).
		And(d.ExamplesAt.Span, fmt.Sprintf("examples of %s: %s", given, axes)).
		And(m.At.Span, fmt.Sprintf("the model takes %s: %s", want, wanted)).
		Suggest("lead both datasets through the same stages").
		Suggest(help))
	return false
}

// sameNames says that two lists name the same, in whatever order.
func sameNames(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// order are the names of a dataset's axes.
func order(d *pipeline.Dataset) []string {
	names := make([]string, len(d.Axes))
	for i, axis := range d.Axes {
		names[i] = axis.Name
	}
	return names
}

// Unfit is about examples that the preprocessing of a run does not bring to what its
// model takes.
func Unfit(label string, at diag.Span) diag.Diagnostic {
	return diag.New(prd001, at, label).Suggest("give examples of the size of those for training")
}

// unlike tells what is wrong with the number or the order of axes: "" if nothing is.
func unlike(want, given []int) (label, help string) {
	if len(want) != len(given) {
		help = "give examples with the axes of those for training"
		switch {
		case len(want) == len(given)+1 && slices.Equal(given, want[:len(given)]):
			help = "these have no channel axis: add it, such as numpy's volumes[..., None]"
		case len(given) == len(want)+1 && given[len(given)-1] == 1:
			help = "these have a channel axis more: leave it out, such as numpy's volumes[..., 0]"
		}
		return fmt.Sprintf("an example has %d axes, in training it had %d", len(given), len(want)), help
	}
	sorted := func(sizes []int) []int { return slices.Sorted(slices.Values(sizes)) }
	if !slices.Equal(want, given) && slices.Equal(sorted(want), sorted(given)) {
		return fmt.Sprintf("the axes are in another order: %s, in training %s", shape.New(given...), shape.New(want...)),
			"bring the axes into the order of the training, with numpy's transpose: a reshape would scramble the voxels"
	}
	return "", ""
}

// OfOtherKind says of examples that are unlike those of the training (see Strange)
// whether they are so by their kind: fractions where whole numbers were, or the
// other way round.
func (g *Given) OfOtherKind(other *Given, strange diag.Diagnostic) (diag.Diagnostic, bool) {
	if g == nil || g.DType == "" || other.DType == "" || g.DType.Integer() == other.DType.Integer() {
		return strange, false
	}
	d := diag.New(prd001, strange.Primary.Span, fmt.Sprintf("the voxels are %s, in training they were %s", other.DType, g.DType))
	d.Notes = append(d.Notes, strange.Notes...)
	return d.Suggest("give the volumes as they were before somebody scaled them: preparation is part of the run"), true
}

// channelCases is from how many training examples on the order of channels is judged.
const channelCases = 8

// A channel fits one of the training if its mean is within so many deviations of the
// means there and its spread within a factor. It is another one if it is further away
// than strangeMeans, or its spread beyond that factor.
const (
	fittingMeans  = 3
	fittingSpread = 2
)

// Misfits are the channels that are unlike those of the training in most examples:
// none where there is one channel, or too few examples were trained on to tell.
func (f *Fingerprint) Misfits(r *scan.Result) []int {
	if f == nil || f.Examples < channelCases {
		return nil
	}
	var list []int
	for c := range f.Channels {
		if mostly(r, c, f.Channels[c].differs) {
			list = append(list, c)
		}
	}
	return list
}

// Fits says whether all channels are like those of the training in most examples.
func (f *Fingerprint) Fits(r *scan.Result) bool {
	for c := range f.Channels {
		if !mostly(r, c, f.Channels[c].fits) {
			return false
		}
	}
	return true
}

func mostly(r *scan.Result, channel int, is func(*scan.Channel) bool) bool {
	count := 0
	for i := range r.Examples {
		if is(&r.Examples[i].Channels[channel]) {
			count++
		}
	}
	return 2*count > len(r.Examples)
}

// Misplaced is about channels that are like those of the training when they are taken
// in another order. At is the file of the volumes.
func Misplaced(take []int, at diag.Span) diag.Diagnostic {
	moved := 0
	for take[moved] == moved {
		moved++
	}
	return diag.New(prd001, at, fmt.Sprintf("channel %d is what channel %d was in training", take[moved], moved)).
		Note("as they are, the channels are unlike those that the model was trained on, after the run's preprocessing; in the order %s they are like them", list(take)).
		Suggest("give the channels in the order of the training, such as numpy's volumes[..., " + list(take) + "]")
}

// list writes numbers as Python does.
func list(numbers []int) string { return strings.ReplaceAll(fmt.Sprint(numbers), " ", ", ") }

func (f *Print) fits(of *scan.Channel) bool {
	return math.Abs(of.Mean-f.Mean) <= fittingMeans*f.Apart && !f.wider(of)
}

func (f *Print) differs(of *scan.Channel) bool {
	return math.Abs(of.Mean-f.Mean) > strangeMeans*f.Apart || f.wider(of)
}

// wider says that the voxels spread by more than the factor that fits, or by less.
func (f *Print) wider(of *scan.Channel) bool {
	spread := of.Deviation()
	return spread > fittingSpread*f.Deviation || spread*fittingSpread < f.Deviation
}

var prd001 = &diag.Code{
	ID: "PRD001", Severity: diag.Error,
	Title: "examples unlike those that the model was trained on",
	Means: "A trained model is given examples with another number of axes or channels, with their axes or channels in another order, or, where their values are strange too (PRD003), of another kind: fractions in place of whole numbers. `evaluate` and `predict` compare the shapes before anything runs; `pipe predict RUN` and `pipe evaluate RUN` compare the files with those of the run's training, and the mean and spread of each channel with those of the training examples, from 8 of them on.",
	Why:   "Volumes of 64 × 64 × 10 hold as many voxels as those of 10 × 64 × 64, and a reshape takes both; T2 in the place of T1 is a volume like any other. The model would say something of them, and it would mean nothing.",
	Ways: []string{
		"give the files as the run loaded its own: the same axes and channels in the same order, not scaled",
		"in one config, lead both datasets through the same stages",
		"train with volumes like these",
	},
	Fails: stages("{phantom: {samples: 40, size: [8, 8, 8]}, id: heads}", "{reshape: {expand_dims: -1}, id: volumes}",
		"model: {layers: [flatten, dense: {units: 2, activation: softmax}]}", "train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}",
		"{predict: {on: all}, from: [heads, train]}"),
	Mended: stages("{phantom: {samples: 40, size: [8, 8, 8]}, id: heads}", "{reshape: {expand_dims: -1}, id: volumes}",
		"model: {layers: [flatten, dense: {units: 2, activation: softmax}]}", "train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}",
		"{predict: {on: all}, from: [volumes, train]}"),
}
