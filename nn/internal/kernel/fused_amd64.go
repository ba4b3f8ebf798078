//go:build !purego

package kernel

//go:generate go -C asm run ./fused -out ../fused_amd64.s

func avx512Passes() *passes[float32] { return &fastPasses }

var fastPasses = passes[float32]{
	crest: avx512Crest, spread: avx512PaneSpread, scatter: avx512Scatter,
	against: avx512Against, moments: avx512Moments, rectify: avx512Rectify, gate: avx512Gate,
	peaks: []func(t *peakTile[float32]){1: avx512Peak1, 2: avx512Peak2},
	picks: []func(t *pick[float32]){avx512Pick01, avx512Pick2},
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
