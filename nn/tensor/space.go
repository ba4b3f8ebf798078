package tensor

// Space hands out stretches of memory that it only counts: the lowest free one
// that is large enough, in blocks that are added as they are needed. The same
// requests get the same places. The zero value has no block.
type Space struct {
	blocks []int
	// free stretches, ordered by place; no two touch.
	free []stretch
	// top is the end of the highest stretch ever handed out of the first block.
	top int
}

type stretch struct{ block, from, to int }

// line is what sizes are rounded up to, so that every stretch begins on a cache
// line of its own.
const line = 16

func rounded(n int) int { return (n + line - 1) / line * line }

// Take hands out n elements; ok is false if there is no room.
func (s *Space) Take(n int) (block, from int, ok bool) {
	n = rounded(n)
	for i := range s.free {
		f := &s.free[i]
		if f.to-f.from < n {
			continue
		}
		block, from = f.block, f.from
		if f.from += n; f.from == f.to {
			s.free = append(s.free[:i], s.free[i+1:]...)
		}
		if block == 0 {
			s.top = max(s.top, from+n)
		}
		return block, from, true
	}
	return 0, 0, n == 0
}

// Give takes n elements back.
func (s *Space) Give(block, from, n int) {
	to := from + rounded(n)
	if to == from {
		return
	}
	at := 0
	for at < len(s.free) && (s.free[at].block < block || s.free[at].block == block && s.free[at].from < from) {
		at++
	}
	joins := func(a, b stretch) bool { return a.block == b.block && a.to == b.from }
	given := stretch{block, from, to}
	before := at > 0 && joins(s.free[at-1], given)
	behind := at < len(s.free) && joins(given, s.free[at])
	switch {
	case before && behind:
		s.free[at-1].to = s.free[at].to
		s.free = append(s.free[:at], s.free[at+1:]...)
	case before:
		s.free[at-1].to = to
	case behind:
		s.free[at].from = from
	default:
		s.free = append(s.free, stretch{})
		copy(s.free[at+1:], s.free[at:])
		s.free[at] = given
	}
}

// Add adds a block of n elements, all free, and gives its number.
func (s *Space) Add(n int) int {
	s.blocks = append(s.blocks, n)
	s.Give(len(s.blocks)-1, 0, n)
	return len(s.blocks) - 1
}

// Reset takes everything back.
func (s *Space) Reset() {
	s.free = s.free[:0]
	for block, n := range s.blocks {
		if n > 0 {
			s.free = append(s.free, stretch{block, 0, n})
		}
	}
}

// Top is how much of the first block has been used at most.
func (s *Space) Top() int { return s.top }
