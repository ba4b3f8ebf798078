package train_test

import (
	"context"
	"runtime"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/train"
)

// A step takes no memory for what flows, nor for workspace: longer trainings
// allocate no more than what their bookkeeping takes, jobs for the workers for
// the most part.
func TestStepsAllocateNoBuffers(t *testing.T) {
	const bookkeeping = 16 << 10 // bytes of a step; the smallest buffer of the networks is larger
	for name, r := range map[string]reference{"shallow": shallow(), "deep": deep()} {
		r.examples = 8
		net, set, settings := r.alive(t)
		settings.BatchSize = 4
		pool := nn.NewPool(1) // which of several workers gets room for what, and when, is chance
		fit := func(epochs int) uint64 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			settings.Epochs = epochs
			if _, err := train.Fit(context.Background(), net, set, nil, settings, pool, nil); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			return after.TotalAlloc - before.TotalAlloc
		}
		fit(1)
		short, long := fit(1), fit(5)
		const more = 4 * 2 // epochs of two steps
		if each := (int64(long) - int64(short)) / more; each > bookkeeping {
			t.Errorf("%s: each step allocates %d bytes", name, each)
		}
		pool.Close()
	}
}
