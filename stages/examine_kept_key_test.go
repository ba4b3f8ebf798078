package stages

import (
	"testing"

	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline"
)

// TestKeysOfKeptScans: what another program, other files, another look or another
// step made is not taken for this.
func TestKeysOfKeptScans(t *testing.T) {
	program, err := thisProgram()
	if err != nil || program == [2]uint64{} {
		t.Fatalf("this program is not known: %v", err)
	}
	of := func(program, content [2]uint64, what sought) string {
		key, err := (&keptScans{program: program}).key(what, content)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	content, sketch := [2]uint64{1, 2}, sought{What: aScan, Settings: scan.Settings{Sketch: true}}
	key := of(program, content, sketch)
	if of(program, content, sketch) != key {
		t.Error("the same has two keys")
	}
	stepped := sketch
	stepped.Steps = []pipeline.Fitted{{Kind: "clip"}}
	masks := sketch
	masks.What = theMasks
	for name, other := range map[string]string{
		"program":  of([2]uint64{program[0], program[1] ^ 1}, content, sketch),
		"content":  of(program, [2]uint64{1, 3}, sketch),
		"settings": of(program, content, sought{What: aScan}),
		"steps":    of(program, content, stepped),
		"sought":   of(program, content, masks),
	} {
		if other == key {
			t.Errorf("another %s has the same key", name)
		}
	}
}
