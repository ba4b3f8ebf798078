package kernel

// box is a part of one example of a source, [sizes…, channels], of which one
// group's sc channels are used. It may reach beyond the source, where the source
// is zero.
type box struct {
	sizes     [3]int
	channels  int
	group, sc int
	low, high [3]int
}

// at is where row (d, h) of the source begins in the rows of padded.
func (b *box) at(d, h int) int {
	return ((d-b.low[0])*(b.high[1]-b.low[1]) + h - b.low[1]) * (b.high[2] - b.low[2]) * b.sc
}

// inside says that nothing of the box lies beyond the source.
func (b *box) inside() bool {
	for axis, low := range b.low {
		if low < 0 || b.high[axis] > b.sizes[axis] {
			return false
		}
	}
	return true
}

// padded gives the box's rows with their zeros, one group's channels, densely:
// the source itself if it looks like that, else a copy in memory that is kept.
func padded[T Float](b *box, source []T, memory *[]T) []T {
	if b.channels == b.sc && b.inside() {
		b.low[2], b.high[2] = 0, b.sizes[2]
		plane := b.sizes[1] * b.sizes[2] * b.channels
		b.low[1], b.high[1] = 0, b.sizes[1]
		return source[min(b.low[0], b.sizes[0])*plane : max(b.low[0], b.high[0])*plane]
	}
	width := b.high[2] - b.low[2]
	rows := max(b.high[0]-b.low[0], 0) * (b.high[1] - b.low[1])
	into := take(memory, rows*width*b.sc)
	w0 := min(max(b.low[2], 0), b.high[2])
	w1 := max(min(b.high[2], b.sizes[2]), w0)
	for d := b.low[0]; d < b.high[0]; d++ {
		for h := b.low[1]; h < b.high[1]; h++ {
			row := into[b.at(d, h):][:width*b.sc]
			if d < 0 || d >= b.sizes[0] || h < 0 || h >= b.sizes[1] {
				clear(row)
				continue
			}
			front, back := (w0-b.low[2])*b.sc, (w1-b.low[2])*b.sc
			clear(row[:front])
			if front < back {
				from := source[((d*b.sizes[1]+h)*b.sizes[2]+w0)*b.channels+b.group*b.sc:]
				if b.sc == b.channels {
					copy(row[front:back], from)
				} else {
					for i, at := front, 0; i < back; i, at = i+b.sc, at+b.channels {
						copy(row[i:i+b.sc], from[at:])
					}
				}
			}
			clear(row[back:])
		}
	}
	return into
}
