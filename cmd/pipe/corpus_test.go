package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// faultCase is one config of the corpus: a fault that somebody once had, written
// in our language, or a healthy pipeline that over-eager checkers accuse. What
// belongs to it stands in the comment on top:
//
//	# rules: SPL001, FPR010    what names the fault; the others are true too
//	# phase: data              the earliest phase that can prove it
//	# data: blobs counts=10,10 the recipe of its files, see recipe
//	# prevented: …             why the language has no place for the fault
//	# refused: YML004          what an author gets who writes it all the same
//
// The lines that the fix changes end in "# mend".
type faultCase struct {
	id, title          string
	sources, rules     []string
	phase              string
	recipes            []string
	prevented, refused string
	mend               []int
	config             string
	text               string
	log                string
}

// looksOf are the commands that may prove a fault of a phase, the earliest first.
// Headers of files belong to what is static.
var looksOf = map[string][]string{
	"static":              {"check"},
	"static, in a header": {"check", "plan"},
	"data":                {"check", "plan", "doctor"},
	"run time":            {"check", "plan", "doctor", "run"},
}

// told is a diagnostic as the command gives it.
type told struct {
	Code, Severity, File string
	Line                 int
	Primary              string `json:"label"`
}

// outcome is what was found of a case.
type outcome struct {
	// code was reported by command in line; "" if none of the rules was.
	code, command string
	line          int
	// placed says that the fix changes this line.
	placed bool
	// via is what points there, where the code stands in a log.
	via string
	// others are what else was said at error or warning level.
	others []string
}

func corpus(t testing.TB) []faultCase {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", "corpus", "*.yaml"))
	if err != nil || len(paths) < 95 {
		t.Fatalf("the corpus has %d cases, want 95: %v", len(paths), err)
	}
	cases := make([]faultCase, len(paths))
	for i, path := range paths {
		cases[i] = readCase(t, path)
	}
	return cases
}

func readCase(t testing.TB, path string) faultCase {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := faultCase{id: strings.TrimSuffix(filepath.Base(path), ".yaml"), config: path, text: string(text)}
	if log := strings.TrimSuffix(path, ".yaml") + ".log"; exists(log) {
		c.log = log
	}
	for i, line := range strings.Split(c.text, "\n") {
		if strings.HasSuffix(line, "# mend") {
			c.mend = append(c.mend, i+1)
		}
		comment, is := strings.CutPrefix(line, "# ")
		if !is {
			continue
		}
		key, value, _ := strings.Cut(comment, ": ")
		switch key {
		case "source":
			c.sources = append(c.sources, value)
		case "rules":
			c.rules = strings.Split(value, ", ")
		case "phase":
			c.phase = value
		case "data":
			c.recipes = append(c.recipes, value)
		case "prevented":
			c.prevented = value
		case "refused":
			c.refused = value
		default:
			c.title = strings.TrimSpace(c.title + " " + comment)
		}
	}
	healthy := strings.HasPrefix(c.id, "K")
	if c.title == "" || !healthy && (c.rules == nil || looksOf[c.phase] == nil || c.mend == nil) || (c.prevented == "") != (c.refused == "") {
		t.Fatalf("%s lacks something", path)
	}
	return c
}

