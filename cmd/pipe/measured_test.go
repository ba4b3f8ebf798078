package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

// measuredPage is the page that TestMeasured makes from the corpus and the mutants.
var measuredPage = filepath.Join(root, "pipeline", "diag", "MEASURED.md")

// thorough says that a case or a mistake is measured to the end, which of all takes
// minutes: PIPE_CORPUS is full, or a part of the name. Otherwise what needs the longer
// trainings is taken from the page as it is.
func thorough(name string) bool {
	asked := os.Getenv("PIPE_CORPUS")
	return asked == "full" || asked != "" && strings.Contains(name, asked)
}

// page is MEASURED.md as it is: the cells of its tables by the first one of a row.
type page map[string][]string

func readPage(t testing.TB) page {
	t.Helper()
	text, err := os.ReadFile(measuredPage)
	if err != nil && os.Getenv("UPDATE") == "" {
		t.Fatal(err)
	}
	rows := make(page)
	for _, line := range strings.Split(string(text), "\n") {
		if cells := strings.Split(line, " | "); strings.HasPrefix(line, "| ") && len(cells) > 1 {
			cells[0] = strings.TrimPrefix(cells[0], "| ")
			cells[len(cells)-1] = strings.TrimSuffix(cells[len(cells)-1], " |")
			rows[cells[0]] = cells
		}
	}
	return rows
}

// measured is a case and what was found of it.
type measured struct {
	faultCase
	outcome
}

// kind is the phase without where it looks.
func (m measured) kind() string {
	kind, _, _ := strings.Cut(m.phase, ",")
	return kind
}

// row is the case's line in the page.
func (m measured) row() []string {
	at := "-"
	if m.code != "" {
		at = "line " + strconv.Itoa(m.line)
		if !m.placed {
			at += ", not the fix's"
		}
		if m.via != "" {
			at += " by " + m.via
		}
	}
	expected := strings.Join(m.rules[:min(len(m.rules), 3)], ", ")
	if len(m.rules) > 3 {
		expected += ", …"
	}
	others := strings.Join(m.others, ", ")
	if others == "" {
		others = "-"
	}
	return []string{m.id, m.title, expected, m.kind(), orDash(m.code), orDash(m.command), at, others}
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// fromRow is what the page says of a case.
func (c faultCase) fromRow(cells []string) (outcome, bool) {
	if len(cells) != 8 {
		return outcome{}, false
	}
	o := outcome{code: strings.TrimPrefix(cells[4], "-"), command: strings.TrimPrefix(cells[5], "-")}
	at := regexp.MustCompile(`[0-9]+`).FindString(cells[6])
	o.line, _ = strconv.Atoi(at)
	o.placed = slices.Contains(c.mend, o.line)
	if cells[7] != "-" {
		o.others = strings.Split(cells[7], ", ")
	}
	return o, true
}

// long are the cases whose first steps take seconds.
var long = []string{"F112", "F152", "F171", "F172", "F175"}

// measureCorpus looks at every case, at the long ones if all is to be measured.
func measureCorpus(t *testing.T, now page) []measured {
	t.Helper()
	var list []measured
	for _, c := range corpus(t) {
		if c.rules != nil {
			list = append(list, measured{faultCase: c})
		}
	}
	t.Run("corpus", func(t *testing.T) {
		for i := range list {
			m := &list[i]
			if o, known := m.fromRow(now[m.id]); known && !thorough(m.id) && slices.Contains(long, m.id) {
				m.outcome = o
				continue
			}
			t.Run(m.id, func(t *testing.T) {
				t.Parallel()
				m.outcome = m.look(t)
				m.hold(t)
			})
		}
	})
	return list
}

// hold fails unless the fault is named, no later than it can be, at the place that
// its fix changes; or, if the language has no place for it, refused there.
func (m measured) hold(t testing.TB) {
	t.Helper()
	switch {
	case m.code == "":
		t.Errorf("want %v in line %v, got %v by %s", m.rules, m.mend, m.others, m.command)
	case !m.placed:
		t.Errorf("%s is reported in line %d by %s, want line %v", m.code, m.line, m.command, m.mend)
	}
}

// measureMutants judges every mutant, those that need a training if all is to be
// measured. The verdicts are by operator and base.
func measureMutants(t *testing.T, now page) map[string]map[string]verdict {
	t.Helper()
	verdicts := make(map[string]map[string]verdict)
	var mu sync.Mutex
	t.Run("mutants", func(t *testing.T) {
		for _, o := range operators {
			verdicts[o.name] = make(map[string]verdict)
			for k, b := range bases {
				m := b.healthy(t)
				if !o.change(m) {
					continue
				}
				if cells := now[o.name]; len(cells) == len(bases)+1 && !thorough(o.name) {
					if v, quick := verdictOf(cells[k+1]); !quick {
						mu.Lock()
						verdicts[o.name][b.name] = v
						mu.Unlock()
						continue
					}
				}
				t.Run(o.name+"/"+b.name, func(t *testing.T) {
					t.Parallel()
					commands := []string{"check", "plan", "doctor", "run"}
					if o.sameOn(b.name) != "" {
						commands = commands[:3] // a run of the base has been looked at
					}
					v := m.judge(t, commands...)
					mu.Lock()
					defer mu.Unlock()
					verdicts[o.name][b.name] = v
				})
			}
		}
	})
	return verdicts
}

// cell is a verdict in the page.
func (v verdict) cell(same string) string {
	switch {
	case v.codes == nil && same != "":
		return "="
	case v.codes == nil:
		return "not seen"
	}
	listed := v.codes[:min(len(v.codes), 2)]
	text := strings.Join(listed, ", ")
	if len(v.codes) > len(listed) {
		text += ", …"
	}
	if same != "" {
		text = "= but " + text
	}
	return text + " (" + v.command + ")"
}

// verdictOf reads a cell back; quick says that it takes no training to see it anew.
func verdictOf(cell string) (v verdict, quick bool) {
	said, command, given := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(cell, "= but "), ")"), " (")
	if !given {
		return verdict{}, false
	}
	return verdict{strings.Split(said, ", "), command}, command == "check" || command == "plan"
}

