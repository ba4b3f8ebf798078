package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// FPR014 knows a first loss that is a sum over the batch, or many times too large.
// A sum that is learnt with all the same is a warning.
var FPR014 = &Rule{Code: fpr014, Steps: func(s pipeline.Site, p *Probes) {
	f := p.First
	ratio, ok := p.firstRatio()
	switch {
	case f.Summed && f.Batch > 1 && f.Uniform > 0 && !p.Started && f.Loss > f.Uniform/farLoss && f.Loss < f.Uniform*farLoss:
		at := s.At("loss", p.LossName, "reduction")
		d := diag.New(fpr014, at, fmt.Sprintf("the first loss is %.4g: %d examples of about %.4g", f.Loss, f.Batch, f.Uniform/float64(f.Batch))).
			Note("it is their sum: with batch_size %d every step is %d times as long as with a mean", p.BatchSize, p.BatchSize)
		if len(p.Fits) > 0 && p.Fits[0].Done {
			d = d.As(diag.Warning)
		}
		s.Report(d.Suggest("leave reduction out: the loss is then a mean", replace(at, "sum_over_batch_size")...))
	case ok && !f.Summed && ratio > absurdLoss:
		d := diag.New(fpr014, s.At("loss"), fmt.Sprintf("the first batch has a loss of %.4g, %.3g times that of giving all classes the same probability, %s", f.Loss, ratio, p.uniformly()))
		s.Report(p.suggestSmaller(p.scores(d)))
	}
}}

var fpr014 = &diag.Code{
	ID: "FPR014", Severity: diag.Error,
	Title:  "the first loss is many times too large",
	Means:  "The loss of the first batch is the batch size times ln K: losses are added up, not averaged. Or it is more than ten times ln K: the scores are huge before anything was learnt.",
	Why:    "A sum makes every step as many times too long as there are examples in a batch. Huge scores come from volumes that were never scaled, or from first weights that are far too wide; what is saturated has no gradient.",
	Ways:   []string{"leave `reduction` out of the loss", "a `normalize` stage above the model", "the default `kernel_initializer`"},
	Fails:  stages(fewHeads, "normalize: {method: rescale, scale: 255}", chain(small), learnt("adam")),
	Mended: stages(fewHeads, "normalize: {method: z_score}", chain(small), learnt("adam")),
}
