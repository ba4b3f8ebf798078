package spec

import (
	"testing"

	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// edited makes edits in a text as they are made in files.
func edited(text string, edits []diag.Edit) string {
	if edits == nil {
		return "nothing"
	}
	return diag.Apply(text, diag.Tidy(text, edits))
}

func TestAddingAndRemoving(t *testing.T) {
	for _, c := range []struct{ text, added, removed string }{
		{"a: {b: 1, c: 2} # c\n", "a: {b: 1, c: 2, new: 3} # c\n", "a: {c: 2} # c\n"},
		{"a: {b: 1}\n", "a: {b: 1, new: 3}\n", "a: {}\n"},
		{"a: {}\n", "a: {new: 3}\n", "nothing"},
		{"a:\n  # first\n  b: 1\n  c: 2\n", "a:\n  # first\n  new: 3\n  b: 1\n  c: 2\n", "a:\n  # first\n  c: 2\n"},
		{"a:\n    b:\n      d: 1\n", "a:\n    new: 3\n    b:\n      d: 1\n", "a:\n"},
		{"a: {b: {d: 1}}\n", "a: {b: {d: 1}, new: 3}\n", "a: {}\n"},
		{"a: {b: [1,\n  2]}\n", "a: {b: [1,\n  2], new: 3}\n", "a: {}\n"},
		{"a: word\n", "a: word: {new: 3}\n", "nothing"}, // in a list it is an item; here it is for the reading to refuse
		{"a: 'word'\n", "nothing", "nothing"},
		{"a: [b]\n", "nothing", "nothing"},
		{"x: &x {b: 1}\na: *x\n", "nothing", "nothing"},
		{"x: &x 7\na: {b: *x}\n", "x: &x 7\na: {b: *x, new: 3}\n", "x: &x 7\na: {}\n"},
	} {
		n, _ := Parse("f", c.text, &diag.List{}).Get("a")
		if got := edited(c.text, Adding(n, "new", "3")); got != c.added {
			t.Errorf("added to %q: %q, want %q", c.text, got, c.added)
		}
		if got := edited(c.text, Removing(n, "b")); got != c.removed {
			t.Errorf("removed from %q: %q, want %q", c.text, got, c.removed)
		}
	}
	if Adding(nil, "a", "1") != nil || Removing(nil, "a") != nil {
		t.Error("nothing can be edited")
	}
}

func TestEditsOfItems(t *testing.T) {
	table := kind.NewTable("stage", nil)
	for _, c := range []struct{ text, above, below, without, adding string }{
		{
			"- a\n# of b\n- b: {c: 1} # b\n- c\n",
			"- a\n# of b\n- x\n- b: {c: 1} # b\n- c\n", "- a\n# of b\n- b: {c: 1} # b\n- x\n- c\n", "- a\n# of b\n- c\n", "- a\n# of b\n- b: {c: 1, k: v} # b\n- c\n",
		},
		{"- a\n- b\n", "- a\n- x\n- b\n", "- a\n- b\n- x\n", "- a\n", "- a\n- b: {k: v}\n"},
		{
			"  -  a\n  -  b:\n       c: 1\n     id: d\n",
			"  -  a\n  - x\n  -  b:\n       c: 1\n     id: d\n", "  -  a\n  -  b:\n       c: 1\n     id: d\n  - x\n", "  -  a\n", "  -  a\n  -  b:\n       k: v\n       c: 1\n     id: d\n",
		},
		{"[a, b: {c: 1}, c]\n", "[a, x, b: {c: 1}, c]\n", "[a, b: {c: 1}, x, c]\n", "[a, c]\n", "[a, b: {c: 1, k: v}, c]\n"},
		{"[a,\n {b: {c: 1}, id: d}]\n", "[a,\n x, {b: {c: 1}, id: d}]\n", "[a,\n {b: {c: 1}, id: d}, x]\n", "[a]\n", "[a,\n {b: {c: 1, k: v}, id: d}]\n"},
		{"[a, b]\n", "[a, x, b]\n", "[a, b, x]\n", "[a]\n", "[a, b: {k: v}]\n"},
	} {
		item := Items(Parse("f", c.text, &diag.List{}), table, nil)[1]
		for name, pair := range map[string][2]string{
			"above": {edited(c.text, item.Above("x")), c.above}, "below": {edited(c.text, item.Below("x")), c.below},
			"without": {edited(c.text, item.Without()), c.without}, "adding": {edited(c.text, item.Adding("k", "v")), c.adding},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s, in %q: %q, want %q", name, c.text, pair[0], pair[1])
			}
		}
	}
	for _, c := range []struct{ text, want string }{
		{"- a # first\n- b\n# of c\n- c: {d: 1} # third\n- e\n", "- a # first\n- c: {d: 1} # third\n- b\n# of c\n- e\n"},
		{"- a\n- b\n- c:\n    d: 1\n  id: x\n", "- a\n- c:\n    d: 1\n  id: x\n- b\n"},
		{"[a, b, c: {d: 1}]\n", "[a, c: {d: 1}, b]\n"},
		{"- a\r\n- b\r\n- c\r\n", "- a\r\n- c\r\n- b\r\n"},
	} {
		items := Items(Parse("f", c.text, &diag.List{}), table, nil)
		if got := edited(c.text, items[2].MovedBelow(items[0])); got != c.want {
			t.Errorf("moved up in %q: %q, want %q", c.text, got, c.want)
		}
		if back := edited(c.text, items[0].MovedBelow(items[2])); back == "nothing" || back == c.text {
			t.Errorf("moved down in %q: %q", c.text, back)
		}
		if items[0].MovedBelow(items[0]) != nil {
			t.Error("an item is moved below itself")
		}
	}
	for text, want := range map[string]string{"a: [b, c: 1] # d\n": "a: [b, c: 1, x] # d\n", "a:\n  - b # d\nc: 1\n": "a:\n  - b # d\n  - x\nc: 1\n", "a: []\n": "nothing", "a: b\n": "nothing"} {
		n, _ := Parse("f", text, &diag.List{}).Get("a")
		if got := edited(text, Appending(n, "x")); got != want {
			t.Errorf("appended to %q: %q, want %q", text, got, want)
		}
	}
	var none Item
	if none.MovedBelow(none) != nil {
		t.Error("an item that stands nowhere is moved")
	}
	if none.Above("x") != nil || none.Below("x") != nil || none.Without() != nil || none.Adding("k", "v") != nil || none.Removing("k") != nil {
		t.Error("an item that stands nowhere is edited")
	}
}
