package rules_test

import (
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// TestThresholds shows both sides of numbers from which rules on, those just beside
// each of them.
func TestThresholds(t *testing.T) {
	dropped := func(rate string) string { return trained(conv + ", {dropout: {rate: " + rate + "}}, " + head) }
	optimized := func(optimizer string) string {
		return pipe(volume, layered(conv+", "+head), "train: {optimizer: {"+optimizer+"}, "+sparse+", epochs: 20, batch_size: 8}")
	}
	batches := func(settings string) string {
		return pipe(volume, layered(conv+", global_average_pool3d, batch_norm, {dense: {units: 2, activation: softmax}}"), "train: {optimizer: adam, "+sparse+", epochs: 20, "+settings+"}")
	}
	stopping := func(patience string) string {
		return pipe(volume, layered(conv+", "+head), "train: {optimizer: adam, "+sparse+", epochs: 20, batch_size: 8, callbacks: [early_stopping: {monitor: loss, patience: "+patience+"}]}")
	}
	for _, c := range []struct {
		rule          *rules.Rule
		beyond, below string
		severity      diag.Severity
	}{
		{rules.ARC004, dropped("0.51"), dropped("0.5"), diag.Warning},
		{rules.TRN001, optimized("adam: {learning_rate: 0.0101}"), optimized("adam: {learning_rate: 0.01}"), diag.Warning},
		{rules.TRN001, optimized("sgd: {learning_rate: 0.501}"), optimized("sgd: {learning_rate: 0.5}"), diag.Warning},
		{rules.TRN001, optimized("sgd: {learning_rate: 0.101, momentum: 0.9}"), optimized("sgd: {learning_rate: 0.101, momentum: 0.89}"), diag.Warning},
		{rules.TRN001, optimized("sgd: {learning_rate: 0.101, momentum: 0.9}"), optimized("sgd: {learning_rate: 0.1, momentum: 0.9}"), diag.Warning},
		{rules.TRN002, optimized("adam: {learning_rate: 0.99e-6}"), optimized("adam: {learning_rate: 1e-6}"), diag.Warning},
		{rules.TRN002, optimized("sgd: {learning_rate: 0.99e-5}"), optimized("sgd: {learning_rate: 1e-5}"), diag.Warning},
		{rules.ARC006, batches("batch_size: 3"), batches("batch_size: 4"), diag.Warning},
		{rules.TRN005, batches("batch_size: 13"), batches("batch_size: 19"), diag.Warning}, // 40 = 3 × 13 + 1 = 2 × 19 + 2
		{rules.TRN014, stopping("1"), stopping("2"), diag.Warning},
	} {
		of := func(config string) []diag.Diagnostic {
			return slices.DeleteFunc(check(t, config), func(d diag.Diagnostic) bool { return d.Code != c.rule.Code })
		}
		if found := of(c.beyond); len(found) != 1 || found[0].Severity != c.severity {
			t.Errorf("%s: %q beyond the threshold, want one %s, in\n%s", c.rule.Code.ID, labels(found), c.severity, c.beyond)
		}
		if found := of(c.below); len(found) > 0 {
			t.Errorf("%s: %q on the right side of the threshold, in\n%s", c.rule.Code.ID, labels(found), c.below)
		}
	}
	// From here on they are errors.
	for severity, configs := range map[diag.Severity][]string{
		diag.Warning: {dropped("0.79"), optimized("adam: {learning_rate: 0.99}")},
		diag.Error:   {dropped("0.8"), optimized("adam: {learning_rate: 1}")},
	} {
		for _, config := range configs {
			found := slices.DeleteFunc(check(t, config), func(d diag.Diagnostic) bool { return d.Code != rules.ARC004.Code && d.Code != rules.TRN001.Code })
			if len(found) != 1 || found[0].Severity != severity {
				t.Errorf("%q, want one %s, in\n%s", labels(found), severity, config)
			}
		}
	}
}
