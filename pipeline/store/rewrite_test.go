package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestRewrite(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "config.yaml"), filepath.Join(dir, "link.yaml")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("config.yaml", link); err != nil {
		t.Fatal(err)
	}
	if err := Rewrite(link, []byte("old"), []byte("new")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != "new" {
		t.Errorf("the file holds %q", got)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is a link no more: %v, %v", info.Mode(), err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the permissions are %v, %v", info.Mode(), err)
	}

	var problem *Error
	if err := Rewrite(path, []byte("old"), []byte("newer")); !errors.As(err, &problem) || problem.Remedy != "try again" {
		t.Errorf("a file that somebody else has changed: %v", err)
	}
	if err := Rewrite(filepath.Join(dir, "absent"), nil, nil); !errors.As(err, &problem) {
		t.Errorf("an absent file: %v", err)
	}
	if got := names(t, dir); len(got) != 2 || read(t, path) != "new" {
		t.Errorf("left behind: %q", got)
	}
}

func TestRewriteKeepsWhatMayNotBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte("old"), 0o440); err != nil {
		t.Fatal(err)
	}
	var problem *Error
	if err := Rewrite(path, []byte("old"), []byte("new")); !errors.As(err, &problem) || read(t, path) != "old" {
		t.Errorf("got %v", err)
	}
}
