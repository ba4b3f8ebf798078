package kernel

// Method is a way to compute a convolution and its gradients.
type Method uint8

// The methods.
const (
	// Direct multiplies every input by every weight that meets it.
	Direct Method = iota
	// Pointwise is Direct with a kernel of one element: a product of matrices.
	Pointwise
	// Few is Direct with so few input channels that the weight gradient has a
	// kernel of its own: most first layers.
	Few
	// Depthwise multiplies lane by lane: each channel is convolved by itself.
	Depthwise
	// Winograd multiplies transformed inputs by transformed weights, less than a
	// third of Direct's multiplications.
	Winograd
)

var methodNames = [...]string{
	Direct: "direct", Pointwise: "pointwise", Few: "few channels", Depthwise: "depthwise", Winograd: "winograd",
}

func (m Method) String() string { return methodNames[m] }

// Choose gives the method for a convolution, from its sizes and the kind of
// processor alone. The forward convolution and both gradients take the same one.
// The number of examples counts too: with another, the results may differ in
// the last bits.
func Choose(g *Conv) Method {
	switch {
	case g.depthwise():
		return Depthwise
	case g.KD == 1 && g.KH == 1 && g.KW == 1:
		return Pointwise
	case g.few():
		return Few
	case g.winogradFits() && winogradMargin*g.winogradCost() < g.directCost():
		return Winograd
	}
	return Direct
}

// winogradFits says that the convolution can be computed by Winograd's method.
func (g *Conv) winogradFits() bool {
	return g.KD == 3 && g.KH == 3 && g.KW == 3 && g.SD == 1 && g.SH == 1 && g.SW == 1 &&
		g.ED == 1 && g.EH == 1 && g.EW == 1 && g.Groups == 1
}

// The costs of the two methods are in products of vectors, 2 of which start in a
// cycle. The constants fit measurements on Zen 5 of 14 shapes, volumes of 2³ to
// 32³ and 4 to 256 channels; the margin covers their error of some 15 %.
const (
	winogradMargin = 1.1
	// fewestRows is how many rows of a tile take as long as fewer: the weights
	// come from the second-level cache.
	fewestRows = 6
	// pointsCost is the product of two vectors with what comes with it.
	pointsCost = 1.15
	// tileCost is the transform of one vector of channels of a tile, in or out.
	tileCost = 660
	// weightCost is the transform of one vector of weights, written and read.
	weightCost = 3000
)

// directCost is that of the forward convolution and the gradient by the input.
func (g *Conv) directCost() float64 {
	taps := func(out, in, pad int) float64 {
		inside := 0
		for k := range 3 {
			inside += max(0, min(out, in+pad-k)-max(0, pad-k))
		}
		return float64(inside)
	}
	outer := float64(g.N) * taps(g.OD, g.D, g.PD) * taps(g.OH, g.H, g.PH) * 3
	row := func(length int) float64 {
		strips := pieces(length, single.rows)
		return float64(max(length, strips*fewestRows))
	}
	return outer * (row(g.OW)*float64(g.C*vectors(g.K)) + row(g.W)*float64(g.K*vectors(g.C)))
}

// winogradCost is that of the forward convolution and the gradient by the input.
func (g *Conv) winogradCost() float64 {
	forward, backward := newGrid(g.N, g.OD, g.OH, g.OW), newGrid(g.N, g.D, g.H, g.W)
	channels := float64(vectors(g.C) + vectors(g.K))
	cost := func(tiles, from, to int) float64 {
		products := float64(from * vectors(to))
		return float64(tiles)*(pointsCost*allPoints*products+tileCost*channels) + weightCost*products
	}
	return cost(forward.rows()*forward.tiles[2], g.C, g.K) + cost(backward.rows()*backward.tiles[2], g.K, g.C)
}

// vectors is how many vectors hold so many channels.
func vectors(channels int) int { return pieces(channels, single.winograd.pad) }
