package stages

import "testing"

func BenchmarkPhantom(b *testing.B) {
	s := phantomDefaults
	p := &phantoms{Phantom: s, seed: 3, classes: s.assign(3)}
	volume := make([]float32, 16*32*32)
	for i := range b.N {
		if err := p.Read(i%s.Samples, volume); err != nil {
			b.Fatal(err)
		}
	}
}
