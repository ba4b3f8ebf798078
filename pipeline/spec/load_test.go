package spec

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// loaded writes the files of an archive into a folder and loads main.yaml. The
// folder is cut out of what was reported.
func loaded(t *testing.T, archive string, o Options) (*File, string) {
	t.Helper()
	folder := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(folder, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var problems diag.List
	file := Load(filepath.Join(folder, "main.yaml"), o, &problems)
	var lines []string
	for _, d := range problems.All() {
		if file != nil && d.Primary.Span.HasPlace() {
			if _, ok := file.Source(d.Primary.Span.File); !ok {
				t.Errorf("no text for %s", d.Primary.Span.File)
			}
		}
		if len(d.Help) == 0 {
			t.Errorf("%s has no way out", d.Code.ID)
		}
		line := d.Code.ID + " " + d.Primary.Span.String() + " " + d.Primary.Label
		for _, related := range d.Related {
			line += fmt.Sprintf(" (%s %s)", related.Span, related.Label)
		}
		lines = append(lines, line)
	}
	return file, strings.ReplaceAll(strings.Join(lines, "\n"), folder+string(filepath.Separator), "")
}

func stagesOf(f *File) string {
	if f == nil || f.Stages == nil {
		return "none"
	}
	return Render(f.Stages)
}

const small = "-- main.yaml --\nversion: 1\nstages: [dot]\n"

func TestTopLevel(t *testing.T) {
	file, problems := loaded(t, small, Options{})
	equal(t, problems, "")
	if file.Name != "main" || file.Seed != 0 || file.Runs != "runs" || file.Text != "version: 1\nstages: [dot]\n" || filepath.Base(file.Folder()) == "." {
		t.Errorf("%+v", file)
	}
	file, problems = loaded(t, "-- main.yaml --\nversion: 1\nname: mri-2\nseed: 18446744073709551615\nruns: out\nx-note: {a: 1}\nstages: [dot]\n", Options{})
	equal(t, problems, "")
	if file.Name != "mri-2" || file.Seed != 1<<64-1 || file.Runs != filepath.Join(file.Folder(), "out") {
		t.Errorf("%+v", file)
	}
	cases := []struct{ text, want string }{
		{"version: 2\nstages: [dot]\n", "YML015 main.yaml:1:10 this program knows version 1 of the language, not 2"},
		{"version: '1'\nstages: [dot]\n", "YML005 main.yaml:1:10 want a whole number, got the text \"1\""},
		{"seed: -1\nstages: [dot]\n", "YML005 main.yaml:1:7 want a whole number, 0 or greater, got -1"},
		{"seed: 1.5\nname: 3\nstages: [dot]\n", "YML005 main.yaml:1:7 want a whole number, 0 or greater, got 1.5\nYML005 main.yaml:2:7 want text, got 3"},
		{"name: ../x\nstages: [dot]\n", "YML006 main.yaml:1:7 this cannot name a folder everywhere"},
		{"name: ''\nstages: [dot]\n", "YML006 main.yaml:1:7 this cannot name a folder everywhere"},
		{"stage: [dot]\nstages: [dot]\n", "YML004 main.yaml:1:1 this is no key of a pipeline"},
		{"version: 1\n", "YML007 main.yaml:1:1 the pipeline has no stages"},
		{"stages:\n", "YML007 main.yaml:1:8 the list of stages is empty"},
		{"stages: []\n", "YML007 main.yaml:1:9 the list of stages is empty"},
		{"- dot\n", "YML005 main.yaml:1:1 want the keys of a pipeline, got a list of 1"},
	}
	for _, c := range cases {
		_, problems := loaded(t, "-- main.yaml --\n"+c.text, Options{})
		equal(t, problems, c.want)
	}
}

func TestVariables(t *testing.T) {
	env := func(name string) (string, bool) {
		value, ok := map[string]string{"HOME": "/me", "EMPTY": ""}[name]
		return value, ok
	}
	cases := []struct{ name, text, stages, problems string }{
		{"keeps its type", "vars: {n: 3, l: [1, a]}\nstages: [{a: \"${vars.n}\", b: \"${vars.l}\", c: \"n=${vars.n}\"}]\n", "- a: 3\n  b: [1, a]\n  c: \"n=3\"\n", ""},
		{"in each other", "vars: {root: /d, file: \"${vars.root}/x.npy\", both: [\"${vars.file}\"]}\nstages: ['${vars.both}']\n", "-\n  - /d/x.npy", ""},
		{"parts of maps", "vars: {a: {b: {c: 3}}, d: \"${vars.a.b}\"}\nstages: [{x: '${vars.a.b.c}', y: '${vars.d.c}'}]\n", "- x: 3\n  y: 3\n", ""},
		{"environment", "stages: ['${env:HOME}/x', '${env:NO:-a}', '${env:EMPTY:-b}', '${env:EMPTY}', '${env:NO:-${env:NO:-${env:HOME}}}']\n", "[/me/x, a, b, \"\", /me]", ""},
		{"environment is text", "stages: ['${env:NO:-3}']\n", "[\"3\"]", ""},
		{"escape", "stages: ['$${vars.x}', 'a$${b}', '$5']\n", "[\"${vars.x}\", \"a${b}\", \"$5\"]", ""},
		{"unknown", "vars: {size: 1}\nstages: ['${vars.sizes}', x]\n", "[null, x]", "YML011 main.yaml:2:10 no variable is named sizes"},
		{"unknown part", "vars: {a: {b: 1}}\nstages: ['${vars.a.c}', '${vars.a.b.c}']\n", "[null, null]", "YML011 main.yaml:2:10 no variable is named a.c\nYML011 main.yaml:2:25 the variable has no part named c (main.yaml:1:15 the variable)"},
		{"none defined", "stages: ['${vars.a}']\n", "[null]", "YML011 main.yaml:1:10 no variable is named a"},
		{"circle", "vars: {a: '${vars.b}', b: 'x${vars.a}'}\nstages: ['${vars.a}']\n", "[null]", "YML011 main.yaml:1:27 a is defined by itself (main.yaml:1:11 on the way here)"},
		{"list in a text", "vars: {l: [1]}\nstages: ['x${vars.l}']\n", "[null]", "YML011 main.yaml:2:10 a list of 1 cannot be put into a text (main.yaml:1:11 the variable)"},
		{"open", "stages: ['${vars.a', '${']\n", "[null, null]", "YML012 main.yaml:1:10 a ${ without its }\nYML012 main.yaml:1:22 a ${ without its }"},
		{"neither", "stages: ['${size}', '${env:}', '${env:A B}']\n", "[null, null, null]", "YML012 main.yaml:1:10 \"${size}\" is neither a variable nor of the environment\nYML012 main.yaml:1:21 \"${env:}\" is neither a variable nor of the environment\nYML012 main.yaml:1:32 \"${env:A B}\" is neither a variable nor of the environment"},
		{"not set", "stages: ['${env:NO}']\n", "[null]", "YML013 main.yaml:1:10 NO is not set in the environment"},
		{"vars is a list", "vars: [1]\nstages: [dot]\n", "[dot]", "YML005 main.yaml:1:7 want names and their values, got a list of 1"},
		{"unused ones too", "vars: {a: '${env:NO}'}\nstages: [dot]\n", "[dot]", "YML013 main.yaml:1:11 NO is not set in the environment"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			file, problems := loaded(t, "-- main.yaml --\n"+c.text, Options{Env: env})
			equal(t, problems, c.problems)
			equal(t, strings.ReplaceAll(stagesOf(file), "- - ", "-\n  - "), strings.ReplaceAll(c.stages, "-\n  - /d/x.npy", "- [/d/x.npy]"))
		})
	}
}

