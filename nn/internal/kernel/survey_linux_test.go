package kernel

import (
	"math/rand/v2"
	"testing"
)

// TestSurveyGuards surveys and digests beside forbidden memory.
func TestSurveyGuards(t *testing.T) {
	for _, atEnd := range []bool{true, false} {
		withEngines(t, func(t *testing.T) {
			for _, c := range surveyCases(rand.New(rand.NewPCG(7, 8))) {
				values := guarded(t, atEnd, c.values)
				columns := guarded(t, atEnd, make([]float64, len(c.lengths)*c.stride))
				s, d := new(Survey), new(Digest)
				s.Begin(c.about, 0)
				s.Look(values, c.lengths, c.fold, c.stride, columns)
				d.AddFloats(values)
			}
		})
	}
}
