package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Some file systems know no links.
func TestPointWithoutLinks(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"first", "second"} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := point(folder, name, func(string, string) error { return errors.New("not supported") }); err != nil {
			t.Fatal(err)
		}
		there, err := follow(filepath.Join(folder, LatestLink))
		if err != nil || filepath.Base(there) != name {
			t.Errorf("latest leads to %s, %v; want %s", there, err, name)
		}
	}
	// A disk that can hold links again.
	if err := point(folder, "first", os.Symlink); err != nil {
		t.Fatal(err)
	}
	if there, err := follow(filepath.Join(folder, LatestLink)); err != nil || filepath.Base(there) != "first" {
		t.Errorf("latest leads to %s, %v; want first", there, err)
	}
}
