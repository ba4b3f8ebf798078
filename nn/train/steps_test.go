//go:build !race

// The race detector has a sync.Pool lose what it holds now and then, on purpose:
// objects are counted without it.

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
// workers: an epoch of many steps makes as many objects as one of fewer.
func TestStepsAllocateNothing(t *testing.T) {
	for name, r := range map[string]reference{"shallow": shallow(), "deep": deep(), "bent": bent()} {
		for _, threads := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s/%d", name, threads), func(t *testing.T) { r.holdsStill(t, threads) })
		}
	}
}

// The same is true of every kind of layer, with a convolution in front of it, so
// that something flows back to what is in front, too.
func TestStepsOfEachLayerAllocateNothing(t *testing.T) {
	kinds := eachKind()
	for _, kind := range layers.Table().Names() {
		if len(kinds[kind]) == 0 {
			t.Errorf("no step of the layer %s is counted", kind)
		}
		for i, items := range kinds[kind] {
			r := reference{input: []int{4, 5, 6, 2}, classes: 3, items: []nn.Item{
				{ID: "first", Unit: layers.New(func(c *layers.Conv3D) { c.Filters, c.KernelSize, c.Padding = 4, [3]int{3, 3, 3}, "same" })},
			}}
			r.items = append(r.items, items...)
			r.items = append(r.items,
				nn.Item{ID: "behind", Unit: layers.New(func(*layers.Flatten) {})},
				nn.Item{ID: "scores", Unit: layers.New(func(d *layers.Dense) { d.Units = 3 })},
			)
			t.Run(fmt.Sprintf("%s/%d", kind, i), func(t *testing.T) { r.holdsStill(t, 2) })
		}
	}
}