// TestEnvironmentIsText says so where a number is wanted, instead of offering to
// take away quotes.
func TestEnvironmentIsText(t *testing.T) {
	env := func(string) (string, bool) { return "20", true }
	for _, written := range []string{`"${env:N}"`, "${env:N}"} {
		var problems diag.List
		root := Parse("f.yaml", "count: "+written+"\n", &problems)
		root = substitute(root, env, &problems)
		decoder.Decode(root, root.Span, &box{}, &problems)
		equal(t, reported(&problems), fmt.Sprintf("YML005 1:8-1:%d want a whole number, got the text \"20\"", 8+len(written)))
		if help := problems.All()[0].Help[0]; !strings.Contains(help.Text, "--set") || help.Edits != nil {
			t.Errorf("%s: %v", written, help)
		}
	}
}

// TestLinkToNothing names where a link leads, not the link as its own remedy.
func TestLinkToNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "main.yaml")
	if err := os.Symlink("gone.yaml", path); err != nil {
		t.Skip("no links here: ", err)
	}
	var problems diag.List
	Load(path, Options{}, &problems)
	d := problems.All()[0]
	if !strings.Contains(d.Primary.Label+strings.Join(d.Notes, ""), "a link to gone.yaml, which does not exist") || strings.Contains(d.Help[0].Text, "did you mean") {
		t.Error(d)
	}
}

// TestVariablePlaces points at a variable and at its use.
func TestVariablePlaces(t *testing.T) {
	file, _ := loaded(t, "-- main.yaml --\nvars:\n  n: 3.5\nstages:\n  - ${vars.n}\n", Options{})
	n := file.Stages.Items[0]
	equal(t, place(n.Span)+" "+place(n.Used), "2:6-2:9 4:5-4:14")
}

