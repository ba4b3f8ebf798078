//go:build purego || !amd64

package kernel

// surveyOf and stripesOf are plain Go here.
func surveyOf(string) func(s *Survey)  { return plainSurvey }
func stripesOf(string) func(d *Digest) { return plainStripes }
