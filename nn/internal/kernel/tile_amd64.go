//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

//go:generate go -C asm run . -out ../tile_amd64.s -declarations ../tiles_amd64.go

// fastEngines are the engines in assembly that this processor can run, the
// fastest first.
func fastEngines() []*engine[float32] {
	var engines []*engine[float32]
	if cpu.X86.HasAVX512F && cpu.X86.HasBMI2 {
		engines = append(engines, &engine[float32]{
			name:  "avx512",
			rows:  len(avx512Tiles[1]) - 1,
			cols:  2 * 16,
			lanes: 16,
			compute: func(t *tile[float32]) {
				vectors := pieces(t.cols, 16)
				t.last = t.cols - (vectors-1)*16
				avx512Tiles[vectors][t.rows](t)
			},
			fans:     avx512Fans,
			comb:     avx512Comb,
			multiply: avx512Lanes,
			max:      avx512Max,
			spread:   avx512Spread,
			ceiling:  ceilingKernel{avx512Ceiling, ceilingSums},
			narrow:   avx512Narrow[:],
			winograd: winogradKernels[float32]{
				multiply: func(q *points[float32]) { avx512Points[q.cols/16][q.rows](q) },
				least:    avx512Least, pad: 16,
				input: avx512Input, gradient: avx512Gradient, output: avx512Outputs,
				weights: avx512Weights, weightGrad: avx512WeightGrad, costs: vectorCosts,
			},
		})
	}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		engines = append(engines, &engine[float32]{
			name:  "avx2",
			rows:  len(avx2Tiles[1]) - 1,
			cols:  2 * 8,
			lanes: 8,
			compute: func(t *tile[float32]) {
				vectors := pieces(t.cols, 8)
				t.last = t.cols - (vectors-1)*8
				avx2Tiles[vectors][t.rows](t)
			},
			fans:     avx2Fans,
			comb:     avx2Comb,
			multiply: avx2Lanes,
			max:      avx2Max,
			spread:   avx2Spread,
			ceiling:  ceilingKernel{avx2Ceiling, ceilingSums},
			narrow:   avx2Narrow[:],
			winograd: winogradKernels[float32]{
				multiply: func(q *points[float32]) { avx2Points[q.cols/8][q.rows](q) },
				least:    avx2Least, pad: 8,
				input: avx2Input, gradient: avx2Gradient, output: avx2Outputs,
				weights: avx2Weights, weightGrad: avx2WeightGrad, costs: vectorCosts,
			},
		})
	}
	return engines
}
