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
		{"Survey.met", unsafe.Offsetof(s.met), 16},
		{"Survey.sought", unsafe.Offsetof(s.sought), 24},
		{"Survey.least", unsafe.Offsetof(s.least), 28},
		{"Survey.most", unsafe.Offsetof(s.most), 32},
		{"Survey.lengths", unsafe.Offsetof(s.lengths), 40},
		{"Survey.runs", unsafe.Offsetof(s.runs), 48},
		{"Survey.times", unsafe.Offsetof(s.times), 56},
		{"Survey.columns", unsafe.Offsetof(s.columns), 64},
		{"Survey.stride", unsafe.Offsetof(s.stride), 72},
		{"Survey.fold", unsafe.Offsetof(s.fold), 80},
		{"Survey.about", unsafe.Offsetof(s.about), 88},
		{"Survey.squares", unsafe.Offsetof(s.squares), 96},
		{"Survey.below", unsafe.Offsetof(s.below), 224},
		{"Digest.lanes", unsafe.Offsetof(d.lanes), 0},
		{"Digest.keys", unsafe.Offsetof(d.keys), 64},
		{"Digest.data", unsafe.Offsetof(d.data), 128},
		{"Digest.stripes", unsafe.Offsetof(d.stripes), 136},
		{"filling.columns", unsafe.Offsetof(f.columns), 0},
		{"filling.stride", unsafe.Offsetof(f.stride), 8},
		{"filling.width", unsafe.Offsetof(f.width), 16},
		{"filling.ends", unsafe.Offsetof(f.ends), 24},
		{"filling.blocks", unsafe.Offsetof(f.blocks), 32},
		{"filling.sums", unsafe.Offsetof(f.sums), 40},
		{"filling.runs", unsafe.Offsetof(f.runs), 48},
		{"filling.apart", unsafe.Offsetof(f.apart), 56},
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
