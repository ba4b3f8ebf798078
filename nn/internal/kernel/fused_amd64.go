//go:build !purego

package kernel

//go:generate go -C asm run ./fused -out ../fused_amd64.s

// fastPasses are the passes in assembly of an engine, if it has any.
func fastPasses(engine string) *passes[float32] {
	switch engine {
	case "avx512":
		return &avx512Passes
	case "avx2":
		return &avx2Passes
	}
	return nil
}

var avx512Passes = passes[float32]{
	crest: avx512Crest, spread: avx512PaneSpread, scatter: avx512Scatter,
	against: avx512Against, moments: avx512Moments, rectify: avx512Rectify, gate: avx512Gate,
	peaks:       []func(t *peakTile[float32]){1: avx512Peak1, 2: avx512Peak2},
	pairedPeaks: []func(t *peakTile[float32]){1: avx512PairedPeak1, 2: avx512PairedPeak2}, pair: avx512Pair,
	pairedOutputs:  []func(t *peakTile[float32]){1: avx512PairedOutputs1, 2: avx512PairedOutputs2},
	pairedMeasured: []func(t *peakTile[float32]){1: avx512PairedMeasured1, 2: avx512PairedMeasured2},
	picks:          []func(t *pick[float32]){avx512Pick},
	patches:        avx512Patches,
}

var avx2Passes = passes[float32]{
	crest: avx2Crest, spread: avx2PaneSpread, scatter: avx2Scatter,
	against: avx2Against, moments: avx2Moments, rectify: avx2Rectify, gate: avx2Gate,
	peaks:       []func(t *peakTile[float32]){1: avx2Peak1, 2: halves(avx2Peak1)},
	pairedPeaks: []func(t *peakTile[float32]){1: avx2PairedPeak1, 2: halves(avx2PairedPeak1)}, pair: avx2Pair,
	pairedOutputs:  []func(t *peakTile[float32]){1: avx2PairedOutputs1, 2: halves(avx2PairedOutputs1)},
	pairedMeasured: []func(t *peakTile[float32]){1: avx2PairedMeasured1, 2: halves(avx2PairedMeasured1)},
	picks:          []func(t *pick[float32]){avx2Pick0, avx2Pick1, avx2Pick2},
}

// halves works one vector after the other: the sums of both would not fit in
// registers.
func halves(peak func(t *peakTile[float32])) func(t *peakTile[float32]) {
	const lanes = 8
	return func(t *peakTile[float32]) {
		whole := *t
		t.lastLane = lanes
		peak(t)
		*t = whole
		t.b, t.y = t.b[lanes:], t.y[lanes:]
		if t.bias != nil {
			t.bias = t.bias[lanes:]
		}
		if t.code != nil {
			t.code = t.code[lanes:]
		}
		if t.center != nil {
			t.center, t.upright, t.first, t.second = t.center[lanes:], t.upright[lanes:], t.first[lanes:], t.second[lanes:]
		}
		peak(t)
		*t = whole
	}
}

//go:noescape
func avx512Crest(p *panes[float32])

//go:noescape
func avx512PaneSpread(p *panes[float32])

//go:noescape
func avx512Scatter(p *panes[float32])

//go:noescape
func avx512Against(p *panes[float32])

//go:noescape
func avx512Moments(p *panes[float32])

//go:noescape
func avx512Rectify(p *panes[float32])

//go:noescape
func avx512Gate(p *panes[float32])

//go:noescape
func avx512Peak1(t *peakTile[float32])

//go:noescape
func avx512Peak2(t *peakTile[float32])

//go:noescape
func avx512Pair(q *pairs[float32])

//go:noescape
func avx512PairedMeasured1(t *peakTile[float32])

//go:noescape
func avx512PairedOutputs1(t *peakTile[float32])

//go:noescape
func avx512PairedPeak1(t *peakTile[float32])

//go:noescape
func avx512PairedMeasured2(t *peakTile[float32])

//go:noescape
func avx512PairedOutputs2(t *peakTile[float32])

//go:noescape
func avx512PairedPeak2(t *peakTile[float32])

//go:noescape
func avx512Patches(t *pick[float32])

//go:noescape
func avx512Pick(t *pick[float32])

//go:noescape
func avx2Crest(p *panes[float32])

//go:noescape
func avx2PaneSpread(p *panes[float32])

//go:noescape
func avx2Scatter(p *panes[float32])

//go:noescape
func avx2Against(p *panes[float32])

//go:noescape
func avx2Moments(p *panes[float32])

//go:noescape
func avx2Rectify(p *panes[float32])

//go:noescape
func avx2Gate(p *panes[float32])

//go:noescape
func avx2Peak1(t *peakTile[float32])

//go:noescape
func avx2Pair(q *pairs[float32])

//go:noescape
func avx2PairedMeasured1(t *peakTile[float32])

//go:noescape
func avx2PairedOutputs1(t *peakTile[float32])

//go:noescape
func avx2PairedPeak1(t *peakTile[float32])

//go:noescape
func avx2Pick0(t *pick[float32])

//go:noescape
func avx2Pick1(t *pick[float32])

//go:noescape
func avx2Pick2(t *pick[float32])
