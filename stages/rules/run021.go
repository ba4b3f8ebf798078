package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN021 finds networks in which the examples of a batch see each other.
var RUN021 = &Rule{Code: run021, Steps: func(s pipeline.Site, p *Probes) {
	m := p.Mixed
	if !(m.Others > 1e-4*(m.Scale+m.Own)) {
		return
	}
	s.Report(diag.New(run021, p.Model.At.Span, fmt.Sprintf("when one example of a batch is changed, the outputs of the others move by %.2g", m.Others)).
		Note("its own move by %.2g", m.Own).
		Note("no layer of pipe does that after training: this is a bug in pipe").
		Suggest("report it with the config"))
}}

var run021 = &diag.Code{
	ID: "RUN021", Severity: diag.Error,
	Title: "the examples of a batch see each other",
	Means: "One example of a batch was changed, and the outputs of others moved, as the network is used after training. Layers keep examples apart, and no setting lets them reach the batch axis, so that this shows a bug in `pipe`.",
	Why:   "Predictions would depend on what else is in the batch.",
	Ways:  []string{"report it with the config; nothing in the config can be blamed"},
}
