package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestAppend(t *testing.T) {
	r := newRun(t.TempDir())
	outside := filepath.Join(t.TempDir(), "log.csv")
	for _, name := range []string{"logs/train/events", outside} {
		if size, err := r.Size(name); size != 0 || err != nil {
			t.Errorf("%s has %d bytes before it is there, %v", name, size, err)
		}
		for _, part := range []string{"one\n", "two\n"} {
			if err := r.Append(name, []byte(part)); err != nil {
				t.Fatal(err)
			}
		}
		if size, err := r.Size(name); size != 8 || err != nil {
			t.Errorf("%s has %d bytes, %v", name, size, err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(r.Dir(), "logs", "train", "events")); err != nil || string(text) != "one\ntwo\n" {
		t.Errorf("the file has %q, %v", text, err)
	}
	var problem *Error
	if err := r.Append("logs", []byte("x")); !errors.As(err, &problem) {
		t.Errorf("a folder was appended to: %v", err)
	}
	if err := r.Append("logs/train/events/more", []byte("x")); !errors.As(err, &problem) {
		t.Errorf("a file was taken for a folder: %v", err)
	}
}
