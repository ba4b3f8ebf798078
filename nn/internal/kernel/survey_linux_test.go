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
				columns := guarded(t, atEnd, c.columns())
				s, d := new(Survey), new(Digest)
				s.Begin(c.about, 0)
				s.Look(values, c.width, c.lines, 1, columns, c.stride)
				d.AddFloats(values)
			}
			for _, c := range fillCases() {
				f := NewFilling(c.blocks, len(c.columns)-1)
				f.Fill(guarded(t, atEnd, c.columns), guarded(t, atEnd, c.shares), 1, guarded(t, atEnd, make([]float32, f.Size())))
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
