package stages_test

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn/data/npy"
	"github.com/voxelpipe/pipe/nn/onnx/onnxtest"
	"github.com/voxelpipe/pipe/stages"
)

func TestExportWritesTheWeights(t *testing.T) {
	r := run(t, t.Context(), smallRun("epochs: 1", "  - export: {output: mri.safetensors}"), nil).done(t)
	if got, want := r.file(t, "mri.safetensors"), r.file(t, "model.safetensors"); got != want {
		t.Error("the exported weights are not those of the run")
	}
}

func TestExportRefuses(t *testing.T) {
	for settings, want := range map[string]string{
		"{format: onnx, output: mri.safetensors}": `its name ends in ".safetensors", the format is onnx`,
		"{output: mri.onnx}":                      `its name ends in ".onnx", the format is safetensors`,
		"{with_preprocessing: true}":              "holds weights only",
		"{format: h5}":                            "safetensors",
	} {
		_, found := checked(t, smallRun("epochs: 1", "  - export: "+settings))
		if len(found) != 1 || !strings.Contains(found[0].Primary.Label, want) {
			t.Errorf("%s: %v", settings, found)
		}
	}
}

// floats reads a .npy file whole.
func floats(t *testing.T, content string) []float32 {
	t.Helper()
	array, err := npy.Open(strings.NewReader(content), int64(len(content)), "array")
	if err != nil {
		t.Fatal(err)
	}
	values, err := array.Floats()
	if err != nil {
		t.Fatal(err)
	}
	list := make([]float32, len(values))
	for i, v := range values {
		list[i] = float32(v)
	}
	return list
}

// TestExportedONNX: the raw volumes of a run give in another runtime what the run
// predicted for them; the stage and the record of the run write the same file.
func TestExportedONNX(t *testing.T) {
	folder := t.TempDir()
	volumes(t, folder)
	config := fromFiles + "  - export: {format: onnx, with_preprocessing: true}\n  - {export: {format: onnx}, id: bare}\n"
	r := completed(t, runIn(t, t.Context(), folder, config, nil).done(t), config)
	reuse, err := stages.OpenRun(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string) []byte { return []byte(r.file(t, name)) }
	for name, preprocessing := range map[string]bool{"export/export.onnx": true, "bare/export.onnx": false} {
		var again bytes.Buffer
		if err := reuse.WriteONNX(&again, preprocessing); err != nil || !bytes.Equal(again.Bytes(), file(name)) {
			t.Errorf("%s is not what the record gives: %v", name, err)
		}
	}
	raw := fileOf(t, filepath.Join(folder, "volumes.npy"))
	onnxtest.Run(t, []onnxtest.Job{{
		Name: "raw volumes", File: file("export/export.onnx"),
		InSizes: []int{12, 6, 6, 6}, In: floats(t, raw), OutSizes: []int{12, 2}, Out: floats(t, r.file(t, "all.npy")),
	}})
	if slices.Equal(file("export/export.onnx"), file("bare/export.onnx")) {
		t.Error("the preprocessing is missing")
	}
}
