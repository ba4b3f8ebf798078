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

// Choose gives the method for a convolution, from the sizes of one example and the
// kind of processor alone, so that a smaller batch gives the same bits. The forward
// convolution and both gradients take the same one.
func Choose(g *Conv) Method {
	switch {
	case g.depthwise():
		return Depthwise
	case g.KD == 1 && g.KH == 1 && g.KW == 1:
		return Pointwise
	case g.few():
		return Few
	}
	var wide Conv
	_, method := g.gathered(&wide).cost()
	return method
}

// cost is that of the better one of the direct way and Winograd's.
func (g *Conv) cost() (float64, Method) {
	direct := g.directCost()
	if g.winogradFits() {
		if winograd := g.winogradCost(); winograd < direct {
			return winograd, Winograd
		}
	}
	return direct, Direct
}

// winogradFits says that the convolution can be computed by Winograd's method.
func (g *Conv) winogradFits() bool {
	return g.KD == 3 && g.KH == 3 && g.KW == 3 && g.SD == 1 && g.SH == 1 && g.SW == 1 &&
		g.ED == 1 && g.EH == 1 && g.EW == 1 && g.Groups == 1
}

// The costs of the two methods are those of the forward convolution and both
// gradients of one example, in products of vectors, 2 of which start in a cycle.
//
// The constants, and those of the engines for Winograd's method, fit measurements on
// a Zen 5 with 2 threads of 120 shapes drawn at random: volumes of 1³ to 24³, 3 to
// 190 channels, batches of 8, a third of them without padding, half with cold
// caches. On 48 others with cold caches (BenchmarkChoice draws such ones) what was
// chosen took longer than the faster one by 0.8 % in the mean and 21 % at most with
// AVX-512, 1 % and 23 % with AVX2, 0.3 % and 8 % in Go alone.
const (
	// fewestRows is how many rows of a tile take as long as fewer: the weights
	// come from the second-level cache.
	fewestRows = 6
	// tileStart is what comes with each tile, runStart with each of its runs.
	tileStart, runStart = 60, 16
	// weightBatch is the number of examples that share the transform of the weights:
	// whatever the batch is, so that the choice does not depend on it.
	weightBatch = 8
)

// winogradCosts are what the steps of Winograd's method cost with an engine.
type winogradCosts struct {
	// product is that of two vectors with what comes with it.
	product float64
	// tile is the transform of one vector of channels of a tile, in or out.
	tile float64
	// weight is the transform of one vector of weights, written and read.
	weight float64
}

// The costs of engines with vectors, and of Go alone.
var (
	vectorCosts = winogradCosts{product: 1, tile: 600, weight: 1000}
	plainCosts  = winogradCosts{product: 0.7, tile: 350, weight: 1000}
)

// directCost is that of the direct way.
func (g *Conv) directCost() float64 {
	inner, outer := g.C/g.Groups, g.K/g.Groups
	pairs := inside(g.OD, g.D, g.PD, g.KD, g.SD, g.ED) * inside(g.OH, g.H, g.PH, g.KH, g.SH, g.EH)
	forward := g.sweepCost(pairs, g.OD*g.OH, g.W, g.OW, inner, outer)
	backward := g.sweepCost(pairs, g.D*g.H, g.OW, g.W, outer, inner)
	grad := weightGrad[float32]{Conv: g, engine: single}
	steps := grad.fewestSteps() * g.Groups
	return forward + backward + float64(pairs*g.OW*steps)
}

// inside counts the pairs of an output and an element of the kernel along an axis
// that read inside the input.
func inside(out, in, pad, kernel, stride, dilation int) int {
	count := 0
	for k := range kernel {
		for o := range out {
			if at := o*stride + k*dilation - pad; at >= 0 && at < in {
				count++
			}
		}
	}
	return count
}

// sweepCost is that of a sweep whose rows have so many positions, in and out, and
// whose groups so many channels; pairs is the number of rows of the source that
// its rows of outputs read.
func (g *Conv) sweepCost(pairs, rows, in, out, sc, rc int) float64 {
	lanes := single.winograd.pad
	depth := g.KD * g.KH * sc
	if g.SW == 1 && g.KW > 1 && joint(lanes, depth, g.KW, rc, in, out) {
		return float64(g.Groups) * float64(pairs*in*sc*pieces(g.KW*rc, lanes)+rows*in*jointCost*g.KW*pieces(rc, lanes)+(rows*tileStart+pairs*runStart)*pieces(in, single.rows)*pieces(g.KW*rc, single.cols))
	}
	strips := pieces(out, single.rows)
	if g.SW > 1 {
		// The taps of a row are shared out among the phases of the gradient by the input.
		strips, out = pieces(g.OW, single.rows), g.OW
	}
	row := max(out, strips*fewestRows) * g.KW * sc * pieces(rc, lanes)
	starts := (rows*tileStart + pairs*runStart) * strips * pieces(rc, single.cols)
	return float64((pairs*row + starts) * g.Groups)
}

// winogradCost is that of Winograd's method.
func (g *Conv) winogradCost() float64 {
	forward, backward := newGrid(1, g.OD, g.OH, g.OW), newGrid(1, g.D, g.H, g.W)
	channels, costs := float64(vectors(g.C)+vectors(g.K)), single.winograd.costs
	cost := func(tiles, from, to int) float64 {
		products := float64(from * vectors(to))
		return float64(tiles)*(costs.product*allPoints*products+costs.tile*channels) + costs.weight/weightBatch*products
	}
	tiles := forward.rows() * forward.tiles[2]
	return 2*cost(tiles, g.C, g.K) + cost(backward.rows()*backward.tiles[2], g.K, g.C)
}

// vectors is how many vectors hold so many channels.
func vectors(channels int) int { return pieces(channels, single.winograd.pad) }
