package onnx

import (
	"math/rand/v2"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// networkCase is a network for examples of the sizes in.
type networkCase struct {
	name  string
	in    []int
	items []nn.Item
}

// item is a layer with an id.
func item[T any](id string, set func(*T), from ...string) nn.Item {
	return nn.Item{ID: id, From: from, Unit: any(layers.New(set)).(nn.Unit)}
}

// plainly leaves a layer's settings as they are by default.
func plainly[T any](*T) {}

// alone is one layer behind the input.
func alone[T any](name string, in []int, set func(*T)) networkCase {
	return networkCase{name, in, []nn.Item{item("layer", set)}}
}

// network makes a case alive, with weights that are not the initial ones.
func (c *networkCase) network(t *testing.T) *nn.Network[float32] {
	t.Helper()
	graph, refusals := nn.Resolve(shape.New(c.in...), c.items)
	if len(refusals) > 0 {
		t.Fatalf("%s: %v", c.name, refusals[0])
	}
	net := nn.Build(graph, 7)
	random := rand.New(rand.NewPCG(3, 4))
	for _, p := range net.Params() {
		for i := range p.Value {
			p.Value[i] += float32(0.6*random.Float64() - 0.3)
		}
	}
	return net
}

// drawn is a batch of so many examples.
func drawn(n int, sizes []int) *tensor.Tensor[float32] {
	random := rand.New(rand.NewPCG(5, 6))
	x := tensor.New[float32](append([]int{n}, sizes...)...)
	for i := range x.Data {
		x.Data[i] = float32(2 * random.NormFloat64())
	}
	return x
}

// given is what a network gives for a batch.
func given(net *nn.Network[float32], x *tensor.Tensor[float32]) *tensor.Tensor[float32] {
	return net.Forward(&nn.Pass[float32]{}, x, net.Len())
}

// networkCases cover every layer with the settings that matter, and the ways in
// which layers meet.
func networkCases() []networkCase {
	volume, odd := []int{6, 8, 9, 2}, []int{5, 6, 7, 4}
	limit := 0.8
	cases := []networkCase{
		alone("conv3d", volume, func(c *layers.Conv3D) { c.Filters, c.KernelSize = 3, [3]int{3, 2, 1} }),
		alone("conv3d same", volume, func(c *layers.Conv3D) {
			c.Filters, c.KernelSize, c.Padding, c.UseBias = 3, [3]int{3, 4, 2}, "same", false
		}),
		alone("conv3d strides", volume, func(c *layers.Conv3D) {
			c.Filters, c.KernelSize, c.Padding, c.Strides = 3, [3]int{3, 3, 5}, "same", [3]int{2, 3, 2}
		}),
		alone("conv3d dilation", volume, func(c *layers.Conv3D) {
			c.Filters, c.KernelSize, c.Padding, c.DilationRate = 3, [3]int{3, 3, 2}, "same", [3]int{2, 1, 3}
		}),
		alone("conv3d groups", odd, func(c *layers.Conv3D) { c.Filters, c.KernelSize, c.Groups = 6, [3]int{3, 3, 3}, 2 }),
		alone("max_pool3d", volume, plainly[layers.MaxPool3D]),
		alone("max_pool3d same", volume, func(p *layers.MaxPool3D) {
			p.PoolSize, p.Strides, p.Padding = [3]int{3, 3, 2}, [3]int{2, 1, 2}, "same"
		}),
		alone("average_pool3d", volume, plainly[layers.AveragePool3D]),
		alone("average_pool3d same", volume, func(p *layers.AveragePool3D) {
			p.PoolSize, p.Strides, p.Padding = [3]int{3, 3, 2}, [3]int{2, 1, 2}, "same"
		}),
		alone("global_average_pool3d", volume, plainly[layers.GlobalAveragePool3D]),
		alone("global_average_pool3d keepdims", volume, func(g *layers.GlobalAveragePool3D) { g.KeepDims = true }),
		alone("global_max_pool3d", volume, plainly[layers.GlobalMaxPool3D]),
		alone("flatten", volume, plainly[layers.Flatten]),
		alone("flatten one channel", []int{2, 3, 4, 1}, plainly[layers.Flatten]),
		alone("flatten a vector", []int{5}, plainly[layers.Flatten]),
		alone("reshape", volume, func(r *layers.Reshape) { r.TargetShape = []int{4, -1, 6} }),
		alone("dense", []int{5}, func(d *layers.Dense) { d.Units = 4 }),
		alone("dense without bias", []int{5}, func(d *layers.Dense) { d.Units, d.UseBias = 4, false }),
		alone("dropout", volume, func(d *layers.Dropout) { d.Rate = 0.4 }),
		alone("batch_norm", volume, plainly[layers.BatchNorm]),
		alone("batch_norm of a vector", []int{5}, func(b *layers.BatchNorm) { b.Epsilon = 0.1 }),
		alone("batch_norm of three axes", []int{3, 4, 5}, func(b *layers.BatchNorm) { b.Center, b.Scale = false, false }),
		alone("depthwise_conv3d", volume, func(c *layers.DepthwiseConv3D) { c.KernelSize = [3]int{3, 2, 1} }),
		alone("depthwise_conv3d same", volume, func(c *layers.DepthwiseConv3D) {
			c.KernelSize, c.Strides, c.Padding, c.DepthMultiplier, c.UseBias = [3]int{3, 3, 2}, [3]int{2, 2, 1}, "same", 3, false
		}),
		alone("spatial_dropout3d", volume, func(d *layers.SpatialDropout3D) { d.Rate = 0.4 }),
		alone("gaussian_noise", volume, func(g *layers.GaussianNoise) { g.StdDev = 0.4 }),
		alone("conv3d_transpose", volume, func(c *layers.Conv3DTranspose) { c.Filters, c.KernelSize = 3, [3]int{3, 2, 1} }),
		alone("conv3d_transpose strides", volume, func(c *layers.Conv3DTranspose) {
			c.Filters, c.KernelSize, c.Strides, c.UseBias = 3, [3]int{2, 3, 1}, [3]int{2, 2, 3}, false
		}),
		alone("conv3d_transpose same", volume, func(c *layers.Conv3DTranspose) {
			c.Filters, c.KernelSize, c.Strides, c.Padding = 3, [3]int{2, 3, 4}, [3]int{2, 2, 3}, "same"
		}),
		alone("conv3d_transpose same, short kernel", volume, func(c *layers.Conv3DTranspose) {
			c.Filters, c.KernelSize, c.Strides, c.Padding = 3, [3]int{2, 3, 1}, [3]int{3, 3, 3}, "same"
		}),
		alone("conv3d_transpose dilation", volume, func(c *layers.Conv3DTranspose) {
			c.Filters, c.KernelSize, c.DilationRate, c.Padding = 3, [3]int{2, 3, 4}, [3]int{2, 1, 3}, "same"
		}),
		alone("conv3d_transpose output_padding", volume, func(c *layers.Conv3DTranspose) {
			c.Filters, c.KernelSize, c.Strides, c.OutputPadding = 3, [3]int{2, 3, 4}, [3]int{2, 2, 3}, &[3]int{1, 0, 2}
		}),
		alone("conv3d_transpose same, output_padding", volume, func(c *layers.Conv3DTranspose) {
			c.Filters, c.KernelSize, c.Strides, c.OutputPadding, c.Padding = 3, [3]int{5, 3, 4}, [3]int{2, 2, 3}, &[3]int{1, 0, 2}, "same"
		}),
		alone("upsample3d", volume, func(u *layers.UpSample3D) { u.Size = [3]int{2, 1, 3} }),
		alone("zero_pad3d", volume, func(z *layers.ZeroPad3D) { z.Padding = [3][2]int{{1, 2}, {0, 0}, {3, 1}} }),
		alone("crop3d", volume, func(c *layers.Crop3D) { c.Cropping = [3][2]int{{1, 2}, {0, 0}, {3, 1}} }),
		alone("permute", volume, func(p *layers.Permute) { p.Dims = []int{2, 4, 1, 3} }),
		// Six channels: onnxruntime takes the variance as E[x²] - E[x]², which leaves
		// few digits where two channels are all that there are and lie close together.
		alone("layer_norm", []int{3, 4, 5, 6}, plainly[layers.LayerNorm]),
		alone("permute to the front", volume, func(p *layers.Permute) { p.Dims = []int{4, 1, 2, 3} }),
		alone("layer_norm of a vector", []int{7}, func(l *layers.LayerNorm) { l.Scale = false }),
		alone("layer_norm of all axes", volume, func(l *layers.LayerNorm) { l.Axis = layers.Axes{1, 2, 3, 4} }),
		alone("layer_norm of other axes", volume, func(l *layers.LayerNorm) { l.Axis = layers.Axes{3, 1} }),
		alone("layer_norm by its deviation", volume, func(l *layers.LayerNorm) { l.RMSScaling = true }),
		alone("group_norm", []int{3, 4, 5, 6}, func(g *layers.GroupNorm) { g.Groups = 3 }),
		alone("group_norm of another axis", volume, func(g *layers.GroupNorm) { g.Groups, g.Axis, g.Center = 4, 2, false }),
		alone("group_norm of the first axis", volume, func(g *layers.GroupNorm) { g.Groups, g.Axis = -1, 1 }),
		alone("instance_norm", volume, plainly[layers.InstanceNorm]),
		alone("instance_norm of another axis", volume, func(i *layers.InstanceNorm) { i.Axis, i.Scale = 3, false }),
		alone("instance_norm of a vector", []int{5}, plainly[layers.InstanceNorm]),
		alone("linear", volume, plainly[layers.Linear]),
		alone("relu", volume, plainly[layers.ReLU]),
		alone("relu with a slope", volume, func(r *layers.ReLU) { r.NegativeSlope = 0.2 }),
		alone("relu with all", volume, func(r *layers.ReLU) { r.NegativeSlope, r.Threshold, r.MaxValue = 0.2, 0.3, &limit }),
		alone("relu with a limit", volume, func(r *layers.ReLU) { r.MaxValue = &limit }),
		alone("leaky_relu", volume, plainly[layers.LeakyReLU]),
		alone("prelu", volume, plainly[layers.PReLU]),
		alone("prelu shared", volume, func(p *layers.PReLU) { p.SharedAxes = []int{1, 2, 3} }),
		alone("elu", volume, func(e *layers.Elu) { e.Alpha = 0.7 }),
		alone("selu", volume, plainly[layers.Selu]),
		alone("gelu", volume, plainly[layers.Gelu]),
		alone("gelu by tanh", volume, func(g *layers.Gelu) { g.Approximate = true }),
		alone("silu", volume, plainly[layers.Silu]),
		alone("sigmoid", volume, plainly[layers.Sigmoid]),
		alone("tanh", volume, plainly[layers.Tanh]),
		alone("softmax", volume, plainly[layers.Softmax]),
		alone("softmax of an axis", volume, func(s *layers.Softmax) { s.Axis = 2 }),
		alone("softplus", volume, plainly[layers.Softplus]),
		{"classifier", []int{8, 8, 8, 1}, []nn.Item{
			item("conv3d", func(c *layers.Conv3D) {
				c.Filters, c.KernelSize, c.Padding, c.Then = 4, [3]int{3, 3, 3}, "same", &layers.ReLU{}
			}),
			item("max_pool3d", plainly[layers.MaxPool3D]),
			item("batch_norm", plainly[layers.BatchNorm]),
			item("dropout", func(d *layers.Dropout) { d.Rate = 0.5 }),
			item("flatten", plainly[layers.Flatten]),
			item("relu", plainly[layers.ReLU]),
			item("dense", func(d *layers.Dense) { d.Units, d.Then = 3, &layers.Softmax{Axis: -1} }),
		}},
		{"residual", []int{4, 6, 5, 2}, []nn.Item{
			item("residual", func(r *layers.Residual) {
				r.Shortcut = "projection"
				r.Layers = []nn.Item{
					item("conv3d", func(c *layers.Conv3D) {
						c.Filters, c.KernelSize, c.Padding, c.Strides = 4, [3]int{3, 3, 3}, "same", [3]int{2, 2, 2}
					}),
					item("batch_norm", plainly[layers.BatchNorm]),
				}
			}),
			item("global_average_pool3d", plainly[layers.GlobalAveragePool3D]),
		}},
	}
	joins := map[string]func(from ...string) nn.Item{
		"add":         func(from ...string) nn.Item { return item("join", plainly[layers.Add], from...) },
		"multiply":    func(from ...string) nn.Item { return item("join", plainly[layers.Multiply], from...) },
		"average":     func(from ...string) nn.Item { return item("join", plainly[layers.Average], from...) },
		"maximum":     func(from ...string) nn.Item { return item("join", plainly[layers.Maximum], from...) },
		"concatenate": func(from ...string) nn.Item { return item("join", plainly[layers.Concatenate], from...) },
		"concatenate along the height": func(from ...string) nn.Item {
			return item("join", func(c *layers.Concatenate) { c.Axis = 2 }, from...)
		},
	}
	border := item("border", func(z *layers.ZeroPad3D) { z.Padding = [3][2]int{{1, 1}, {1, 1}, {1, 1}} })
	for name, behind := range map[string]nn.Item{
		"conv3d":     item("layer", func(c *layers.Conv3D) { c.Filters, c.KernelSize, c.Strides = 2, [3]int{3, 3, 3}, [3]int{2, 2, 2} }),
		"max_pool3d": item("layer", func(p *layers.MaxPool3D) { p.PoolSize = [3]int{3, 3, 3} }),
		"average_pool3d same": item("layer", func(p *layers.AveragePool3D) {
			p.PoolSize, p.Strides, p.Padding = [3]int{3, 3, 3}, [3]int{2, 1, 2}, "same"
		}),
		"average_pool3d": item("layer", func(p *layers.AveragePool3D) { p.PoolSize, p.Strides = [3]int{3, 3, 3}, [3]int{2, 2, 2} }),
	} {
		cases = append(cases, networkCase{"zero_pad3d and " + name, volume, []nn.Item{border, behind}})
	}
	for _, name := range sortedNames(joins) {
		cases = append(cases, branched(name, joins[name]("input_relu", "conv", "tanh")))
	}
	return append(cases, branched("subtract", item("join", plainly[layers.Subtract], "conv", "input_relu")))
}

// branched joins what comes with its channels last, as the input does, with what
// a convolution gives.
func branched(name string, join nn.Item) networkCase {
	return networkCase{name, []int{4, 3, 5, 2}, []nn.Item{
		item("input_relu", plainly[layers.ReLU]),
		item("conv", func(c *layers.Conv3D) { c.Filters, c.KernelSize, c.Padding = 2, [3]int{3, 3, 3}, "same" }),
		item("tanh", plainly[layers.Tanh]),
		join,
		item("sigmoid", plainly[layers.Sigmoid]),
	}}
}
