package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// fillCase is columns and the blocks of their rows.
type fillCase struct {
	columns []float64
	width   int
	ends    []int
}

func fillCases() []fillCase {
	random := rand.New(rand.NewPCG(9, 8))
	var cases []fillCase
	for _, width := range []int{1, 2, 7, 8, 9, 28, 33, 64, 150} {
		for _, count := range []int{width, width + 1, width + 15, 2*width + 15, 4 * width} {
			c := fillCase{columns: make([]float64, count), width: width}
			for i := range c.columns {
				c.columns[i] = random.NormFloat64()
			}
			blocks := min(width, 8)
			for k := range blocks {
				c.ends = append(c.ends, (k+1)*width/blocks)
			}
			cases = append(cases, c)
		}
	}
	return cases
}

// TestFillBlocks compares with plain loops, and the engines bit for bit.
func TestFillBlocks(t *testing.T) {
	for _, c := range fillCases() {
		want := make([]float64, len(c.ends))
		for i, v := range c.columns {
			k := 0
			for c.ends[k] <= i%c.width {
				k++
			}
			want[k] += v
		}
		var first []float64
		withEngines(t, func(t *testing.T) {
			got := make([]float64, len(c.ends))
			FillBlocks(slices.Clone(c.columns), len(c.columns), c.width, c.ends, got, len(got))
			if first == nil {
				first = slices.Clone(got)
			} else if !slices.Equal(first, got) {
				t.Errorf("%d columns of rows of %d: other bits than %s", len(c.columns), c.width, engines()[0].name)
			}
			if !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
				t.Errorf("%d columns of rows of %d: got %v, want %v", len(c.columns), c.width, got, want)
			}
			FillBlocks(slices.Clone(c.columns), len(c.columns), c.width, c.ends, got, len(got))
			if math.Abs(got[0]-2*want[0]) > 1e-12 {
				t.Error("sums are not added to those that are there")
			}
			const runs, apart = 3, 10
			several := make([]float64, runs*apart)
			FillBlocks(slices.Concat(c.columns, make([]float64, len(c.columns)), c.columns), len(c.columns), c.width, c.ends, several, apart)
			alone := make([]float64, runs*apart)
			copy(alone, first)
			copy(alone[2*apart:], first)
			if !slices.Equal(several, alone) {
				t.Errorf("three runs of %d columns give %v, one %v", len(c.columns), several, first)
			}
		})
	}
}

func TestFillBlocksRefusesWhatDoesNotFit(t *testing.T) {
	for name, fill := range map[string]func(){
		"columns": func() { FillBlocks(make([]float64, 3), 3, 4, []int{4}, make([]float64, 1), 1) },
		"runs":    func() { FillBlocks(make([]float64, 9), 4, 4, []int{4}, make([]float64, 3), 1) },
		"sums":    func() { FillBlocks(make([]float64, 8), 4, 4, []int{2, 4}, make([]float64, 3), 2) },
		"apart":   func() { FillBlocks(make([]float64, 8), 4, 4, []int{2, 4}, make([]float64, 4), 1) },
		"row":     func() { FillBlocks(make([]float64, 9), 9, 4, []int{2, 5}, make([]float64, 2), 2) },
		"order":   func() { FillBlocks(make([]float64, 9), 9, 4, []int{3, 2}, make([]float64, 2), 2) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s that do not fit are taken", name)
				}
			}()
			fill()
		}()
	}
}
