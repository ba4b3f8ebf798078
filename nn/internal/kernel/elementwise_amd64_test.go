//go:build !purego

package kernel

import (
	"testing"
	"unsafe"
)

// The generator knows the fields by these offsets.
func TestElementwiseOffsets(t *testing.T) {
	var s strand
	var c contest
	var a AdamStep
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
		{"contest.planes", unsafe.Offsetof(c.planes), 0},
		{"contest.highest", unsafe.Offsetof(c.highest), 24},
		{"contest.logs", unsafe.Offsetof(c.logs), 48},
		{"contest.size", unsafe.Offsetof(c.size), 72},
		{"contest.count", unsafe.Offsetof(c.count), 80},
		{"AdamStep.W", unsafe.Offsetof(a.W), 0},
		{"AdamStep.M", unsafe.Offsetof(a.M), 24},
		{"AdamStep.V", unsafe.Offsetof(a.V), 48},
		{"AdamStep.G", unsafe.Offsetof(a.G), 72},
		{"AdamStep.Alpha", unsafe.Offsetof(a.Alpha), 96},
		{"AdamStep.Rest1", unsafe.Offsetof(a.Rest1), 100},
		{"AdamStep.Rest2", unsafe.Offsetof(a.Rest2), 104},
		{"AdamStep.Epsilon", unsafe.Offsetof(a.Epsilon), 108},
		{"AdamStep.count", unsafe.Offsetof(a.count), 112},
	} {
		if field.got != field.want {
			t.Errorf("%s is %d, the assembly takes it for %d", field.name, field.got, field.want)
		}
	}
}
