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
	folder := b.TempDir()
	program, file := filepath.Join(folder, "pipe"), filepath.Join(folder, "deep.yaml")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	if err := os.WriteFile(file, []byte(deep(200)), 0o666); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if out, err := exec.Command(program, "check", file).CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
}

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
