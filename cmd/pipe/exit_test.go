package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

func listOf(diagnostics ...diag.Diagnostic) *diag.List {
	list := &diag.List{}
	for _, d := range diagnostics {
		list.Add(d)
	}
	return list
}

func problem(id, file string) diag.Diagnostic {
	return diag.New(&diag.Code{ID: id, Severity: diag.Error}, diag.Span{File: file, Start: diag.Position{Line: 1, Column: 1}}, "")
}

func TestConfigCode(t *testing.T) {
	for _, c := range []struct {
		list *diag.List
		want int
	}{
		{listOf(problem("YML001", "a.yaml")), exitConfig},
		{listOf(problem("YML001", "--set a.b=1")), exitCommandLine},
		{listOf(problem("YML001", "--set a.b=1"), problem("SHP001", "a.yaml")), exitConfig},
		{listOf(problem("YML001", "--set a.b=1"), problem("TRN004", "a.yaml").As(diag.Warning)), exitCommandLine},
	} {
		if got := configCode(c.list); got != c.want {
			t.Errorf("%v: got %d, want %d", diag.Records(c.list), got, c.want)
		}
	}
}

func TestRunCode(t *testing.T) {
	for ids, want := range map[string]int{
		"DAT003": exitData, "LBL001": exitData, "FIL101": exitData, "DAT003 LBL001": exitData,
		"GRA110": exitFailed, "BUG001": exitFailed, "DAT003 GRA110": exitFailed, "TRN012": exitFailed, "FIL001": exitFailed,
	} {
		list := &diag.List{}
		for _, id := range strings.Fields(ids) {
			list.Add(problem(id, "a.yaml"))
		}
		if got := runCode(list); got != want {
			t.Errorf("%s: got %d, want %d", ids, got, want)
		}
	}
}

func TestCode(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{&shown{3}, 3},
		{&usage{"a", "b"}, 2},
		{errors.Join(&shown{4}, errors.New("the record could not be written")), 4},
		{&trouble{code: 3}, 3},
		{&stopped{os.Interrupt}, 130},
		{&stopped{syscall.SIGTERM}, 143},
		{errors.New("a disk is full"), 4},
	} {
		if got := code(c.err); got != c.want {
			t.Errorf("%v: got %d, want %d", c.err, got, c.want)
		}
	}
}

// A panic is shown as what it is, and nobody takes it for success.
func TestPanicIsABug(t *testing.T) {
	var out, messages bytes.Buffer
	a := &app{out: &results{to: &out}, err: &messages}
	root := &cobra.Command{Use: "pipe", RunE: func(*cobra.Command, []string) error { panic("17 is not 4") }}
	root.SetArgs(nil)
	if got := a.execute(root); got != exitFailed {
		t.Errorf("ended with code %d, want %d", got, exitFailed)
	}
	for _, want := range []string{"this is a bug in pipe: 17 is not 4", "help: report it", "exit_test.go"} {
		if !strings.Contains(messages.String(), want) {
			t.Errorf("no %q in:\n%s", want, messages.String())
		}
	}
	if out.Len() > 0 {
		t.Errorf("results: %q", out.String())
	}
}

// Results that nobody could read are no success.
func TestUnwritableResults(t *testing.T) {
	var messages bytes.Buffer
	broken, w := io.Pipe()
	broken.CloseWithError(errors.New("nobody reads"))
	if got := invoke([]string{"version"}, nil, w, &messages); got != exitFailed {
		t.Errorf("ended with code %d, want %d", got, exitFailed)
	}
	if want := "error: the results could not be written: nobody reads\n"; !strings.HasPrefix(messages.String(), want) {
		t.Errorf("got %q, want %q", messages.String(), want)
	}
}
