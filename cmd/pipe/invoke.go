package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/store"
)

// app is one invocation of pipe: results go to out, progress and messages to err.
type app struct {
	in  io.Reader
	out *results
	err io.Writer
	// color and live say that err is a terminal on which colours, and lines that
	// change, may be shown.
	color, live bool
	// told says that the one object of --format json has been given.
	told bool
}

// invoke runs the command line and gives the exit code.
func invoke(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{in: stdin, out: &results{to: stdout}, err: stderr}
	if file, ok := stderr.(*os.File); ok {
		a.live = term.IsTerminal(int(file.Fd()))
		a.color = a.live && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	root := newRoot(a)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(a.out)
	root.SetErr(stderr)
	return a.execute(root)
}

// execute runs a command, shows what it could not do, and gives the exit code.
func (a *app) execute(root *cobra.Command) (exit int) {
	defer func() {
		if problem := recover(); problem != nil {
			a.bug(problem, debug.Stack())
			exit = exitFailed
		}
	}()
	cmd, err := root.ExecuteContextC(context.Background())
	if a.out.err != nil && (err == nil || errors.Is(err, a.out.err)) {
		err = &trouble{code: exitFailed, problem: "the results could not be written: " + reason(a.out.err), help: "write them somewhere else"}
	}
	a.explain(err)
	if err != nil && asksJSON(cmd) && !a.told {
		a.tellJSON(err)
	}
	return code(err)
}

// results remembers the first error in writing, so that a full disk behind
// standard output does not pass for success.
type results struct {
	to  io.Writer
	err error
}

func (r *results) Write(p []byte) (int, error) {
	n, err := r.to.Write(p)
	if r.err == nil {
		r.err = err
	}
	return n, err
}

// explain shows an error that has not been shown yet.
func (a *app) explain(err error) {
	var done *shown
	if err != nil && !errors.As(err, &done) {
		a.complain(words(err))
	}
}

// words are what there is to say of an error, and the way out, "" if none is known.
func words(err error) (problem, help string) {
	var (
		line  *usage
		world *trouble
		disk  *store.Error
	)
	switch {
	case errors.As(err, &line):
		return line.problem, line.help
	case errors.As(err, &world):
		return world.problem, world.help
	case errors.As(err, &disk):
		return disk.Error(), disk.Remedy
	}
	return err.Error(), ""
}

// complain writes a problem that has no place in a config in the form that
// diagnostics have.
func (a *app) complain(problem, help string) {
	fmt.Fprintf(a.err, "%s: %s\n", a.paint("\x1b[1;31m", "error"), problem)
	if help != "" {
		fmt.Fprintf(a.err, "%s: %s\n", a.paint("\x1b[1;32m", "help"), help)
	}
}

// paint gives a text in a colour, where colours may be shown.
func (a *app) paint(escape, text string) string {
	if !a.color {
		return text
	}
	return escape + text + "\x1b[0m"
}

// bug shows a panic: what the program thought impossible.
func (a *app) bug(problem any, stack []byte) {
	a.complain(fmt.Sprintf("this is a bug in pipe: %v", problem), "report it with the command line, the config and these details:")
	fmt.Fprintf(a.err, "%s\n%s\n", versionLine(), strings.TrimSpace(string(stack)))
}

// reason is an error of the system without the names of its calls.
func reason(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// show writes the diagnostics as text.
func (a *app) show(problems *diag.List, sources diag.Sources) {
	if err := diag.Text(a.err, problems, sources, a.color); err != nil {
		a.out.err = err
	}
}
