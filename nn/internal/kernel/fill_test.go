package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// fillCase is columns, the last of which is 0, and the blocks that some of them make.
type fillCase struct {
	columns, shares []float32
	blocks          [][]int
}

func fillCases() []fillCase {
	random := rand.New(rand.NewPCG(9, 8))
	var cases []fillCase
	for _, blocks := range []int{1, 5, 16, 17, 64} {
		for _, most := range []int{1, 2, 9} {
			c := fillCase{blocks: make([][]int, blocks)}
			at := 0
			for k := range c.blocks {
				for range random.IntN(most + 1) {
					c.blocks[k] = append(c.blocks[k], at)
					at++
				}
			}
			c.blocks[blocks-1] = append(c.blocks[blocks-1], at)
			for range at + 1 {
				c.columns = append(c.columns, float32(random.NormFloat64()))
			}
			c.columns = append(c.columns, 0)
			for range 64 {
				c.shares = append(c.shares, random.Float32())
			}
			cases = append(cases, c)
		}
	}
	return cases
}

// TestFill compares with plain loops, and the engines bit for bit.
func TestFill(t *testing.T) {
	for _, c := range fillCases() {
		f := NewFilling(c.blocks, len(c.columns)-1)
		var first []float32
		withEngines(t, func(t *testing.T) {
			got := make([]float32, f.Size())
			f.Fill(c.columns, c.shares, 1.5, got)
			if first == nil {
				first = slices.Clone(got)
			} else if !slices.Equal(first, got) {
				t.Errorf("%d blocks: other bits than %s", len(c.blocks), engines()[0].name)
			}
			for k, of := range c.blocks {
				want := 0.0
				for _, at := range of {
					want += float64(c.columns[at])
				}
				// Sums of ten numbers and the mean are rounded by 2⁻²⁴ of themselves.
				if want = 1.5 + want*float64(c.shares[k]); math.Abs(float64(got[k])-want) > 1e-6*(10+math.Abs(want)) {
					t.Errorf("%d blocks: block %d is %g, want %g", len(c.blocks), k, got[k], want)
				}
			}
		})
	}
}

func TestFillingRefusesWhatDoesNotFit(t *testing.T) {
	f := NewFilling([][]int{{0}, {1, 2}}, 3)
	for name, fill := range map[string]func(){
		"columns": func() { f.Fill(make([]float32, 3), make([]float32, 16), 0, make([]float32, 16)) },
		"shares":  func() { f.Fill(make([]float32, 4), make([]float32, 15), 0, make([]float32, 16)) },
		"means":   func() { f.Fill(make([]float32, 4), make([]float32, 16), 0, make([]float32, 15)) },
		"places":  func() { NewFilling([][]int{{4}}, 3) },
		"signs":   func() { NewFilling([][]int{{-1}}, 3) },
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

// TestNothingToFill leaves what is there.
func TestNothingToFill(t *testing.T) {
	means := make([]float32, 16)
	means[0] = 7
	if NewFilling([][]int{{}}, 0).Fill(make([]float32, 1), make([]float32, 16), 1, means); means[0] != 7 {
		t.Errorf("got %g", means[0])
	}
}
