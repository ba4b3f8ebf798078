package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

func TestSHP009FindsAFeatureMapAgainstOneLabel(t *testing.T) {
	d := flagged(t, rules.SHP009, pipe(threeVolumes, "label_encode: {classes: 3}", "model: {layers: [{conv3d: {filters: 3, kernel_size: 3}}, softmax]}",
		training("loss: categorical_crossentropy")), "softmax", "the output is [N, 6, 6, 6, 3]")
	if d.Related[0].Label != "the labels are one-hot rows [N, 3]" {
		t.Errorf("the labels' side is told as %q", d.Related[0].Label)
	}
}

// TestSHP009FindsADenseHeadOnAMap: the layer cannot take it, and what would come of it
// does not go with labels of one value each.
func TestSHP009FindsADenseHeadOnAMap(t *testing.T) {
	of := func(encode, layers string) string {
		config := pipe(threeVolumes, encode, "model: {layers: ["+layers+"]}", training("loss: categorical_crossentropy"))
		found := slices.DeleteFunc(check(t, config), func(d diag.Diagnostic) bool { return d.Severity != diag.Error })
		var codes []string
		for _, d := range found {
			if codes = append(codes, d.Code.ID); d.Code == rules.SHP009.Code && !strings.Contains(d.Primary.Label, "the output would be [N, 6, 6, 6, 3]") {
				t.Errorf("it says %q", d.Primary.Label)
			}
			for _, help := range d.Help {
				if mended := check(t, edited(config, help.Edits)); len(help.Edits) > 0 && slices.ContainsFunc(mended, func(m diag.Diagnostic) bool { return m.Severity == diag.Error }) {
					t.Errorf("%s: the edit %q leaves:\n%s", d.Code.ID, help.Text, told(mended))
				}
			}
		}
		return strings.Join(codes, " ")
	}
	const rows, conv = "label_encode: {classes: 3}", "{conv3d: {filters: 4, kernel_size: 3, activation: relu}}, "
	for _, c := range []struct{ encode, layers, want string }{
		{rows, conv + "{dense: {units: 3, activation: softmax}}", "SHP008 SHP009"},
		{rows, conv + "{dense: {units: 3}}, softmax", "SHP008 SHP009"},
		// A hidden layer is no answer.
		{rows, conv + "{dense: {units: 8, activation: relu}}, {dense: {units: 3, activation: softmax}}", "SHP008"},
	} {
		if got := of(c.encode, c.layers); got != c.want {
			t.Errorf("%s: found %s, want %s", c.layers, got, c.want)
		}
	}
}

func TestSHP009IsQuiet(t *testing.T) {
	healthy(t, pipe(threeVolumes, "label_encode: {classes: 3}", "model: {layers: [{conv3d: {filters: 3, kernel_size: 3}}, global_max_pool3d, softmax]}",
		training("loss: categorical_crossentropy")))
	healthy(t, pipe("load: {volumes: heads.npy, labels: masks.npy, shape: [40, 8, 8, 8, 1], dtype: float32}",
		"model: {layers: [{conv3d: {filters: 3, kernel_size: 3, padding: same}}, softmax]}", training("loss: sparse_categorical_crossentropy")))
	// Labels of which nothing is known may be masks, which label_encode keeps.
	healthy(t, pipe("load: {volumes: heads.npy, labels: masks.npy, shape: [40, 8, 8, 8, 1], dtype: float32}", "label_encode: {classes: 3, form: class_id}",
		"model: {layers: [{conv3d: {filters: 3, kernel_size: 3, padding: same}}, softmax]}", training("loss: sparse_categorical_crossentropy")))
}
