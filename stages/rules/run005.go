package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN005 finds networks that answer all examples the same.
var RUN005 = &Rule{Code: run005, Steps: func(s pipeline.Site, p *Probes) {
	if !p.constant() {
		return
	}
	at := p.Model.At.Span
	label := fmt.Sprintf("%s are given the same answer, to %.1g, after %s", plural(p.Few.Examples, "example"), p.Few.Apart, plural(p.Few.Steps, "step"))
	node, whole := p.dead()
	if whole {
		at = p.activationAt(node)
		label = fmt.Sprintf("all %s of %s are 0 for each of %s", plural(p.Few.After[node].Units, "unit"), wired(p.Model).label(node), plural(p.Few.Examples, "example"))
	}
	d := diag.New(run005, at, label).Note("the examples differ by up to %.3g, the answers by %.1g", p.Few.InputsApart, p.Few.Apart)
	if whole {
		s.Report(d.Suggest("mend what RUN006 says of this layer"))
		return
	}
	s.Report(d.Suggest("scale the volumes: add a normalize stage above the model").
		Suggest("let the first weights be as they are by default, glorot_uniform").
		Suggest("set a learning_rate that is ten times lower"))
}}

var run005 = &diag.Code{
	ID: "RUN005", Severity: diag.Error,
	Title:  "every example is given the same answer",
	Means:  "After a few steps the outputs for different volumes are equal to seven digits.",
	Why:    "The accuracy is then the share of one class, whatever the volume shows. Somewhere on the way all values became the same: dead units, saturated ones, or weights that are all 0.",
	Ways:   []string{"look for dead or saturated layers: RUN006, RUN007", "a `normalize` stage", "a lower `learning_rate`"},
	Fails:  stages(fewHeads, chain("conv3d: {filters: 8, kernel_size: 3, activation: relu, bias_initializer: {constant: {value: -5}}}, max_pool3d, "+smallHead), learnt("adam")),
	Mended: stages(fewHeads, chain(small), learnt("adam")),
}
