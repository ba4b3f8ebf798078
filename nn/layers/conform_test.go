package layers

import (
	"math/rand/v2"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/nntest"
	"github.com/voxelpipe/pipe/nn/penalty"
)

func TestConformance(t *testing.T) {
	covered := make(map[string]bool)
	for _, c := range conformance() {
		covered[c.Kind] = true
		name := c.Kind
		if c.Name != "" {
			name += " " + c.Name
		}
		t.Run(name, func(t *testing.T) { nntest.Conform(t, c) })
	}
	for _, kind := range Table().Names() {
		if !covered[kind] {
			t.Errorf("layer %s has no conformance case", kind)
		}
	}
}

// awayFromZero draws values that keep their sign when changed a little.
func awayFromZero(random *rand.Rand) float64 {
	v := random.NormFloat64()
	for v > -1e-3 && v < 1e-3 {
		v = random.NormFloat64()
	}
	return v
}

func convolution(set func(*Conv3D)) *Conv3D {
	return New(func(c *Conv3D) {
		c.Filters, c.KernelSize = 3, [3]int{2, 3, 2}
		set(c)
	})
}

func transposed(set func(*Conv3DTranspose)) *Conv3DTranspose {
	return New(func(c *Conv3DTranspose) {
		c.Filters, c.KernelSize = 3, [3]int{2, 3, 2}
		set(c)
	})
}

func depthwise(set func(*DepthwiseConv3D)) *DepthwiseConv3D {
	return New(func(c *DepthwiseConv3D) {
		c.KernelSize = [3]int{2, 3, 2}
		set(c)
	})
}

