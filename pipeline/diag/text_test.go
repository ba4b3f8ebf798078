package diag

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what the renderer gives into the goldens")

// texts are sources held in memory.
type texts map[string]string

func (t texts) Source(file string) (string, bool) { text, ok := t[file]; return text, ok }

// at finds the nth place of a word in a file; "here" stretches never wrap.
func at(t *testing.T, sources texts, file, word string, nth int) Span {
	t.Helper()
	for i, line := range strings.Split(sources[file], "\n") {
		from := 0
		for {
			found := strings.Index(line[from:], word)
			if found < 0 {
				break
			}
			if nth--; nth == 0 {
				column := len([]rune(line[:from+found])) + 1
				return Span{file, Position{i + 1, column}, Position{i + 1, column + len([]rune(word))}}
			}
			from += found + len(word)
		}
	}
	t.Fatalf("no %q in %s", word, file)
	return Span{}
}

var (
	classCount = &Code{ID: "OUT001", Title: "the model and the labels disagree about the number of classes"}
	unread     = &Code{ID: "FIL001", Title: "the config file does not exist"}
	rate       = &Code{ID: "TRN001", Severity: Warning, Title: "the learning rate is high"}
)

func render(t *testing.T, sources Sources, color bool, diagnostics ...Diagnostic) string {
	t.Helper()
	var list List
	for _, d := range diagnostics {
		list.Add(d)
	}
	var out bytes.Buffer
	if err := Text(&out, &list, sources, color); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestDesignExample holds the form of a message to the letter.
func TestDesignExample(t *testing.T) {
	lines := make([]string, 18)
	lines[8] = "  - label_encode: {classes: 10}"
	lines[17] = "      - dense: {units: 12, activation: softmax}"
	sources := texts{"configs/mri.yaml": strings.Join(lines, "\n")}
	d := New(classCount, at(t, sources, "configs/mri.yaml", "12", 1), "the model ends in 12 values").
		And(at(t, sources, "configs/mri.yaml", "10", 1), "the labels have 10 classes").
		Note("the shapes on the way: conv3d [N,14,14,14,32], max_pool3d [N,7,7,7,32], flatten [N,10976], dense [N,12]").
		Suggest("give the last layer 10 units")
	const want = `error[OUT001]: the model and the labels disagree about the number of classes
  --> configs/mri.yaml:18:24
   |
 9 |   - label_encode: {classes: 10}
   |                             -- the labels have 10 classes
...
18 |       - dense: {units: 12, activation: softmax}
   |                        ^^ the model ends in 12 values
   |
   = the shapes on the way: conv3d [N,14,14,14,32], max_pool3d [N,7,7,7,32], flatten [N,10976], dense [N,12]
help: give the last layer 10 units

1 error
`
	if got := render(t, sources, false, d); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestGoldens renders one list for every file of testdata: the sources come
// from the golden itself, which ends in what must be printed.
func TestGoldens(t *testing.T) {
	const a, b = "a.yaml", "b.yaml"
	wide := strings.Repeat("x", 90)
	cases := []struct {
		name    string
		sources texts
		color   bool
		list    func(sources texts) []Diagnostic
	}{
		{"stacked", texts{a: "  - split: {train: 0.8, validation: 0.3, test: 0.1}\n"}, false, func(s texts) []Diagnostic {
			return []Diagnostic{New(classCount, at(t, s, a, "0.3", 1), "this share").
				And(at(t, s, a, "0.8", 1), "and this one").And(at(t, s, a, "0.1", 1), "together with this").
				Note("0.8 + 0.3 + 0.1 = 1.2")}
		}},
		{"nested", texts{a: "to: [4, 5, 6]\n"}, false, func(s texts) []Diagnostic {
			return []Diagnostic{New(classCount, at(t, s, a, "5", 1), "this axis").And(at(t, s, a, "[4, 5, 6]", 1), "of this shape")}
		}},
		{"same-place", texts{a: "units: 3\n"}, false, func(s texts) []Diagnostic {
			return []Diagnostic{New(classCount, at(t, s, a, "3", 1), "three here").And(at(t, s, a, "3", 1), "said twice")}
		}},
		{"near-lines", texts{a: "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"}, false, func(s texts) []Diagnostic {
			return []Diagnostic{New(classCount, at(t, s, a, "three", 1), "gap of one above").
				And(at(t, s, a, "one", 1), "").And(at(t, s, a, "four", 1), "next line").And(at(t, s, a, "seven", 1), "gap of two above")}
		}},
		{"two-files", texts{a: "x\nextends: b.yaml\n", b: strings.Repeat("\n", 119) + "epochs: 3\n"}, false, func(s texts) []Diagnostic {
			return []Diagnostic{
				New(rate, at(t, s, a, "b.yaml", 1), "merged here").And(at(t, s, b, "3", 1), "written here").Suggest("lower it").Suggest("or leave it\nand wait"),
				New(unread, Span{File: "c.yaml"}, "").Suggest("check the path"),
			}
		}},
		{"no-place", texts{}, false, func(texts) []Diagnostic {
			return []Diagnostic{
				New(unread, Span{}, "nothing is known").Note("at all"),
				New(unread, Span{"gone.yaml", Position{3, 4}, Position{3, 9}}, "the text is not at hand").As(Info),
			}
		}},
		{"wide-runes", texts{a: "\tname: 脳腫瘍, e\u0301a: 1\n"}, false, func(s texts) []Diagnostic {
			return []Diagnostic{New(classCount, at(t, s, a, "1", 1), "after wide runes").And(at(t, s, a, "脳腫瘍", 1), "three runes, six columns")}
		}},
		{"several-lines", texts{a: "stages:\n  - model:   \n      layers: []\n"}, false, func(s texts) []Diagnostic {
			from := at(t, s, a, "model", 1)
			return []Diagnostic{New(classCount, Span{a, from.Start, Position{3, 17}}, "the whole stage")}
		}},
		{"end-of-line", texts{a: "layers: [flatten\n"}, false, func(s texts) []Diagnostic {
			return []Diagnostic{New(classCount, Span{a, Position{1, 17}, Position{1, 17}}, "a bracket is missing here")}
		}},
		{"long-line", texts{a: wide + wide + "[here]" + wide + wide + "\nshort\n" + "start" + wide + wide}, false, func(s texts) []Diagnostic {
			return []Diagnostic{
				New(classCount, at(t, s, a, "[here]", 1), "in the middle"),
				New(classCount, at(t, s, a, "start", 1), "at the start"),
			}
		}},
		{"control", texts{a: "name: \x1b[31mred\u202etxt\r\n"}, false, func(s texts) []Diagnostic {
			return []Diagnostic{New(classCount, at(t, s, a, "red", 1), "an \x1b escape")}
		}},
		{"color", texts{a: "epochs: 3\nrate: 1\n"}, true, func(s texts) []Diagnostic {
			return []Diagnostic{
				New(classCount, at(t, s, a, "3", 1), "primary").And(at(t, s, a, "1", 1), "related").Note("a note").Suggest("a way out"),
				New(rate, at(t, s, a, "1", 1), "too high"),
			}
		}},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			got := render(t, test.sources, test.color, test.list(test.sources)...)
			path := filepath.Join("testdata", "text.txtar")
			if *update {
				write(t, path, test.name, got)
				return
			}
			if want := golden(t, path, test.name); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// golden reads one case of an archive; escape characters are written as ESC.
func golden(t *testing.T, path, name string) string {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archive.Files {
		if file.Name == name {
			return strings.ReplaceAll(string(file.Data), "ESC", "\x1b")
		}
	}
	t.Fatalf("no %s in %s", name, path)
	return ""
}

func write(t *testing.T, path, name, text string) {
	t.Helper()
	archive := &txtar.Archive{}
	if old, err := txtar.ParseFile(path); err == nil {
		archive = old
	}
	file := txtar.File{Name: name, Data: []byte(strings.ReplaceAll(text, "\x1b", "ESC"))}
	for i := range archive.Files {
		if archive.Files[i].Name == name {
			archive.Files[i] = file
			file.Name = ""
		}
	}
	if file.Name != "" {
		archive.Files = append(archive.Files, file)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}
