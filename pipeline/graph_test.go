package pipeline

import (
	"strings"
	"testing"
)

func same(t *testing.T, got, want string) {
	t.Helper()
	if strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestBuild(t *testing.T) {
	cases := []struct{ name, stages, graph, problems string }{
		{"nearest above", "- give\n- add\n- tell\n- add\n", "give add(give) tell(add) add_1(add)", ""},
		{"from", "- give\n- give\n- add: {both: true}\n  from: [give, give_1]\n- add:\n  from: give\n", "give give_1 add(give,give_1) add_1(give)", ""},
		{"from names one of two", "- give\n- give\n- add: {both: true}\n  from: give\n", "give give_1 add(give,give_1)", ""},
		{"no input", "- add\n", "add", "GRA101 4:3 this takes a dataset"},
		{"no model", "- give\n- judge\n", "give judge", "GRA101 5:3 this takes a trained model"},
		{"report for dataset", "- give\n- tell\n- add:\n  from: tell\n", "give tell(give) add(give)", "GRA102 7:9 tell gives a report (5:3 defined here)"},
		{"too many", "- give\n- give\n- add:\n  from: [give, give_1]\n", "give give_1 add(give)", "GRA102 7:16 give_1 gives a dataset (5:3 defined here)"},
		{"takes nothing", "- give\n- give:\n  from: give\n", "give give_1", "GRA102 6:9 give gives a dataset (4:3 defined here)"},
		{"below", "- add:\n  from: give\n- give\n", "add give", "GRA004 5:9 give stands further down (6:3 it is defined here)"},
		// One cause, one error: what may have been meant to give the input is
		// unknown.
		{"unknown kind", "- give\n- gve: {number: 3}\n- add\n- tell\n", "give gve add tell(add)", "YML009 5:3 no stage is named gve"},
		{"unknown first", "- gve\n- add\n", "gve add", "YML009 4:3 no stage is named gve"},
		{"bad setting", "- give: {number: x}\n- add\n- tell\n", "give add(give) tell(add)", "YML005 4:18 want a whole number, got the text \"x\""},
		{"unknown code", "- give:\n  allow: [TOY009]\n", "give", "GRA005 5:11 there is no code TOY009"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			checked, problems := toyChecked(t, c.stages)
			same(t, joined(checked.Graph), c.graph)
			same(t, problems, c.problems)
		})
	}
}

func TestFindAndAlone(t *testing.T) {
	checked, _ := toyChecked(t, "- give\n- add\n- add\n")
	n, ok := checked.Find("add_1")
	if !ok || n.ID != "add_1" || checked.Alone(n) || !checked.Alone(checked.Nodes[0]) {
		t.Errorf("found %v", n)
	}
	if _, ok := checked.Find("nobody"); ok {
		t.Error("found nobody")
	}
}

func TestPlaces(t *testing.T) {
	checked, _ := toyChecked(t, "- give: {number: 2}\n- give\n")
	if at := checked.Nodes[0].At("number"); at.Start.Column != 18 || !checked.Nodes[0].Given("number") {
		t.Errorf("number is at %v", at)
	}
	if at := checked.Nodes[0].At("lie"); at.Start.Column != 3 || checked.Nodes[0].Given("lie") {
		t.Errorf("lie is at %v", at)
	}
	if o := checked.Nodes[1].Origin("number"); o.Stage != "give_1" || o.Span.Start.Line != 5 {
		t.Errorf("the origin is %v", o)
	}
}