func conformance() []nntest.Case {
	volume, vector := [][]int{{4, 5, 3, 2}}, [][]int{{7}}
	odd := [3]int{2, 1, 2}
	six, two := 6.0, 2
	half := 0.5
	five := uint64(5)
	return []nntest.Case{
		{Kind: "conv3d", Unit: convolution(func(*Conv3D) {}), In: volume},
		{Kind: "conv3d", Name: "same", Unit: convolution(func(c *Conv3D) { c.Padding = same }), In: volume},
		{Kind: "conv3d", Name: "strides", Unit: convolution(func(c *Conv3D) { c.Strides = odd }), In: volume},
		{Kind: "conv3d", Name: "same, strides", Unit: convolution(func(c *Conv3D) { c.Padding, c.Strides = same, [3]int{2, 2, 3} }), In: volume},
		{Kind: "conv3d", Name: "dilation", Unit: convolution(func(c *Conv3D) { c.Padding, c.DilationRate = same, [3]int{2, 1, 2} }), In: volume},
		{Kind: "conv3d", Name: "groups, no bias", Unit: convolution(func(c *Conv3D) { c.Filters, c.Groups, c.UseBias = 4, 2, false }), In: volume},
		{Kind: "conv3d", Name: "tanh", Unit: convolution(func(c *Conv3D) { c.Then = New(func(*Tanh) {}) }), In: volume},
		{Kind: "conv3d", Name: "frozen", Unit: convolution(func(c *Conv3D) { c.Trainable = false }), In: volume},
		{Kind: "conv3d", Name: "regularizer", Unit: convolution(func(c *Conv3D) { c.KernelRegularizer = &penalty.L2{Factor: 0.1} }), In: volume},
		{Kind: "conv3d_transpose", Unit: transposed(func(*Conv3DTranspose) {}), In: volume},
		{Kind: "conv3d_transpose", Name: "strides", Unit: transposed(func(c *Conv3DTranspose) { c.Strides = [3]int{2, 1, 3} }), In: [][]int{{2, 3, 2, 2}}},
		{Kind: "conv3d_transpose", Name: "same, strides", Unit: transposed(func(c *Conv3DTranspose) { c.Padding, c.Strides = same, [3]int{2, 2, 3} }), In: [][]int{{2, 3, 2, 2}}},
		{Kind: "conv3d_transpose", Name: "output_padding", Unit: transposed(func(c *Conv3DTranspose) {
			c.Strides, c.OutputPadding = [3]int{2, 2, 3}, &[3]int{1, 0, 2}
		}), In: [][]int{{2, 3, 2, 2}}},
		{Kind: "conv3d_transpose", Name: "same, output_padding", Unit: transposed(func(c *Conv3DTranspose) {
			c.Padding, c.Strides, c.OutputPadding = same, [3]int{2, 2, 3}, &[3]int{0, 0, 2}
		}), In: [][]int{{2, 3, 2, 2}}},
		{Kind: "conv3d_transpose", Name: "dilation, tanh", Unit: transposed(func(c *Conv3DTranspose) {
			c.Padding, c.DilationRate, c.Then = same, [3]int{2, 1, 2}, New(func(*Tanh) {})
		}), In: volume},
		{Kind: "conv3d_transpose", Name: "no bias", Unit: transposed(func(c *Conv3DTranspose) { c.UseBias, c.Filters = false, 1 }), In: volume},
		{Kind: "conv3d_transpose", Name: "frozen", Unit: transposed(func(c *Conv3DTranspose) { c.Trainable = false }), In: volume},
		{Kind: "depthwise_conv3d", Unit: depthwise(func(*DepthwiseConv3D) {}), In: [][]int{{4, 5, 3, 3}}},
		{Kind: "depthwise_conv3d", Name: "multiplier, strides", Unit: depthwise(func(c *DepthwiseConv3D) { c.DepthMultiplier, c.Padding, c.Strides = 3, same, odd }), In: volume},
		{Kind: "depthwise_conv3d", Name: "dilation, no bias, tanh", Unit: depthwise(func(c *DepthwiseConv3D) {
			c.Padding, c.DilationRate, c.UseBias, c.Then = same, odd, false, New(func(*Tanh) {})
		}), In: volume},
		{Kind: "depthwise_conv3d", Name: "one channel", Unit: depthwise(func(c *DepthwiseConv3D) { c.DepthMultiplier = 2 }), In: [][]int{{3, 4, 3, 1}}},
		{Kind: "depthwise_conv3d", Name: "frozen", Unit: depthwise(func(c *DepthwiseConv3D) { c.Trainable = false }), In: volume},
		{Kind: "max_pool3d", Unit: New(func(*MaxPool3D) {}), In: [][]int{{2, 5, 4, 24}}},
		{Kind: "max_pool3d", Name: "same, overlapping", Unit: New(func(m *MaxPool3D) {
			m.PoolSize, m.Strides, m.Padding = [3]int{3, 2, 3}, [3]int{2, 1, 2}, same
		}), In: [][]int{{3, 4, 3, 18}}},
		{Kind: "average_pool3d", Unit: New(func(*AveragePool3D) {}), In: [][]int{{2, 5, 4, 24}}},
		{Kind: "average_pool3d", Name: "same, overlapping", Unit: New(func(a *AveragePool3D) {
			a.PoolSize, a.Strides, a.Padding = [3]int{3, 2, 3}, [3]int{2, 1, 2}, same
		}), In: [][]int{{3, 4, 3, 18}}},
		{Kind: "global_average_pool3d", Unit: New(func(*GlobalAveragePool3D) {}), In: volume},
		{Kind: "global_average_pool3d", Name: "keepdims", Unit: New(func(g *GlobalAveragePool3D) { g.KeepDims = true }), In: volume},
		{Kind: "global_max_pool3d", Unit: New(func(*GlobalMaxPool3D) {}), In: volume},
		{Kind: "global_max_pool3d", Name: "keepdims", Unit: New(func(g *GlobalMaxPool3D) { g.KeepDims = true }), In: volume},
		{Kind: "upsample3d", Unit: New(func(*UpSample3D) {}), In: [][]int{{2, 3, 2, 17}}},
		{Kind: "upsample3d", Name: "along one axis", Unit: New(func(u *UpSample3D) { u.Size = [3]int{1, 3, 1} }), In: [][]int{{2, 3, 4, 1}}},
		{Kind: "zero_pad3d", Unit: New(func(*ZeroPad3D) {}), In: volume},
		{Kind: "zero_pad3d", Name: "pairs", Unit: New(func(z *ZeroPad3D) { z.Padding = [3][2]int{{0, 2}, {1, 0}, {0, 0}} }), In: volume},
		{Kind: "crop3d", Unit: New(func(*Crop3D) {}), In: [][]int{{4, 5, 3, 2}}},
		{Kind: "crop3d", Name: "pairs", Unit: New(func(c *Crop3D) { c.Cropping = [3][2]int{{0, 2}, {3, 1}, {0, 0}} }), In: volume},
		{Kind: "flatten", Unit: New(func(*Flatten) {}), In: volume},
		{Kind: "permute", Unit: New(func(p *Permute) { p.Dims = []int{3, 1, 4, 2} }), In: volume},
		{Kind: "permute", Name: "channels first", Unit: New(func(p *Permute) { p.Dims = []int{4, 1, 2, 3} }), In: volume},
		{Kind: "permute", Name: "as it is", Unit: New(func(p *Permute) { p.Dims = []int{1} }), In: [][]int{{5}}},
		{Kind: "reshape", Unit: New(func(r *Reshape) { r.TargetShape = []int{6, -1, 4} }), In: volume},
		{Kind: "reshape", Name: "to numbers", Unit: New(func(r *Reshape) { r.TargetShape = []int{120} }), In: volume},
		{Kind: "dense", Unit: New(func(d *Dense) { d.Units = 4 }), In: vector},
		{Kind: "dense", Name: "softmax, no bias", Unit: New(func(d *Dense) { d.Units, d.UseBias, d.Then = 4, false, New(func(*Softmax) {}) }), In: vector},
		{Kind: "dropout", Unit: New(func(d *Dropout) { d.Rate = 0.4 }), In: volume},
		{Kind: "dropout", Name: "none", Unit: New(func(d *Dropout) { d.Rate = 0 }), In: vector},
		{Kind: "dropout", Name: "all", Unit: New(func(d *Dropout) { d.Rate = 1 }), In: vector},
		{Kind: "dropout", Name: "with a seed", Unit: New(func(d *Dropout) { d.Rate, d.Seed = 0.4, &five }), In: volume},
		{Kind: "spatial_dropout3d", Unit: New(func(d *SpatialDropout3D) { d.Rate = 0.4 }), In: [][]int{{2, 3, 2, 5}}},
		{Kind: "spatial_dropout3d", Name: "none", Unit: New(func(d *SpatialDropout3D) { d.Rate = 0 }), In: volume},
		{Kind: "spatial_dropout3d", Name: "all", Unit: New(func(d *SpatialDropout3D) { d.Rate = 1 }), In: volume},
		{Kind: "spatial_dropout3d", Name: "with a seed", Unit: New(func(d *SpatialDropout3D) { d.Rate, d.Seed = 0.5, &five }), In: volume},
		{Kind: "gaussian_noise", Unit: New(func(g *GaussianNoise) { g.StdDev = 0.3 }), In: volume},
		{Kind: "gaussian_noise", Name: "none", Unit: New(func(g *GaussianNoise) { g.StdDev = 0 }), In: volume},
		{Kind: "gaussian_noise", Name: "with a seed", Unit: New(func(g *GaussianNoise) { g.StdDev, g.Seed = 1, &five }), In: vector},
		{Kind: "batch_norm", Unit: New(func(*BatchNorm) {}), In: volume},
		{Kind: "batch_norm", Name: "of a vector", Unit: New(func(*BatchNorm) {}), In: vector, Batch: 5},
		{Kind: "batch_norm", Name: "neither center nor scale", Unit: New(func(b *BatchNorm) { b.Center, b.Scale = false, false }), In: volume},
		{Kind: "batch_norm", Name: "frozen", Unit: New(func(b *BatchNorm) { b.Trainable = false }), In: volume},
		{Kind: "layer_norm", Unit: New(func(*LayerNorm) {}), In: [][]int{{4, 5, 3, 6}}},
		{Kind: "layer_norm", Name: "of a vector, no gamma", Unit: New(func(n *LayerNorm) { n.Scale = false }), In: vector},
		{Kind: "layer_norm", Name: "no beta", Unit: New(func(n *LayerNorm) { n.Center = false }), In: vector},
		{Kind: "layer_norm", Name: "neither center nor scale", Unit: New(func(n *LayerNorm) { n.Center, n.Scale = false, false }), In: vector},
		{Kind: "layer_norm", Name: "of whole examples", Unit: New(func(n *LayerNorm) { n.Axis = Axes{1, 2, 3, 4} }), In: volume},
		{Kind: "layer_norm", Name: "along the space", Unit: New(func(n *LayerNorm) { n.Axis = Axes{3, 1, 2} }), In: volume},
		{Kind: "layer_norm", Name: "along depth and channels", Unit: New(func(n *LayerNorm) { n.Axis = Axes{-1, 1} }), In: volume},
		{Kind: "layer_norm", Name: "rms_scaling", Unit: New(func(n *LayerNorm) { n.RMSScaling = true }), In: vector},
		{Kind: "layer_norm", Name: "frozen", Unit: New(func(n *LayerNorm) { n.Trainable = false }), In: vector},
		{Kind: "group_norm", Unit: New(func(g *GroupNorm) { g.Groups = 3 }), In: [][]int{{2, 3, 2, 6}}},
		{Kind: "group_norm", Name: "one group", Unit: New(func(g *GroupNorm) { g.Groups = 1 }), In: volume},
		{Kind: "group_norm", Name: "of a vector, neither center nor scale", Unit: New(func(g *GroupNorm) { g.Groups, g.Center, g.Scale = 2, false, false }), In: [][]int{{8}}},
		{Kind: "group_norm", Name: "of the depth", Unit: New(func(g *GroupNorm) { g.Groups, g.Axis = 2, 1 }), In: volume},
		{Kind: "group_norm", Name: "frozen", Unit: New(func(g *GroupNorm) { g.Groups, g.Trainable = 2, false }), In: volume},
		{Kind: "instance_norm", Unit: New(func(*InstanceNorm) {}), In: volume},
		{Kind: "instance_norm", Name: "of the height", Unit: New(func(n *InstanceNorm) { n.Axis = -3 }), In: volume},
		{Kind: "add", Unit: New(func(*Add) {}), In: [][]int{{3, 4}, {3, 4}, {3, 4}}},
		{Kind: "subtract", Unit: New(func(*Subtract) {}), In: [][]int{{3, 4}, {3, 4}}},
		{Kind: "multiply", Unit: New(func(*Multiply) {}), In: [][]int{{3, 4}, {3, 4}, {3, 4}}},
		{Kind: "average", Unit: New(func(*Average) {}), In: [][]int{{3, 4}, {3, 4}, {3, 4}}},
		{Kind: "maximum", Unit: New(func(*Maximum) {}), In: [][]int{{3, 4}, {3, 4}, {3, 4}}},
		{Kind: "add", Name: "repeated", Unit: New(func(*Add) {}), In: [][]int{{2, 3, 2, 4}, {1, 1, 1, 4}, {2, 3, 2, 4}}},
		{Kind: "add", Name: "of one value", Unit: New(func(*Add) {}), In: [][]int{{1}, {5}}},
		{Kind: "subtract", Name: "repeated", Unit: New(func(*Subtract) {}), In: [][]int{{2, 1, 2, 1}, {1, 3, 1, 4}}},
		{Kind: "multiply", Name: "by channel", Unit: New(func(*Multiply) {}), In: [][]int{{2, 3, 2, 4}, {4}}},
		{Kind: "multiply", Name: "by voxel", Unit: New(func(*Multiply) {}), In: [][]int{{2, 3, 2, 1}, {2, 3, 2, 4}}},
		{Kind: "multiply", Name: "of three", Unit: New(func(*Multiply) {}), In: [][]int{{1, 3, 2, 1}, {2, 1, 2, 4}, {2, 3, 1, 1}}},
		{Kind: "average", Name: "repeated", Unit: New(func(*Average) {}), In: [][]int{{2, 3, 1}, {2, 1, 4}}},
		{Kind: "maximum", Name: "repeated", Unit: New(func(*Maximum) {}), In: [][]int{{2, 3, 1}, {3, 4}}},
		{Kind: "concatenate", Unit: New(func(*Concatenate) {}), In: [][]int{{2, 3, 2, 1}, {2, 3, 2, 4}}},
		{Kind: "concatenate", Name: "along the depth", Unit: New(func(c *Concatenate) { c.Axis = 1 }), In: [][]int{{2, 3, 2, 2}, {1, 3, 2, 2}, {4, 3, 2, 2}}},
		{Kind: "residual", Unit: New(func(r *Residual) {
			r.Layers = []nn.Item{
				{ID: "conv3d", Unit: convolution(func(c *Conv3D) { c.Padding, c.Then = same, New(func(*Tanh) {}) })},
				{ID: "add", Unit: convolution(func(c *Conv3D) { c.Padding, c.Filters = same, 2 })},
			}
		}), In: volume},
		{Kind: "residual", Name: "projection", Unit: New(func(r *Residual) {
			r.Shortcut = projection
			r.Layers = []nn.Item{{ID: "conv3d", Unit: convolution(func(c *Conv3D) { c.Padding, c.Strides = same, odd })}}
		}), In: volume},
		{Kind: "residual", Name: "projection of a vector", Unit: New(func(r *Residual) {
			r.Shortcut = projection
			r.Layers = []nn.Item{{ID: "dense", Unit: New(func(d *Dense) { d.Units = 3 })}}
		}), In: vector},
		{Kind: "repeat", Unit: New(func(r *Repeat) {
			r.Times = 3
			r.Layers = []nn.Item{{ID: "dense", Unit: New(func(d *Dense) { d.Units = 7 })}, {ID: "tanh", Unit: New(func(*Tanh) {})}}
		}), In: vector},
		{Kind: "input", Unit: New(func(r *Repeat) {
			r.Times = 2
			r.Layers = []nn.Item{
				{ID: "input", Unit: New(func(*Input) {})}, {ID: "dense", Unit: New(func(d *Dense) { d.Units = 7 })},
				{ID: "both", From: []string{"dense", "input"}, Unit: New(func(*Multiply) {})},
			}
		}), In: vector},
		{Kind: "vgg3d", Unit: New(func(v *VGG3D) {
			v.Depth, v.Filters, v.Blocks, v.DenseUnits, v.Classes, v.Then, v.Dropout = 11, 2, 2, []int{3}, &two, New(func(*Tanh) {}), 0.2
		}), In: volume},
		{Kind: "resnet3d", Unit: New(func(r *ResNet3D) {
			r.Depth, r.Filters, r.StemKernelSize, r.StemPool, r.Then, r.Pooling = 10, 1, ones, false, New(func(*Tanh) {}), "avg"
		}), In: volume},
		{Kind: "densenet3d", Unit: New(func(d *DenseNet3D) {
			d.Blocks, d.GrowthRate, d.Bottleneck, d.StemKernelSize, d.StemPool, d.Then = []int{2, 1}, 2, 2, threes, false, New(func(*Tanh) {})
			d.Classes, d.Normalization = &two, plainly
		}), In: volume},
		{Kind: "unet3d", Unit: New(func(u *UNet3D) {
			u.Depth, u.Filters, u.KernelSize, u.Then, u.Classes = 1, 2, [3]int{1, 2, 3}, New(func(*Tanh) {}), &two
		}), In: [][]int{{4, 2, 6, 2}}},
		{Kind: "unet3d", Name: "residual, upsample, groups", Unit: New(func(u *UNet3D) {
			u.Depth, u.Filters, u.KernelSize, u.Then, u.Up, u.Residual = 1, 2, ones, New(func(*Tanh) {}), byRepeating, true
			u.Normalization, u.Groups, u.Dropout, u.Convolutions = groupwise, 2, 0.1, 1
		}), In: [][]int{{2, 4, 4, 2}}},
		{Kind: "activation", Unit: New(func(a *Activate) { a.Function = New(func(*Sigmoid) {}) }), In: volume},
		{Kind: "linear", Unit: New(func(*Linear) {}), In: volume},
		{Kind: "relu", Unit: New(func(*ReLU) {}), In: volume, Draw: awayFromZero},
		{Kind: "relu", Name: "bent", Unit: New(func(r *ReLU) { r.MaxValue, r.NegativeSlope, r.Threshold = &six, 0.1, 0.25 }), In: volume},
		{Kind: "relu", Name: "limited", Unit: New(func(r *ReLU) { r.MaxValue = &half }), In: volume, Draw: awayFromZero},
		{Kind: "leaky_relu", Unit: New(func(*LeakyReLU) {}), In: volume, Draw: awayFromZero},
		{Kind: "prelu", Unit: New(func(*PReLU) {}), In: volume, Draw: awayFromZero},
		{Kind: "prelu", Name: "shared axes", Unit: New(func(r *PReLU) { r.SharedAxes = []int{1, -2} }), In: volume, Draw: awayFromZero},
		{Kind: "elu", Unit: New(func(e *Elu) { e.Alpha = 0.7 }), In: volume, Draw: awayFromZero},
		{Kind: "selu", Unit: New(func(*Selu) {}), In: volume, Draw: awayFromZero},
		{Kind: "gelu", Unit: New(func(*Gelu) {}), In: volume},
		{Kind: "gelu", Name: "approximate", Unit: New(func(g *Gelu) { g.Approximate = true }), In: volume},
		{Kind: "silu", Unit: New(func(*Silu) {}), In: volume},
		{Kind: "sigmoid", Unit: New(func(*Sigmoid) {}), In: volume},
		{Kind: "tanh", Unit: New(func(*Tanh) {}), In: volume},
		{Kind: "softmax", Unit: New(func(*Softmax) {}), In: volume},
		{Kind: "softmax", Name: "along the height", Unit: New(func(s *Softmax) { s.Axis = 2 }), In: volume},
		{Kind: "softplus", Unit: New(func(*Softplus) {}), In: volume},
	}
}
