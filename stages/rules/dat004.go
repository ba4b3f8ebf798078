package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// heavyTail is how many times farther from the median than the percentile 99.5 the
// greatest value lies before scaling by it leaves nothing of the rest.
const heavyTail = 20

// DAT004 finds a few voxels that decide the scale of all others.
var DAT004 = &Rule{Code: dat004, Voxels: func(s pipeline.Site, v *Scan) {
	step, scaled := v.step("min_max")
	if !scaled {
		step, scaled = v.step("max")
	}
	// Scaling leaves the proportions of distances as they are: where only what the model
	// is given was looked at, it tells the same, but for examples that were each scaled
	// by themselves and of which some have no such voxel.
	r := v.stored()
	if !r.Sketched() || !scaled || v.clipped() {
		return
	}
	for c := range r.Channels {
		largest, high, middle, heavy := v.tail(c)
		if !heavy {
			continue
		}
		fed := v.Fed.OverAll(v.training())
		s.Report(diag.New(dat004, step.At.Span, fmt.Sprintf("the greatest value is %.6g, the percentile 99.5 is %.4g, the median %.4g", largest, high, middle)).
			And(v.Dataset.ExamplesAt.Span, "the volumes come from here").
			Note("scaled by the greatest value, the voxels have a standard deviation of %.2g; percentiles are given to within 0.4 %%", fed.Deviation()).
			Suggest("put clip: {percentiles: [0.5, 99.5]} above this stage").
			Suggest("or scale by percentiles: normalize: {method: percentile}"))
		return
	}
}}

// tailed says that in some channel, as stored, a few voxels outweigh all others, and
// that nothing cuts them off.
func (s *Scan) tailed() bool {
	if !s.stored().Sketched() || s.clipped() {
		return false
	}
	for c := range s.stored().Channels {
		if _, _, _, heavy := s.tail(c); heavy {
			return true
		}
	}
	return false
}

// tail gives the greatest value of a channel, its percentile 99.5 and its median, and
// says whether the first is far away from the others.
func (s *Scan) tail(c int) (largest, high, middle float64, heavy bool) {
	group, r := s.trainingGroup(), s.stored()
	largest = r.Over(s.training(), c).Max
	middle, high = r.Percentile(group, c, 50), r.Percentile(group, c, 99.5)
	return largest, high, middle, high > middle && largest-middle >= heavyTail*(high-middle)
}

// clipped says whether some step cuts values off.
func (s *Scan) clipped() bool {
	for _, step := range s.Dataset.Steps {
		if step.Kind == "clip" {
			return true
		}
	}
	return false
}

// trainingGroup is the number of the partition that is learnt from.
func (s *Scan) trainingGroup() int {
	for i, name := range s.Partitions {
		if name == pipeline.Train {
			return i
		}
	}
	return 0
}

var dat004 = &diag.Code{
	ID: "DAT004", Severity: diag.Warning,
	Title: "a few voxels decide the scale of all others",
	Means: "The values are divided by their greatest one (`max` or `min_max`), and that lies more than 20 times as far from the median as the percentile 99.5.",
	Why:   "Debris, metal or a hot pixel at 60000 squeezes an image of values up to 800 into 0 to 0.013: the network sees all but nothing.",
	Ways: []string{
		"`clip: {percentiles: [0.5, 99.5]}` above the stage that scales",
		"`normalize: {method: percentile}`, or `z_score`",
		"`allow: {DAT004: reason}` beside the train stage, if the bright voxels are what is looked for",
	},
}
