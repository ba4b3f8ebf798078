package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// executed runs stages in which nothing is wrong.
func executed(t *testing.T, ctx context.Context, stages string, how Execution) ([]Outcome, *witness, string) {
	t.Helper()
	checked, problems := toyChecked(t, stages)
	if problems != "" {
		t.Fatal(problems)
	}
	w := &witness{}
	how.Watch = w
	var list diag.List
	outcomes := Execute(ctx, checked, how, &list)
	for _, o := range outcomes {
		if o.Value == nil {
			continue
		}
		for _, i := range o.Node.Inputs {
			if w.when("done "+checked.Nodes[i].ID) > w.when("start "+o.Node.ID) {
				t.Errorf("%s started before %s was done", o.Node.ID, checked.Nodes[i].ID)
			}
		}
	}
	return outcomes, w, told(&list)
}

// values tells what came out, in order.
func values(outcomes []Outcome) string {
	var words []string
	for _, o := range outcomes {
		word := "-"
		switch v := o.Value.(type) {
		case toyNumber:
			word = fmt.Sprint(v.value)
		case toyReport:
			word = fmt.Sprint("report ", v.value)
		}
		words = append(words, o.Node.ID+"="+word)
	}
	return strings.Join(words, " ")
}

// TestJobs runs random graphs; the values do not depend on the number of jobs.
func TestJobs(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		stages := "- give: {number: 2}\n- give: {number: 3}\n"
		ids := []string{"give", "give_1"}
		for i := range 12 {
			id := fmt.Sprintf("s%d", i)
			stages += fmt.Sprintf("- add: {both: true}\n  id: %s\n  from: [%s, %s]\n", id, ids[random.IntN(len(ids))], ids[random.IntN(len(ids))])
			ids = append(ids, id)
		}
		first := ""
		for _, jobs := range []int{1, 2, 8} {
			outcomes, _, problems := executed(t, context.Background(), stages, Execution{Jobs: jobs})
			same(t, problems, "")
			if first == "" {
				first = values(outcomes)
			}
			same(t, values(outcomes), first)
		}
	}
}

func TestUntil(t *testing.T) {
	outcomes, w, _ := executed(t, context.Background(), "- give\n- add\n- give\n- tell\n- tell:\n  from: add\n", Execution{Jobs: 2, Until: "add"})
	if got := len(w.events); got != 4 {
		t.Errorf("%d events: %v", got, w.events)
	}
	for i, want := range []bool{true, true, false, false, false} {
		if outcomes[i].Wanted != want || (outcomes[i].Value != nil) != want {
			t.Errorf("%s: %+v", outcomes[i].Node.ID, outcomes[i])
		}
	}
}

// TestFailures lets one stage fail; what depends on it is skipped, once each,
// and the rest runs.
func TestFailures(t *testing.T) {
	const rest = "- add\n- add\n- give\n- tell\n- add: {both: true}\n  id: sum\n  from: [add_1, give_1]\n"
	cases := []struct{ stage, want string }{
		{"- give: {do: fail}\n", "GRA110 4:3 the disk is full"},
		{"- give: {do: refuse}\n", "TOY001 4:14 refused"},
		{"- give: {do: panic}\n", "BUG001 4:3 index 7 of 3"},
		{"- give: {do: nothing}\n", "BUG001 4:3 runtime error: invalid memory address or nil pointer dereference"},
		{"- give: {lie: true}\n", "BUG002 4:3 promised 1 examples, gave 2"},
	}
	for _, c := range cases {
		for _, jobs := range []int{1, 8} {
			outcomes, w, problems := executed(t, context.Background(), c.stage+rest, Execution{Jobs: jobs})
			same(t, problems, c.want)
			for _, o := range outcomes {
				failed := o.Node.ID == "give"
				depends := slices.Contains([]string{"add", "add_1", "sum"}, o.Node.ID)
				if (o.Value == nil) != (failed || depends) || (o.Err != nil) != failed || (o.Skipped == "give") != depends {
					t.Errorf("%s: %+v", o.Node.ID, o)
				}
			}
			slices.Sort(w.events)
			same(t, strings.Join(w.events, ", "), "done give_1, done tell, fail give, skip add for give, skip add_1 for give, skip sum for give, start give, start give_1, start tell")
		}
	}
}

// TestCancel stops a run while a stage works.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	checked, _ := toyChecked(t, "- give: {do: wait}\n- add\n- give\n")
	w := &stopper{stop: cancel}
	var problems diag.List
	outcomes := Execute(ctx, checked, Execution{Jobs: 1, Watch: w}, &problems)
	same(t, told(&problems), "")
	if !errors.Is(outcomes[0].Err, context.Canceled) && outcomes[0].Value == nil {
		t.Errorf("%+v", outcomes[0])
	}
	if outcomes[1].Value != nil || outcomes[1].Skipped != "" {
		t.Errorf("%+v", outcomes[1])
	}
	for _, event := range w.events {
		if strings.HasPrefix(event, "fail") || strings.HasPrefix(event, "skip") {
			t.Error(event)
		}
	}
}

// stopper stops the run when the first stage that waits starts.
type stopper struct {
	witness
	stop func()
}

func (s *stopper) Started(n *Node) {
	s.witness.Started(n)
	if n.Stage.(*give).Do == "wait" {
		s.stop()
	}
}

func TestFileNames(t *testing.T) {
	n := &Node{ID: "train_1"}
	if got := (&Run{Node: n, Alone: true}).File("history.csv"); got != "history.csv" {
		t.Error(got)
	}
	if got := (&Run{Node: n}).File("history.csv"); got != "train_1/history.csv" {
		t.Error(got)
	}
}
