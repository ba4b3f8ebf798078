//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

//go:generate go -C asm run . -out ../tile_amd64.s -declarations ../tiles_amd64.go

// fastEngines are the engines in assembly that this processor can run, the
// fastest first.
func fastEngines() []*engine[float32] {
	var engines []*engine[float32]
	if cpu.X86.HasAVX512F && cpu.X86.HasBMI2 {
		engines = append(engines, &engine[float32]{name: "avx512", lanes: 16, fans: avx512Fans, max: avx512Max, spread: avx512Spread, rows: len(avx512Tiles[1]) - 1, cols: 2 * 16, compute: func(t *tile[float32]) {
			vectors := pieces(t.cols, 16)
			t.last = t.cols - (vectors-1)*16
			avx512Tiles[vectors][t.rows](t)
		}})
	}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		engines = append(engines, &engine[float32]{name: "avx2", lanes: 8, fans: avx2Fans, max: avx2Max, spread: avx2Spread, rows: len(avx2Tiles[1]) - 1, cols: 2 * 8, compute: func(t *tile[float32]) {
			vectors := pieces(t.cols, 8)
			t.last = t.cols - (vectors-1)*8
			avx2Tiles[vectors][t.rows](t)
		}})
	}
	return engines
}
