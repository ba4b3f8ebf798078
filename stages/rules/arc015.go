package rules

import (
	"fmt"
	"reflect"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// ARC015 finds an activation right behind one of its own kind. Behind the last
// layer that is OUT019's.
var ARC015 = &Rule{Code: arc015, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	for i := range m.Graph.Nodes {
		second, is := activates(w.node(i).Spec)
		before, ok := w.before(i)
		if !is || !ok || w.atTheEnd(i) {
			continue
		}
		first, was := activates(w.node(before).Spec)
		if !was || reflect.TypeOf(first) != reflect.TypeOf(second) {
			continue
		}
		place := w.place(i)
		if place.Item == w.place(before).Item && !w.node(i).Attached {
			continue // one item that is repeated: asked for
		}
		c.ReportUnless(place.Allow, diag.New(arc015, place.Kind, fmt.Sprintf("%s has been applied already", place.KindName)).
			And(w.place(before).Kind, "here").
			Suggest("leave one of the two out", place.Written.Without()...))
	}
}}

var arc015 = &diag.Code{
	ID: "ARC015", Severity: diag.Warning,
	Title: "the same activation twice in a row",
	Means: "An activation follows one of its own kind, with nothing between: mostly `activation: relu` in a layer and a `relu` behind it.",
	Why:   "A second relu does nothing. A second sigmoid or tanh squeezes the values into a sliver.",
	Ways:  []string{"leave one of them out"},
	Fails: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3, activation: relu}, relu, flatten, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3, activation: relu}, flatten, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
