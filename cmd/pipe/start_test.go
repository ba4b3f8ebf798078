package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// A stage's key says what it does to what: a model that starts from a file with
// other weights, under the same path, has another key.
func TestTheKeyOfAModelKnowsItsWeights(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "config.yaml")
	write := func(text string) {
		if err := os.WriteFile(config, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	key := func() string {
		record := filepath.Join(t.TempDir(), "record")
		if code, _, stderr := say("run", "--run-dir", record, config); code != 0 {
			t.Fatalf("exit %d\n%s", code, stderr)
		}
		text, err := os.ReadFile(filepath.Join(record, "run.json"))
		if err != nil {
			t.Fatal(err)
		}
		var run struct {
			Stages []struct{ ID, Key string }
		}
		if err := json.Unmarshal(text, &run); err != nil {
			t.Fatal(err)
		}
		for _, s := range run.Stages {
			if s.ID == "model" {
				return s.Key
			}
		}
		t.Fatal("there is no model")
		return ""
	}
	plain := withLayers("- flatten", "- {dense: {units: 2, activation: softmax}, id: head}")
	other := plain[:len("version: 1\nseed: ")] + "4" + plain[len("version: 1\nseed: 3"):]
	started := "version: 1\nstages:\n  - phantom: {samples: 12, size: [8, 8, 8]}\n  - model: {weights: start.safetensors, layers: [flatten, {dense: {units: 2, activation: softmax}, id: head}]}\n  - evaluate: {on: all}\n"
	var keys []string
	for _, text := range []string{plain, other, other} {
		write(text)
		weights := trainedWeights(t, config)
		if err := os.WriteFile(filepath.Join(dir, "start.safetensors"), weights, 0o666); err != nil {
			t.Fatal(err)
		}
		write(started)
		keys = append(keys, key())
	}
	if keys[0] == keys[1] || keys[1] != keys[2] {
		t.Errorf("the keys are %q", keys)
	}
}
