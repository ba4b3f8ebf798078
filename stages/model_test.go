package stages_test

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// onHeads writes a model on small heads, one layer in each line.
func onHeads(layers ...string) string {
	return "version: 1\nstages:\n  - phantom: {samples: 40, size: [8, 8, 8]}\n  - reshape: {expand_dims: -1}\n  - model:\n      layers:\n        - " + strings.Join(layers, "\n        - ") + "\n"
}

func TestModelGivesItsShapes(t *testing.T) {
	c, found := checked(t, onHeads("conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}", "residual: {layers: [{conv3d: {filters: 4, kernel_size: 3, padding: same}}, batch_norm]}",
		"repeat: {times: 2, layers: [{conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}]}", "max_pool3d", "flatten", "dense: {units: 2, activation: softmax}"))
	if len(found) > 0 {
		t.Fatal(summaries(found))
	}
	m := c.Types[2].(*pipeline.Model)
	if want := shape.New(2); !m.Graph.Output().Equal(want) {
		t.Errorf("the output is %s", m.Graph.Output())
	}
	for i := range m.Graph.Nodes {
		id := m.Graph.Nodes[i].ID
		if place, known := m.Layers[id]; !known || !place.Kind.HasPlace() {
			t.Errorf("layer %s has no place", id)
		}
	}
}

// refused fails unless the check finds exactly one problem of a code, and gives
// it with the text that it points at.
func refused(t *testing.T, config, code string) (diag.Diagnostic, string) {
	t.Helper()
	_, found := checked(t, config)
	if len(found) != 1 || found[0].Code.ID != code {
		t.Fatalf("want %s alone, got %v", code, summaries(found))
	}
	span := found[0].Primary.Span
	line := strings.Split(config, "\n")[span.Start.Line-1]
	return found[0], line[span.Start.Column-1 : span.End.Column-1]
}

func TestARefusalPointsIntoComposites(t *testing.T) {
	if _, at := refused(t, onHeads("residual: {layers: [{conv3d: {filters: 1, kernel_size: 3, padding: same}}, {conv3d: {filters: 1, kernel_size: 9}}]}"), "SHP006"); at != "9" {
		t.Errorf("it points at %q", at)
	}
	if _, at := refused(t, onHeads("repeat: {times: 3, layers: [{conv3d: {filters: 1, kernel_size: 3}, id: first}, {max_pool3d: {pool_size: 2}}]}"), "SHP006"); at != "2" {
		// 8 → 6 → 3 → 1, and the second pooling takes 2.
		t.Errorf("it points at %q", at)
	}
	// Without a projection, the block's input and output cannot be added.
	if _, at := refused(t, onHeads("{residual: {layers: [{conv3d: {filters: 2, kernel_size: 3, padding: same}}]}, id: block}"), "GRA132"); at != "residual" {
		t.Errorf("it points at %q", at)
	}
}

func TestBranchesThatDifferShowBoth(t *testing.T) {
	d, at := refused(t, onHeads("{conv3d: {filters: 4, kernel_size: 3}, id: a}", "{conv3d: {filters: 4, kernel_size: 3}, id: b}", "{add: {}, from: [a, b]}"), "GRA132")
	if at != "add" || len(d.Related) != 2 || d.Related[0].Label != "this gives [N, 6, 6, 6, 4]" || d.Related[1].Label != "this gives [N, 4, 4, 4, 4]" {
		t.Errorf("it points at %q, with %v", at, d.Related)
	}
}

// Where a remedy names a setting, its new value is offered as an edit, over what is
// written or beside it.
func TestRefusalsOfferEdits(t *testing.T) {
	for _, c := range []struct{ layers, code, at, edit string }{
		{"group_norm: {groups: 5}", "YML131", "5", "4"},
		{"group_norm", "YML131", "group_norm", ": {groups: 4}"},
		{"residual: {layers: [{conv3d: {filters: 8, kernel_size: 3, padding: same}}], shortcut: identity}", "GRA132", "identity", "projection"},
		{"residual: {layers: [{conv3d: {filters: 8, kernel_size: 3, padding: same}}]}", "GRA132", "residual", ""},
		{"crop3d: {cropping: [1, [3, 5], 0]}", "SHP006", "[1, [3, 5], 0]", ""},
		{"depthwise_conv3d: {kernel_size: 9, padding: valid}", "SHP006", "9", "same"},
		{"conv3d_transpose: {filters: 2, kernel_size: 2, strides: 2, padding: same, output_padding: 2}", "YML131", "2", ""},
	} {
		d, at := refused(t, onHeads("conv3d: {filters: 4, kernel_size: 3, padding: same}", c.layers), c.code)
		edit := ""
		if edits := d.Help[0].Edits; len(edits) > 0 {
			edit = edits[0].Text
		}
		if at != c.at || edit != c.edit {
			t.Errorf("%s: it points at %q and offers %q, want %q and %q", c.layers, at, edit, c.at, c.edit)
		}
	}
}

// What is cut off counts among the sizes on the way, and in the smallest input.
func TestCroppingTellsTheWay(t *testing.T) {
	d, _ := refused(t, onHeads("max_pool3d", "crop3d: {cropping: 2}"), "SHP006")
	notes := strings.Join(d.Notes, "\n")
	if !strings.Contains(notes, "4 - 2 - 2 = 0") || !strings.Contains(notes, "the depth on the way: 8-4") {
		t.Errorf("the notes are\n%s", notes)
	}
	if help := d.Help[len(d.Help)-1].Text; !strings.Contains(help, "[10, 10, 10, 1]") {
		t.Errorf("the smallest input is told as %q", help)
	}
}

// An input that is smaller along some axes is repeated, as in Keras.
func TestMergesRepeat(t *testing.T) {
	c, found := checked(t, onHeads("{conv3d: {filters: 4, kernel_size: 3, padding: same}, id: volume}", "global_average_pool3d",
		"{dense: {units: 4, activation: sigmoid}, id: weight}", "{multiply: {}, from: [volume, weight]}"))
	if len(found) > 0 {
		t.Fatal(summaries(found))
	}
	if output := c.Types[2].(*pipeline.Model).Graph.Output(); !output.Equal(shape.New(8, 8, 8, 4)) {
		t.Errorf("the output is %s", output)
	}
	d, _ := refused(t, onHeads("{conv3d: {filters: 4, kernel_size: 3, padding: same}, id: volume}", "global_average_pool3d",
		"{dense: {units: 3, activation: sigmoid}, id: weight}", "{multiply: {}, from: [volume, weight]}"), "GRA132")
	if !strings.Contains(strings.Join(d.Notes, "\n"), "channel: 4 ≠ 3") {
		t.Errorf("the notes are %v", d.Notes)
	}
}

func TestWhatDependsOnARefusalIsNotChecked(t *testing.T) {
	refused(t, onHeads("conv3d: {filters: 4, kernel_size: 9}", "flatten", "conv3d: {filters: 4, kernel_size: 3}"), "SHP006")
}

func TestAModelForUnknownVolumesIsAccepted(t *testing.T) {
	c, found := checked(t, "version: 1\nstages:\n  - load: {volumes: heads.npy}\n  - model: {layers: [{conv3d: {filters: 4, kernel_size: 3, activation: relu}}, flatten, {dense: {units: 2, activation: softmax}}]}\n")
	if len(found) > 0 {
		t.Fatal(summaries(found))
	}
	if output := c.Types[1].(*pipeline.Model).Graph.Output(); output.Differs(shape.New(2)) {
		t.Errorf("the output is %s", output)
	}
}