// eachKind has networks in which each kind of layer works in all of its ways. They
// are given volumes of 4 channels.
func eachKind() map[string][][]nn.Item {
	three := [3]int{3, 3, 3}
	conv := func(set func(c *layers.Conv3D)) nn.Unit {
		return layers.New(func(c *layers.Conv3D) {
			c.Filters, c.KernelSize, c.Padding = 4, three, "same"
			set(c)
		})
	}
	alone := func(units ...nn.Unit) (all [][]nn.Item) {
		for _, unit := range units {
			all = append(all, []nn.Item{{ID: "unit", Unit: unit}})
		}
		return all
	}
	// An input of the shape of the other one, and one that is repeated.
	merged := func(unit func() nn.Unit) (all [][]nn.Item) {
		return [][]nn.Item{
			{{ID: "second", Unit: conv(func(*layers.Conv3D) {})}, {ID: "unit", From: []string{"second", "first"}, Unit: unit()}},
			{
				{ID: "gate", Unit: layers.New(func(g *layers.GlobalAveragePool3D) { g.KeepDims = true })},
				{ID: "unit", From: []string{"first", "gate"}, Unit: unit()},
			},
			{
				{ID: "map", Unit: conv(func(c *layers.Conv3D) { c.Filters = 1 })},
				{ID: "unit", From: []string{"first", "map"}, Unit: unit()},
			},
		}
	}
	two, six, half := 2, 6.0, 0.5
	kinds := map[string][][]nn.Item{
		"input": alone(layers.New(func(r *layers.Repeat) {
			r.Times = 2
			r.Layers = []nn.Item{
				{ID: "input", Unit: layers.New(func(*layers.Input) {})}, {ID: "conv3d", Unit: conv(func(*layers.Conv3D) {})},
				{ID: "both", From: []string{"conv3d", "input"}, Unit: layers.New(func(*layers.Multiply) {})},
			}
		})),
		"conv3d": alone(
			conv(func(c *layers.Conv3D) { c.Groups, c.Then = 2, layers.New(func(*layers.Elu) {}) }),
			conv(func(c *layers.Conv3D) { c.DilationRate, c.Then = [3]int{2, 2, 2}, layers.New(func(*layers.ReLU) {}) }),
			conv(func(c *layers.Conv3D) { c.Filters, c.Groups = 32, 4 }),
		),
		"conv3d_transpose": alone(
			layers.New(func(c *layers.Conv3DTranspose) {
				c.Filters, c.KernelSize, c.Strides = 3, [3]int{2, 2, 2}, [3]int{2, 2, 2}
			}),
			layers.New(func(c *layers.Conv3DTranspose) {
				c.Filters, c.KernelSize, c.Padding, c.Then = 8, three, "same", layers.New(func(*layers.Silu) {})
			}),
		),
		"depthwise_conv3d": alone(
			layers.New(func(c *layers.DepthwiseConv3D) { c.KernelSize, c.Padding = three, "same" }),
			layers.New(func(c *layers.DepthwiseConv3D) {
				c.KernelSize, c.DepthMultiplier, c.Then = three, 2, layers.New(func(*layers.LeakyReLU) {})
			}),
		),
		"max_pool3d": alone(layers.New(func(*layers.MaxPool3D) {}), layers.New(func(m *layers.MaxPool3D) {
			m.PoolSize, m.Strides, m.Padding = three, [3]int{2, 1, 2}, "same"
		})),
		"average_pool3d": alone(layers.New(func(*layers.AveragePool3D) {}), layers.New(func(a *layers.AveragePool3D) {
			a.PoolSize, a.Strides, a.Padding = three, [3]int{2, 1, 2}, "same"
		})),
		"global_average_pool3d": alone(layers.New(func(*layers.GlobalAveragePool3D) {})),
		"global_max_pool3d":     alone(layers.New(func(*layers.GlobalMaxPool3D) {})),
		"upsample3d":            alone(layers.New(func(*layers.UpSample3D) {})),
		"zero_pad3d":            alone(layers.New(func(*layers.ZeroPad3D) {})),
		"crop3d":                alone(layers.New(func(*layers.Crop3D) {})),
		"flatten":               alone(layers.New(func(*layers.Flatten) {})),
		"reshape":               alone(layers.New(func(r *layers.Reshape) { r.TargetShape = []int{8, 5, -1, 2} })),
		"permute":               alone(layers.New(func(p *layers.Permute) { p.Dims = []int{4, 1, 3, 2} })),
		"dense": {{
			{ID: "flat", Unit: layers.New(func(*layers.Flatten) {})},
			{ID: "unit", Unit: layers.New(func(d *layers.Dense) { d.Units, d.Then = 7, layers.New(func(*layers.Gelu) {}) })},
		}},
		"dropout":           alone(layers.New(func(d *layers.Dropout) { d.Rate = 0.3 })),
		"spatial_dropout3d": alone(layers.New(func(d *layers.SpatialDropout3D) { d.Rate = 0.3 })),
		"gaussian_noise":    alone(layers.New(func(g *layers.GaussianNoise) { g.StdDev = 0.1 })),
		"batch_norm":        alone(layers.New(func(*layers.BatchNorm) {}), layers.New(func(b *layers.BatchNorm) { b.Trainable = false })),
		"layer_norm": alone(
			layers.New(func(*layers.LayerNorm) {}), layers.New(func(n *layers.LayerNorm) { n.Axis = layers.Axes{1, 2} }),
			layers.New(func(n *layers.LayerNorm) { n.Axis, n.RMSScaling = layers.Axes{1, 2, 3, 4}, true }),
		),
		"group_norm":    alone(layers.New(func(g *layers.GroupNorm) { g.Groups = 2 }), layers.New(func(g *layers.GroupNorm) { g.Groups, g.Axis = 2, 1 })),
		"instance_norm": alone(layers.New(func(*layers.InstanceNorm) {})),
		"add":           merged(func() nn.Unit { return layers.New(func(*layers.Add) {}) }),
		"subtract":      merged(func() nn.Unit { return layers.New(func(*layers.Subtract) {}) }),
		"multiply":      merged(func() nn.Unit { return layers.New(func(*layers.Multiply) {}) }),
		"average":       merged(func() nn.Unit { return layers.New(func(*layers.Average) {}) }),
		"maximum":       merged(func() nn.Unit { return layers.New(func(*layers.Maximum) {}) }),
		"concatenate": {{
			{ID: "second", Unit: conv(func(*layers.Conv3D) {})},
			{ID: "unit", From: []string{"second", "first"}, Unit: layers.New(func(*layers.Concatenate) {})},
		}},
		"residual": alone(layers.New(func(r *layers.Residual) {
			r.Shortcut, r.Layers = "projection", []nn.Item{{ID: "conv3d", Unit: conv(func(c *layers.Conv3D) { c.Filters = 6 })}}
		})),
		"repeat": alone(layers.New(func(r *layers.Repeat) {
			r.Times, r.Layers = 2, []nn.Item{{ID: "conv3d", Unit: conv(func(*layers.Conv3D) {})}, {ID: "relu", Unit: layers.New(func(*layers.ReLU) {})}}
		})),
		"vgg3d": alone(layers.New(func(v *layers.VGG3D) { v.Depth, v.Filters, v.Blocks, v.DenseUnits = 11, 2, 2, []int{3} })),
		"resnet3d": alone(layers.New(func(r *layers.ResNet3D) {
			r.Depth, r.Filters, r.StemKernelSize, r.Pooling = 10, 2, three, "avg"
		})),
		"densenet3d": alone(layers.New(func(d *layers.DenseNet3D) {
			d.Blocks, d.GrowthRate, d.Bottleneck, d.StemKernelSize, d.StemPool = []int{2, 1}, 2, 2, three, false
		})),
		"unet3d": {{
			{ID: "even", Unit: layers.New(func(z *layers.ZeroPad3D) { z.Padding = [3][2]int{{0, 0}, {0, 1}, {0, 0}} })},
			{ID: "unit", Unit: layers.New(func(u *layers.UNet3D) {
				u.Depth, u.Filters, u.Normalization, u.Then, u.Classes = 1, 4, "instance", layers.New(func(*layers.LeakyReLU) {}), &two
			})},
		}},
		"activation": alone(layers.New(func(a *layers.Activate) { a.Function = layers.New(func(*layers.Sigmoid) {}) })),
		"relu":       alone(layers.New(func(r *layers.ReLU) { r.MaxValue, r.Threshold = &six, half })),
		"softmax":    alone(layers.New(func(*layers.Softmax) {}), layers.New(func(s *layers.Softmax) { s.Axis = 2 })),
	}
	// Activations, behind a convolution and behind something else.
	for _, kind := range layers.Table().Kinds() {
		_, activation := kind.New().(layers.Activation)
		if unit := kind.New().(nn.Unit); activation || kind.Name == "prelu" {
			kinds[kind.Name] = append(kinds[kind.Name], []nn.Item{{ID: "unit", Unit: unit}}, []nn.Item{
				{ID: "norm", Unit: layers.New(func(*layers.InstanceNorm) {})}, {ID: "unit", Unit: kind.New().(nn.Unit)},
			}, []nn.Item{
				{ID: "norm", Unit: layers.New(func(*layers.BatchNorm) {})}, {ID: "unit", Unit: kind.New().(nn.Unit)},
			})
		}
	}
	return kinds
}

// holdsStill holds a training to taking memory for its first steps alone.
func (r *reference) holdsStill(t *testing.T, threads int) {
	const few, many, batch = 12, 32, 2
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
	epoch(few) // what layers keep is made
	// Which of several workers gets room for what, and when, is chance, which the
	// first steps see most of, and the runtime makes an object now and then; but what
	// each step takes shows every time.
	var short, long int64
	for range 12 {
		short, long = epoch(few), epoch(many)
		if long-short <= (many-few)/2 {
			return
		}
	}
	t.Errorf("an epoch of %d steps makes %d objects, one of %d makes %d", few, short, many, long)
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
