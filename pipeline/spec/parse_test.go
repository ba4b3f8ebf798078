package spec

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// reported writes a list one line for each diagnostic, places without the file:
// "YML003 2:1-2:2 the second one (1:1 the first one)".
func reported(problems *diag.List) string {
	var lines []string
	for _, d := range problems.All() {
		line := d.Code.ID + " " + place(d.Primary.Span) + " " + d.Primary.Label
		for _, related := range d.Related {
			line += fmt.Sprintf(" (%s %s)", place(related.Span), related.Label)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func place(s diag.Span) string {
	if !s.HasPlace() {
		return "file"
	}
	return fmt.Sprintf("%d:%d-%d:%d", s.Start.Line, s.Start.Column, s.End.Line, s.End.Column)
}

func equal(t *testing.T, got, want string) {
	t.Helper()
	if strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// parsed reads a text in which nothing is wrong.
func parsed(t *testing.T, text string) *Node {
	t.Helper()
	var problems diag.List
	n := Parse("f.yaml", text, &problems)
	if problems.Len() > 0 || n == nil {
		t.Fatalf("%q: %s", text, reported(&problems))
	}
	return n
}

func TestRefusedTexts(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"tab", "a:\n\tb: 1\n", "YML002 2:1-2:2 a tab in line 2, column 1"},
		{"tab after a key", "a:\n  b: 1\n\tc: 2\n", "YML002 3:1-3:2 a tab in line 3, column 1"},
		{"tab after spaces", "a:\n  - x\n \t- y\n", "YML002 3:2-3:3 a tab in line 3, column 2"},
		{"open list", "a: 1\nb: [1, 2\nc: 3\n", "YML001 2:4-2:5 this list is not closed, or a comma is missing in it"},
		{"open list in a map", "a: {b: 1, c: [2, 3}\n", "YML001 1:14-1:15 this list is not closed, or a comma is missing in it"},
		{"open quotes", "a: 'x\nb: 2\n", "YML001 1:4-1:5 these quotes are not closed"},
		{"missing comma", "x: 1\na: [\"x\" \"y\"]\nb: 1\n", "YML001 2:1-2:13 this list is not closed, or a comma is missing in it"},
		{"variable in a map", "a: {b: 1, c: ${vars.n}}\n", "YML001 1:14-1:23 in a list or a map on one line, the { of ${ opens another map"},
		{"variable in a list", "a: ['${x}', ${env:N:-20}, 3]\n", "YML001 1:13-1:25 in a list or a map on one line, the { of ${ opens another map"},
		{"item without colon", "- dot\n  id: x\n", "YML001 2:3-2:8 this belongs to the item above, which ends without a colon"},
		{"extra bracket", "a: [1, 2]]\n", "YML001 1:10-1:11 this bracket closes nothing"},
		{"deeper key", "a: 1\n b: 2\n", "YML001 2:2-2:6 a colon cannot stand in this line"},
		{"colon in text", "a: b: c\n", "YML001 1:1-1:8 a colon cannot stand in this line"},
		{"key in a list", "a:\n  - x\n  y: 1\n", "YML001 3:3-3:7 this does not continue the list above it"},
		{"key without colon", "a: 1\nfoo\nb: 2\n", "YML001 2:1-2:4 a key without a colon"},
		{"pattern", "v: *.npy\n", "YML001 1:1-1:9 * and & at the start of a value name an anchor; no name follows"},
		{"unknown alias", "b: 1\nv: *npy\n", "YML001 2:4-2:8 no anchor above has this name"},
		{"at sign", "a: @x\n", "YML001 1:4-1:5 a value cannot begin with this character"},
		{"escape", `a: "\q"` + "\n", `YML001 1:1-1:8 a backslash with a meaning that does not exist`},
		{"list behind key", "a: - b\n", "YML001 1:1-1:7 a list entry cannot begin here"},
		{"tag", "a: !!str 3\n", "YML001 1:4-1:9 a tag"},
		{"list as key", "? [a]\n: 1\n", "YML001 1:3-1:6 this cannot be a key"},
		{"empty key", "a: 1\n? \n: 2\n", "YML001 2:2-2:2 a key is missing here"},
		{"two documents", "a: 1\n---\nb: 2\n", "YML014 2:1-2:4 a second document begins here"},
		{"control character", "a: 1\x07\n", "YML001 1:5-1:6 an invisible control character, U+0007"},
		{"not UTF-8", "a: \xff\n", "FIL006 file byte 4, in line 1, is not UTF-8"},
		{"zero bytes", "\x93NUMPY\x01\x00", "FIL006 file byte 1, in line 1, is not UTF-8"},
		{"binary in ASCII", "PK\x03\x04", "YML001 1:3-1:4 an invisible control character, U+0003"},
		{"empty", "", "FIL004 file it holds nothing but blank lines and comments, if anything"},
		{"comments", "# x\n\n", "FIL004 file it holds nothing but blank lines and comments, if anything"},
		{"duplicate", "a: 1\nb: 2\na: 3\n", "YML003 3:1-3:2 the second one (1:1-1:2 the first one)"},
		{"duplicate in brackets", "m: {a: 1, a: 2}\n", "YML003 1:11-1:12 the second one (1:5-1:6 the first one)"},
		{"alias in itself", "a: &x [*x]\n", "YML010 1:8-1:10 this stands inside of what it names"},
		{"merge of text", "a: &a b\nc: {<<: *a}\n", "YML010 2:9-2:11 this is not a map"},
		{"deep", strings.Repeat("[", 200) + strings.Repeat("]", 200), "YML001 1:102-1:102 this is more than 100 levels deep"},
		{"too deep for the library", strings.Repeat("[", 20000), "YML001 1:1-1:2 this is more than 100 levels deep"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var problems diag.List
			Parse("f.yaml", c.text, &problems)
			equal(t, reported(&problems), c.want)
			for _, d := range problems.All() {
				if len(d.Help) == 0 {
					t.Errorf("%s has no way out", d.Code.ID)
				}
			}
		})
	}
}

// TestComplaints holds every message that the YAML library has for a wrong text
// against ours: none may fall through to the general one.
func TestComplaints(t *testing.T) {
	for _, text := range []string{
		"a: [", "a: {", "a: {b", "[a, b: c", "a: 'b", "a: \"b", "a:\n- b\nc", "- a\n-b", "a: |1x\n", "a: |0\n b\n", "a: \"\\x\"", "a: \"\\ud800\"",
		"%FOO bar\n---\na: 1", "a: !x!y b", "a: !<b", "a: &", "a: *", "a: `b", "a: - b", "? a\n b: c", "a: [b]c", "a: b\n  c: d", "[a]\nb", "a: {b: c}}", "- a\n b", "a: ]", "a: }", "a: ,",
	} {
		var problems diag.List
		Parse("f.yaml", text, &problems)
		if got := reported(&problems); strings.Contains(got, "cannot be read as YAML") || strings.Contains(got, "yaml") {
			t.Errorf("%q: %s", text, got)
		}
	}
}

// TestSpans checks the places of every form of value: the marked text is what
// the span must cover.
func TestSpans(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"plain", "a: «some text»  # note\n", ""},
		{"several lines", "a: «some\n  more\n  text»\nb: 1\n", ""},
		{"single quotes", "a: «'it''s'» # note\n", ""},
		{"double quotes", "a: «\"say \\\"no\\\"\"»\n", ""},
		{"block", "a: «|\n  one\n\n  two»\nb: 1\n", ""},
		{"folded", "a: «>-\n  one\n  two»\n\nb: 1\n", ""},
		{"nothing", "a:«»\nb: 1\n", ""},
		{"nothing in brackets", "{a: «», b: 1}\n", ""},
		{"anchor", "a: &x «3»\n", ""},
		{"anchor of nothing", "a: &x«»\nb: 1\n", ""},
		{"list", "a: «[1, [2], 3 , ]» # note\n", ""},
		{"empty list", "a: «[ ]»\n", ""},
		{"list over lines", "a: «[1,\n  2 # two ]\n  ]»\n", ""},
		{"block list", "a:\n  «- 1\n  - 2»\n\nb: 1\n", ""},
		{"map", "a: «{b: 1, c}»\n", ""},
		{"block map", "a:\n  «b: 1\n  c: [2]»\nd: 1\n", ""},
		{"anchored map", "a: &x\n  «b: 1\n  c: 2»\n", ""},
		{"wide letters", "ä: [«日本語», x]\n", ""},
		{"carriage returns", "a: 1\r\nb: «two»\r\n", ""},
		{"byte order mark", "\ufeffa: «two»\n", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			start, end := strings.Index(c.text, "«"), strings.Index(c.text, "»")-len("«")
			text := strings.NewReplacer("«", "", "»", "").Replace(c.text)
			root := parsed(t, text)
			places := newLocator("f.yaml", strings.TrimPrefix(text, byteOrderMark))
			mark := len(text) - len(strings.TrimPrefix(text, byteOrderMark))
			want := places.span(start-mark, end-mark)
			found := false
			walk(root, func(n *Node) { found = found || n.Span == want })
			if !found {
				walk(root, func(n *Node) { t.Logf("%s at %s", n.Describe(), place(n.Span)) })
				t.Errorf("nothing is at %s", place(want))
			}
		})
	}
}

