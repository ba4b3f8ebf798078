// Package data gives the examples of a dataset one at a time, from a file, a
// formula or memory, and through transforms: nothing is held that can be made
// again, until [Load] is asked to hold it.
package data

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// Source is a sequence of examples of one shape.
type Source interface {
	// Len is the number of examples.
	Len() int
	// Shape is the sizes of one example, channels last; empty for a single number.
	// It must not be changed.
	Shape() []int
	// Read fills into with example i, in C order; len(into) is the product of
	// Shape. It may be called from several goroutines at once.
	Read(i int, into []float32) error
}

// Transform makes one example of another.
type Transform interface {
	// Output is the sizes of an example after the transform, given those before.
	Output(in []int) []int
	// Apply fills out, which has the product of Output's sizes, from in. The two
	// never overlap, and in is not changed. It may be called from several
	// goroutines at once.
	Apply(in, out []float32)
}

// Elements is the product of sizes: 1 for a single number.
func Elements(sizes []int) int {
	n := 1
	for _, size := range sizes {
		n *= size
	}
	return n
}

// Memory is a source whose examples are all in memory.
type Memory struct {
	shape  []int
	stride int
	values []float32
}

// NewMemory is a source over values, example after example; they are not copied.
// It panics if they do not make whole examples of the shape.
func NewMemory(shape []int, values []float32) *Memory {
	stride := Elements(shape)
	if stride == 0 || len(values)%stride != 0 {
		panic(fmt.Sprintf("data: %d values do not make examples of shape %v", len(values), shape))
	}
	return &Memory{shape: shape, stride: stride, values: values}
}

// Len is the number of examples.
func (m *Memory) Len() int { return len(m.values) / m.stride }

// Shape is the sizes of one example.
func (m *Memory) Shape() []int { return m.shape }

// Read copies example i.
func (m *Memory) Read(i int, into []float32) error {
	copy(into, m.Example(i))
	return nil
}

// Example is the values of example i, shared with the source.
func (m *Memory) Example(i int) []float32 {
	return m.values[i*m.stride : (i+1)*m.stride : (i+1)*m.stride]
}

// Values are all examples, one after the other, shared with the source.
func (m *Memory) Values() []float32 { return m.values }

// Load reads all examples into memory, on so many threads at once (0: as many as
// there are processors). A *Memory is returned as it is. The error is that of the
// first example, in order, that cannot be read, among those tried; or that of ctx.
func Load(ctx context.Context, s Source, threads int) (*Memory, error) {
	if m, ok := s.(*Memory); ok {
		return m, nil
	}
	if threads < 1 {
		threads = runtime.GOMAXPROCS(0)
	}
	m := NewMemory(s.Shape(), make([]float32, s.Len()*Elements(s.Shape())))
	failures := make([]error, s.Len())
	var next atomic.Int64
	var failed atomic.Bool
	var readers sync.WaitGroup
	for range min(threads, s.Len()) {
		readers.Go(func() {
			for !failed.Load() && ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= s.Len() {
					return
				}
				if failures[i] = s.Read(i, m.Example(i)); failures[i] != nil {
					failed.Store(true)
				}
			}
		})
	}
	readers.Wait()
	for _, err := range failures {
		if err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return m, nil
}
