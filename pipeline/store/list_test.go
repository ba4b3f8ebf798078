package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestList(t *testing.T) {
	root := filepath.Join(t.TempDir(), "runs")
	if entries, err := List(root); err != nil || len(entries) != 0 {
		t.Errorf("no folder: got %v, %v", entries, err)
	}
	for _, run := range []struct {
		name string
		at   time.Time
	}{{"mri", noon.Add(time.Hour)}, {"mri", noon}, {"adrenal", noon}} {
		if _, err := Create(root, run.name, hash, run.at); err != nil {
			t.Fatal(err)
		}
	}
	for _, foreign := range []string{"mri/notes", "mri/20261399-000000-a1b2c3", "other"} {
		if err := os.MkdirAll(filepath.Join(root, foreign), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := WriteFile(filepath.Join(root, "readme.txt"), contents("x")); err != nil {
		t.Fatal(err)
	}

	entries, err := List(root)
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{
		{Name: "adrenal", Stamp: "20260301-120059-a1b2c3", Latest: true},
		{Name: "mri", Stamp: "20260301-120059-a1b2c3", Latest: true},
		{Name: "mri", Stamp: "20260301-130059-a1b2c3"},
	}
	if len(entries) != len(want) {
		t.Fatalf("got %d runs %v, want %d", len(entries), entries, len(want))
	}
	for i, e := range entries {
		if e.Name != want[i].Name || e.Stamp != want[i].Stamp || e.Latest != want[i].Latest {
			t.Errorf("run %d: got %+v, want %+v", i, e, want[i])
		}
		if e.Dir != filepath.Join(root, e.Name, e.Stamp) || !e.Started.Equal(started(t, e.Stamp)) {
			t.Errorf("run %d: got folder %s, started %v", i, e.Dir, e.Started)
		}
	}
	if _, err := List(filepath.Join(root, "readme.txt")); err == nil {
		t.Error("a file was listed")
	}
}

func started(t *testing.T, stamp string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("20060102-150405", stamp[:15], time.Local)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
