package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// The ways in which an invocation ends.
const (
	exitDone        = 0
	exitConfig      = 1 // the config is wrong
	exitCommandLine = 2 // the command line is wrong
	exitData        = 3 // the data is wrong
	exitFailed      = 4 // the run failed
	// exitSignal is added to the number of the signal that stopped a run: 130
	// for an interrupt, 143 for a termination, 129 for a terminal that was closed.
	exitSignal = 128
)

// shown ends a command whose problems have been shown.
type shown struct{ code int }

func (s *shown) Error() string { return fmt.Sprintf("ended with code %d", s.code) }

// usage is a command line that cannot be followed: what is wrong with it, and a
// verb phrase.
type usage struct{ problem, help string }

func (u *usage) Error() string { return u.problem }

// trouble is a problem that has no place in a config: a run's folder that cannot
// be written, a data file named on the command line. The help may be "".
type trouble struct {
	code          int
	problem, help string
}

func (t *trouble) Error() string { return t.problem }

// stopped says by which signal a run was stopped.
type stopped struct{ signal os.Signal }

func (s *stopped) Error() string { return "stopped by " + signalName(s.signal) }

func (s *stopped) code() int {
	number, _ := s.signal.(syscall.Signal)
	return exitSignal + int(number)
}

func signalName(signal os.Signal) string {
	switch signal {
	case os.Interrupt:
		return "an interrupt"
	case syscall.SIGTERM:
		return "a request to terminate"
	case syscall.SIGHUP:
		return "the terminal, which was closed"
	}
	return signal.String()
}

// commandLinePrefix begins the name under which diagnostics show what was
// written behind --set.
const commandLinePrefix = "--set "

// configCode is the exit code for errors found without opening a data file: the
// config's, unless all of them stand on the command line.
func configCode(problems *diag.List) int {
	for _, d := range problems.All() {
		if d.Severity == diag.Error && !strings.HasPrefix(d.Primary.Span.File, commandLinePrefix) {
			return exitConfig
		}
	}
	return exitCommandLine
}

// runCode is the exit code for errors met in a run: the data's if only data was
// found wrong, else the run's.
func runCode(problems *diag.List) int {
	for _, d := range problems.All() {
		if d.Severity == diag.Error && !aboutData(d.Code.ID) {
			return exitFailed
		}
	}
	return exitData
}

// aboutData says whether a code means that a data file, or what is in it, is
// wrong, rather than the work on it.
func aboutData(code string) bool {
	for _, prefix := range []string{"FIL1", "DAT", "LBL", "SPL", "SHP", "PRD001"} {
		if strings.HasPrefix(code, prefix) {
			return true
		}
	}
	return false
}

// code is the exit code that an error asks for.
func code(err error) int {
	var (
		done   *shown
		line   *usage
		world  *trouble
		signal *stopped
	)
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &done):
		return done.code
	case errors.As(err, &line):
		return exitCommandLine
	case errors.As(err, &world):
		return world.code
	case errors.As(err, &signal):
		return signal.code()
	}
	return exitFailed
}
