package scan_test

import (
	"math"
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
)

// TestThumbnail compares with the mean of each block, whose axes are and are not
// multiples of the thumbnail's, or shorter; with values that are not finite too,
// which count as 0.
func TestThumbnail(t *testing.T) {
	const side = 8
	for _, sizes := range [][]int{{16, 16, 16, 1}, {9, 11, 13, 1}, {3, 20, 1, 2}, {8, 2, 40}, {30, 9, 17, 3}, {2, 9, 1100, 1}, {9, 2, 1024, 2}, {10, 70, 75, 1}, {8, 100, 50, 1}, {10, 16, 16, 1}, {8, 64, 4100, 1}} {
		channels := 1
		if len(sizes) == 4 {
			channels = sizes[3]
		}
		for _, whole := range []bool{true, false} {
			s := noise(1, 50, sizes...)
			if !whole {
				s.Values()[len(s.Values())/2] = float32(math.Inf(-1))
				s.Values()[len(s.Values())-1] = float32(math.NaN())
			}
			thumb := result(t, s, scan.Settings{}, 1).Examples[0].Thumb
			bounds := func(axis, k int) (int, int) {
				blocks := min(sizes[axis], side)
				k = k * blocks / side
				return k * sizes[axis] / blocks, (k + 1) * sizes[axis] / blocks
			}
			for i, got := range thumb {
				sum, n := 0.0, 0
				d0, d1 := bounds(0, i/side/side)
				h0, h1 := bounds(1, i/side%side)
				w0, w1 := bounds(2, i%side)
				for d := d0; d < d1; d++ {
					for h := h0; h < h1; h++ {
						for w := w0; w < w1; w++ {
							for c := range channels {
								n++
								if v := s.Values()[((d*sizes[1]+h)*sizes[2]+w)*channels+c]; v-v == 0 {
									sum += float64(v)
								}
							}
						}
					}
				}
				if want := sum / float64(n); math.Abs(float64(got)-want) > 1e-5*math.Abs(want) {
					t.Fatalf("%v: block %d is %g, want %g", sizes, i, got, want)
				}
			}
		}
	}
}

// TestThumbnailOfWhatIsNoVolume takes all values for one row.
func TestThumbnailOfWhatIsNoVolume(t *testing.T) {
	thumb := result(t, data.NewMemory([]int{2, 4}, []float32{0, 1, 2, 3, 4, 5, 6, 7}), scan.Settings{}, 1).Examples[0].Thumb
	for i, v := range thumb {
		if v != float32(i%8) {
			t.Fatalf("block %d is %g", i, v)
		}
	}
}
