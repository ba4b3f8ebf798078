//go:build !purego

package kernel

import (
	"testing"
	"unsafe"
)

// The generator knows the fields by these offsets.
func TestFusedOffsets(t *testing.T) {
	var p panes[float32]
	var q peakTile[float32]
	var w pick[float32]
	var pair pairs[float32]
	for _, field := range []struct {
		name      string
		got, want uintptr
	}{
		{"panes.z", unsafe.Offsetof(p.z), 0},
		{"panes.y", unsafe.Offsetof(p.y), 24},
		{"panes.dy", unsafe.Offsetof(p.dy), 48},
		{"panes.peak", unsafe.Offsetof(p.peak), 72},
		{"panes.code", unsafe.Offsetof(p.code), 96},
		{"panes.taps", unsafe.Offsetof(p.taps), 120},
		{"panes.center", unsafe.Offsetof(p.center), 144},
		{"panes.factor", unsafe.Offsetof(p.factor), 168},
		{"panes.offset", unsafe.Offsetof(p.offset), 192},
		{"panes.pull", unsafe.Offsetof(p.pull), 216},
		{"panes.push", unsafe.Offsetof(p.push), 240},
		{"panes.second", unsafe.Offsetof(p.second), 288},
		{"panes.first", unsafe.Offsetof(p.first), 264},
		{"panes.slope", unsafe.Offsetof(p.slope), 312},
		{"panes.count", unsafe.Offsetof(p.count), 336},
		{"panes.step", unsafe.Offsetof(p.step), 344},
		{"panes.channels", unsafe.Offsetof(p.channels), 352},
		{"panes.codeStride", unsafe.Offsetof(p.codeStride), 360},
		{"panes.floor", unsafe.Offsetof(p.floor), 368},
		{"peakTile.a", unsafe.Offsetof(q.a), 0},
		{"peakTile.b", unsafe.Offsetof(q.b), 24},
		{"peakTile.bias", unsafe.Offsetof(q.bias), 48},
		{"peakTile.y", unsafe.Offsetof(q.y), 72},
		{"peakTile.code", unsafe.Offsetof(q.code), 96},
		{"peakTile.runs", unsafe.Offsetof(q.runs), 120},
		{"peakTile.corners", unsafe.Offsetof(q.corners), 144},
		{"peakTile.aside", unsafe.Offsetof(q.aside), 176},
		{"peakTile.step", unsafe.Offsetof(q.step), 184},
		{"peakTile.length", unsafe.Offsetof(q.length), 192},
		{"peakTile.bStep", unsafe.Offsetof(q.bStep), 200},
		{"peakTile.count", unsafe.Offsetof(q.count), 208},
		{"peakTile.yStep", unsafe.Offsetof(q.yStep), 216},
		{"peakTile.codeStep", unsafe.Offsetof(q.codeStep), 224},
		{"peakTile.lastLane", unsafe.Offsetof(q.lastLane), 232},
		{"peakTile.floor", unsafe.Offsetof(q.floor), 240},
		{"peakTile.plane", unsafe.Offsetof(q.plane), 248},
		{"peakTile.row", unsafe.Offsetof(q.row), 256},
		{"peakTile.center", unsafe.Offsetof(q.center), 264},
		{"peakTile.upright", unsafe.Offsetof(q.upright), 288},
		{"peakTile.first", unsafe.Offsetof(q.first), 312},
		{"peakTile.second", unsafe.Offsetof(q.second), 336},
		{"pairs.x", unsafe.Offsetof(pair.x), 0},
		{"pairs.v", unsafe.Offsetof(pair.v), 24},
		{"pairs.first", unsafe.Offsetof(pair.first), 48},
		{"pairs.second", unsafe.Offsetof(pair.second), 112},
		{"pairs.sign", unsafe.Offsetof(pair.sign), 176},
		{"pairs.vectors", unsafe.Offsetof(pair.vectors), 240},
		{"pairs.step", unsafe.Offsetof(pair.step), 248},
		{"pairs.vStep", unsafe.Offsetof(pair.vStep), 256},
		{"pick.x", unsafe.Offsetof(w.x), 0},
		{"pick.y", unsafe.Offsetof(w.y), 24},
		{"pick.dy", unsafe.Offsetof(w.dy), 48},
		{"pick.code", unsafe.Offsetof(w.code), 72},
		{"pick.sum", unsafe.Offsetof(w.sum), 96},
		{"pick.plane", unsafe.Offsetof(w.plane), 120},
		{"pick.row", unsafe.Offsetof(w.row), 128},
		{"pick.step", unsafe.Offsetof(w.step), 136},
		{"pick.count", unsafe.Offsetof(w.count), 144},
		{"pick.channels", unsafe.Offsetof(w.channels), 152},
		{"pick.codeStep", unsafe.Offsetof(w.codeStep), 160},
		{"pick.sumStep", unsafe.Offsetof(w.sumStep), 168},
		{"pick.last", unsafe.Offsetof(w.last), 176},
		{"pick.floor", unsafe.Offsetof(w.floor), 184},
		{"pick.factors", unsafe.Offsetof(w.factors), 192},
		{"pick.dyStep", unsafe.Offsetof(w.dyStep), 216},
		{"pick.patches", unsafe.Offsetof(w.patches), 224},
		{"pick.below", unsafe.Offsetof(w.below), 248},
	} {
		if field.got != field.want {
			t.Errorf("%s is %d, the assembly takes it for %d", field.name, field.got, field.want)
		}
	}
}
