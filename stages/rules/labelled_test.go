package rules_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// labelled is a folder with volumes.npy, as many small volumes as there are
// labels, and labels.npy with class ids.
func labelled(t *testing.T, ids ...int64) string {
	t.Helper()
	folder := t.TempDir()
	array(t, filepath.Join(folder, "volumes.npy"), "<f4", fmt.Sprintf("%d, 4, 4, 4, 1", len(ids)), make([]float32, 64*len(ids)))
	array(t, filepath.Join(folder, "labels.npy"), "<i8", fmt.Sprintf("%d,", len(ids)), ids)
	return folder
}

// named is such a folder with labels.csv, whose column dx holds names.
func named(t *testing.T, names ...string) string {
	t.Helper()
	folder := labelled(t, make([]int64, len(names))...)
	if err := os.WriteFile(filepath.Join(folder, "labels.csv"), []byte("dx\n"+strings.Join(names, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

func array(t *testing.T, path, dtype, shape string, values any) {
	t.Helper()
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", dtype, shape)
	header += strings.Repeat(" ", 118-len(header)-1) + "\n"
	file := bytes.NewBufferString("\x93NUMPY\x01\x00")
	for _, part := range []any{uint16(len(header)), []byte(header), values} {
		if err := binary.Write(file, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

const (
	loadIDs   = "load: {volumes: volumes.npy, labels: labels.npy}"
	loadNames = "load: {volumes: volumes.npy, labels: labels.csv#dx}"
)

// planned fails unless exactly one problem is found with the files of the folder
// read: the rule's, of the severity, all that it says matching the pattern.
func planned(t *testing.T, rule *rules.Rule, severity diag.Severity, folder, pattern string, items ...string) {
	t.Helper()
	found := withoutFew(plan(t, folder, pipe(items...)))
	if len(found) != 1 || found[0].Code != rule.Code || found[0].Severity != severity {
		t.Errorf("%q: want %s alone, got:\n%s", items, rule.Code.ID, told(found))
		return
	}
	if text := whole(found[0]); !regexp.MustCompile(pattern).MatchString(text) {
		t.Errorf("%s says %q, want %q", rule.Code.ID, text, pattern)
	}
}

// quiet fails if anything is said of a plan.
func quiet(t *testing.T, folder string, items ...string) {
	t.Helper()
	if found := withoutFew(plan(t, folder, pipe(items...))); len(found) > 0 {
		t.Errorf("a healthy config is refused: %q:\n%s", items, told(found))
	}
}

// withoutFew leaves out that there are few examples: those of tests on other rules
// are as few as can be.
func withoutFew(found []diag.Diagnostic) []diag.Diagnostic {
	return slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return d.Code == rules.DAT014.Code })
}

// whole is all that a diagnostic says.
func whole(d diag.Diagnostic) string {
	words := []string{fmt.Sprintf("%d: %s", d.Primary.Span.Start.Line, d.Primary.Label)}
	for _, p := range d.Related {
		words = append(words, fmt.Sprintf("[%d: %s]", p.Span.Start.Line, p.Label))
	}
	words = append(words, d.Notes...)
	for _, h := range d.Help {
		words = append(words, "help: "+h.Text)
	}
	return strings.Join(words, " | ")
}

// sorted are ids 0, 0, …, 1, 1, …, of each class so many.
func sorted(counts ...int) []int64 {
	var ids []int64
	for id, n := range counts {
		for range n {
			ids = append(ids, int64(id))
		}
	}
	return ids
}