func walk(n *Node, visit func(*Node)) {
	visit(n)
	for _, item := range n.Items {
		walk(item, visit)
	}
	for _, entry := range n.Entries {
		walk(entry.Value, visit)
	}
}

func TestScalarTypes(t *testing.T) {
	for text, want := range map[string]Type{
		"3": Integer, "-3": Integer, "1_000": Integer, "0x1F": Integer, "3.5": Real, "1e-3": Real, "1e3": Real, ".5": Real, ".inf": Real,
		"true": Boolean, "false": Boolean, "on": Text, "yes": Text, "True": Text, "null": Null, "~": Null, "": Null,
		`"3"`: Text, "'true'": Text, "1.2.3": Text, "3 mm": Text, "2024-01-01": Text, "12:30": Text, "-": Text,
	} {
		if text == "-" {
			continue // a list entry
		}
		if got := parsed(t, "a: "+text+"\n").Entries[0].Value; got.Type != want {
			t.Errorf("%s is of type %d, want %d", text, got.Type, want)
		}
	}
}

func TestAliases(t *testing.T) {
	root := parsed(t, "x: &size [1, 2]\nb: *size\nc: {<<: &m {p: 1, q: 2}, q: 3}\nd:\n  <<: [*m, {q: 5, r: 6}]\n")
	b, _ := root.Get("b")
	equal(t, place(b.Span)+" "+place(b.Used), "1:10-1:16 2:4-2:9")
	c, _ := root.Get("c")
	d, _ := root.Get("d")
	equal(t, Render(c)+Render(d), "p: 1\nq: 3\np: 1\nq: 2\nr: 6\n")
	p, _ := d.Get("p")
	equal(t, place(p.Span)+" "+place(p.Used), "3:16-3:17 5:8-5:10")
}

