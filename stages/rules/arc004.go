package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// ARC004 finds dropout that leaves less than half of the values, or hardly any.
var ARC004 = &Rule{Code: arc004, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	for i := range m.Graph.Nodes {
		var rate float64
		switch l := w.node(i).Spec.(type) {
		case *layers.Dropout:
			rate = l.Rate
		case *layers.SpatialDropout3D:
			rate = l.Rate
		}
		if rate <= 0.5 {
			continue
		}
		place := w.place(i)
		at := place.Setting("rate")
		d := diag.New(arc004, at, fmt.Sprintf("%.3g %% of the values are left", 100*(1-rate))).
			Suggest("use a rate of at most 0.5", replace(at, "0.5")...)
		if rate >= 0.8 {
			d = d.As(diag.Error).Note("the rate is the share that is dropped, in Keras and here; it was the share that is kept in TensorFlow 1")
		}
		c.ReportUnless(place.Allow, d)
	}
}}

var arc004 = &diag.Code{
	// A warning, so that it can be allowed; from 0.8 on it is an error.
	ID: "ARC004", Severity: diag.Warning,
	Title: "dropout that leaves little",
	Means: "A dropout has a rate above 0.5. From 0.8 on it is an error.",
	Why:   "With a rate of 0.8 one value of five is left in each step, another one each time. Mostly the share that is kept was meant.",
	Ways:  []string{"a `rate` of 0.2 to 0.5"},
	Fails: stages(heads, network("{dropout: {rate: 0.8}}", "{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(heads, network("{dropout: {rate: 0.2}}", "{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
