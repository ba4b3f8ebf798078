package pipeline

import (
	"context"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// TestExamine has an examiner look at what it would take; what needs the
// examiner's value is left out, and a finding is told once.
func TestExamine(t *testing.T) {
	checked, problems := toyChecked(t, "- give: {number: 3}\n- add\n- tell\n- add:\n  id: second\n  from: add\n")
	same(t, problems, "")
	w, list := &witness{}, &diag.List{}
	outcomes := Examine(context.Background(), checked, Execution{Watch: w}, list)
	for i, want := range []bool{true, true, false, false} {
		if outcomes[i].Wanted != want {
			t.Errorf("%s: wanted %v", outcomes[i].Node.ID, outcomes[i].Wanted)
		}
	}
	if outcomes[1].Value != nil || outcomes[1].Err != nil {
		t.Errorf("the examiner gave %v, %v", outcomes[1].Value, outcomes[1].Err)
	}
	if list.Warnings() != 1 || w.when("found add adds to 3") < 0 || len(w.events) != 5 {
		t.Errorf("%d warnings, events %q", list.Warnings(), w.events)
	}
}

func TestExaminationFails(t *testing.T) {
	checked, _ := toyChecked(t, "- give\n- give\n- add: {both: true}\n")
	w, list := &witness{}, &diag.List{}
	Examine(context.Background(), checked, Execution{Watch: w}, list)
	if list.Errors() != 1 || w.when("fail add") < 0 {
		t.Errorf("%s, events %q", told(list), w.events)
	}
}
