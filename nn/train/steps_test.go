package train_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/train"
)

// A step takes no memory at all, neither for what flows nor for the jobs of the
// workers: an epoch of many steps makes as many objects as one of two.
func TestStepsAllocateNothing(t *testing.T) {
	const few, many = 2, 22
	for name, r := range map[string]reference{"shallow": shallow(), "deep": deep()} {
		for _, threads := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s/%d", name, threads), func(t *testing.T) {
				const batch = 2
				r.examples = batch * many
				net, set, settings := r.alive(t)
				settings.BatchSize, settings.Epochs = batch, 1
				pool := nn.NewPool(threads)
				defer pool.Close()
				epoch := func(steps int) int64 {
					some := set
					some.Examples = set.Examples[:batch*steps]
					var before, after runtime.MemStats
					runtime.ReadMemStats(&before)
					if _, err := train.Fit(context.Background(), net, some, nil, settings, pool, nil); err != nil {
						t.Fatal(err)
					}
					runtime.ReadMemStats(&after)
					return int64(after.Mallocs - before.Mallocs)
				}
				epoch(many)
				short, long := epoch(few), epoch(many)
				// The runtime makes a few now and then.
				if long-short > (many-few)/2 {
					t.Errorf("an epoch of %d steps makes %d objects, one of %d makes %d", few, short, many, long)
				}
			})
		}
	}
}
