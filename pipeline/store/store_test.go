package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestHash(t *testing.T) {
	// The values of sha256sum for no bytes and for "abc" (FIPS 180-4).
	for data, want := range map[string]string{
		"":    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	} {
		if got := Hash([]byte(data)); got != want {
			t.Errorf("Hash(%q) = %s, want %s", data, got, want)
		}
		path := filepath.Join(t.TempDir(), "data")
		if err := os.WriteFile(path, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
		if got, bytes, err := HashFile(path); err != nil || got != want || bytes != int64(len(data)) {
			t.Errorf("HashFile of %q = %s, %d, %v, want %s", data, got, bytes, err, want)
		}
	}
}

func TestHashFileMissing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "absent")
	_, _, err := HashFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("got %v, want a file that does not exist", err)
	}
	if want := path + " could not be read: no such file or directory"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}
