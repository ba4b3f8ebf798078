package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkCheck200Layers runs the built program on a file with 200 layers: what
// somebody waits for who saves a file in an editor. It has to stay under 50 ms.
func BenchmarkCheck200Layers(b *testing.B) {
	timed(b, "check", map[string][]byte{"pipeline.yaml": []byte(deep(200))})
}

// BenchmarkPlan100000Labels runs the built program on 100 000 examples: the plan
// reads their labels and deals them out, class by class. It has to stay under a
// second.
func BenchmarkPlan100000Labels(b *testing.B) {
	const examples = 100_000
	labels := make([]byte, examples)
	for i := range labels {
		labels[i] = byte(i * 7919 % 10)
	}
	timed(b, "plan", map[string][]byte{
		"pipeline.yaml": []byte(many),
		"labels.npy":    array(examples, "", labels),
		"volumes.npy":   array(examples, "4, 4, 4, 1", make([]byte, examples*4*4*4)),
	})
}

// timed runs a command of the built program on pipeline.yaml, beside other files.
func timed(b *testing.B, command string, files map[string][]byte) {
	folder := b.TempDir()
	program := filepath.Join(folder, "pipe")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o666); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		run := exec.Command(program, command, "pipeline.yaml")
		run.Dir = folder
		if out, err := run.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
}

// array is a .npy file of bytes.
func array(examples int, sizes string, content []byte) []byte {
	header := fmt.Sprintf("%-117s\n", fmt.Sprintf("{'descr': '|u1', 'fortran_order': False, 'shape': (%d, %s), }", examples, sizes))
	return append([]byte("\x93NUMPY\x01\x00\x76\x00"+header), content...)
}

// many is a pipeline for files of 100 000 examples of 10 classes.
const many = `version: 1
stages:
  - load: {volumes: volumes.npy, labels: labels.npy}
  - cast: {dtype: float32}
  - split: {train: 0.8, validation: 0.1, test: 0.1, stratify: true}
  - normalize: {method: min_max}
  - label_encode
  - model: {layers: [conv3d: {filters: 8, kernel_size: 3, activation: relu}, flatten, dense: {units: 10, activation: softmax}]}
  - train: {optimizer: adam, loss: categorical_crossentropy, metrics: [accuracy], epochs: 2}
  - evaluate
`

// deep is a pipeline whose model has so many layers.
func deep(layers int) string {
	var text strings.Builder
	text.WriteString("version: 1\nstages:\n  - phantom\n  - reshape: {expand_dims: -1}\n  - label_encode\n  - split: {train: 0.8, test: 0.2, stratify: true}\n  - model:\n      layers:\n")
	for i := range layers - 2 {
		switch i % 3 {
		case 0:
			fmt.Fprintf(&text, "        - conv3d: {filters: %d, kernel_size: 3, padding: same}\n", 4+i%8)
		case 1:
			text.WriteString("        - batch_norm\n")
		default:
			text.WriteString("        - relu\n")
		}
	}
	text.WriteString("        - flatten\n        - dense: {units: 2, activation: softmax}\n")
	text.WriteString("  - train: {optimizer: adam, loss: categorical_crossentropy, metrics: [accuracy], epochs: 2}\n  - evaluate\n")
	return text.String()
}
