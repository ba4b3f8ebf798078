package kernel

// Repeat fills each window of x with its element of y: the windows touch and
// cover x.
func Repeat[T Float](p *Pool, s *Scratch[T], g *Pooling, y, x []T) {
	s.pooled = pooled[T]{g: g, x: x, y: y}
	p.run(g.N*g.OD, repeated3D[T]{&s.pooled})
}

// repeated3D fills the windows of a plane.
type repeated3D[T Float] struct{ *pooled[T] }

func (f repeated3D[T]) do(_, chunk int) {
	g := f.g
	row, plane := g.W*g.C, g.H*g.W*g.C
	n, od := chunk/g.OD, chunk%g.OD
	into := f.x[n*g.input()+od*g.KD*plane:][:g.KD*plane]
	for oh := range g.OH {
		from := f.y[((n*g.OD+od)*g.OH+oh)*g.OW*g.C:][:g.OW*g.C]
		to := into[oh*g.KH*row:][:g.KH*row]
		repeatRow(from, to[:row], g.C, g.KW)
		for h := 1; h < g.KH; h++ {
			copy(to[h*row:], to[:row])
		}
	}
	for d := 1; d < g.KD; d++ {
		copy(into[d*plane:], into[:plane])
	}
}

// repeatRow repeats each group of so many channels some times.
func repeatRow[T Float](from, to []T, channels, times int) {
	if channels == 1 {
		for i, v := range from {
			for j := range times {
				to[i*times+j] = v
			}
		}
		return
	}
	for at := 0; len(from) > 0; from = from[channels:] {
		for range times {
			copy(to[at:at+channels], from)
			at += channels
		}
	}
}