// TestMeasured holds that MEASURED.md says what is found of the corpus and the
// mutants, and that it is enough. UPDATE=1 writes it, PIPE_CORPUS=full measures also
// what takes longer.
func TestMeasured(t *testing.T) {
	now := readPage(t)
	cases := measureCorpus(t, now)
	verdicts := measureMutants(t, now)
	if t.Failed() {
		return // the subtests say what is missing
	}
	text := measuredText(cases, verdicts)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(measuredPage, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	old, err := os.ReadFile(measuredPage)
	if err != nil {
		t.Fatal(err)
	}
	said, measured := strings.Split(string(old), "\n"), strings.Split(text, "\n")
	for _, line := range measured {
		if !slices.Contains(said, line) {
			t.Errorf("measured is, and the page does not say:\n%s", line)
		}
	}
	if len(said) != len(measured) {
		t.Errorf("the page has %d lines, measured are %d", len(said), len(measured))
	}
}

func measuredText(cases []measured, verdicts map[string]map[string]verdict) string {
	var text strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&text, format+"\n", args...) }
	say(`# What the rules find

Measured by tests, which write this page: ` + "`UPDATE=1 PIPE_CORPUS=full go test -run Measured ./cmd/pipe`" + `.
The cases are in ` + "`cmd/pipe/testdata/corpus`" + `: what somebody reported in public, written as a config with synthetic
volumes. Each has the rules that name the fault, the phase that can prove it at the earliest, and the lines that its
fix changes. A case counts as found if a rule names it at error or warning level in that phase or before: the first of
its rules, or another true one at the place of the fix. Where a log was posted, a case of the run time is also looked
at in it, beside the config (` + "`pipe doctor FILE --log LOG`" + `): pipe's own losses are made from the scores, so that some
numbers of other programs never come about here.

## In short
`)
	tellRecall(say, cases)
	tellCases(say, cases)
	tellPrevented(say, cases)
	tellMutants(say, verdicts)
	return text.String()
}

// share is "12 of 13 (92 %)".
func share(part, whole int) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%d of %d (%d %%)", part, whole, 100*part/whole)
}

