package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
)

// withLayers is a config that trains a model of the layers, one on each line, for
// two steps of small heads.
func withLayers(lines ...string) string {
	return `version: 1
seed: 3
stages:
  - phantom: {samples: 12, size: [8, 8, 8], noise: 0.1}
  - reshape: {expand_dims: -1}
  - normalize: {method: z_score}
  - model:
      layers:
        ` + strings.Join(lines, "\n        ") + `
  - train: {optimizer: sgd, loss: sparse_categorical_crossentropy, epochs: 1, batch_size: 6}
`
}

// TestExpandGivesTheSameModel trains each config and what it is expanded to, and
// holds the weights to the same bits under the same names.
func TestExpandGivesTheSameModel(t *testing.T) {
	end := []string{"- global_average_pool3d", "- dense: {units: 2, activation: softmax}"}
	cases := map[string]string{
		"nested": withLayers(append([]string{
			"- repeat:", "    times: 2", "    layers:", "      - residual:", "          shortcut: projection", "          layers:",
			"            - conv3d: {filters: 3, kernel_size: 3, padding: same}", "            - batch_norm",
			"            - repeat: {times: 2, layers: [dropout: {rate: 0.1}, conv3d: {filters: 3, kernel_size: 1, activation: tanh}]}", "      - relu",
			"  id: body",
		}, end...)...),
		"frozen":         withLayers(append([]string{"- {residual: {layers: [conv3d: {filters: 1, kernel_size: 3, padding: same}, batch_norm], trainable: false}, id: frozen}"}, end...)...),
		"in brackets":    strings.Replace(withLayers("[residual: {layers: [conv3d: {filters: 1, kernel_size: 3, padding: same}]}, {repeat: {times: 2, layers: [relu]}, id: two},", "flatten, {dense: {units: 2, activation: softmax}}]"), "\n        [", " [", 1),
		"an alias":       strings.Replace(withLayers(append([]string{"- *block", "- *block"}, end...)...), "stages:", "x-block: &block {residual: {layers: [conv3d: {filters: 1, kernel_size: 3, padding: same}]}}\nstages:", 1),
		"a variable":     strings.Replace(withLayers(append([]string{`- "${vars.block}"`}, end...)...), "stages:", "vars: {block: {repeat: {times: 2, layers: [conv3d: {filters: 1, kernel_size: 3, activation: relu}]}}}\nstages:", 1),
		"anchors inside": withLayers(append([]string{"- residual: {layers: [conv3d: &c {filters: 1, kernel_size: 3, padding: same}]}", "- conv3d: *c"}, end...)...),
		"an id like a default": withLayers(append([]string{
			"- {repeat: {times: 1, layers: [relu]}, id: conv3d}", "- conv3d: {filters: 2, kernel_size: 3}"}, end...)...),
		"a name below": withLayers(append([]string{
			"- input", "- repeat: {times: 2, layers: [conv3d: {filters: 1, kernel_size: 3, padding: same}]}", "- tanh",
			"- add:", "  from: [repeat,", "         input]"}, end...)...),
	}
	for _, kind := range layers.Table().Kinds() {
		if _, composite := kind.New().(nn.Composite); !composite || kind.Name == "residual" || kind.Name == "repeat" {
			continue
		}
		settings, known := map[string]string{
			"vgg3d":      "{depth: 11, filters: 2, dense_units: [4], classes: 2}",
			"resnet3d":   "{depth: 50, filters: 1, classes: 2, dropout: 0.1}",
			"unet3d":     "{depth: 2, filters: 2, residual: true, normalization: group, dropout: 0.1}",
			"densenet3d": "{blocks: [2, 2], growth_rate: 2, classes: 2, trainable: true, layer_dropout: 0.2}",
		}[kind.Name]
		if !known {
			t.Errorf("the preset %s is not tried", kind.Name)
			continue
		}
		cases[kind.Name] = withLayers("- " + kind.Name + ": " + settings)
		if kind.Name == "unet3d" {
			cases[kind.Name] = withLayers(append([]string{"- " + kind.Name + ": " + settings}, end...)...)
		}
	}
	for name, config := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			before, after := filepath.Join(dir, "before.yaml"), filepath.Join(dir, "after.yaml")
			if err := os.WriteFile(before, []byte(config), 0o666); err != nil {
				t.Fatal(err)
			}
			if code, _, stderr := say("expand", before, "-o", after); code != 0 {
				t.Fatalf("pipe expand: exit %d\n%s", code, stderr)
			}
			text, err := os.ReadFile(after)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.SplitSeq(string(text), "\n") {
				line = strings.TrimSpace(line)
				for _, kind := range []string{"repeat:", "residual:", "vgg3d:", "resnet3d:", "densenet3d:", "unet3d:"} {
					if strings.Contains(line, kind) && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "x-") && !strings.HasPrefix(line, "vars:") {
						t.Errorf("it still has %s", line)
					}
				}
			}
			if a, b := trainedWeights(t, before), trainedWeights(t, after); !bytes.Equal(a, b) {
				t.Errorf("the weights differ after training; it was expanded to\n%s", text)
			}
			if code, again, _ := say("expand", after); code != 0 || again != string(text) {
				t.Errorf("expanded again it becomes\n%s", again)
			}
		})
	}
}

// trainedWeights runs a config and gives the file of the weights.
func trainedWeights(t *testing.T, config string) []byte {
	t.Helper()
	record := filepath.Join(t.TempDir(), "record")
	if code, _, stderr := say("run", "--run-dir", record, config); code != 0 {
		t.Fatalf("pipe run: exit %d\n%s", code, stderr)
	}
	weights, err := os.ReadFile(filepath.Join(record, "model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	return weights
}

// What names a composite still names the layers that it was written out as.
func TestExpandKeepsWhatPatternsMean(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "config.yaml")
	write := func(text string) {
		if err := os.WriteFile(config, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	plain := withLayers("- {repeat: {times: 2, layers: [conv3d: {filters: 1, kernel_size: 3, padding: same, activation: relu}]}, id: body}", "- flatten", "- {dense: {units: 2, activation: softmax}, id: head}")
	write(plain)
	if err := os.WriteFile(filepath.Join(dir, "start.safetensors"), trainedWeights(t, config), 0o666); err != nil {
		t.Fatal(err)
	}
	write(strings.Replace(plain, "  - model:", "  - model:\n      weights: {file: start.safetensors, freeze: [body], skip: [head]}", 1))
	_, before, _ := say("plan", config)
	code, text, stderr := say("expand", config)
	if code != 0 || !strings.Contains(text, "freeze: [body]") {
		t.Fatalf("exit %d, %s\n%s", code, stderr, text)
	}
	write(text)
	if code, after, stderr := say("plan", config); code != 0 || after != before {
		t.Errorf("exit %d, %s\n%s\nbefore\n%s", code, stderr, after, before)
	}
}

// Paths in an extended file, which is written anew, still lead to the same files.
func TestExpandAnExtendedFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"base.yaml": withLayers("- repeat: {times: 2, layers: [relu]}", "- flatten", "- dense: {units: 2, activation: softmax}"),
		"own.yaml":  "extends: base.yaml\nseed: 8\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	code, text, stderr := say("expand", filepath.Join(dir, "own.yaml"))
	if code != 0 || !strings.Contains(text, "seed: 8\n") || strings.Contains(text, "repeat:") || strings.Contains(text, "extends") {
		t.Errorf("exit %d, %s\n%s", code, stderr, text)
	}
}
