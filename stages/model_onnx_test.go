package stages_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/stages"
)

// torch is the folder of the networks that PyTorch wrote.
func torch(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join("..", "nn", "onnx", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// fromONNX is a config whose model is a file, for heads of some size.
func fromONNX(size, more, file string) string {
	return "version: 1\nstages:\n  - phantom: {samples: 12, size: " + size + "}\n" + more + "  - model: {onnx: \"" + file + "\"}\n"
}

const channelled = "  - reshape: {expand_dims: -1}\n"

func TestModelFromONNX(t *testing.T) {
	config := fromONNX("[8, 12, 11]", channelled, filepath.Join(torch(t), "resnet.onnx"))
	checked, found := checked(t, config)
	if len(found) > 0 {
		t.Fatalf("the check says %v", summaries(found))
	}
	if m := checked.Types[2].(*pipeline.Model); m.Graph.Output() != nil {
		t.Errorf("the check knows the output %v of a file that it has not opened", m.Graph.Output())
	}
	planned, found := resolved(t, config, true)
	if len(found) > 0 {
		t.Fatalf("the plan says %v", summaries(found))
	}
	m := planned.Types[2].(*pipeline.Model)
	if got := m.Graph.Output().Batch(); got != "[N, 2]" || len(m.Start.Plan.Layers) != 7 {
		t.Errorf("the output is %s, and %d layers load", got, len(m.Start.Plan.Layers))
	}
}

func TestModelFromONNXRefuses(t *testing.T) {
	foreign := filepath.Join(t.TempDir(), "text.onnx")
	if err := os.WriteFile(foreign, []byte("version: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(torch(t), name+".onnx") }
	for name, c := range map[string]struct{ config, code, label string }{
		"no file":           {fromONNX("[8, 12, 11]", channelled, in("absent")), "FIL101", "there is no file"},
		"another file":      {fromONNX("[8, 12, 11]", channelled, foreign), "DAT011", "no ONNX file"},
		"no channel":        {fromONNX("[8, 12, 11]", "", in("resnet")), "GRA140", "the file takes [N, 1, 8, 12, 11], the channels first"},
		"other channels":    {fromONNX("[4, 6, 8]", channelled, in("unet")), "GRA140", "the file takes [N, 2, 4, 6, 8]"},
		"axes turned":       {fromONNX("[12, 8, 11]", channelled, in("resnet")), "GRA140", "the file takes"},
		"another size":      {fromONNX("[8, 12, 12]", channelled, in("resnet")), "GRA140", "the file takes"},
		"a vector":          {fromONNX("[4, 4, 4]", channelled, in("decoder")), "GRA140", "the file takes [N, 6]"},
		"what has no layer": {fromONNX("[8, 8, 8]", channelled, odd(t)), "GRA139", `odd.onnx: operator 3, GreaterOrEqual "relu/GreaterOrEqual"`},
	} {
		_, found := resolved(t, c.config, true)
		if len(found) != 1 || found[0].Code.ID != c.code || !strings.Contains(found[0].Primary.Label, c.label) {
			t.Errorf("%s: %v", name, found)
		}
	}
}

// odd is a file with an operator that no layer stands for: what a relu with a
// threshold is written as.
func odd(t *testing.T) string {
	t.Helper()
	config := "version: 1\nstages:\n  - phantom: {samples: 12, size: [8, 8, 8]}\n  - reshape: {expand_dims: -1}\n  - label_encode\n" +
		"  - model: {layers: [relu: {threshold: 0.1, max_value: 1}, global_average_pool3d, dense: {units: 2, activation: softmax}]}\n" +
		"  - train: {optimizer: adam, loss: categorical_crossentropy, epochs: 1}\n  - export: {format: onnx, output: odd.onnx}\n"
	r := run(t, t.Context(), config, nil).done(t)
	return filepath.Join(r.dir, "odd.onnx")
}

// TestONNXGoesOn: a network that one run wrote starts another one with the same
// numbers, may be frozen, and is used again from the record without the file.
func TestONNXGoesOn(t *testing.T) {
	folder := t.TempDir()
	volumes(t, folder)
	first := runIn(t, t.Context(), folder, fromFiles+"  - export: {format: onnx}\n", nil).done(t)
	file := filepath.Join(folder, "network.onnx")
	if err := os.WriteFile(file, []byte(first.file(t, "export.onnx")), 0o600); err != nil {
		t.Fatal(err)
	}
	start := strings.Index(fromFiles, "  - model:")
	end := strings.Index(fromFiles, "  - train:")
	config := fromFiles[:start] + "  - model: {onnx: network.onnx, weights: {file: network.onnx, freeze: [\"*\"]}}\n" + fromFiles[end:]
	r := completed(t, runIn(t, t.Context(), folder, config, nil).done(t), config)
	if got, want := floats(t, r.file(t, "all.npy")), floats(t, first.file(t, "all.npy")); !near(got, want) {
		t.Errorf("the predictions are %v, were %v", got[:4], want[:4])
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	reuse, err := stages.OpenRun(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	pool := nn.NewPool(1)
	defer pool.Close()
	if _, err := reuse.Predict(t.Context(), filepath.Join(folder, "volumes.npy"), pool); err != nil {
		t.Error(err)
	}
}

func near(a, b []float32) bool {
	for i := range a {
		if d := a[i] - b[i]; d > 1e-5 || d < -1e-5 {
			return false
		}
	}
	return len(a) == len(b)
}

// TestExpandONNX: the layers of a file are written out, and start from it.
func TestExpandONNX(t *testing.T) {
	planned, _ := resolved(t, fromONNX("[8, 12, 11]", channelled, filepath.Join(torch(t), "resnet.onnx")), true)
	if !stages.Composites(planned) {
		t.Error("there is nothing to expand")
	}
	if _, possible := stages.ExpandText(planned); possible {
		t.Error("the text has no list of layers")
	}
	m := stages.Expanded(planned).Nodes[2].Stage.(*stages.Model)
	if kind, _ := layers.Table().NameOf(m.Layers[1].Unit); m.ONNX != "" || m.Weights == nil || !strings.HasSuffix(m.Weights.File, "resnet.onnx") || m.Layers[1].ID != "conv1" || kind != "conv3d" {
		t.Errorf("it is %+v", m)
	}
}
