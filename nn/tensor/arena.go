package tensor

import (
	"math"
	"unsafe"
)

// Arena lends out tensors that live until they are released or until the next
// Reset. After the first step has shown how much is needed, a step takes no
// memory from the system: the same requests get the same places. It is not safe
// for concurrent use.
type Arena[T Float] struct {
	// Poison fills what is given back with NaN, to show who still reads it.
	Poison bool

	space   Space
	blocks  [][]T
	tensors []*Tensor[T]
	lent    int
	// holders tells for the first element of what is lent where it lies and how
	// many hold it.
	holders map[*T]loan
}

type loan struct{ block, from, n, holders int }

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
	t := a.header(batch, example)
	t.Data = a.take(Elements(t.Shape))
	return t
}

// header lends a tensor without elements.
func (a *Arena[T]) header(batch int, example []int) *Tensor[T] {
	if a.lent == len(a.tensors) {
		a.tensors = append(a.tensors, new(Tensor[T]))
	}
	t := a.tensors[a.lent]
	a.lent++
	t.Shape = append(append(t.Shape[:0], batch), example...)
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
// elements in another shape. It holds them too: what is lent by the arena goes
// back when all who hold it have released it.
func (a *Arena[T]) View(data []T, batch int, example ...int) *Tensor[T] {
	t := a.header(batch, example)
	t.Data = data
	a.Retain(t)
	return t
}

// Retain makes one more holder of a tensor's elements.
func (a *Arena[T]) Retain(t *Tensor[T]) { a.hold(t, 1) }

// Release makes one holder less; the last one gives the elements back. Elements
// that the arena has not lent are left alone.
func (a *Arena[T]) Release(t *Tensor[T]) { a.hold(t, -1) }

func (a *Arena[T]) hold(t *Tensor[T], more int) {
	if len(t.Data) == 0 {
		return
	}
	key := &t.Data[0]
	l, lent := a.holders[key]
	if !lent {
		return
	}
	if l.holders += more; l.holders > 0 {
		a.holders[key] = l
		return
	}
	delete(a.holders, key)
	if a.Poison {
		for i := range t.Data {
			t.Data[i] = T(math.NaN())
		}
	}
	a.space.Give(l.block, l.from, l.n)
}

func (a *Arena[T]) take(n int) []T {
	if n == 0 {
		return nil
	}
	block, from, ok := a.space.Take(n)
	if !ok {
		a.grow(max(rounded(n), smallestBlock, min(a.elements(), largestBlock)))
		block, from, _ = a.space.Take(n)
	}
	data := a.blocks[block][from : from+n : from+n]
	if a.holders == nil {
		a.holders = make(map[*T]loan)
	}
	a.holders[&data[0]] = loan{block, from, n, 1}
	return data
}

func (a *Arena[T]) grow(n int) {
	a.space.Add(n)
	block := make([]T, n)
	onHugePages(block)
	a.blocks = append(a.blocks, block)
}

// Reserve makes room for so many elements in one piece, if nothing is lent and
// there is less.
func (a *Arena[T]) Reserve(n int) {
	if len(a.holders) > 0 || len(a.blocks) > 0 && len(a.blocks[0]) >= n {
		return
	}
	a.space, a.blocks = Space{}, nil
	a.grow(rounded(n))
}

// Reset takes everything back. Tensors lent before must not be used again.
func (a *Arena[T]) Reset() {
	a.space.Reset()
	clear(a.holders)
	a.lent = 0
}

// Bytes is the memory the arena holds.
func (a *Arena[T]) Bytes() int { return a.elements() * int(unsafe.Sizeof(T(0))) }

// Used is how much of the first block, the one that was reserved, has been lent at
// most.
func (a *Arena[T]) Used() int { return a.space.Top() * int(unsafe.Sizeof(T(0))) }

func (a *Arena[T]) elements() int {
	elements := 0
	for _, block := range a.blocks {
		elements += len(block)
	}
	return elements
}