// TestVariableBomb doubles a list thirty times over, and a text.
func TestVariableBomb(t *testing.T) {
	for _, form := range []string{"  v%d: ['${vars.v%d}', '${vars.v%d}']\n", "  v%d: '${vars.v%d}${vars.v%d}'\n"} {
		text := "-- main.yaml --\nvars:\n  v0: x\n"
		for i := range 30 {
			text += fmt.Sprintf(form, i+1, i, i)
		}
		_, problems := loaded(t, text+"stages: ['${vars.v30}']\n", Options{})
		if !strings.HasPrefix(problems, "YML011") || strings.Count(problems, "\n") > 0 {
			t.Errorf("%.300s", problems)
		}
	}
}

func TestExtends(t *testing.T) {
	const base = "-- lib/base.yaml --\nversion: 1\nname: base\nruns: out\nvars: {a: 1, b: {c: 2, d: [1, 2]}}\nstages:\n  - ${vars.a}\n  - ${vars.b}\n"
	file, problems := loaded(t, "-- main.yaml --\nextends: lib/middle.yaml\nvars: {a: 5}\nseed: 3\n-- lib/middle.yaml --\nextends: base.yaml\nvars: {b: {d: [3]}}\n"+base, Options{})
	equal(t, problems, "")
	equal(t, stagesOf(file), "- 5\n- c: 2\n  d: [3]\n")
	if file.Name != "base" || file.Seed != 3 || file.Runs != filepath.Join(file.Folder(), "lib", "out") {
		t.Errorf("%+v", file)
	}
	file, problems = loaded(t, "-- main.yaml --\nextends: lib/base.yaml\nstages: [dot]\n"+base, Options{})
	equal(t, problems, "")
	equal(t, stagesOf(file), "[dot]")

	cases := []struct{ text, want string }{
		{"-- main.yaml --\nextends: bass.yaml\n-- base.yaml --\nstages: [dot]\n", "FIL001 main.yaml:1:10 there is no file bass.yaml"},
		{"-- main.yaml --\nextends: lib\n-- lib/x.yaml --\n", "FIL002 main.yaml:1:10 lib is a folder"},
		{"-- main.yaml --\nextends: main.yaml\n", "FIL005 main.yaml:1:10 this leads back to a file that is being read"},
		{"-- main.yaml --\nextends: a.yaml\n-- a.yaml --\nextends: b.yaml\n-- b.yaml --\nextends: ./a.yaml\n", "FIL005 b.yaml:1:10 this leads back to a file that is being read (a.yaml:1:10 it is extended from here on)"},
		{"-- main.yaml --\nextends: [a]\n", "YML005 main.yaml:1:10 want the path of a config, got a list of 1"},
		{"-- main.yaml --\nextends: '${vars.x}'\nvars: {x: a}\n", "YML011 main.yaml:1:10 extends is read before any variable is known"},
		{"-- main.yaml --\nextends: a.yaml\n-- a.yaml --\nstagse: [dot]\nstages: [dot]\n", "YML004 a.yaml:1:1 this is no key of a pipeline"},
		{"-- main.yaml --\nextends: a.yaml\n-- a.yaml --\n\ta: 1\n", "YML002 a.yaml:1:1 a tab in line 1, column 1"},
	}
	for _, c := range cases {
		_, problems := loaded(t, c.text, Options{})
		equal(t, problems, c.want)
	}
}

