package spec

import (
	"reflect"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// TestShortItem: only what differs from the defaults is written, in one line, and
// it is read back.
func TestShortItem(t *testing.T) {
	usual, _ := units.New("big_box")
	changed := *usual.(*box)
	changed.Size, changed.Count = [3]int{3, 3, 3}, 4
	uneven := changed
	uneven.Size = [3]int{1, 2, 3}
	for _, c := range []struct {
		settings any
		from     []string
		allow    []diag.Allow
		want     string
	}{
		{&dot{}, nil, nil, "{dot: {}, id: it}"},
		{&changed, []string{"a"}, nil, "{big_box: {size: 3, count: 4}, id: it, from: a}"},
		{&uneven, []string{"a", "b"}, []diag.Allow{{Code: "TRN001"}}, "{big_box: {size: [1, 2, 3], count: 4}, id: it, from: [a, b], allow: [TRN001]}"},
		{&paint{Color: "${red}", Unit: &changed}, nil, nil, `{paint: {color: "$${red}", unit: {big_box: {size: 3, count: 4}}, edge: null}, id: it}`},
	} {
		text := Inline(decoder.ShortItem(units, "it", c.settings, c.from, c.allow))
		equal(t, text, c.want)
		var problems diag.List
		items := Items(Parse("f.yaml", "["+text+"]", &problems), units, nil)
		back, _ := units.New(items[0].Kind)
		decoder.DecodeItem(items[0], back, &problems)
		if p, is := back.(*paint); is {
			p.Color = p.Color[1:] // the sign that Load takes away
		}
		if problems.Len() > 0 || !reflect.DeepEqual(back, c.settings) {
			t.Errorf("%s is read as %+v, %s", text, back, reported(&problems))
		}
	}
}

// A text in place of the file is read as if it were its content.
func TestLoadOfAText(t *testing.T) {
	var problems diag.List
	file := Load("folder/none.yaml", Options{Text: "version: 1\nseed: 5\nruns: out\nstages: [dot]\n"}, &problems)
	if problems.Len() > 0 || file.Seed != 5 || file.Runs != "folder/out" || file.Name != "none" {
		t.Errorf("%+v, %s", file, reported(&problems))
	}
}
