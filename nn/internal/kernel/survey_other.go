//go:build purego || !amd64

package kernel

// All of a survey is plain Go here.
func surveyorOf(string) *surveyor      { return &plainSurveyor }
func stripesOf(string) func(d *Digest) { return plainStripes }
func fill(_ string, f *filling)        { plainFill(f) }
func partWhole(string, *part) bool     { return false }
