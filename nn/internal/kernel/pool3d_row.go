package kernel

// windows is a row of pooling windows of one form. Assembly reads the fields by
// their offsets.
type windows[T Float] struct {
	// x begins at the first window's origin, y and place at its output.
	x, y []T
	// place, unless nil, is for each output the place of its maximum among the
	// elements of the example.
	place []int32
	// taps are the distances of the window's elements from its origin.
	taps []int32
	// count windows follow each other, step elements of x apart.
	count, step, channels int
	// first is the place of the first window's origin.
	first int
}

// plainMax sets y and place.
func plainMax[T Float](w *windows[T]) {
	for i := range w.count {
		y := w.y[i*w.channels:][:w.channels]
		origin := w.x[i*w.step:]
		copy(y, origin[w.taps[0]:])
		if w.place == nil {
			for _, tap := range w.taps[1:] {
				for c, v := range origin[tap:][:len(y)] {
					if !(v <= y[c]) && y[c] == y[c] {
						y[c] = v
					}
				}
			}
			continue
		}
		place := w.place[i*w.channels:][:w.channels]
		first := int32(w.first + i*w.step)
		for c := range place {
			place[c] = first + w.taps[0] + int32(c)
		}
		for _, tap := range w.taps[1:] {
			for c, v := range origin[tap:][:len(y)] {
				if !(v <= y[c]) && y[c] == y[c] {
					y[c], place[c] = v, first+tap+int32(c)
				}
			}
		}
	}
}

// plainSpread sets all elements of the windows of x: those that place names to
// y, the others to 0. Windows must not overlap.
func plainSpread[T Float](w *windows[T]) {
	for i := range w.count {
		y := w.y[i*w.channels:][:w.channels]
		place := w.place[i*w.channels:][:w.channels]
		first := int32(w.first + i*w.step)
		for _, tap := range w.taps {
			into := w.x[i*w.step+int(tap):][:w.channels]
			clear(into)
			for c, v := range y {
				if place[c] == first+tap+int32(c) {
					into[c] = v
				}
			}
		}
	}
}
