package data

import (
	"fmt"
	"slices"
	"sort"
	"sync"
)

// Map is the source whose examples are those of s after the transform.
func Map(s Source, t Transform) Source {
	return &mapped{from: s, through: t, shape: t.Output(s.Shape())}
}

type mapped struct {
	from    Source
	through Transform
	shape   []int
	// spare holds *[]float32 of one example before the transform: a training reads
	// the same examples over and over.
	spare sync.Pool
}

func (m *mapped) Len() int     { return m.from.Len() }
func (m *mapped) Shape() []int { return m.shape }

func (m *mapped) Read(i int, into []float32) error {
	before, ok := m.spare.Get().(*[]float32)
	if !ok {
		values := make([]float32, Elements(m.from.Shape()))
		before = &values
	}
	defer m.spare.Put(before)
	if err := m.from.Read(i, *before); err != nil {
		return err
	}
	m.through.Apply(*before, into)
	return nil
}

// Concat is the examples of several sources, in order. It panics if there is
// none, or if their shapes differ.
func Concat(sources ...Source) Source {
	if len(sources) == 1 {
		return sources[0]
	}
	c := &concatenated{parts: sources}
	for i, s := range sources {
		if !slices.Equal(s.Shape(), sources[0].Shape()) {
			panic(fmt.Sprintf("data: source 0 has examples of %v, source %d of %v", sources[0].Shape(), i, s.Shape()))
		}
		c.length += s.Len()
		c.ends = append(c.ends, c.length)
	}
	return c
}

// Parts are the sources that Concat joined, in order; of another source, itself.
func Parts(s Source) []Source {
	if c, joined := s.(*concatenated); joined {
		return c.parts
	}
	return []Source{s}
}

type concatenated struct {
	parts []Source
	// ends[k] is the number of examples in parts 0 to k.
	ends   []int
	length int
}

func (c *concatenated) Len() int     { return c.length }
func (c *concatenated) Shape() []int { return c.parts[0].Shape() }

func (c *concatenated) Read(i int, into []float32) error {
	k := sort.SearchInts(c.ends, i+1)
	if k > 0 {
		i -= c.ends[k-1]
	}
	return c.parts[k].Read(i, into)
}
