package stages

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// halved says whether layers whose outputs meet differ only because the input's
// sizes cannot be halved, or cut by some other number, as often as the layers do
// it: with other sizes they would fit. It gives the diagnostic with the numbers.
func (r *refusing) halved(m *shape.Mismatch, node int) (diag.Diagnostic, bool) {
	sizes, known := r.model.Graph.Input.Sizes()
	if m.Fault != shape.Disagree || !known || len(sizes) != 4 || m.Input.Rank() != 4 || m.Axis < 0 || m.Axis > 2 {
		return diag.Diagnostic{}, false
	}
	var rests []string
	padded, cropped := slices.Clone(r.model.Graph.Input), slices.Clone(r.model.Graph.Input)
	whole := true
	for axis := range 3 {
		if r.fits(axis, sizes[axis]) {
			continue
		}
		step, above, ok := r.steps(axis, sizes[axis])
		if !ok {
			return diag.Diagnostic{}, false
		}
		rest := fmt.Sprintf("the %s %d is not a multiple of %d", shape.AxisName(4, axis), sizes[axis], step)
		if above%step != 0 {
			rest = fmt.Sprintf("the %s %d is none of %d, %d, %d, …", shape.AxisName(4, axis), sizes[axis], above, above+step, above+2*step)
		} else if n := bits.TrailingZeros(uint(step)); step == 1<<n {
			rest += fmt.Sprintf(" (%s)", plural(n, "halving", "halvings"))
		}
		rests = append(rests, rest)
		padded[axis], cropped[axis] = shape.Of(above), shape.Of(above-step)
		whole = whole && above > step && r.fits(axis, above-step)
	}
	if rests == nil {
		return diag.Diagnostic{}, false
	}
	place := r.model.Layers[r.model.Graph.Nodes[node].ID]
	d := diag.New(rules.SHP010.Code, place.Kind, m.Problem)
	d = r.origins(d, m, node)
	if dataset := r.model.Dataset; len(dataset.Axes) == 4 {
		axis := dataset.Axes[m.Axis]
		d = d.And(axis.At.Span, fmt.Sprintf("the %s is %s here", axis.Name, axis.Size))
	}
	help := fmt.Sprintf("pad the volumes to %s", padded)
	if whole {
		help += fmt.Sprintf(" or crop them to %s", cropped)
	}
	d = d.Note("%s", strings.Join(rests, ", ")).Suggest(help + ", in front of the model")
	// What is said of voxels has to be as large as the volume again.
	if slices.Contains([]pipeline.LabelKind{pipeline.Mask, pipeline.UnknownLabels, pipeline.NoLabels, ""}, r.model.Dataset.Labels.Kind) {
		around := borders(sizes, padded)
		d = d.Suggest(fmt.Sprintf("or pad inside of the model: zero_pad3d: {padding: %s} as its first layer, and crop3d: {cropping: %s} as its last", around, around))
	}
	return d, true
}

// borders are how many voxels are put in front and behind along each axis, to come
// from some sizes to others.
func borders(sizes []int, padded shape.Shape) string {
	pairs := make([]string, 3)
	for axis := range pairs {
		more, _ := padded[axis].Known()
		more -= sizes[axis]
		pairs[axis] = fmt.Sprintf("[%d, %d]", more/2, more-more/2)
	}
	return "[" + strings.Join(pairs, ", ") + "]"
}

// divisible is a long size that every usual number of halvings divides, and
// thirds and fifths too.
const divisible = 128 * 45

// fits says whether the layers take a size along an axis, the other axes being
// long and divisible: whether they do hardly ever depends on the others.
func (r *refusing) fits(axis, size int) bool {
	try := slices.Clone(r.model.Graph.Input)
	for i := range 3 {
		try[i] = shape.Of(divisible)
	}
	try[axis] = shape.Of(size)
	_, refusals := nn.Resolve(try, r.items)
	return len(refusals) == 0
}

// farthest is how far the next sizes that fit are looked for.
const farthest = 256

// steps finds the next size above one that the layers take, and how far from one
// another such sizes lie.
func (r *refusing) steps(axis, size int) (step, above int, ok bool) {
	var fitting []int
	for n := size + 1; n <= size+farthest && len(fitting) < 3; n++ {
		if r.fits(axis, n) {
			fitting = append(fitting, n)
		}
	}
	if len(fitting) < 3 || fitting[1]-fitting[0] != fitting[2]-fitting[1] || fitting[1]-fitting[0] < 2 {
		return 0, 0, false
	}
	return fitting[1] - fitting[0], fitting[0], true
}
