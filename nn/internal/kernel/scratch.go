package kernel

// Scratch lends the kernels workspace that nobody reads after a call. The zero
// value is ready; it keeps what it has once lent, so that a training step takes
// no memory after the first. It serves one call at a time.
type Scratch[T Float] struct {
	weights  []T
	partials []T
	hands    []hand[T]
	sweep    sweep[T]
}

// hand is what one worker holds.
type hand[T Float] struct {
	tile    tile[T]
	fan     fan[T]
	comb    comb[T]
	windows windows[T]
	row     row
	runs    []run
	taps    []int
	// rows of a's and columns of b's copies.
	rows, columns []T
	// Workers write to their hands all the time; without a cache line between
	// them they would slow each other down.
	_ [64]byte
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
