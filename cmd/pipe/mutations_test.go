package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// verdict is what is said of a mutant.
type verdict struct {
	// codes are reported by command; both are empty if nothing is.
	codes   []string
	command string
}

// remark is how the page marks what is said as a remark only.
const remark = "doctor, as a remark"

// judge takes a mutant through the phases until one of them says something. A run
// is cut short. That real labels are learnt no faster than shuffled ones is only a
// remark, since the data may just be hard; of a mutant it is the answer.
func (m *mutant) judge(t testing.TB, commands ...string) verdict {
	t.Helper()
	config := m.lay(t)
	var otherwise verdict
	for _, command := range commands {
		words := []string{command, config}
		if command == "run" {
			words = append(words, "--run-dir", filepath.Join(filepath.Dir(config), "record"))
			if !strings.Contains(m.text, "epochs: 1\n") {
				words = append(words, "--set", "train.epochs=10")
			}
		}
		v := verdict{command: command}
		for _, f := range findings(t, words...) {
			if f.Severity != "info" && !slices.Contains(v.codes, f.Code) {
				v.codes = append(v.codes, f.Code)
			}
			if f.Code == "RUN025" {
				otherwise = verdict{[]string{f.Code}, remark}
			}
		}
		if v.codes != nil {
			return v
		}
	}
	return otherwise
}

// sameOn says why the result on a base is no other; "" where it is.
func (o operator) sameOn(base string) string {
	if reason := o.same["all"]; reason != "" {
		return reason
	}
	return o.same[base]
}

// TestBasesAreHealthy holds that nothing is said of what the mutants are made of.
func TestBasesAreHealthy(t *testing.T) {
	for _, b := range bases {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			commands := []string{"check", "plan"}
			if b.name == "mri" || thorough(b.name) {
				commands = append(commands, "doctor")
			}
			if thorough(b.name) {
				commands = append(commands, "run")
			}
			if v := b.healthy(t).judge(t, commands...); v.codes != nil {
				t.Errorf("pipe %s: %v", v.command, v.codes)
			}
		})
	}
}
