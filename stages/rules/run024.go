package rules

import (
	"fmt"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN024 finds networks in which values become smaller, or larger, with every
// layer. A factor of 100 in all is more than a usual initializer costs.
var RUN024 = &Rule{Code: run024, Steps: func(s pipeline.Site, p *Probes) {
	const low, high, least, total = 0.5, 2, 4, 100
	var spreads []float64
	var names []string
	last := -1
	for i := range p.Few.Flows {
		f := &p.Few.Flows[i]
		if !f.Kernel || f.Node < 0 || f.Node >= len(p.Few.Before) {
			continue
		}
		spreads, names, last = append(spreads, p.Few.Before[f.Node].Spread), append(names, f.Layer), f.Node
	}
	if _, whole := p.dead(); whole || len(spreads) < least {
		return
	}
	shrinks, grows := true, true
	for i, v := range spreads {
		shrinks = shrinks && v < low && (i == 0 || v < spreads[i-1])
		grows = grows && v > high && (i == 0 || v > spreads[i-1])
	}
	ratio := spreads[0] / spreads[len(spreads)-1]
	if !(shrinks && ratio > total || grows && ratio < 1.0/total) {
		return
	}
	words := make([]string, len(spreads))
	for i := range spreads {
		words[i] = fmt.Sprintf("%s %.2g", names[i], spreads[i])
	}
	if len(words) > longestList {
		words = append(words[:longestList/2:longestList/2], append([]string{"…"}, words[len(words)-longestList/2:]...)...)
	}
	place := p.layer(last)
	at := place.Kind
	if by, drawn := p.drawn(); drawn {
		at = by // what is written there makes them so
	}
	s.ReportUnless(place.Allow, diag.New(run024, at, fmt.Sprintf("the values of %s have a standard deviation of %.2g, those of the first layer %.2g", names[len(names)-1], spreads[len(spreads)-1], spreads[0])).
		Note("on the way: %s", strings.Join(words, ", ")).
		Suggest("put batch_norm behind the convolutions").
		Suggest("use he_normal in front of relu").
		Suggest("scale the volumes: normalize: {method: z_score}"))
}}

// drawn is the first place at which a layer's first weights are drawn in a way that
// does not look at how many values it sums.
func (p *Probes) drawn() (diag.Span, bool) {
	for i := range p.Few.Flows {
		f := &p.Few.Flows[i]
		if !f.Kernel || f.Node < 0 {
			continue
		}
		place := p.layer(f.Node)
		if init := kernelInitializer(p.Model.Graph.Nodes[f.Node].Spec); init != nil && spreadOf(init) > 0 && place.Setting != nil {
			return place.Setting("kernel_initializer"), true
		}
	}
	return diag.Span{}, false
}

var run024 = &diag.Code{
	ID: "RUN024", Severity: diag.Warning,
	Title:  "values fade, or grow, from layer to layer",
	Means:  "Before the first step the standard deviation of what the layers give is below 0.5 (or above 2) from the first one on, and becomes smaller (or larger) with every layer, a hundredfold in all.",
	Why:    "What arrives at the end is next to nothing, or huge, and the gradient on the way back likewise.",
	Ways:   []string{"`batch_norm` behind the convolutions", "`he_normal` in front of `relu`", "a `normalize` stage"},
	Fails:  stages(heads, chain("flatten, repeat: {times: 3, layers: [dense: {units: 32, activation: relu, kernel_initializer: {random_normal: {stddev: 0.02}}}]}, dense: {units: 2, activation: softmax}"), learnt("adam")),
	Mended: stages(heads, chain("flatten, repeat: {times: 3, layers: [dense: {units: 32, activation: relu, kernel_initializer: he_normal}]}, dense: {units: 2, activation: softmax}"), learnt("adam")),
}
