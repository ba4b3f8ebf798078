package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// A training takes the memory that its plan says, within 15 %, beside its data
// and the program itself: where activations decide, where noted statistics and
// workspace do, and where weights do.
func TestTrainingTakesThePlannedMemory(t *testing.T) {
	const (
		program   = 20 << 20 // what pipe takes for a training of next to nothing
		tolerance = 0.15
	)
	for name, c := range map[string]struct {
		data   int
		config string
	}{
		"wide": {4 * 64 * 12 * 64 * 64, `version: 1
stages:
  - phantom: {samples: 64, size: [12, 64, 64]}
  - reshape: {expand_dims: -1}
  - model: {layers: [conv3d: {filters: 32, kernel_size: 3, activation: relu}, max_pool3d, flatten, dense: {units: 2, activation: softmax}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 2}
`},
		"normalised": {4 * 64 * 24 * 24 * 24, `version: 1
stages:
  - phantom: {samples: 64, size: [24, 24, 24]}
  - reshape: {expand_dims: -1}
  - model: {layers: [conv3d: {filters: 32, kernel_size: 3, padding: same}, batch_norm, relu, max_pool3d, conv3d: {filters: 64, kernel_size: 3, padding: same}, batch_norm, relu, max_pool3d, flatten, dense: {units: 2, activation: softmax}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 1}
`},
		"heavy": {4 * 16 * 16 * 16 * 16, `version: 1
stages:
  - phantom: {samples: 16, size: [16, 16, 16]}
  - reshape: {expand_dims: -1}
  - model: {layers: [resnet3d: {depth: 10, filters: 32, classes: 2}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 1, batch_size: 8}
`},
	} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "pipeline.yaml"), []byte(c.config), 0o666); err != nil {
			t.Fatal(err)
		}
		run := func(cmd *exec.Cmd) []byte {
			cmd.Dir = folder
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, out)
			}
			return out
		}
		out := run(exec.Command("pipe", "plan", "pipeline.yaml", "--format", "json"))
		var plan any
		if err := json.Unmarshal(out, &plan); err != nil {
			t.Fatal(err)
		}
		planned := int(found(plan, "memory_bytes").(map[string]any)["total"].(float64))
		training := exec.Command(os.Args[0], "pipe", "run", "pipeline.yaml")
		training.Env = append(os.Environ(), "PIPE_TEST=peak")
		var used syscall.Rusage
		if err := json.Unmarshal(run(training), &used); err != nil {
			t.Fatal(err)
		}
		peak := int(used.Maxrss) << 10
		rest := peak - c.data - program
		if off := float64(rest)/float64(planned) - 1; off < -tolerance || off > tolerance {
			t.Errorf("%s: %d bytes were planned; the process took %d, so %d beside the data and the program: off by %.0f %%", name, planned, peak, rest, 100*off)
		}
	}
}

// found is the value of the first key of that name, however deep; nil if there is
// none.
func found(in any, key string) any {
	switch v := in.(type) {
	case map[string]any:
		if value, ok := v[key]; ok && value != nil {
			return value
		}
		for _, each := range v {
			if value := found(each, key); value != nil {
				return value
			}
		}
	case []any:
		for _, each := range v {
			if value := found(each, key); value != nil {
				return value
			}
		}
	}
	return nil
}
