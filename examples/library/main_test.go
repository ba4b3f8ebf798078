package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestLibrary: the program says what output.txt shows, and leaves both files.
func TestLibrary(t *testing.T) {
	folder := t.TempDir()
	var out bytes.Buffer
	if err := run(&out, folder); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("output.txt")
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("it says\n%s\nwant\n%s", out.String(), want)
	}
	for _, name := range []string{"shapes.safetensors", "shapes.onnx"} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