func tellRecall(say func(string, ...any), cases []measured) {
	say("| phase | cases | prevented | found of the others | by the first rule | at the place of the fix |")
	say("| --- | --- | --- | --- | --- | --- |")
	for _, phase := range []string{"static", "data", "run time", "all"} {
		all, prevented, found, first, placed := 0, 0, 0, 0, 0
		for _, m := range cases {
			if phase != "all" && m.kind() != phase {
				continue
			}
			all++
			if m.prevented != "" {
				prevented++
				continue
			}
			found += int(oneIf(m.code != ""))
			first += int(oneIf(m.code == m.rules[0]))
			placed += int(oneIf(m.code != "" && m.placed))
		}
		say("| %s | %d | %d | %s | %s | %s |", phase, all, prevented, share(found, all-prevented), share(first, all-prevented), share(placed, found))
	}
	say(`
False alarms: nothing is said at error or warning level of the 8 healthy pipelines of the corpus (check, plan, voxels
and first steps), of any config in ` + "`configs/`" + ` (as it stands, and on synthetic data of its form) or in ` + "`examples/`" + `.
`)
}

func tellCases(say func(string, ...any), cases []measured) {
	say("## The cases\n")
	say("By is the command that says it; the place of what stands in a log is that of the rule named behind it; also said is what else that command reports at error or warning level.\n")
	say("| case | fault | rules | phase | found | by | at | also said |")
	say("| --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, m := range cases {
		if m.prevented == "" {
			say("| %s |", strings.Join(m.row(), " | "))
		}
	}
	say("")
}

func tellPrevented(say func(string, ...any), cases []measured) {
	say("## Faults that cannot be written\n")
	say("Cases of the corpus for which the language has no place, and what an author gets who writes them all the same.\n")
	say("| case | fault | rule | why not | what the author gets |")
	say("| --- | --- | --- | --- | --- |")
	for _, m := range cases {
		if m.prevented != "" {
			say("| %s | %s | %s | %s | %s in line %d |", m.id, m.title, m.rules[0], m.prevented, m.code, m.line)
		}
	}
	say("\nRules of the catalogue that no config can break:\n")
	say("| rule | fault | what stands in its way |")
	say("| --- | --- | --- |")
	for _, code := range rules.Codes() {
		if how, is := strings.CutPrefix(code.Means, "Here it cannot be written: "); is {
			say("| %s | %s | %s |", code.ID, code.Title, how)
		}
	}
	say("")
}

func tellMutants(say func(string, ...any), verdicts map[string]map[string]verdict) {
	caught, faulty, alike, alarms := 0, 0, 0, 0
	by := make(map[string]int)
	for _, o := range operators {
		for base, v := range verdicts[o.name] {
			switch same := o.sameOn(base); {
			case same != "":
				alike++
				alarms += int(oneIf(v.codes != nil))
			case v.codes != nil:
				caught++
				by[v.command]++
				faulty++
			default:
				faulty++
			}
		}
	}
	say("## Mutations\n")
	say("Every config of `configs/`, on small synthetic data of the form of its own, with one mistake each. %s mutants that", strconv.Itoa(faulty))
	say("change the result; %s are caught: %d by check, %d by plan, %d by doctor, %d while they run.", share(caught, faulty), by["check"], by["plan"], by["doctor"]+by[remark], by["run"])
	say("%d mutants change nothing that matters; something is said of %d of them.\n", alike, alarms)
	say("= marks those, - a mistake for which the config has no place.\n")
	header := "| mistake |"
	for _, b := range bases {
		header += " " + b.name + " |"
	}
	say("%s", header)
	say("| ---%s |", strings.Repeat(" | ---", len(bases)))
	for _, o := range operators {
		cells := []string{o.name}
		for _, b := range bases {
			v, made := verdicts[o.name][b.name]
			if !made {
				cells = append(cells, "-")
				continue
			}
			cells = append(cells, v.cell(o.sameOn(b.name)))
		}
		say("| %s |", strings.Join(cells, " | "))
	}
	say("\n| mutant | why the result is no other |")
	say("| --- | --- |")
	for _, o := range operators {
		for _, b := range append([]base{{name: "all"}}, bases...) {
			if reason := o.same[b.name]; reason != "" {
				say("| %s, %s | %s |", o.name, b.name, reason)
			}
		}
	}
}
