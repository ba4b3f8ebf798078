package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN022 finds gradients that are not the slope of the loss.
var RUN022 = &Rule{Code: run022, Steps: func(s pipeline.Site, p *Probes) {
	if p.Few.NotFinite != nil {
		return // RUN001: nothing can be told from such numbers
	}
	if p.Slopes == nil || !(p.Slopes.Worst > 1e-2) || p.faint(layerOf(p.Slopes.Weight)) {
		return
	}
	s.Report(diag.New(run022, p.Model.Layers[layerOf(p.Slopes.Weight)].Kind, fmt.Sprintf("the gradient of %s is off by %.2g of the largest", p.Slopes.Weight, p.Slopes.Worst)).
		Note("%s were compared with differences of the loss in double precision", plural(p.Slopes.Checked, "weight")).
		Note("this is a bug in pipe, not in the config or the data").
		Suggest("report it with the config"))
}}

// faint says that a layer's values are hardly larger than the change that a bias is
// given: it carries them over the bend of the activation behind, to where the slope is
// another one.
func (p *Probes) faint(layer string) bool {
	const changes = 100 * 1e-5
	for i := range p.Few.Flows {
		if f := &p.Few.Flows[i]; f.Layer == layer && f.Node >= 0 && f.Node < len(p.Few.Before) {
			return p.Few.Before[f.Node].Spread < changes
		}
	}
	return false
}

var run022 = &diag.Code{
	ID: "RUN022", Severity: diag.Warning,
	Title: "a gradient that is not the slope of the loss",
	Means: "A few weights were changed a little, in double precision, and the loss did not change as the gradient says, by more than 1 %. Layers and losses come with `pipe`, so that this shows a bug in it.",
	Why:   "Training goes another way than down.",
	Ways:  []string{"report it with the config; nothing in the config can be blamed"},
}
