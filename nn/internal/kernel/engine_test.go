package kernel

import (
	"runtime"
	"testing"
)

func TestChoose(t *testing.T) {
	all := engines()
	for _, e := range all {
		if got := choose(e.name).name; got != e.name {
			t.Errorf("%s chooses %s", e.name, got)
		}
	}
	for _, name := range []string{"", "abacus"} {
		if got := choose(name).name; got != all[0].name {
			t.Errorf("%q chooses %s, want the fastest, %s", name, got, all[0].name)
		}
	}
	if last := all[len(all)-1].name; last != "plain" {
		t.Errorf("the last resort is %s, want plain", last)
	}
}

// TestScratchIsKept holds a training step to take no large memory after the
// first.
func TestScratchIsKept(t *testing.T) {
	g := &Conv{
		N: 4, D: 6, H: 6, W: 6, C: 16, OD: 6, OH: 6, OW: 6, K: 32,
		KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, PD: 1, PH: 1, PW: 1, Groups: 1,
	}
	nx, nw, ny := g.sizes()
	x, w, y := make([]float32, nx), make([]float32, nw), make([]float32, ny)
	var s Scratch[float32]
	step := func() {
		ConvForward(nil, &s, g, x, w, nil, y)
		ConvInputGrad(nil, &s, g, y, w, x)
		ConvWeightGrad(nil, &s, g, x, y, w)
		MatMul(nil, &s, 40, 70, 90, x, w, y, false, true, false)
	}
	step()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const steps = 8
	for range steps {
		step()
	}
	runtime.ReadMemStats(&after)
	if got, most := (after.TotalAlloc-before.TotalAlloc)/steps, uint64(8<<10); got > most {
		t.Errorf("a step takes %d bytes, want at most %d", got, most)
	}
}
