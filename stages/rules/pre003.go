package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// PRE003 is reported by normalize, which knows the dataset before and after it.
var PRE003 = &Rule{Code: pre003}

const (
	// Values up to scaledWithin are on a scale that a network takes; a fixed factor
	// that leaves them less wide than collapsedBelow has lost it.
	scaledWithin   = 10.0
	collapsedBelow = 0.05
	// zScored is how far from 0 standardized voxels are taken to be.
	zScored = 5.0
)

// CheckScaledTwice looks at a scaling step between two datasets. Factor is what
// it multiplies by where that is fixed, else 0.
//
// A step that learns its numbers takes back whatever an affine step did before
// it, so such pairs (min_max, then z_score) are merely redundant and pass. What is
// refused is a fixed factor, meant for raw values, on values that are on a scale
// already; and the same step once more.
func CheckScaledTwice(c *pipeline.Check, before, after *pipeline.Dataset, factor float64) {
	here := after.Steps[len(after.Steps)-1]
	if factor != 0 {
		if d, twice := collapsed(c, before, after, factor); twice {
			c.Report(d)
			return
		}
	}
	for _, step := range slices.Backward(before.Steps) {
		switch {
		case step.Scales && step.Does == here.Does:
			d := diag.New(pre003, c.Item.KindSpan, "this does the same once more: "+here.Does).
				And(step.At.Span, "the values are scaled here")
			if after.Range != nil {
				d = d.Note("range after both: %g..%g", after.Range.Low, after.Range.High)
			}
			c.Report(d.Suggest("keep one of them", c.Item.Without()...))
			return
		case !slices.Contains(keepsValues, step.Kind):
			return
		}
	}
}

// keepsValues are the stages that leave every value as it is.
var keepsValues = []string{"reshape", "transpose", "label_encode", "split"}

// collapsed finds a fixed factor that presses scaled values together.
func collapsed(c *pipeline.Check, before, after *pipeline.Dataset, factor float64) (diag.Diagnostic, bool) {
	i := len(before.Steps) - 1
	for i >= 0 && slices.Contains(keepsValues, before.Steps[i].Kind) {
		i--
	}
	scaled := i >= 0 && before.Steps[i].Scales
	switch r := before.Range; {
	case r != nil && math.Max(math.Abs(r.Low), math.Abs(r.High)) <= scaledWithin && r.High > r.Low:
		if (r.High-r.Low)*math.Abs(factor) >= collapsedBelow || r.High-r.Low < collapsedBelow {
			return diag.Diagnostic{}, false
		}
		at, label := r.At.Span, fmt.Sprintf("the values are within %g..%g here", r.Low, r.High)
		if scaled {
			at, label = before.Steps[i].At.Span, fmt.Sprintf("the values are scaled to %g..%g here", r.Low, r.High)
		}
		return diag.New(pre003, c.At("scale"), fmt.Sprintf("this scales them again, by %g", factor)).
			And(at, label).
			Note("range after both: %.2g..%.2g", after.Range.Low, after.Range.High).
			Suggest("keep one of them: remove this stage", c.Item.Without()...), true
	case scaled && strings.HasPrefix(before.Steps[i].Does, "z_score") && 2*zScored*math.Abs(factor) < collapsedBelow:
		return diag.New(pre003, c.At("scale"), fmt.Sprintf("this scales them again, by %g", factor)).
			And(before.Steps[i].At.Span, "the values have mean 0 and standard deviation 1 here").
			Note("after both the standard deviation is %.2g", math.Abs(factor)).
			Suggest("keep one of them: remove this stage", c.Item.Without()...), true
	}
	return diag.Diagnostic{}, false
}

var pre003 = &diag.Code{
	ID: "PRE003", Severity: diag.Error,
	Title: "values are scaled twice",
	Means: "A step scales values that are on a scale already: a division by 255 of values between 0 and 1, or the same `normalize` twice. Steps that learn their numbers anew, such as `z_score` after `min_max`, are not meant: they come out right.",
	Why:   "Values between 0 and 1, divided by 255 once more, lie between 0 and 0.0039: the image is nearly lost beside the biases, and training crawls.",
	Ways:  []string{"keep one of the two steps"},
	Fails: stages("phantom", "split: {train: 0.8, test: 0.2}", "normalize: {method: min_max}",
		"normalize: {method: rescale, scale: 0.00392156862745098}"),
	Mended: stages("phantom", "split: {train: 0.8, test: 0.2}", "normalize: {method: min_max}"),
}
