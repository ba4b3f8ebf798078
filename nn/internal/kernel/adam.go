package kernel

// AdamStep is a step of Adam for some weights W, with the running means M of their
// gradients G and V of the gradients' squares, all of one length:
//
//	m ← m + (g - m)·Rest1
//	v ← v + (g² - v)·Rest2
//	w ← w - Alpha·m / (√v + Epsilon)
//
// Every operation is rounded by itself, so that a weight's bits do not depend on who
// takes the step.
//
// Assembly reads the fields by their offsets.
type AdamStep struct {
	W, M, V, G                   []float32
	Alpha, Rest1, Rest2, Epsilon float32
	count                        int
}

// adamAlign is a whole number of vectors.
const adamAlign = 16

// Begin takes the step for the first weights, as many as fill vectors, and returns how
// many; the caller takes it for the others, which are all where there is no assembly.
func (a *AdamStep) Begin() int {
	a.count = len(a.W) / adamAlign * adamAlign
	if a.count == 0 || !fastAdam(single.name, a) {
		return 0
	}
	return a.count
}
