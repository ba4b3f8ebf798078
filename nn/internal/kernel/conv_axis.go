package kernel

import "slices"

// phase is those outputs along one axis that are computed from the same
// elements of the kernel: first, first+stride, and so on, count of them. A
// forward convolution has one phase; the gradient by the input of a convolution
// with stride s has s of them, since input position i is read only through the
// elements k with i + padding − k·dilation divisible by s.
type phase struct {
	first, stride, count int
	// step is how far the source moves from one output to the next.
	step int
	// taps are in the order of the places they read.
	taps []tap
	// slot is the place of the first tap among the taps of all phases.
	slot int
}

// tap says that the j-th output of a phase reads the source at from + j·step
// through element index of the kernel.
type tap struct{ index, from int }

// forwardAxis is an axis of a forward convolution.
func forwardAxis(into []phase, outputs, kernel, stride, dilation, padding int) []phase {
	into = grow(into[:0], 1)
	f := &into[0]
	f.first, f.stride, f.count, f.step, f.slot = 0, 1, outputs, stride, 0
	f.taps = f.taps[:0]
	for k := range kernel {
		f.taps = append(f.taps, tap{index: k, from: k*dilation - padding})
	}
	return into
}

// backwardAxis is an axis of the gradient by the input, whose source is the
// gradient by the output.
func backwardAxis(into []phase, inputs, kernel, stride, dilation, padding int) []phase {
	into = grow(into[:0], min(stride, inputs))
	slot := 0
	for first := range into {
		f := &into[first]
		f.first, f.stride, f.count, f.step, f.slot = first, stride, pieces(inputs-first, stride), 1, slot
		f.taps = f.taps[:0]
		for k := kernel - 1; k >= 0; k-- {
			if ahead := first + padding - k*dilation; ahead%stride == 0 {
				f.taps = append(f.taps, tap{index: k, from: ahead / stride})
			}
		}
		slot += len(f.taps)
	}
	return into
}

// grow sets the length, keeping the slices inside the elements.
func grow(phases []phase, n int) []phase {
	return slices.Grow(phases, n)[:n]
}

// inside is the range of taps that read inside a source of the given size, for
// the j-th output.
func (f *phase) inside(j, size int) (from, to int) {
	to = len(f.taps)
	for from < to && f.taps[from].from+j*f.step < 0 {
		from++
	}
	for to > from && f.taps[to-1].from+j*f.step >= size {
		to--
	}
	return from, to
}

// joined says that neighbouring taps read neighbouring places, so that together
// they are one stretch of the source.
func (f *phase) joined() bool {
	return len(f.taps) < 2 || f.taps[1].from-f.taps[0].from == 1
}

// reach is the range of the source that outputs [from, to) of all phases read,
// inside the source or not. A range that is empty is [0, 0).
func reach(phases []phase, from, to func(f *phase) int) (low, high int) {
	empty := true
	for i := range phases {
		f := &phases[i]
		j0, j1 := from(f), to(f)
		if len(f.taps) == 0 || j0 >= j1 {
			continue
		}
		l, h := f.taps[0].from+j0*f.step, f.taps[len(f.taps)-1].from+(j1-1)*f.step+1
		if empty {
			low, high, empty = l, h, false
		}
		low, high = min(low, l), max(high, h)
	}
	return low, high
}
