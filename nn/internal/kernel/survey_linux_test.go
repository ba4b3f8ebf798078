package kernel

import (
	"math/rand/v2"
	"testing"
)

// TestSurveyGuards surveys, digests, fills and parts beside forbidden memory.
func TestSurveyGuards(t *testing.T) {
	for _, atEnd := range []bool{true, false} {
		withEngines(t, func(t *testing.T) {
			for _, c := range surveyCases(rand.New(rand.NewPCG(7, 8))) {
				values := guarded(t, atEnd, c.values)
				columns := guarded(t, atEnd, make([]float64, len(c.lengths)*c.stride))
				s, d := new(Survey), new(Digest)
				s.Begin(c.about, 0)
				s.Look(values, c.lengths, 1, c.fold, c.stride, columns)
				d.AddFloats(values)
			}
			for _, c := range fillCases() {
				FillBlocks(guarded(t, atEnd, c.columns), len(c.columns), c.width, guarded(t, atEnd, c.ends), guarded(t, atEnd, make([]float64, len(c.ends))), len(c.ends))
			}
			for channels := 2; channels < 18; channels++ {
				p := NewParting(channels)
				for _, n := range []int{16, 17, 50} {
					p.Take(guarded(t, atEnd, make([]float32, n*channels)), channels-1, guarded(t, atEnd, make([]float32, n)))
				}
			}
		})
	}
}
