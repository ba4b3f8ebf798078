package pipeline

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// TestResolve does not check what depends on a failed check.
func TestResolve(t *testing.T) {
	checked, problems := toyChecked(t, "- give: {number: 13}\n- add\n- give\n- add: {both: true}\n  from: [add, give_1]\n- tell:\n  from: give_1\n")
	same(t, problems, "TOY001 4:18 unlucky")
	for i, want := range []bool{false, false, true, false, true} {
		if got := checked.Types[i] != nil; got != want {
			t.Errorf("%s has a type: %v", checked.Nodes[i].ID, got)
		}
	}
}

// TestPresumed checks what depends on a failed stage against what its message
// leads to, and proves nothing by it: no stage on the way has a type.
func TestPresumed(t *testing.T) {
	checked, problems := toyChecked(t, "- give: {number: 14}\n- add\n- tell\n- give: {number: 13}\n- give\n")
	same(t, problems, "TOY001 4:18 unlucky, meant is 15\nTOY001 7:18 unlucky")
	for i, want := range []bool{false, false, false, false, true} {
		if got := checked.Types[i] != nil; got != want {
			t.Errorf("%s has a type: %v", checked.Nodes[i].ID, got)
		}
	}
}

func TestAllow(t *testing.T) {
	_, problems := toyChecked(t, "- give: {number: 101}\n- give: {number: 102}\n  allow: TOY002\n")
	same(t, problems, "TOY002 4:18 much")
	_, problems = toyChecked(t, "- give: {number: 13}\n  allow: [TOY001]\n")
	same(t, problems, "TOY001 4:18 unlucky\nGRA005 5:11 this is an error, not a warning")
}

func TestResolveEnds(t *testing.T) {
	checked, _ := toyChecked(t, "- give\n")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var problems diag.List
	if again := Resolve(ctx, checked.Graph, false, &problems); again.Types[0] != nil || problems.Len() > 0 {
		t.Error("a check that was stopped gave a type")
	}
}

// TestStageSeed keeps the random numbers of a stage when others come and go.
func TestStageSeed(t *testing.T) {
	seen := map[uint64]bool{}
	for _, seed := range []uint64{0, 1, 2} {
		for _, id := range []string{"split", "split_1", "train", ""} {
			seen[stageSeed(seed, id)] = true
		}
	}
	if len(seen) != 12 {
		t.Errorf("%d different seeds of 12", len(seen))
	}
	if a := stageSeed(7, "split"); a != stageSeed(7, "split") {
		t.Error("a seed changes")
	}
}

func TestPath(t *testing.T) {
	c := Check{folder: "configs"}
	if got := c.Path("a.npy"); got != filepath.Join("configs", "a.npy") {
		t.Error(got)
	}
	absolute, _ := filepath.Abs("a.npy")
	if got := c.Path(absolute); got != absolute {
		t.Error(got)
	}
}
