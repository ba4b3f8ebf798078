package rules_test

import (
	"path/filepath"
	"regexp"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

const (
	twoUnits  = "model: {layers: [global_average_pool3d, {dense: {units: 2, activation: softmax}}]}"
	fiveUnits = "model: {layers: [global_average_pool3d, {dense: {units: 5, activation: softmax}}]}"
	onIDs     = "train: {optimizer: adam, epochs: 9, batch_size: 2, loss: sparse_categorical_crossentropy"
)

func TestLBL006CountsTheClasses(t *testing.T) {
	said(t, rules.LBL006, labelled(t, sorted(81, 19)...), "0 81, 1 19.*right in 81 %.*class_weight: balanced", loadIDs, twoUnits, onIDs+"}")
	unsaid(t, rules.LBL006, labelled(t, sorted(80, 20)...), loadIDs, twoUnits, onIDs+"}")
	unsaid(t, rules.LBL006, labelled(t, sorted(90, 10)...), loadIDs, twoUnits, onIDs+", class_weight: balanced}")
	said(t, rules.LBL006, labelled(t, sorted(99, 99, 50, 50, 9)...), "11 times as many as 4", loadIDs, fiveUnits, onIDs+"}")
	unsaid(t, rules.LBL006, labelled(t, sorted(110, 99, 50, 50, 10)...), loadIDs, fiveUnits, onIDs+"}") // a long tail
}

func TestLBL006CountsTheForeground(t *testing.T) {
	load, ends := "load: {volumes: volumes.npy, labels: masks.npy}", "model: {layers: [{conv3d: {filters: 2, kernel_size: 3, padding: same, activation: softmax}}]}"
	few, enough := masked(t, 2), masked(t, 3) // of 256 voxels
	said(t, rules.LBL006, few, "2 of 256 voxels are not background: 0.78 %", load, ends, onIDs+"}")
	unsaid(t, rules.LBL006, enough, load, ends, onIDs+"}")
	unsaid(t, rules.LBL006, few, load, ends, "train: {optimizer: adam, epochs: 9, batch_size: 2, loss: dice_crossentropy}")
}

// masked is a folder with four small volumes and their masks, of which so many
// voxels are 1.
func masked(t *testing.T, foreground int) string {
	t.Helper()
	folder := labelled(t, 0, 0, 0, 0)
	voxels := make([]uint8, 4*64)
	for i := range foreground {
		voxels[i] = 1
	}
	array(t, filepath.Join(folder, "masks.npy"), "|u1", "4, 4, 4, 4", voxels)
	return folder
}

// said fails unless the rule speaks once of a plan, and as it should.
func said(t *testing.T, rule *rules.Rule, folder, pattern string, items ...string) {
	t.Helper()
	found := plan(t, folder, pipe(items...))
	own := only(found, rule)
	if len(own) != 1 {
		t.Errorf("%q: want %s once, got:\n%s", items, rule.Code.ID, told(found))
		return
	}
	if text := whole(own[0]); !regexp.MustCompile(pattern).MatchString(text) {
		t.Errorf("%s says %q, want %q", rule.Code.ID, text, pattern)
	}
}

// unsaid fails if the rule speaks of a plan.
func unsaid(t *testing.T, rule *rules.Rule, folder string, items ...string) {
	t.Helper()
	if found := only(plan(t, folder, pipe(items...)), rule); len(found) > 0 {
		t.Errorf("%q: %s", items, whole(found[0]))
	}
}

func only(found []diag.Diagnostic, rule *rules.Rule) []diag.Diagnostic {
	var own []diag.Diagnostic
	for _, d := range found {
		if d.Code == rule.Code {
			own = append(own, d)
		}
	}
	return own
}
