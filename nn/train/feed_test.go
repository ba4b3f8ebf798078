package train

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// countingFeed gives examples whose only value is their number.
func countingFeed(n, size, readers int) *feed {
	values, examples := make([]float32, n), make([]int, n)
	for i := range values {
		values[i], examples[i] = float32(i), i
	}
	f := &feed{set: Set{X: data.NewMemory([]int{1}, values), Examples: examples}, size: size, readers: readers}
	for i := range f.batches {
		f.batches[i].x = tensor.New[float32](min(size, n), 1)
	}
	return f
}

// heldFeed is countingFeed for examples that are known to be in memory.
func heldFeed(n, size int) *feed {
	f := countingFeed(n, size, 1)
	f.held = f.set.X.(*data.Memory)
	return f
}

// TestFeedInPlace: examples that follow each other in memory are not copied, others
// are, and the source stays as it was.
func TestFeedInPlace(t *testing.T) {
	f := heldFeed(8, 3)
	values := f.held.Values()
	batches := 0
	if err := f.each(context.Background(), []int{2, 3, 4, 1, 0, 5, 6, 7}, func(step int, b *batch) error {
		batches++
		if shared := &b.x.Data[0] == &values[int(b.x.Data[0])]; shared != (step != 1) {
			t.Errorf("that batch %d shares the source's memory is %v", step, shared)
		}
		return nil
	}); err != nil || batches != 3 {
		t.Errorf("%d batches, error %v", batches, err)
	}
	for i, v := range values {
		if v != float32(i) {
			t.Errorf("example %d became %v", i, v)
		}
	}
}

// TestFeed: all examples in order, however many are read at once, and the last
// batch as large as what is left.
func TestFeed(t *testing.T) {
	order := []int{6, 0, 2, 1, 5, 3, 4}
	for _, f := range []*feed{countingFeed(7, 3, 1), countingFeed(7, 3, 2), countingFeed(7, 3, 8), heldFeed(7, 3)} {
		var seen []int
		var sizes []int
		err := f.each(context.Background(), order, func(step int, b *batch) error {
			if step != len(sizes) {
				t.Errorf("step %d is the %dth", step, len(sizes))
			}
			sizes = append(sizes, b.x.Batch())
			for _, v := range b.x.Data {
				seen = append(seen, int(v))
			}
			return nil
		})
		if err != nil || !slices.Equal(seen, order) || !slices.Equal(sizes, []int{3, 3, 1}) {
			t.Errorf("batches of %v with examples %v, error %v", sizes, seen, err)
		}
	}
}

// TestFeedEnds: an error or a cancelled context ends it at once, with the reader
// ahead by as much as it can be; and it can be used again.
func TestFeedEnds(t *testing.T) {
	for _, f := range []*feed{countingFeed(100, 1, 2), heldFeed(100, 1)} {
		testFeedEnds(t, f)
	}
}

func testFeedEnds(t *testing.T, f *feed) {
	enough := errors.New("enough")
	for range 20 {
		if err := f.each(context.Background(), f.set.Examples, func(step int, _ *batch) error {
			if step == 3 {
				return enough
			}
			return nil
		}); err != enough {
			t.Fatalf("error is %v", err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		steps := 0
		err := f.each(ctx, f.set.Examples, func(step int, _ *batch) error {
			steps++
			if step == 3 {
				cancel()
			}
			return nil
		})
		cancel()
		if !errors.Is(err, context.Canceled) || steps != 4 {
			t.Fatalf("error is %v after %d steps", err, steps)
		}
	}
}

// TestShuffled: an order of the same examples that depends on seed and epoch
// only.
func TestShuffled(t *testing.T) {
	examples := []int{2, 3, 5, 7, 11, 13, 17, 19}
	first := shuffled(nil, examples, 1, 0)
	if again := shuffled(make([]int, 20), examples, 1, 0); !slices.Equal(again, first) {
		t.Errorf("the same seed and epoch give %v and %v", first, again)
	}
	for _, other := range [][]int{shuffled(nil, examples, 1, 1), shuffled(nil, examples, 2, 0)} {
		if slices.Equal(other, first) {
			t.Errorf("another seed or epoch gives the same order %v", other)
		}
		slices.Sort(other)
		if !slices.Equal(other, examples) {
			t.Errorf("shuffled, the examples are %v", other)
		}
	}
}
