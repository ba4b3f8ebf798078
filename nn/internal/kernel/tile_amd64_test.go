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
func TestOffsets(t *testing.T) {
	var q tile[float32]
	var f fan[float32]
	var m comb[float32]
	var w windows[float32]
	var p points[float32]
	var sl slice[float32]
	var o outputs[float32]
	var fi filter[float32]
	var na narrow[float32]
	for _, field := range []struct {
		name      string
		got, want uintptr
	}{
		{"tile.a", unsafe.Offsetof(q.a), 0},
		{"tile.b", unsafe.Offsetof(q.b), 24},
		{"tile.c", unsafe.Offsetof(q.c), 48},
		{"tile.bias", unsafe.Offsetof(q.bias), 72},
		{"tile.runs", unsafe.Offsetof(q.runs), 96},
		{"tile.length", unsafe.Offsetof(q.length), 120},
		{"tile.aRow", unsafe.Offsetof(q.aRow), 128},
		{"tile.aStep", unsafe.Offsetof(q.aStep), 136},
		{"tile.bStep", unsafe.Offsetof(q.bStep), 144},
		{"tile.cRow", unsafe.Offsetof(q.cRow), 152},
		{"tile.last", unsafe.Offsetof(q.last), 160},
		{"tile.add", unsafe.Offsetof(q.add), 168},
		{"tile.ahead", unsafe.Offsetof(q.ahead), 192},
		{"tile.pace", unsafe.Offsetof(q.pace), 200},
		{"run.b", unsafe.Offsetof(run{}.b), 8},
		{"run", unsafe.Sizeof(run{}), 16},
		{"narrow.a", unsafe.Offsetof(na.a), 0},
		{"narrow.b", unsafe.Offsetof(na.b), 24},
		{"narrow.sums", unsafe.Offsetof(na.sums), 48},
		{"narrow.aRow", unsafe.Offsetof(na.aRow), 72},
		{"narrow.bRow", unsafe.Offsetof(na.bRow), 80},
		{"narrow.length", unsafe.Offsetof(na.length), 88},
		{"fan.a", unsafe.Offsetof(f.a), 0},
		{"fan.b", unsafe.Offsetof(f.b), 24},
		{"fan.c", unsafe.Offsetof(f.c), 48},
		{"fan.taps", unsafe.Offsetof(f.taps), 72},
		{"fan.runs", unsafe.Offsetof(f.runs), 96},
		{"fan.length", unsafe.Offsetof(f.length), 120},
		{"fan.aStep", unsafe.Offsetof(f.aStep), 128},
		{"fan.bStep", unsafe.Offsetof(f.bStep), 136},
		{"fan.cRow", unsafe.Offsetof(f.cRow), 144},
		{"fan.used", unsafe.Offsetof(f.used), 152},
		{"fan.last", unsafe.Offsetof(f.last), 160},
		{"comb.a", unsafe.Offsetof(m.a), 0},
		{"comb.b", unsafe.Offsetof(m.b), 24},
		{"comb.c", unsafe.Offsetof(m.c), 48},
		{"comb.bias", unsafe.Offsetof(m.bias), 72},
		{"comb.runs", unsafe.Offsetof(m.runs), 96},
		{"comb.aRow", unsafe.Offsetof(m.aRow), 120},
		{"comb.cRow", unsafe.Offsetof(m.cRow), 128},
		{"comb.count", unsafe.Offsetof(m.count), 136},
		{"comb.last", unsafe.Offsetof(m.last), 144},
		{"windows.x", unsafe.Offsetof(w.x), 0},
		{"windows.y", unsafe.Offsetof(w.y), 24},
		{"windows.place", unsafe.Offsetof(w.place), 48},
		{"windows.taps", unsafe.Offsetof(w.taps), 72},
		{"windows.count", unsafe.Offsetof(w.count), 96},
		{"windows.step", unsafe.Offsetof(w.step), 104},
		{"windows.channels", unsafe.Offsetof(w.channels), 112},
		{"windows.first", unsafe.Offsetof(w.first), 120},
		{"points.a", unsafe.Offsetof(p.a), 0},
		{"points.b", unsafe.Offsetof(p.b), 24},
		{"points.c", unsafe.Offsetof(p.c), 48},
		{"points.count", unsafe.Offsetof(p.count), 72},
		{"points.strips", unsafe.Offsetof(p.strips), 80},
		{"points.length", unsafe.Offsetof(p.length), 88},
		{"points.aPoint", unsafe.Offsetof(p.aPoint), 96},
		{"points.bPoint", unsafe.Offsetof(p.bPoint), 104},
		{"points.cPoint", unsafe.Offsetof(p.cPoint), 112},
		{"points.aRow", unsafe.Offsetof(p.aRow), 120},
		{"points.aStep", unsafe.Offsetof(p.aStep), 128},
		{"points.bStep", unsafe.Offsetof(p.bStep), 136},
		{"points.add", unsafe.Offsetof(p.add), 144},
		{"points.ahead", unsafe.Offsetof(p.ahead), 168},
		{"points.pace", unsafe.Offsetof(p.pace), 176},
		{"slice.rows", unsafe.Offsetof(sl.rows), 0},
		{"slice.v", unsafe.Offsetof(sl.v), 192},
		{"slice.at", unsafe.Offsetof(sl.at), 216},
		{"slice.end", unsafe.Offsetof(sl.end), 224},
		{"slice.near", unsafe.Offsetof(sl.near), 232},
		{"slice.far", unsafe.Offsetof(sl.far), 236},
		{"slice.count", unsafe.Offsetof(sl.count), 240},
		{"slice.step", unsafe.Offsetof(sl.step), 248},
		{"slice.column", unsafe.Offsetof(sl.column), 256},
		{"slice.channels", unsafe.Offsetof(sl.channels), 264},
		{"slice.point", unsafe.Offsetof(sl.point), 272},
		{"slice.tile", unsafe.Offsetof(sl.tile), 280},
		{"outputs.m", unsafe.Offsetof(o.m), 0},
		{"outputs.y", unsafe.Offsetof(o.y), 24},
		{"outputs.bias", unsafe.Offsetof(o.bias), 48},
		{"outputs.point", unsafe.Offsetof(o.point), 72},
		{"outputs.tile", unsafe.Offsetof(o.tile), 80},
		{"outputs.plane", unsafe.Offsetof(o.plane), 88},
		{"outputs.row", unsafe.Offsetof(o.row), 96},
		{"outputs.column", unsafe.Offsetof(o.column), 104},
		{"outputs.count", unsafe.Offsetof(o.count), 112},
		{"outputs.step", unsafe.Offsetof(o.step), 120},
		{"outputs.channels", unsafe.Offsetof(o.channels), 128},
		{"filter.w", unsafe.Offsetof(fi.w), 0},
		{"filter.u", unsafe.Offsetof(fi.u), 24},
		{"filter.tap", unsafe.Offsetof(fi.tap), 48},
		{"filter.row", unsafe.Offsetof(fi.row), 56},
		{"filter.point", unsafe.Offsetof(fi.point), 64},
		{"filter.tile", unsafe.Offsetof(fi.tile), 72},
		{"filter.count", unsafe.Offsetof(fi.count), 80},
		{"filter.channels", unsafe.Offsetof(fi.channels), 88},
		{"filter.taps", unsafe.Offsetof(fi.taps), 96},
	} {
		if field.got != field.want {
			t.Errorf("%s is %d, the assembly takes it for %d", field.name, field.got, field.want)
		}
	}
}

