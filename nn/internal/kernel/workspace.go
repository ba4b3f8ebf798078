package kernel

// Workspace is what convolutions take beside their operands, in elements. Kernels
// that take their turns share it: of several, the largest of each counts. What
// each worker has of its own, about a megabyte, is not in it.
type Workspace struct {
	// Weights are packed or transformed, Gathered those of groups worked as one.
	Weights, Gathered int
	// Turned are the weights of a head by units.
	Turned int
	// Partials are the sums of the parts of a batch.
	Partials int
}

// Beside is the workspace of two that take their turns.
func (w Workspace) Beside(o Workspace) Workspace {
	return Workspace{max(w.Weights, o.Weights), max(w.Gathered, o.Gathered), max(w.Turned, o.Turned), max(w.Partials, o.Partials)}
}

// Elements is the sum.
func (w Workspace) Elements() int { return w.Weights + w.Gathered + w.Turned + w.Partials }

// Workspace is what the convolution takes for batches large enough to be cut into
// all parts; less for smaller ones.
func (g *Conv) Workspace(training bool) Workspace {
	wide := *g.gathered(new(Conv))
	wide.N = sumChunks
	size := wide.KD * wide.KH * wide.KW * wide.C / wide.Groups * wide.K
	w := Workspace{Weights: size}
	if wide.Groups < g.Groups {
		w.Gathered = size
	}
	method := Choose(&wide)
	switch {
	case method == Depthwise:
		w.Weights = 0
	case method == Winograd:
		w.Weights = max(winogradWeightsOf(wide.C, wide.K), winogradWeightsOf(wide.K, wide.C))
	}
	switch {
	case !training:
	case method == Winograd:
		v := winogradWeights[float32]{grid: newGrid(wide.N, wide.OD, wide.OH, wide.OW), c: wide.C, k: wide.K}
		v.plan(single)
		w.Partials = v.parts * v.size()
	default:
		w.Partials = (partialSums(sumChunks, size) + 1) * size
	}
	return w
}

// winogradWeightsOf is the number of transformed weights between so many channels.
func winogradWeightsOf(from, to int) int {
	v := winograd[float32]{sc: from, rc: to}
	v.sized(single)
	return v.transformed()
}
