package kernel

import "testing"

func BenchmarkTilePeak(b *testing.B) {
	for _, e := range fastEngines() {
		for _, sh := range [][2]int{{14, 32}, {13, 32}, {7, 32}, {4, 32}, {3, 32}, {2, 32}, {14, 16}, {6, 16}, {5, 16}, {3, 16}, {6, 8}} {
			if sh[0] > e.rows || sh[1] > e.cols {
				continue
			}
			rows, cols := sh[0], sh[1]
			b.Run("", func(b *testing.B) {
				n := 192
				t := &tile[float32]{a: make([]float32, 16*64+n), b: make([]float32, n*cols), c: make([]float32, rows*cols), runs: make([]run, 9), length: n, aRow: 64, aStep: 1, bStep: cols, cRow: cols, rows: rows, cols: cols}
				for b.Loop() {
					e.compute(t)
				}
				b.ReportMetric(float64(2*rows*cols*n*9*b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
				b.Logf("%v", sh)
			})
		}
	}
}
