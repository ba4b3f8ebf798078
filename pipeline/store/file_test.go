package store

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// TestMain lets this program stand in for one that is killed, or that meets a
// full disk, in the middle of writing.
func TestMain(m *testing.M) {
	switch path := os.Getenv("STORE_TEST_PATH"); os.Getenv("STORE_TEST") {
	case "stop halfway":
		stopHalfway(path)
	case "limited":
		writeLimited(path)
	default:
		os.Exit(m.Run())
	}
}

// child runs this program again in one of TestMain's parts.
func child(t *testing.T, part, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "STORE_TEST="+part, "STORE_TEST_PATH="+path)
	return cmd
}

func contents(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// names lists a folder.
func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	list := []string{}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestWriteFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "file")
	for _, text := range []string{"first", "", "second, longer"} {
		if err := WriteFile(path, contents(text)); err != nil {
			t.Fatal(err)
		}
		if got := read(t, path); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
	if got := names(t, filepath.Dir(path)); len(got) != 1 {
		t.Errorf("left behind: %q", got)
	}
}

// A file made by pipe has the permissions of any file the user makes.
func TestWriteFilePermissions(t *testing.T) {
	folder := t.TempDir()
	plain, written := filepath.Join(folder, "plain"), filepath.Join(folder, "written")
	file, err := os.Create(plain)
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
	if err := WriteFile(written, contents("x")); err != nil {
		t.Fatal(err)
	}
	want, _ := os.Stat(plain)
	got, _ := os.Stat(written)
	if got.Mode() != want.Mode() {
		t.Errorf("got %v, want %v", got.Mode(), want.Mode())
	}
}

func TestWriteFileKeepsTheOldOneOnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := WriteFile(path, contents("old")); err != nil {
		t.Fatal(err)
	}
	refusal := errors.New("the model has a NaN")
	err := WriteFile(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, "half of the n"); err != nil {
			return err
		}
		return refusal
	})
	if err != refusal {
		t.Errorf("got %v, want the writer's own error", err)
	}
	if got := read(t, path); got != "old" {
		t.Errorf("got %q, want the old contents", got)
	}
	if got := names(t, filepath.Dir(path)); len(got) != 1 {
		t.Errorf("left behind: %q", got)
	}
}

// The old file stands under its name at the very moment the new one is written.
func TestWriteFileReplacesAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := WriteFile(path, contents("old")); err != nil {
		t.Fatal(err)
	}
	err := WriteFile(path, func(w io.Writer) error {
		_, err := io.WriteString(w, "new")
		if got := read(t, path); got != "old" {
			t.Errorf("while writing: got %q, want %q", got, "old")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != "new" {
		t.Errorf("got %q, want %q", got, "new")
	}
}

func TestWriteFileInPlaces(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := WriteFile(file, contents("x")); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		folder:                       folder + " is a folder, not a file",
		filepath.Join(file, "a"):     "not a directory",
		filepath.Join("/proc", "no"): "could not be written",
	} {
		err := WriteFile(path, contents("x"))
		var problem *Error
		if !errors.As(err, &problem) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want …%s…", path, err, want)
		}
	}
}

// A device cannot be replaced by a file: what goes to it is written at once.
func TestWriteFileToDevice(t *testing.T) {
	if err := WriteFile(os.DevNull, contents("x")); err != nil {
		t.Errorf("%s: %v", os.DevNull, err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Fatalf("%s is no longer a device", os.DevNull)
	}
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here")
	}
	err := WriteFile("/dev/full", contents("x"))
	want := "/dev/full could not be written: no space left on device"
	if err == nil || err.Error() != want {
		t.Fatalf("got %v, want %q", err, want)
	}
	if problem := err.(*Error); problem.Remedy != "free some space, or name a folder on another disk" {
		t.Errorf("got remedy %q", problem.Remedy)
	}
}

// largest is where the limit of TestWriteFileOnFullDisk stands, in bytes.
const largest = 64 << 10

// writeLimited writes more than the system lets it and prints what came of it.
func writeLimited(path string) {
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: largest, Max: largest}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(WriteFile(path, func(w io.Writer) error {
		block := bytes.Repeat([]byte("n"), 10_000)
		for range 10 {
			if _, err := w.Write(block); err != nil {
				return fmt.Errorf("writing weights: %w", err)
			}
		}
		return nil
	}))
}

func TestWriteFileOnFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := WriteFile(path, contents("old")); err != nil {
		t.Fatal(err)
	}
	out, err := child(t, "limited", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.TrimSpace(string(out)), path+" could not be written: file too large"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := read(t, path); got != "old" {
		t.Errorf("got %q…, want the old contents", got[:min(len(got), 20)])
	}
	if got := names(t, filepath.Dir(path)); len(got) != 1 {
		t.Errorf("left behind: %q", got)
	}
}

// stopHalfway writes half a file, says so, and waits to be killed.
func stopHalfway(path string) {
	_ = WriteFile(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, "half of the n"); err != nil {
			return err
		}
		fmt.Println("halfway")
		select {}
	})
}

func TestWriteFileKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for _, old := range []string{"", "old"} {
		if old != "" {
			if err := WriteFile(path, contents(old)); err != nil {
				t.Fatal(err)
			}
		}
		cmd := child(t, "stop halfway", path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "halfway\n" {
			t.Fatalf("got %q, %v", line, err)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed: that is its error

		got, err := os.ReadFile(path)
		if string(got) != old || (old == "") != errors.Is(err, os.ErrNotExist) {
			t.Errorf("after the kill: %q, %v; want %q", got, err, old)
		}
	}
	if err := WriteFile(path, contents("new")); err != nil || read(t, path) != "new" {
		t.Errorf("what a kill left behind is in the way: %v", err)
	}
}

func TestWriteFileConcurrently(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	var writers sync.WaitGroup
	for i := range 16 {
		writers.Go(func() {
			text := strings.Repeat(string(rune('a'+i)), 10_000)
			if err := WriteFile(path, contents(text)); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	got := read(t, path)
	if len(got) != 10_000 || strings.Trim(got, got[:1]) != "" {
		t.Errorf("%d bytes, a mixture of several writers", len(got))
	}
	if left := names(t, filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left behind: %q", left)
	}
}
