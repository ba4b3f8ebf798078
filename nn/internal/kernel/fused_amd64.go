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
	peaks: []func(t *peakTile[float32]){1: avx512Peak1, 2: avx512Peak2},
	picks: []func(t *pick[float32]){avx512Pick01, avx512Pick2},
}

var avx2Passes = passes[float32]{
	crest: avx2Crest, spread: avx2PaneSpread, scatter: avx2Scatter,
	against: avx2Against, moments: avx2Moments, rectify: avx2Rectify, gate: avx2Gate,
	peaks: []func(t *peakTile[float32]){1: avx2Peak1, 2: avx2Peak2},
	picks: []func(t *pick[float32]){avx2Pick0, avx2Pick1, avx2Pick2},
}

// avx2Peak2 works one vector after the other: the sums of both would not fit in
// registers.
func avx2Peak2(t *peakTile[float32]) {
	const lanes = 8
	first, second := *t, *t
	first.lastLane = lanes
	avx2Peak1(&first)
	second.b, second.y = second.b[lanes:], second.y[lanes:]
	if second.bias != nil {
		second.bias = second.bias[lanes:]
	}
	if second.code != nil {
		second.code = second.code[lanes:]
	}
	avx2Peak1(&second)
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
func avx512Pick01(t *pick[float32])

//go:noescape
func avx512Pick2(t *pick[float32])

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
func avx2Pick0(t *pick[float32])

//go:noescape
func avx2Pick1(t *pick[float32])

//go:noescape
func avx2Pick2(t *pick[float32])
