package kernel

// Groups of a few channels fill a part of a vector each, and a tile has little to
// do. Several are gathered to one then, whose weights between channels of different
// groups are 0: the same number of vectors is multiplied, or even fewer, in fewer
// tiles, and where all become one, everything for convolutions without groups can be
// used. As with Winograd's method, what is not finite spreads: to the channels of
// the groups gathered with its own.

// gathered is the convolution whose groups are gathered as far as it pays: itself
// if it does not, else room, which is set to it.
func (g *Conv) gathered(room *Conv) *Conv {
	if g.Groups == 1 || g.depthwise() || single.winograd.pad == 1 {
		return g
	}
	best := g.Groups
	least, _ := g.cost()
	for together := 2; together <= g.Groups; together++ {
		if g.Groups%together != 0 {
			continue
		}
		wide := *g
		wide.Groups = g.Groups / together
		if cost, _ := wide.cost(); cost < least {
			best, least = wide.Groups, cost
		}
	}
	if best == g.Groups {
		return g
	}
	*room = *g
	room.Groups = best
	return room
}

// gather lays the weights of g out for the gathered convolution.
func gather[T Float](s *Scratch[T], g, to *Conv, w []T) []T {
	if to.Groups == g.Groups {
		return w
	}
	into := take(&s.gathered, to.KD*to.KH*to.KW*to.C/to.Groups*to.K)
	clear(into)
	g.eachGathered(to, func(narrow, wide, channels int) {
		copy(into[wide:][:channels], w[narrow:][:channels])
	})
	return into
}

// eachGathered visits the weights of g: where those of an input channel for all the
// outputs of its group lie, and where they lie in the gathered convolution.
func (g *Conv) eachGathered(to *Conv, visit func(narrow, wide, channels int)) {
	cg, kg, together := g.C/g.Groups, g.K/g.Groups, g.Groups/to.Groups
	for tap := range g.KD * g.KH * g.KW {
		for c := range cg {
			for group := range g.Groups {
				narrow := (tap*cg+c)*g.K + group*kg
				wide := (tap*cg*together+group%together*cg+c)*g.K + group*kg
				visit(narrow, wide, kg)
			}
		}
	}
}

// gatheredWeightGrad adds the gradient by the weights of g, whose groups are
// gathered.
func gatheredWeightGrad[T Float](p *Pool, s *Scratch[T], g, wide *Conv, x, dy, dw []T) {
	into := take(&s.gathered, wide.KD*wide.KH*wide.KW*wide.C/wide.Groups*wide.K)
	clear(into)
	ConvWeightGrad(p, s, wide, x, dy, into)
	g.eachGathered(wide, func(at, from, channels int) {
		for k, v := range into[from:][:channels] {
			dw[at+k] += v
		}
	})
}
