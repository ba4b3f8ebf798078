package data

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
)

// counting is a source whose example i is i, i+0.5; example bad cannot be read.
type counting struct {
	length, bad int
	reads       atomic.Int64
}

func (c *counting) Len() int     { return c.length }
func (c *counting) Shape() []int { return []int{2} }
func (c *counting) Read(i int, into []float32) error {
	c.reads.Add(1)
	if i == c.bad {
		return errors.New("a hole in the disk")
	}
	into[0], into[1] = float32(i), float32(i)+0.5
	return nil
}

func TestLoad(t *testing.T) {
	for _, threads := range []int{0, 1, 3, 50} {
		m, err := Load(context.Background(), &counting{length: 20, bad: -1}, threads)
		if err != nil {
			t.Fatal(err)
		}
		if m.Len() != 20 || !slices.Equal(m.Shape(), []int{2}) {
			t.Fatalf("%d examples of %v", m.Len(), m.Shape())
		}
		for i := range 20 {
			if got := m.Example(i); !slices.Equal(got, []float32{float32(i), float32(i) + 0.5}) {
				t.Errorf("%d threads: example %d is %v", threads, i, got)
			}
		}
		if again, err := Load(context.Background(), m, threads); again != m || err != nil {
			t.Error("what is in memory was loaded again")
		}
	}
}

func TestLoadFails(t *testing.T) {
	if _, err := Load(context.Background(), &counting{length: 20, bad: 7}, 2); err == nil || err.Error() != "a hole in the disk" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	source := &counting{length: 20, bad: -1}
	if _, err := Load(ctx, source, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if source.reads.Load() != 0 {
		t.Errorf("%d examples were read after the end", source.reads.Load())
	}
}

func TestNewMemoryRefusesPartOfAnExample(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("5 values made examples of 2")
		}
	}()
	NewMemory([]int{2}, make([]float32, 5))
}
