package stages

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// originFile says where a training stopped being finite.
const originFile = "nan.json"

// mostSamples is how many samples a message names; the file has all.
const mostSamples = 12

// divergence is RUN001.
func (s *Train) divergence(r *pipeline.Run, d *train.Diverged) error {
	o := d.Origin
	at := r.At("optimizer")
	if o.Where == train.InExamples {
		at = r.Item.KindSpan
	}
	problem := diag.New(rules.RUN001.Code, at, d.Error()).
		Note("the batch has the samples %s; samples count from 0", samplesOf(o.Samples))
	if o.Recalled != nil && *o.Recalled == 0 {
		problem = problem.Note("its own weights being no numbers, the model was given back those that it began with")
	} else if o.Recalled != nil {
		problem = problem.Note("its own weights being no numbers, the model was given back those of epoch %d", *o.Recalled)
	}
	problem = problem.Note("%s has all of this; the last good weights are in %s", r.File(originFile), r.File(weightsFile))
	switch o.Where {
	case train.InExamples:
		problem = problem.Suggest("mend these samples, or leave them out")
	case train.InForward:
		problem = problem.Suggest("scale the volumes: add a normalize stage above the model").Suggest("lower learning_rate, to a tenth at first")
	default:
		problem = problem.Suggest("lower learning_rate, to a tenth at first").Suggest("keep the gradient short: gradient_clip: {norm: 1}")
	}
	return pipeline.Fail(problem)
}

// samplesOf names samples in order: "3, 17, 20".
func samplesOf(samples []int) string {
	samples = slices.Sorted(slices.Values(samples))
	text := ""
	for i, sample := range samples {
		if i == mostSamples {
			return fmt.Sprintf("%s and %d others", text, len(samples)-i)
		}
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprint(sample)
	}
	return text
}

// writeOrigin keeps where it happened in the run's record.
func (s *Train) writeOrigin(r *pipeline.Run, d *train.Diverged) error {
	o := d.Origin
	return r.Record.Write(r.File(originFile), func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(map[string]any{
			"epoch": d.Epoch, "step": d.Step, "where": o.Where, "layer": o.Layer, "weight": o.Weight,
			"wrong": o.Wrong, "of": o.Of, "samples": slices.Sorted(slices.Values(o.Samples)),
		})
	})
}
