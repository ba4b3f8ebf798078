package rules_test

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// dat014 says whether DAT014 is among what is planned.
func dat014(t *testing.T, ids []int64, items ...string) string {
	t.Helper()
	for _, d := range plan(t, labelled(t, ids...), pipe(items...)) {
		if d.Code == rules.DAT014.Code {
			if d.Severity != diag.Warning {
				t.Errorf("it is an %s", d.Severity)
			}
			return d.Primary.Label
		}
	}
	return ""
}

func TestDAT014CountsTheLargestClass(t *testing.T) {
	two := "model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}"
	train := training("loss: sparse_categorical_crossentropy, batch_size: 2")
	each := func(n, more int) (ids []int64) {
		for i := range 2*n + more {
			ids = append(ids, int64(i%2))
		}
		return ids
	}
	if got := dat014(t, each(10, 0), loadIDs, two, train); got != "no class has more than 10 examples to train on: 0 10, 1 10" {
		t.Errorf("10 of each class: %q", got)
	}
	if got := dat014(t, each(10, 1), loadIDs, two, train); got != "" {
		t.Errorf("11 of one class: %q", got)
	}
	if got := dat014(t, each(15, 0), loadIDs, "split: {train: 20, validation: 10, stratify: true}", two, train); !strings.HasPrefix(got, "no class has more than 10") {
		t.Errorf("10 of each class to train on: %q", got)
	}
}

func TestDAT014KnowsNumbersWithoutFiles(t *testing.T) {
	config := func(samples, more string) string {
		return pipe("load: {volumes: heads.npy, labels: ids.npy, shape: ["+samples+", 8, 8, 8, 1], dtype: float32, label_kind: class_id}", "label_encode: {classes: 3}",
			model("{dense: {units: 3, activation: softmax}}"), "train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20, batch_size: 4"+more+"}")
	}
	if d := flagged(t, rules.DAT014, config("30", ""), "[30, 8, 8, 8, 1]", "30 examples to train on, 10 for each of 3 classes"); len(d.Help) != 2 {
		t.Errorf("%+v", d)
	}
	for _, d := range check(t, config("31", "")) {
		if d.Code == rules.DAT014.Code {
			t.Errorf("31 examples: %s", d.Primary.Label)
		}
	}
}
