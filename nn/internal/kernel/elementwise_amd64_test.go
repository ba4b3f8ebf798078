//go:build !purego

package kernel

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"unsafe"
)

// The generator knows the fields by these offsets.
func TestElementwiseOffsets(t *testing.T) {
	var s strand
	for _, field := range []struct {
		name      string
		got, want uintptr
	}{
		{"strand.x", unsafe.Offsetof(s.x), 0},
		{"strand.y", unsafe.Offsetof(s.y), 24},
		{"strand.dy", unsafe.Offsetof(s.dy), 48},
		{"strand.dx", unsafe.Offsetof(s.dx), 72},
		{"strand.count", unsafe.Offsetof(s.count), 96},
		{"strand.above", unsafe.Offsetof(s.above), 104},
		{"strand.below", unsafe.Offsetof(s.below), 108},
	} {
		if field.got != field.want {
			t.Errorf("%s is %d, the assembly takes it for %d", field.name, field.got, field.want)
		}
	}
}

// TestElementwiseGenerated holds the committed assembly to its generator, as
// TestGenerated does.
func TestElementwiseGenerated(t *testing.T) {
	if os.Getenv("PIPE_GENERATED") == "" {
		t.Skip("PIPE_GENERATED is not set: the generator's modules may not be at hand")
	}
	const name = "elementwise_amd64.s"
	made := filepath.Join(t.TempDir(), name)
	command := exec.Command("go", "run", "./elementwise", "-out", made)
	command.Dir = "asm"
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	// The first line quotes the command, with its paths.
	_, got, _ = bytes.Cut(got, []byte("\n"))
	_, want, _ = bytes.Cut(want, []byte("\n"))
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the generator writes: run go generate", name)
	}
}