// TestBomb repeats a list ten times in a list, seven times over.
func TestBomb(t *testing.T) {
	var text strings.Builder
	text.WriteString("a0: &a0 [x]\n")
	for i := range 7 {
		fmt.Fprintf(&text, "a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	}
	var problems diag.List
	if n := Parse("f.yaml", text.String(), &problems); n != nil {
		t.Error("a bomb was read")
	}
	if got := reported(&problems); !strings.HasPrefix(got, "YML010") || problems.Len() != 1 {
		t.Error(got)
	}
}

// TestMergeBomb puts a large map into many others.
func TestMergeBomb(t *testing.T) {
	var text strings.Builder
	text.WriteString("a: &a {")
	for i := range 1000 {
		fmt.Fprintf(&text, "k%d: 1, ", i)
	}
	text.WriteString("}\nb: [" + strings.Repeat("{<<: *a}, ", 2000) + "]\n")
	var problems diag.List
	if n := Parse("f.yaml", text.String(), &problems); n != nil || problems.Len() != 1 {
		t.Errorf("%d problems", problems.Len())
	}
}

// largeTexts are about as large as a file can be, each of another form.
func largeTexts() map[string]string {
	return map[string]string{
		"one line":   "a: [" + strings.Repeat("1, ", 50_000) + "]\n",
		"many keys":  "a: {" + numbered("k%d: 'v', ", 20_000) + "}\n",
		"many lines": numbered("k%d: v\n", 20_000),
		"comments":   strings.Repeat("# x\n", 50_000) + "a: 1\n",
		"wrong":      numbered("k%d: v\n", 20_000) + "foo\nb: 1\n",
		"wrong line": "a: [" + strings.Repeat("1, ", 50_000) + "\n",
		"quotes":     "a: [" + strings.Repeat("'x' ", 30_000),
	}
}

// TestLargeTexts reads large texts to their end, or says where they are wrong.
// Anything quadratic would take hours here.
func TestLargeTexts(t *testing.T) {
	right := []string{"one line", "many keys", "many lines", "comments"}
	for name, text := range largeTexts() {
		var problems diag.List
		n := Parse("f.yaml", text, &problems)
		if read := n != nil && problems.Len() == 0; read != slices.Contains(right, name) {
			t.Errorf("%s: read %v, %d problems", name, n != nil, problems.Len())
		}
	}
}

// BenchmarkLargeTexts tells how long they take.
func BenchmarkLargeTexts(b *testing.B) {
	for name, text := range largeTexts() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				var problems diag.List
				Parse("f.yaml", text, &problems)
			}
		})
	}
}

