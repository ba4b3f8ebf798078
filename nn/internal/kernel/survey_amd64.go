//go:build !purego

package kernel

//go:generate go -C asm run ./survey -out ../survey_amd64.s

var (
	avx512Surveyor = surveyor{avx512Lines, avx512Below, avx512Equal}
	avx2Surveyor   = surveyor{avx2Lines, avx2Below, avx2Equal}
)

// surveyorOf are the parts of the survey of an engine.
func surveyorOf(engine string) *surveyor {
	switch engine {
	case "avx512":
		return &avx512Surveyor
	case "avx2":
		return &avx2Surveyor
	}
	return &plainSurveyor
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

// fill fills blocks on an engine: on that of AVX2 as in plain Go, where it takes a
// small part of a look.
func fill(engine string, f *filling) {
	if engine == "avx512" {
		avx512Fill(f)
		return
	}
	plainFill(f)
}

// partWhole takes whole vectors of a channel on an engine; it is false for one that
// cannot choose among the lanes of two vectors.
func partWhole(engine string, p *part) bool {
	if engine == "avx512" {
		avx512Part(p)
		return true
	}
	return false
}

//go:noescape
func avx512Fill(f *filling)

//go:noescape
func avx512Part(p *part)

//go:noescape
func avx512Lines(s *Survey)

//go:noescape
func avx2Lines(s *Survey)

//go:noescape
func avx512Below(s *Survey)

//go:noescape
func avx2Below(s *Survey)

//go:noescape
func avx512Equal(s *Survey)

//go:noescape
func avx2Equal(s *Survey)

//go:noescape
func avx512Stripes(d *Digest)

//go:noescape
func avx2Stripes(d *Digest)
