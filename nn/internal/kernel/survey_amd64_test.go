//go:build !purego

package kernel

import (
	"testing"
	"unsafe"
)

// The generator knows the fields by these offsets.
func TestSurveyOffsets(t *testing.T) {
	var s Survey
	var d Digest
	var f filling
	var p part
	for _, field := range []struct {
		name      string
		got, want uintptr
	}{
		{"Survey.values", unsafe.Offsetof(s.values), 0},
		{"Survey.count", unsafe.Offsetof(s.count), 8},
		{"Survey.sought", unsafe.Offsetof(s.sought), 16},
		{"Survey.met", unsafe.Offsetof(s.met), 24},
		{"Survey.least", unsafe.Offsetof(s.least), 32},
		{"Survey.most", unsafe.Offsetof(s.most), 36},
		{"Survey.about", unsafe.Offsetof(s.about), 40},
		{"Survey.lines", unsafe.Offsetof(s.lines), 48},
		{"Survey.runs", unsafe.Offsetof(s.runs), 56},
		{"Survey.times", unsafe.Offsetof(s.times), 64},
		{"Survey.columns", unsafe.Offsetof(s.columns), 72},
		{"Survey.stride", unsafe.Offsetof(s.stride), 80},
		{"Survey.width", unsafe.Offsetof(s.width), 88},
		{"Survey.sums", unsafe.Offsetof(s.sums), 96},
		{"Survey.squares", unsafe.Offsetof(s.squares), 160},
		{"Survey.below", unsafe.Offsetof(s.below), 224},
		{"Survey.scratch", unsafe.Offsetof(s.scratch), 288},
		{"Digest.lanes", unsafe.Offsetof(d.lanes), 0},
		{"Digest.keys", unsafe.Offsetof(d.keys), 64},
		{"Digest.data", unsafe.Offsetof(d.data), 128},
		{"Digest.stripes", unsafe.Offsetof(d.stripes), 136},
		{"filling.columns", unsafe.Offsetof(f.columns), 0},
		{"filling.index", unsafe.Offsetof(f.index), 8},
		{"filling.steps", unsafe.Offsetof(f.steps), 16},
		{"filling.vectors", unsafe.Offsetof(f.vectors), 24},
		{"filling.means", unsafe.Offsetof(f.means), 32},
		{"filling.shares", unsafe.Offsetof(f.shares), 40},
		{"filling.about", unsafe.Offsetof(f.about), 48},
		{"part.from", unsafe.Offsetof(p.from), 0},
		{"part.into", unsafe.Offsetof(p.into), 8},
		{"part.vectors", unsafe.Offsetof(p.vectors), 16},
		{"part.channels", unsafe.Offsetof(p.channels), 24},
		{"part.index", unsafe.Offsetof(p.index), 32},
		{"Digest.pace", unsafe.Offsetof(d.pace), 144},
	} {
		if field.got != field.want {
			t.Errorf("%s is %d, the assembly takes it for %d", field.name, field.got, field.want)
		}
	}
}