func numbered(format string, n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, format, i)
	}
	return text.String()
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"version: 1\nstages:\n  - phantom\n", "a: &x [1, *x]\n", "a: {<<: {b: 1}, c: \"\\u00e9\"}\n", "? a\n: |\n  b\n", "- - - a\n", "a: !!str b\n---\n", "\ufeffa: 'b''c'\n", "%YAML 1.2\n---\na: b\n...\n", "a: >+2\n    b\n\n", "{a: , b}", "a:\n\tb", "- &a\n- *a\n- ! b\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return
		}
		watchdog := time.AfterFunc(time.Minute, // a hang, on any machine
			func() { panic(fmt.Sprintf("%q takes too long", text)) })
		defer watchdog.Stop()
		var problems diag.List
		n := Parse("f.yaml", text, &problems)
		if n == nil && problems.Len() == 0 {
			t.Fatal("nothing was read and nothing said")
		}
		if n == nil {
			return
		}
		lines := strings.Count(text, "\n") + 1
		walk(n, func(n *Node) {
			if !n.Span.HasPlace() || n.Span.End.Compare(n.Span.Start) < 0 || n.Span.End.Line > lines {
				t.Fatalf("%s has the place %s in %d lines", n.Describe(), place(n.Span), lines)
			}
		})
		if problems.Len() > 0 {
			return
		}
		var again diag.List
		back := Parse("g.yaml", Render(n), &again)
		if back == nil || again.Len() > 0 {
			t.Fatalf("%q is written as %q, which is refused: %s", text, Render(n), reported(&again))
		}
		if difference(n, back) {
			t.Fatalf("%q is written as %q", text, Render(n))
		}
	})
}

// difference compares trees but for their places.
func difference(a, b *Node) bool {
	if a.Form != b.Form || a.Type != b.Type || a.Text != b.Text && a.Type != Null || len(a.Items) != len(b.Items) || len(a.Entries) != len(b.Entries) {
		return true
	}
	for i := range a.Items {
		if difference(a.Items[i], b.Items[i]) {
			return true
		}
	}
	for i := range a.Entries {
		if a.Entries[i].Key != b.Entries[i].Key || difference(a.Entries[i].Value, b.Entries[i].Value) {
			return true
		}
	}
	return false
}