// TestGenerated holds the committed assembly to its generators, as `go generate`
// and a look at what it changed do. It needs the generators' modules: in the
// module cache or from a proxy.
func TestGenerated(t *testing.T) {
	if os.Getenv("PIPE_GENERATED") == "" {
		t.Skip("PIPE_GENERATED is not set: the generator's modules may not be at hand")
	}
	for _, generator := range []struct {
		program string
		flags   []string
		files   []string
	}{
		{".", []string{"-out", "-declarations"}, []string{"tile_amd64.s", "tiles_amd64.go"}},
		{"./fused", []string{"-out"}, []string{"fused_amd64.s"}},
		{"./elementwise", []string{"-out"}, []string{"elementwise_amd64.s"}},
		{"./survey", []string{"-out"}, []string{"survey_amd64.s"}},
	} {
		folder := t.TempDir()
		command := exec.Command("go", "run", generator.program)
		for i, name := range generator.files {
			command.Args = append(command.Args, generator.flags[i], filepath.Join(folder, name))
		}
		command.Dir = "asm"
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", generator.program, err, out)
		}
		for _, name := range generator.files {
			got, want := withoutCommand(t, name), withoutCommand(t, filepath.Join(folder, name))
			if !bytes.Equal(got, want) {
				t.Errorf("%s is not what the generator writes: run go generate", name)
			}
		}
	}
}

// withoutCommand reads a generated file without its first line, which quotes the
// command with its paths.
func withoutCommand(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	return rest
}
