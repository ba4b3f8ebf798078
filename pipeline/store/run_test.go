package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const hash = "a1b2c3d4e5f6"

var noon = time.Date(2026, 3, 1, 12, 0, 59, 999, time.Local)

func TestCreate(t *testing.T) {
	root := filepath.Join(t.TempDir(), "runs")
	run, err := Create(root, "mri", hash, noon)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(root, "mri", "20260301-120059-a1b2c3"); run.Dir() != want {
		t.Errorf("got %s, want %s", run.Dir(), want)
	}
	if got, err := os.Readlink(filepath.Join(root, "mri", "latest")); err != nil || got != "20260301-120059-a1b2c3" {
		t.Errorf("latest leads to %q, %v", got, err)
	}
}

func TestCreateInTheSameSecond(t *testing.T) {
	root := t.TempDir()
	var stamps []string
	for range 3 {
		run, err := Create(root, "mri", hash, noon)
		if err != nil {
			t.Fatal(err)
		}
		stamps = append(stamps, filepath.Base(run.Dir()))
	}
	want := []string{"20260301-120059-a1b2c3", "20260301-120100-a1b2c3", "20260301-120101-a1b2c3"}
	if !slices.Equal(stamps, want) {
		t.Errorf("got %q, want %q", stamps, want)
	}
	if got, _ := os.Readlink(filepath.Join(root, "mri", "latest")); got != want[2] {
		t.Errorf("latest leads to %s, want %s", got, want[2])
	}
}

func TestCreateConcurrently(t *testing.T) {
	root := t.TempDir()
	var mu sync.Mutex
	seen := map[string]int{}
	var runs sync.WaitGroup
	for range 20 {
		runs.Go(func() {
			run, err := Create(root, "mri", hash, noon)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			seen[run.Dir()]++
		})
	}
	runs.Wait()
	if len(seen) != 20 {
		t.Errorf("20 runs got %d folders", len(seen))
	}
	if _, err := os.Stat(filepath.Join(root, "mri", "latest")); err != nil {
		t.Errorf("latest leads nowhere: %v", err)
	}
	if got := names(t, filepath.Join(root, "mri")); len(got) != 21 {
		t.Errorf("left behind: %q", got)
	}
}

func TestCreateRefused(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := WriteFile(file, contents("x")); err != nil {
		t.Fatal(err)
	}
	_, err := Create(file, "mri", hash, noon)
	var problem *Error
	if !errors.As(err, &problem) || !strings.Contains(problem.Problem, "could not be made: not a directory") {
		t.Errorf("got %v", err)
	}
	if err := os.MkdirAll(filepath.Join(folder, "mri", "latest", "mine"), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(folder, "mri", hash, noon); !errors.As(err, &problem) || !strings.Contains(problem.Problem, "could not be pointed to the new run") {
		t.Errorf("a folder named latest: got %v", err)
	}
}

func TestIn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for range 2 { // a folder that is there but holds no record will do
		run, err := In(dir)
		if err != nil || run.Dir() != dir {
			t.Fatalf("got %v, %v", run, err)
		}
	}
	run, _ := In(dir)
	if err := run.Write(RecordFile, contents("{}")); err != nil {
		t.Fatal(err)
	}
	if _, err := In(dir); err == nil || !strings.Contains(err.Error(), "holds the record of another run") {
		t.Errorf("a second run in one folder: got %v", err)
	}
	if _, err := In(filepath.Join(dir, RecordFile)); err == nil {
		t.Error("a file was taken for a folder")
	}
}

func TestOpen(t *testing.T) {
	root := t.TempDir()
	run, err := Create(root, "mri", hash, noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(run.Dir()); err == nil || !strings.Contains(err.Error(), "holds no run.json") {
		t.Errorf("a folder without a record: got %v", err)
	}
	if err := run.Write(RecordFile, contents("{}")); err != nil {
		t.Fatal(err)
	}
	real, err := filepath.EvalSymlinks(run.Dir())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{run.Dir(), filepath.Join(root, "mri", "latest")} {
		opened, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if opened.Dir() != real {
			t.Errorf("%s: got %s, want %s", path, opened.Dir(), real)
		}
	}
	_, err = Open(filepath.Join(root, "mri"))
	var problem *Error
	if !errors.As(err, &problem) || !strings.HasSuffix(problem.Remedy, filepath.Join("mri", "latest")) {
		t.Errorf("the folder above: got %v", err)
	}
	if _, err := Open(filepath.Join(root, "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an absent folder: got %v", err)
	}
	if _, err := Open(filepath.Join(run.Dir(), RecordFile)); err == nil {
		t.Error("a file was taken for a run")
	}
}

func TestWrite(t *testing.T) {
	run, err := In(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Write("predict_1/out.csv", contents("a,b\n")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, filepath.Join(run.Dir(), "predict_1", "out.csv")); got != "a,b\n" {
		t.Errorf("got %q", got)
	}
	elsewhere := filepath.Join(t.TempDir(), "out.csv")
	if err := run.Write(elsewhere, contents("x")); err != nil || read(t, elsewhere) != "x" {
		t.Errorf("an absolute name: %v", err)
	}
}

func TestLog(t *testing.T) {
	run, err := In(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Close(); err != nil || len(names(t, run.Dir())) != 0 {
		t.Errorf("a log without lines made a file, or %v", err)
	}
	var writers sync.WaitGroup
	for i := range 10 {
		writers.Go(func() { fmt.Fprintf(run.Log(), "line %d\n", i) })
	}
	writers.Wait()
	if err := run.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := In(run.Dir())
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(again.Log(), "line 10\n")
	lines := strings.Split(strings.TrimSpace(read(t, filepath.Join(run.Dir(), LogFile))), "\n")
	if len(lines) != 11 || lines[10] != "line 10" {
		t.Errorf("got %q", lines)
	}
}

func TestLogNeverFails(t *testing.T) {
	run, err := In(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(run.Dir(), LogFile), 0o777); err != nil {
		t.Fatal(err)
	}
	if n, err := io.WriteString(run.Log(), "line\n"); n != 5 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
}
