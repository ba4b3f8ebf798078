package kernel

// Scratch lends the kernels workspace that nobody reads after a call. The zero
// value is ready; it keeps what it has once lent, so that a training step takes
// no memory after the first. It serves one call at a time.
type Scratch[T Float] struct {
	weights  []T
	partials []T
	hands    []hand[T]
	sweep    sweep[T]
	winograd winograd[T]
	// winogradWeights is the plan of a weight gradient.
	winogradWeights winogradWeights[T]
	// sums are partial sums in double precision, windows those of each worker.
	sums    []float64
	biases  []float64
	windows []panes[T]
	neutral []T
	// one is the number 1.
	one []T
	// gathered are the weights of groups that are gathered, in the convolution
	// wideConv.
	gathered []T
	wideConv Conv
	// wide are the numbers of a normalisation, repeated.
	wide                  []T
	wideNorm, neutralNorm Norm[T]
	// paired are the points of the weights of a convolution with its pooling.
	paired []T
	// turned are the weights of a head by units, which stay until the next call of
	// TurnHead.
	turned []T
	// flat is a convolution with longer rows.
	flat Conv

	// The tasks of the calls.
	product     product[T]
	narrow      narrowProduct[T]
	addition    addition[T]
	columnSums  columnSums[T]
	weightGrad  weightGrad[T]
	tailGrad    tailGrad[T]
	turning     turning[T]
	convPeaks   convPeaks[T]
	again       again[T]
	followed    followed[T]
	rectifier   rectifier[T]
	curving     curving[T]
	curvedSweep curvedSweep[T]
	convPool    convPool[T]
	flatWork    flatWork[T]
	eachWork    eachWork[T]
	tailWork    tailWork[T]
	normSums    normSums[T]
	gating      gating[T]
	pooled      pooled[T]
}

// hand is what one worker holds.
type hand[T Float] struct {
	tile    tile[T]
	narrow  narrow[T]
	fan     fan[T]
	comb    comb[T]
	windows windows[T]
	peaks   peakTile[T]
	pairs   pairs[T]
	pick    pick[T]
	row     row
	points  points[T]
	slice   slice[T]
	outputs outputs[T]
	filter  filter[T]
	runs    []run
	taps    []int
	// rows of a's and columns of b's copies.
	rows, columns []T
	// ones are a vector of them.
	ones []T
	// products are those of points, or what they are made of.
	products []T
	// again is a part of a convolution's output that is computed again.
	again []T
	// Workers write to their hands all the time; without a cache line between
	// them they would slow each other down.
	_ [64]byte
}

// panes lends each worker of the pool its row of windows.
func (s *Scratch[T]) panes(p *Pool) []panes[T] {
	for len(s.windows) < p.Threads() {
		s.windows = append(s.windows, panes[T]{})
	}
	return s.windows
}

// take lends n elements that are not cleared, from a slice that grows.
func take[T Float](from *[]T, n int) []T {
	if cap(*from) < n {
		*from = make([]T, n)
	}
	return (*from)[:n]
}

// crew lends each worker of the pool its hand.
func (s *Scratch[T]) crew(p *Pool) []hand[T] {
	for len(s.hands) < p.Threads() {
		s.hands = append(s.hands, hand[T]{})
	}
	return s.hands
}
