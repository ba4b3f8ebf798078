// Package tensor holds dense arrays in row-major order, the batch axis first
// and channels last, and the arena their memory is taken from.
package tensor

import "fmt"

// Float is what a tensor holds: float32 for training, float64 for proofs such
// as numerical gradient checks.
type Float interface{ ~float32 | ~float64 }

// Tensor is a dense array. Data has the product of Shape elements, the last
// axis running fastest. Shape[0] is the batch.
type Tensor[T Float] struct {
	Shape []int
	Data  []T
}

// New is a tensor of zeros.
func New[T Float](shape ...int) *Tensor[T] {
	return &Tensor[T]{Shape: shape, Data: make([]T, Elements(shape))}
}

// From is a tensor over data that is already there; the data is not copied. It
// panics if their number is not the product of the shape.
func From[T Float](data []T, shape ...int) *Tensor[T] {
	if len(data) != Elements(shape) {
		panic(fmt.Sprintf("tensor: %d elements do not fill shape %v", len(data), shape))
	}
	return &Tensor[T]{Shape: shape, Data: data}
}

// Batch is the size of the first axis.
func (t *Tensor[T]) Batch() int { return t.Shape[0] }

// Stride is the number of elements of one example.
func (t *Tensor[T]) Stride() int { return Elements(t.Shape[1:]) }

// Example is the i-th example's elements, shared with the tensor.
func (t *Tensor[T]) Example(i int) []T {
	n := t.Stride()
	return t.Data[i*n : (i+1)*n : (i+1)*n]
}

// Elements is the product of the sizes.
func Elements(shape []int) int {
	n := 1
	for _, size := range shape {
		n *= size
	}
	return n
}
