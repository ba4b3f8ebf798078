package train_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/train"
)

// A step takes no memory at all, neither for what flows nor for the jobs of the
// workers: an epoch of many steps makes as many objects as one of two.
func TestStepsAllocateNothing(t *testing.T) {
	const few, many = 2, 22
	for name, r := range map[string]reference{"shallow": shallow(), "deep": deep(), "bent": bent()} {
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
				// Which of several workers gets room for what, and when, is chance, and the
				// runtime makes an object now and then; but what each step takes shows every
				// time.
				var short, long int64
				for range 6 {
					short, long = epoch(few), epoch(many)
					if long-short <= (many-few)/2 {
						return
					}
				}
				t.Errorf("an epoch of %d steps makes %d objects, one of %d makes %d", few, short, many, long)
			})
		}
	}
}

// bent has what the others have not: other activations, pooling by means, strides,
// and kernels of one voxel.
func bent() reference {
	conv := func(id string, set func(c *layers.Conv3D)) nn.Item {
		return nn.Item{ID: id, Unit: layers.New(func(c *layers.Conv3D) {
			c.Filters, c.KernelSize, c.Padding = 8, [3]int{3, 3, 3}, "same"
			set(c)
		})}
	}
	return reference{
		input: []int{9, 10, 11, 2}, classes: 3,
		items: []nn.Item{
			conv("leaky_relu", func(c *layers.Conv3D) { c.Then = layers.New(func(*layers.LeakyReLU) {}) }),
			{ID: "max_pool3d", Unit: layers.New(func(*layers.MaxPool3D) {})},
			conv("gelu", func(c *layers.Conv3D) { c.Then = layers.New(func(*layers.Gelu) {}) }),
			conv("strides", func(c *layers.Conv3D) { c.Strides, c.Then = [3]int{1, 2, 2}, layers.New(func(*layers.Silu) {}) }),
			conv("narrow", func(c *layers.Conv3D) { c.KernelSize = [3]int{1, 1, 1} }),
			{ID: "instance_norm", Unit: layers.New(func(*layers.InstanceNorm) {})},
			{ID: "elu", Unit: layers.New(func(*layers.Elu) {})},
			{ID: "upsample3d", Unit: layers.New(func(*layers.UpSample3D) {})},
			{ID: "average_pool3d", Unit: layers.New(func(*layers.AveragePool3D) {})},
			{ID: "flatten", Unit: layers.New(func(*layers.Flatten) {})},
			{ID: "dense", Unit: layers.New(func(d *layers.Dense) { d.Units, d.Then = 5, layers.New(func(*layers.Tanh) {}) })},
			{ID: "scores", Unit: layers.New(func(d *layers.Dense) { d.Units = 3 })},
		},
	}
}
