package tensor

import "unsafe"

// Arena lends out tensors that live until the next Reset. After the first step
// has shown how much is needed, a step takes no memory from the system: the
// arena hands out the same blocks in the same order again. It is not safe for
// concurrent use.
type Arena[T Float] struct {
	blocks  [][]T
	next    int
	tensors []*Tensor[T]
	lent    int
}

// A new block is as large as all before it together, between these bounds, so
// that a small network takes little memory and a large one few blocks. Larger
// tensors get a block of their own.
const (
	smallestBlock = 1 << 14
	largestBlock  = 1 << 20
)

// New lends a tensor whose elements are not cleared. Its batch axis comes
// first, the axes of one example follow.
func (a *Arena[T]) New(batch int, example ...int) *Tensor[T] {
	if a.lent == len(a.tensors) {
		a.tensors = append(a.tensors, new(Tensor[T]))
	}
	t := a.tensors[a.lent]
	a.lent++
	t.Shape = append(append(t.Shape[:0], batch), example...)
	t.Data = a.take(Elements(t.Shape))
	return t
}

// Zeros lends a cleared tensor.
func (a *Arena[T]) Zeros(batch int, example ...int) *Tensor[T] {
	t := a.New(batch, example...)
	clear(t.Data)
	return t
}

// Slice lends n elements that are not cleared.
func (a *Arena[T]) Slice(n int) []T { return a.take(n) }

// View lends a tensor over elements that are already there, such as the same
// elements in another shape.
func (a *Arena[T]) View(data []T, batch int, example ...int) *Tensor[T] {
	t := a.New(0, example...)
	t.Shape[0] = batch
	t.Data = data
	return t
}

func (a *Arena[T]) take(n int) []T {
	for ; a.next < len(a.blocks); a.next++ {
		block := a.blocks[a.next]
		if used := len(block); cap(block)-used >= n {
			a.blocks[a.next] = block[:used+n]
			return block[used : used+n : used+n]
		}
	}
	block := make([]T, n, max(n, smallestBlock, min(a.elements(), largestBlock)))
	a.blocks = append(a.blocks, block)
	return block[:n:n]
}

// Reset takes everything back. Tensors lent before must not be used again.
func (a *Arena[T]) Reset() {
	for i := range a.blocks {
		a.blocks[i] = a.blocks[i][:0]
	}
	a.next, a.lent = 0, 0
}

// Bytes is the memory the arena holds.
func (a *Arena[T]) Bytes() int { return a.elements() * int(unsafe.Sizeof(T(0))) }

func (a *Arena[T]) elements() int {
	elements := 0
	for _, block := range a.blocks {
		elements += cap(block)
	}
	return elements
}
