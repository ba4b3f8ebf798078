package shape

import (
	"slices"
	"strings"
)

// Shape is the sizes of one example's axes, channels last: [D, H, W, C] for a
// volume, [features] for a vector, [] for a single number. The batch axis is
// never part of it. A nil Shape is one of unknown rank.
type Shape []Dim

// New is a shape of known sizes.
func New(sizes ...int) Shape {
	s := make(Shape, len(sizes))
	for i, n := range sizes {
		s[i] = Of(n)
	}
	return s
}

// Rank is the number of axes; of an unknown shape it is -1.
func (s Shape) Rank() int {
	if s == nil {
		return -1
	}
	return len(s)
}

// Sizes are the numbers, if all are known.
func (s Shape) Sizes() ([]int, bool) {
	if s == nil {
		return nil, false
	}
	sizes := make([]int, len(s))
	for i, d := range s {
		n, known := d.Known()
		if !known {
			return nil, false
		}
		sizes[i] = n
	}
	return sizes, true
}

// MustSizes are the numbers of a shape whose sizes are all known: what a layer
// being built relies on. It panics on a symbol.
func (s Shape) MustSizes() []int {
	sizes, known := s.Sizes()
	if !known {
		panic("shape: sizes of " + s.String() + " asked for before they are known")
	}
	return sizes
}

// Elements is the product of the sizes: 1 for a single number, a symbol for an
// unknown shape.
func (s Shape) Elements() Dim {
	if s == nil {
		return Symbol("?")
	}
	n := Of(1)
	for _, d := range s {
		n = n.Mul(d)
	}
	return n
}

// Equal says whether the two are the same axis by axis.
func (s Shape) Equal(t Shape) bool {
	return (s == nil) == (t == nil) && slices.EqualFunc(s, t, Dim.Equal)
}

// Differs says whether the two can never be equal: another rank, or an axis
// that differs whatever the symbols stand for.
func (s Shape) Differs(t Shape) bool {
	if s == nil || t == nil {
		return false
	}
	if len(s) != len(t) {
		return true
	}
	for i := range s {
		if s[i].Differs(t[i]) {
			return true
		}
	}
	return false
}

// String prints the sizes as [16, 32, 32, 1], an unknown shape as [?].
func (s Shape) String() string { return s.print(nil) }

// Batch prints the shape with the batch axis in front: [N, 16, 32, 32, 1].
func (s Shape) Batch() string { return s.print([]string{"N"}) }

func (s Shape) print(words []string) string {
	if s == nil {
		words = append(words, "?")
	}
	for _, d := range s {
		words = append(words, d.String())
	}
	return "[" + strings.Join(words, ", ") + "]"
}