// lay writes the case into a folder with its files.
func (c faultCase) lay(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	config := filepath.Join(folder, c.id+".yaml")
	if err := os.WriteFile(config, []byte(c.text), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, text := range c.recipes {
		recipeOf(t, text).bake(t, folder)
	}
	return config
}

// findings runs a command and gives what it finds.
func findings(t testing.TB, args ...string) []told {
	t.Helper()
	_, stdout, stderr := say(append(args, "--format", "json")...)
	var given struct{ Diagnostics []told }
	if err := json.Unmarshal([]byte(stdout), &given); err != nil {
		t.Fatalf("%v: %v\n%s%s", args, err, stdout, stderr)
	}
	return given.Diagnostics
}

// look goes through the phases until one names the fault by the first of its rules,
// or else takes the first that names it by another one. The first rule counts
// wherever it points, those that are true too only at the place. Last, at run time, it
// reads the log that somebody posted beside the config: that has no line of the config,
// so the place is that of what was found in it before.
func (c faultCase) look(t testing.TB) outcome {
	t.Helper()
	config := c.lay(t)
	rules := c.rules
	if c.refused != "" {
		rules = []string{c.refused}
	}
	var o, known outcome // known is the first that names the fault by another rule
	for _, command := range looksOf[c.phase] {
		if command != "check" && c.recipes == nil {
			continue
		}
		words := []string{command, config}
		if command == "run" {
			words = append(words, "--run-dir", filepath.Join(filepath.Dir(config), "record"))
		}
		found := findings(t, words...)
		o = outcome{command: command}
		for k, rule := range rules {
			for _, f := range found {
				placed := slices.Contains(c.mend, f.Line)
				if f.Code == rule && f.Severity != "info" && (k == 0 || placed) && (o.code == "" || placed && !o.placed) {
					o.code, o.line, o.placed = f.Code, f.Line, placed
				}
			}
			if o.code != "" {
				break
			}
		}
		for _, f := range found {
			if f.Severity != "info" && f.Code != o.code && !slices.Contains(o.others, f.Code) {
				o.others = append(o.others, f.Code)
			}
		}
		if o.code == rules[0] && o.placed {
			return o
		}
		if o.code != "" && known.code == "" {
			known = o
		}
	}
	if c.log != "" && c.phase == "run time" && o.code != rules[0] {
		for _, f := range findings(t, "doctor", config, "--log", c.log) {
			if f.Code == rules[0] && f.Severity != "info" {
				return outcome{code: f.Code, command: "doctor --log", line: known.line, placed: known.placed, via: known.code, others: known.others}
			}
		}
	}
	if known.code != "" {
		return known
	}
	return o
}

// TestControls holds that nothing is said of healthy pipelines, whatever looks at
// them.
func TestControls(t *testing.T) {
	for _, c := range corpus(t) {
		if c.rules != nil {
			continue
		}
		t.Run(c.id, func(t *testing.T) {
			t.Parallel()
			config := c.lay(t)
			for _, command := range []string{"check", "plan", "doctor"} {
				for _, f := range findings(t, command, config) {
					if f.Severity != "info" {
						t.Errorf("pipe %s: %s in line %d: %s", command, f.Code, f.Line, f.Primary)
					}
				}
			}
		})
	}
}

// TestLogsOfTheCorpus holds that the numbers which people posted betray the fault
// without its config.
func TestLogsOfTheCorpus(t *testing.T) {
	read := 0
	for _, c := range corpus(t) {
		if c.log == "" {
			continue
		}
		read++
		found := findings(t, "doctor", "--log", c.log)
		if !slices.ContainsFunc(found, func(f told) bool { return slices.Contains(c.rules, f.Code) && strings.HasPrefix(f.Code, "FPR") }) {
			t.Errorf("%s: want a fingerprint of %v, got %v", c.log, c.rules, found)
		}
	}
	if read < 3 {
		t.Errorf("%d logs were read", read)
	}
}

// TestLogBesideItsConfig holds that a log is judged with what its config and labels tell:
// steps of two examples, and three classes that nothing declares.
func TestLogBesideItsConfig(t *testing.T) {
	var log strings.Builder
	log.WriteString("epoch,loss,accuracy\n")
	for epoch := range 20 {
		fmt.Fprintf(&log, "%d,%.3f,%.4f\n", epoch+1, 1.11-0.0005*float64(epoch), 0.3+0.04*float64(epoch%2))
	}
	path := filepath.Join(t.TempDir(), "history.csv")
	if err := os.WriteFile(path, []byte(log.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	config := readCase(t, filepath.Join("testdata", "corpus", "F184.yaml")).lay(t)
	found := findings(t, "doctor", config, "--log", path)
	if !slices.ContainsFunc(found, func(f told) bool { return f.Code == "RUN014" }) {
		t.Errorf("want RUN014, got %v", found)
	}
}
