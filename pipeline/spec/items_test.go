package spec

import (
	"fmt"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// listed tells a list of items in one line: "a=dot b=big_box(dot)".
func listed(items []Item) string {
	words := make([]string, len(items))
	for i, item := range items {
		words[i] = item.ID + "=" + item.Kind
		if item.From != nil {
			var from []string
			for _, ref := range item.From {
				from = append(from, ref.ID)
			}
			words[i] += "(" + strings.Join(from, ",") + ")"
		}
	}
	return strings.Join(words, " ")
}

func TestItems(t *testing.T) {
	cases := []struct{ name, text, items, problems string }{
		{"default ids", "- dot\n- dot\n- big-box: {count: 1}\n- dot:\n", "dot=dot dot_1=dot big_box=big_box dot_2=dot", ""},
		{"ids written pass over defaults", "- dot\n- dot\n- paint: x\n  id: dot_1\n", "dot=dot dot_2=dot dot_1=paint", ""},
		{"from", "- dot\n- dot\n- group: {}\n  from: [dot, dot_1]\n- dot:\n  from: group\n", "dot=dot dot_1=dot group=group(dot,dot_1) dot_2=dot(group)", ""},
		{"id twice", "- dot:\n  id: a\n- dot:\n  id: a\n", "a=dot a=dot", "GRA002 4:7-4:8 the second one (2:7-2:8 the first one)"},
		{"malformed id", "- dot:\n  id: A b\n", "dot=dot", "GRA001 2:7-2:10 the text \"A b\" cannot be an id"},
		{"number as id", "- dot:\n  id: 3\n", "dot=dot", "GRA001 2:7-2:8 3 cannot be an id"},
		{"unknown name", "- dot\n- paint: x\n  from: dor\n", "dot=dot paint=paint(dor)", "GRA003 3:9-3:12 no unit above is named dor"},
		{"name below", "- dot:\n  from: paint\n- paint: x\n", "dot=dot(paint) paint=paint", "GRA004 2:9-2:14 paint stands further down (3:3-3:8 it is defined here)"},
		{"own name", "- dot:\n  id: me\n  from: me\n", "me=dot(me)", "GRA004 3:9-3:11 this is the item's own name (2:7-2:9 its id)"},
		{"two bad names", "- dot\n- paint: x\n  from: [a, dot, b]\n", "dot=dot paint=paint(a,dot,b)", "GRA003 3:10-3:11 no unit above is named a\nGRA003 3:18-3:19 no unit above is named b"},
		{"unknown kind", "- dott\n- dot:\n  from: dot_7\n", "dott=dott dot=dot(dot_7)", "YML009 1:3-1:7 no unit is named dott"},
		{"no kind", "- id: a\n", "a=", "YML017 1:3-1:8 no kind is named"},
		{"empty map", "- {}\n", "", "YML017 1:3-1:5 no kind is named"},
		{"two kinds", "- dot:\n  paint: x\n", "=", "YML017 2:3-2:8 a second kind (1:3-1:6 the first one)"},
		{"settings beside", "- big_box:\n  count: 3\n  title: x\n", "=", "YML017 2:3-2:8 this stands beside the kind (1:3-1:10 the kind)"},
		{"reserved key misspelt", "- dot:\n  form: x\n", "=", "YML017 2:3-2:7 this cannot stand beside a kind (1:3-1:6 the kind)"},
		{"number", "- 3\n- dot\n", "dot=dot", "YML017 1:3-1:4 want a unit, got 3"},
		{"nothing", "-\n- dot\n", "dot=dot", "YML017 1:2-1:2 want a unit, got nothing"},
		{"map", "dot:\n", "", "YML005 1:1-1:5 want a list of units, got a map"},
		{"empty from", "- dot\n- dot:\n  from: []\n", "dot=dot dot_1=dot", "YML005 3:9-3:11 want the id of an item, or a list of them, got an empty list"},
		{"from number", "- dot\n- dot:\n  from: [1]\n", "dot=dot dot_1=dot", "YML005 3:10-3:11 want the id of an item, or a list of them, got 1"},
		{"allow", "- dot:\n  allow: [TRN001, x]\n", "dot=dot", "GRA005 2:19-2:20 the text \"x\" is no code"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			list := parsed(t, c.text)
			var problems diag.List
			equal(t, listed(Items(list, units, &problems)), c.items)
			equal(t, reported(&problems), c.problems)
			equal(t, listed(Items(list, units, nil)), c.items)
			for _, d := range problems.All() {
				if len(d.Help) == 0 {
					t.Errorf("%s has no way out", d.Code.ID)
				}
			}
		})
	}
}

func TestAllowedCodes(t *testing.T) {
	list := parsed(t, "- dot:\n  allow: [TRN001, TRN002, TRN999]\n")
	d := NewDecoder(nil).Allowing([]*diag.Code{{ID: "TRN001", Severity: diag.Warning}, {ID: "TRN002", Title: "an error"}})
	var problems diag.List
	items := d.Items(list, units, &problems)
	if got := fmt.Sprint(items[0].Allow); got != "[{TRN001 } {TRN002 } {TRN999 }]" {
		t.Error(got)
	}
	equal(t, reported(&problems), "GRA005 2:19-2:25 this is an error, not a warning\nGRA005 2:27-2:33 there is no code TRN999")
}

func TestItemPlaces(t *testing.T) {
	items := Items(parsed(t, "- dot\n- big_box: {count: 1}\n  id: b\n"), units, nil)
	equal(t, fmt.Sprint(place(items[0].Span), place(items[0].KindSpan), place(items[0].IDSpan)), "1:3-1:61:3-1:61:3-1:6")
	equal(t, fmt.Sprint(place(items[1].Span), " ", place(items[1].KindSpan), " ", place(items[1].IDSpan)), "2:3-3:8 2:3-2:10 3:7-3:8")
}

func BenchmarkItems(b *testing.B) {
	var problems diag.List
	list := Parse("f.yaml", strings.Repeat("- dot\n", 5000), &problems)
	for b.Loop() {
		Items(list, units, &problems)
	}
}
