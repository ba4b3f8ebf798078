package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

func TestPRD001ComparesTheFormOfExamples(t *testing.T) {
	trained := func(other, given string) string {
		return pipe("{phantom: {samples: 200, size: [6, 8, 8]}, id: heads}\n  - {phantom: {samples: 20, size: "+other+"}, id: more}",
			"{reshape: {expand_dims: -1}, id: volumes, from: heads}\n  - {"+given+", id: others, from: more}",
			"{model: {layers: ["+body+"{dense: {units: 2, activation: softmax}}]}, from: volumes}\n  - {train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}, from: [volumes, model]}",
			"{predict: {on: all}, from: [others, train]}")
	}
	const channels = "reshape: {expand_dims: -1}"
	flagged(t, rules.PRD001, trained("[6, 8, 8]", "cast: {dtype: float32}"), "predict", "an example has 3 axes, in training it had 4")
	flagged(t, rules.PRD001, trained("[8, 8, 6]", channels), "predict", "the axes are in another order: [8, 8, 6, 1], in training [6, 8, 8, 1]")
	flagged(t, rules.PRD001, trained("[8, 8, 8]", channels), "predict", "the examples given here are [8, 8, 8, 1]")
	flagged(t, rules.PRD001, trained("[6, 8, 8]", "reshape: {to: [6, 8, 4, 2]}"), "predict", "the examples given here are [6, 8, 4, 2]")
	healthy(t, trained("[6, 8, 8]", channels))
	// A number alone has no axis that could be compared.
	one := &rules.Given{DType: "float32"}
	if d, refused := one.Refuses(&rules.Given{Axes: []string{"width"}, Sizes: []int{3}}, diag.Span{}); !refused || d.Primary.Label != "an example has 1 axes, in training it had 0" {
		t.Errorf("%v %+v", refused, d.Primary)
	}
	turned := func(order string) string {
		return pipe("{load: {volumes: a.npy, labels: l.npy, axes: [sample, width, height, depth, channel], shape: [200, 8, 8, 8, 1], dtype: float32, label_kind: class_id}, id: heads}",
			"{transpose: {order: [depth, height, width, channel]}, id: volumes}\n  - {transpose: {order: "+order+"}, id: others, from: heads}",
			"{model: {layers: ["+body+"{dense: {units: 2, activation: softmax}}]}, from: volumes}\n  - {train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}, from: [volumes, model]}",
			"{predict: {on: all}, from: [others, train]}")
	}
	flagged(t, rules.PRD001, turned("[depth, width, height, channel]"), "predict", "the axes are depth, width, height, channel")
	healthy(t, turned("[depth, height, width, channel]"))
}

// channelled are examples of eight voxels of three channels, each checkered around a
// mean of its own that differs a little from example to example.
func channelled(t *testing.T, examples int, means, spreads [3]float32) *scan.Result {
	t.Helper()
	var values []float32
	for i := range examples {
		for k := range 8 {
			for c := range 3 {
				values = append(values, means[c]*(1+0.02*float32(i%3-1))+spreads[c]*float32(2*(k%2)-1))
			}
		}
	}
	r, err := scan.Of(t.Context(), data.NewMemory([]int{2, 2, 2, 3}, values), scan.Settings{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPRD001ComparesChannels(t *testing.T) {
	means, spreads := [3]float32{1, 10, 100}, [3]float32{1, 2, 3}
	nine := []int{0, 1, 2, 3, 4, 5, 6, 7, 8}
	print := rules.FingerprintOf(channelled(t, 9, means, spreads), nine)
	for _, c := range []struct {
		name           string
		means, spreads [3]float32
		misfits        []int
		fits           bool
	}{
		{"the same", means, spreads, nil, true},
		{"a little out of tune", [3]float32{1.02, 10.2, 98}, [3]float32{1.5, 1.5, 3}, nil, true},
		{"between", [3]float32{1, 10, 108}, spreads, nil, false},
		{"two changed places", [3]float32{10, 1, 100}, [3]float32{2, 1, 3}, []int{0, 1}, false},
		{"one wider", means, [3]float32{1, 2, 7}, []int{2}, false},
		{"one narrower", means, [3]float32{1, 0.9, 3}, []int{1}, false},
	} {
		r := channelled(t, 4, c.means, c.spreads)
		if got := print.Misfits(r); !slices.Equal(got, c.misfits) {
			t.Errorf("%s: the misfits are %v, want %v", c.name, got, c.misfits)
		}
		if got := print.Fits(r); got != c.fits {
			t.Errorf("%s: fits: %t", c.name, got)
		}
	}
	few := rules.FingerprintOf(channelled(t, 7, means, spreads), nine[:7])
	if got := few.Misfits(channelled(t, 4, [3]float32{10, 1, 100}, spreads)); got != nil {
		t.Errorf("seven examples tell that %v are misfits", got)
	}
	d := rules.Misplaced([]int{0, 2, 1}, diag.Span{File: "new.npy"})
	if d.Code.ID != "PRD001" || d.Primary.Label != "channel 2 is what channel 1 was in training" || !strings.Contains(d.Help[0].Text, "volumes[..., [0, 2, 1]]") {
		t.Errorf("got %+v", d)
	}
}
