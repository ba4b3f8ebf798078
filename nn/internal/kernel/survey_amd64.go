//go:build !purego

package kernel

//go:generate go -C asm run ./survey -out ../survey_amd64.s

// surveyOf is the survey of an engine.
func surveyOf(engine string) func(s *Survey) {
	switch engine {
	case "avx512":
		return avx512Survey
	case "avx2":
		return avx2Survey
	}
	return plainSurvey
}

// stripesOf is the digest of an engine.
func stripesOf(engine string) func(d *Digest) {
	switch engine {
	case "avx512":
		return avx512Stripes
	case "avx2":
		return avx2Stripes
	}
	return plainStripes
}

//go:noescape
func avx512Survey(s *Survey)

//go:noescape
func avx2Survey(s *Survey)

//go:noescape
func avx512Stripes(d *Digest)

//go:noescape
func avx2Stripes(d *Digest)
