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
	for _, field := range []struct {
		name      string
		got, want uintptr
	}{
		{"Survey.values", unsafe.Offsetof(s.values), 0},
		{"Survey.lengths", unsafe.Offsetof(s.lengths), 8},
		{"Survey.runs", unsafe.Offsetof(s.runs), 16},
		{"Survey.columns", unsafe.Offsetof(s.columns), 24},
		{"Survey.stride", unsafe.Offsetof(s.stride), 32},
		{"Survey.fold", unsafe.Offsetof(s.fold), 40},
		{"Survey.about", unsafe.Offsetof(s.about), 48},
		{"Survey.pad", unsafe.Offsetof(s.pad), 56},
		{"Survey.corner", unsafe.Offsetof(s.corner), 60},
		{"Survey.low", unsafe.Offsetof(s.low), 64},
		{"Survey.high", unsafe.Offsetof(s.high), 128},
		{"Survey.atLow", unsafe.Offsetof(s.atLow), 192},
		{"Survey.atHigh", unsafe.Offsetof(s.atHigh), 256},
		{"Survey.atCorner", unsafe.Offsetof(s.atCorner), 320},
		{"Survey.squares", unsafe.Offsetof(s.squares), 384},
		{"Survey.absolute", unsafe.Offsetof(s.absolute), 448},
		{"Digest.lanes", unsafe.Offsetof(d.lanes), 0},
		{"Digest.keys", unsafe.Offsetof(d.keys), 64},
		{"Digest.data", unsafe.Offsetof(d.data), 128},
		{"Digest.stripes", unsafe.Offsetof(d.stripes), 136},
		{"Digest.pace", unsafe.Offsetof(d.pace), 144},
	} {
		if field.got != field.want {
			t.Errorf("%s is %d, the assembly takes it for %d", field.name, field.got, field.want)
		}
	}
}
