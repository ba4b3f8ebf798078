//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal opens a pseudo-terminal of 120 columns: what is written to slave can
// be read from master.
func terminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 120}); err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	t.Cleanup(func() { slave.Close() })
	return master, slave
}

// onTerminal runs pipe with its messages on a terminal and gives all of them.
func onTerminal(t *testing.T, folder string, env []string, args ...string) string {
	t.Helper()
	master, slave := terminal(t)
	cmd := exec.Command("pipe", args...)
	cmd.Dir, cmd.Stderr, cmd.Env = folder, slave, append(os.Environ(), env...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	var screen bytes.Buffer
	// A terminal that nobody writes to any more answers with an input error.
	if _, err := io.Copy(&screen, master); err != nil && !errors.Is(err, syscall.EIO) {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Logf("%v", err)
	}
	return screen.String()
}

func TestBar(t *testing.T) {
	folder := t.TempDir()
	config := strings.ReplaceAll(endless, "100000000", "40")
	if err := os.WriteFile(filepath.Join(folder, "short.yaml"), []byte(config), 0o666); err != nil {
		t.Fatal(err)
	}
	screen := onTerminal(t, folder, []string{"NO_COLOR="}, "run", "short.yaml")
	for _, want := range []string{
		`train: epoch \d+/40, step 1/1, loss [0-9.]+`, // the bar's numbers
		`\d+% \|█* *\|`,                    // the bar
		`train: epoch 40/40: loss [0-9.]+`, // the line that stays
	} {
		if !regexp.MustCompile(want).MatchString(screen) {
			t.Errorf("no %s on the screen:\n%q", want, screen)
		}
	}
	for line := range strings.SplitSeq(screen, "\n") {
		if _, last, _ := cutLast(line, "\r"); len([]rune(last)) > 120 && strings.Contains(last, "%") {
			t.Errorf("a bar wider than the screen: %q", last)
		}
	}
}

// cutLast cuts around the last separator, or gives the whole as what follows it.
func cutLast(s, separator string) (before, after string, found bool) {
	i := strings.LastIndex(strings.TrimRight(s, separator), separator)
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+len(separator):], true
}

func TestColors(t *testing.T) {
	const red = "\x1b[1;31m"
	folder := t.TempDir()
	for env, want := range map[string]bool{"NO_COLOR=": true, "NO_COLOR=1": false, "TERM=dumb": false} {
		screen := onTerminal(t, folder, []string{"NO_COLOR=", "TERM=xterm", env}, "rnu")
		if got := strings.Contains(screen, red); got != want {
			t.Errorf("%s: colours %v, want %v: %q", env, got, want, screen)
		}
	}
}