func TestSet(t *testing.T) {
	const file = "-- main.yaml --\nname: a\nvars: {n: 1}\nstages:\n  - dot\n  - dot: {size: 1, on: adam, list: [{dot: {x: 1}}, dot]}\n  - big-box:\n    id: box\n  - n: ${vars.n}\n"
	const before = "- dot\n- dot:\n    size: 1\n    on: adam\n    list:\n      - dot:\n          x: 1\n      - dot\n- big-box: null\n  id: box\n- n: 1\n"
	cases := []struct{ set, was, is, problems string }{
		{"dot_1.size=2", "size: 1", "size: 2", ""},
		{"dot_1.size=[1, 2]", "size: 1", "size: [1, 2]", ""},
		{"dot_1.size=", "size: 1", "size: null", ""},
		{"dot_1.size=a=b", "size: 1", "size: \"a=b\"", ""},
		{"dot.size=2", "- dot\n- dot:", "- dot:\n    size: 2\n- dot:", ""},
		{"box.a.b=2", "- big-box: null", "- big-box:\n    a:\n      b: 2", ""},
		{"dot_1.on.adam.rate=1e-3", "on: adam", "on:\n      adam:\n        rate: 1e-3", ""},
		{"dot_1.list.dot.x=5", "x: 1", "x: 5", ""},
		{"dot_1.list.dot_1.y=5", "      - dot\n", "      - dot:\n          y: 5\n", ""},
		{"vars.n=7", "n: 1", "n: 7", ""},
		{"dot_1.on.rate=1", "", "", "YML016 --set dot_1.on.rate=1:1:16 the setting is adam here, which has no parts (main.yaml:5:24 it is written here)"},
		{"vars.m=7", "", "", "YML016 --set vars.m=7:1:12 no variable is named m"},
		{"bix.a=2", "", "", "YML016 --set bix.a=2:1:7 no stage has this id"},
		{"box=2", "", "", "YML016 --set box=2:1:7 this is a stage"},
		{"nam=2", "", "", "YML016 --set nam=2:1:7 this cannot be set"},
		{"dot_1.list.dat.x=5", "", "", "YML016 --set dot_1.list.dat.x=5:1:18 no entry has this id"},
		{"dot.size", "", "", "YML016 --set dot.size:1:7 want a setting and its value"},
		{"=3", "", "", "YML016 --set =3:1:7 want a setting and its value"},
		{"dot.size=[1", "", "", "YML001 --set dot.size=[1:1:16 this list is not closed, or a comma is missing in it"},
		{"seed=x", "", "", "YML005 --set seed=x:1:12 want a whole number, 0 or greater, got the text \"x\""},
	}
	for _, c := range cases {
		t.Run(c.set, func(t *testing.T) {
			f, problems := loaded(t, file, Options{Set: []string{c.set}})
			equal(t, problems, c.problems)
			equal(t, stagesOf(f), strings.Replace(before, c.was, c.is, 1))
		})
	}
	f, problems := loaded(t, file, Options{Set: []string{"seed=7", "name=b", "runs=out", "seed=8"}})
	equal(t, problems, "")
	if f.Seed != 8 || f.Name != "b" || f.Runs != "out" {
		t.Errorf("%+v", f)
	}
}

// TestSetPlaces points into the text of the command line.
func TestSetPlaces(t *testing.T) {
	f, _ := loaded(t, small, Options{Set: []string{"dot.size=[1, x]"}})
	_, settings := f.Stages.Items[0].Entry("dot")
	if !settings {
		t.Fatal(stagesOf(f))
	}
	dot, _ := f.Stages.Items[0].Get("dot")
	size, _ := dot.Entry("size")
	equal(t, size.KeySpan.File+" "+place(size.KeySpan)+" "+place(size.Value.Items[1].Span), "--set dot.size=[1, x] 1:11-1:15 1:20-1:21")
}

func TestFiles(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, size int) string {
		path := filepath.Join(folder, name)
		f, err := os.Create(path)
		if err == nil {
			err = f.Truncate(int64(size))
		}
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		return path
	}
	locked := write("locked.yaml", 10)
	if err := os.Chmod(locked, 0); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(folder, "lockd.yaml"):  "FIL001",
		folder:                               "FIL002",
		write("large.yaml", 100<<20):         "FIL003",
		write("empty.yaml", 0):               "FIL004",
		write("zeros.yaml", 100):             "FIL006",
		filepath.Join(locked, "inside.yaml"): "FIL002",
	} {
		var problems diag.List
		Load(path, Options{}, &problems)
		if got := reported(&problems); problems.Len() != 1 || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if os.Getuid() != 0 { // root may read everything
		var problems diag.List
		Load(locked, Options{}, &problems)
		if got := reported(&problems); !strings.HasPrefix(got, "FIL002") {
			t.Error(got)
		}
	}
}

func TestDefaultName(t *testing.T) {
	for path, want := range map[string]string{"configs/mri.yaml": "mri", "a b.yml": "a_b", "-": "pipeline", ".yaml": "pipeline", "my.net.yaml": "my.net", "ü.yaml": "_"} {
		if got := defaultName(path); got != want || !folderName.MatchString(got) {
			t.Errorf("%s is named %s, want %s", path, got, want)
		}
	}
}

func FuzzSubstitute(f *testing.F) {
	for _, seed := range []string{"${vars.a}", "${env:A:-${vars.b}}", "$${", "${vars.c.d}x${env:B}", "${${}}"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 1000 {
			return
		}
		root := &Node{Form: Map, Entries: []Entry{
			{Key: "vars", Value: &Node{Form: Map, Entries: []Entry{{Key: "a", Value: textNode(a)}, {Key: "b", Value: textNode(b)}, {Key: "c", Value: textList([]string{a, b})}}}},
			{Key: "stages", Value: textList([]string{a, b})},
		}}
		var problems diag.List
		substitute(root, func(name string) (string, bool) { return "e", name == "A" }, &problems)
	})
}
