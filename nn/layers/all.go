// Package layers holds the layers: one file each, with its settings, shape rule
// and work. Names, settings, defaults and numerics are Keras 3's, channels last.
//
// The doc comments of the settings structs are the manual that users read. [New]
// gives a layer with its defaults filled in, for a list that nn.Resolve lays out.
package layers

import (
	"embed"
	"maps"
	"sync"

	"github.com/voxelpipe/pipe/nn/initial"
	"github.com/voxelpipe/pipe/nn/kind"
)

//go:embed *.go
var sources embed.FS

// Table lists the layers. Each kind's settings are an nn.Unit.
func Table() *kind.Table { return table() }

// Activations lists what the setting `activation` of a layer may name. Each
// kind's settings are an Activation.
func Activations() *kind.Table { return activationTable() }

// New gives a layer as written: every default filled in, then changed by set.
// It panics if no layer of that type is listed.
func New[T any](set func(*T)) *T { return kind.Make(Table(), set) }

var (
	table = sync.OnceValue(func() *kind.Table {
		names := maps.Clone(elsewhere)
		maps.Copy(names, activationsElsewhere)
		return kind.NewTable("layer", sources, append(plain(), activations(layerSlope)...)...).Called(names).Mistaken(mistaken)
	})
	activationTable = sync.OnceValue(func() *kind.Table {
		return kind.NewTable("activation", sources, withoutWeights(activations(activationSlope))...).Called(activationsElsewhere)
	})
)

// trained is what every layer starts from.
var trained = Training{Trainable: true}

func plain() []kind.Kind {
	glorot, zeros, ones := &initial.GlorotUniform{}, &initial.Zeros{}, &initial.Ones{}
	single, two := [3]int{1, 1, 1}, [3]int{2, 2, 2}
	plain := Backbone{Normalization: plainly, Momentum: 0.9, Groups: 8, Then: &ReLU{Training: trained}, KernelInitializer: &initial.HeNormal{}}
	normal := plain
	normal.Normalization = batchwise
	top := Top{Classifier: &Softmax{Axis: -1, Training: trained}, Pooling: plainly}
	ends := [3][2]int{{1, 1}, {1, 1}, {1, 1}}
	normalizing := Normalizing{
		Epsilon: 1e-3, Center: true, Scale: true, BetaInitializer: zeros, GammaInitializer: ones, Training: trained,
	}
	return []kind.Kind{
		kind.Of("input", "input", Input{Training: trained}),
		kind.Of("conv3d", "conv3d: {filters: 32, kernel_size: 3, activation: relu}", Conv3D{
			Strides: single, Padding: valid, DilationRate: single, Groups: 1, UseBias: true,
			KernelInitializer: glorot, BiasInitializer: zeros, Training: trained,
		}),
		kind.Of("conv3d_transpose", "conv3d_transpose: {filters: 32, kernel_size: 2, strides: 2}", Conv3DTranspose{
			Strides: single, Padding: valid, DilationRate: single, UseBias: true,
			KernelInitializer: glorot, BiasInitializer: zeros, Training: trained,
		}),
		kind.Of("depthwise_conv3d", "depthwise_conv3d: {kernel_size: 3, padding: same}", DepthwiseConv3D{
			Strides: single, Padding: valid, DepthMultiplier: 1, DilationRate: single, UseBias: true,
			DepthwiseInitializer: glorot, BiasInitializer: zeros, Training: trained,
		}),
		kind.Of("max_pool3d", "max_pool3d: {pool_size: 2}", MaxPool3D{Pool3D: Pool3D{PoolSize: two, Padding: valid, Training: trained}}),
		kind.Of("average_pool3d", "average_pool3d: {pool_size: 2}", AveragePool3D{Pool3D: Pool3D{PoolSize: two, Padding: valid, Training: trained}}),
		kind.Of("global_average_pool3d", "global_average_pool3d", GlobalAveragePool3D{Training: trained}),
		kind.Of("global_max_pool3d", "global_max_pool3d", GlobalMaxPool3D{Training: trained}),
		kind.Of("upsample3d", "upsample3d: {size: 2}", UpSample3D{Size: two, Training: trained}),
		kind.Of("zero_pad3d", "zero_pad3d: {padding: 1}", ZeroPad3D{Padding: ends, Training: trained}),
		kind.Of("crop3d", "crop3d: {cropping: [[0, 1], 2, 2]}", Crop3D{Cropping: ends, Training: trained}),
		kind.Of("flatten", "flatten", Flatten{Training: trained}),
		kind.Of("reshape", "reshape: {target_shape: [4, 4, 4, -1]}", Reshape{Training: trained}),
		kind.Of("permute", "permute: {dims: [4, 1, 2, 3]}", Permute{Training: trained}),
		kind.Of("dense", "dense: {units: 2, activation: softmax}", Dense{
			UseBias: true, KernelInitializer: glorot, BiasInitializer: zeros, Training: trained,
		}),
		kind.Of("dropout", "dropout: {rate: 0.3}", Dropout{Training: trained}),
		kind.Of("spatial_dropout3d", "spatial_dropout3d: {rate: 0.2}", SpatialDropout3D{Training: trained}),
		kind.Of("gaussian_noise", "gaussian_noise: {stddev: 0.1}", GaussianNoise{Training: trained}),
		kind.Of("batch_norm", "batch_norm", BatchNorm{
			Momentum: 0.99, Epsilon: 1e-3, Center: true, Scale: true,
			BetaInitializer: zeros, GammaInitializer: ones,
			MovingMeanInitializer: zeros, MovingVarianceInitializer: ones, Training: trained,
		}),
		kind.Of("layer_norm", "layer_norm", LayerNorm{Axis: Axes{-1}, Normalizing: normalizing}),
		kind.Of("group_norm", "group_norm: {groups: 8}", GroupNorm{Groups: 32, Axis: -1, Normalizing: normalizing}),
		kind.Of("instance_norm", "instance_norm", InstanceNorm{Axis: -1, Normalizing: normalizing}),
		kind.Of("add", "add", Add{Training: trained}),
		kind.Of("subtract", "subtract", Subtract{Training: trained}),
		kind.Of("multiply", "multiply", Multiply{Training: trained}),
		kind.Of("average", "average", Average{Training: trained}),
		kind.Of("maximum", "maximum", Maximum{Training: trained}),
		kind.Of("concatenate", "concatenate", Concatenate{Axis: -1, Training: trained}),
		kind.Of("residual", "residual: {layers: [conv3d: {filters: 16, kernel_size: 3, padding: same}]}", Residual{
			Shortcut: identity, Training: trained,
		}),
		kind.Of("repeat", "repeat: {times: 2, layers: [conv3d: {filters: 16, kernel_size: 3, padding: same}, relu]}", Repeat{Training: trained}),
		kind.Of("vgg3d", "vgg3d: {depth: 11, filters: 16, classes: 2, dense_units: [64]}", VGG3D{
			Depth: 16, Filters: 64, Blocks: 5, Backbone: plain, DenseUnits: []int{4096, 4096},
			Top: Top{Classifier: top.Classifier, Pooling: plainly, Dropout: 0.5}, Training: trained,
		}),
		kind.Of("resnet3d", "resnet3d: {depth: 18, classes: 2}", ResNet3D{
			Depth: 18, Filters: 64, Stages: 4, StemKernelSize: [3]int{7, 7, 7}, StemStrides: two, StemPool: true,
			Backbone: normal, Top: top, Training: trained,
		}),
		kind.Of("densenet3d", "densenet3d: {blocks: [6, 12, 24, 16], classes: 2}", DenseNet3D{
			Blocks: []int{6, 12, 24, 16}, GrowthRate: 32, Compression: 0.5, Bottleneck: 4,
			StemKernelSize: [3]int{7, 7, 7}, StemStrides: two, StemPool: true,
			Backbone: normal, Top: top, Training: trained,
		}),
		kind.Of("unet3d", "unet3d: {depth: 3, filters: 16, classes: 3}", UNet3D{
			Depth: 3, Filters: 32, Convolutions: 2, KernelSize: [3]int{3, 3, 3}, Up: byTranspose,
			Backbone: normal, Classifier: top.Classifier, Training: trained,
		}),
		kind.Of("activation", "activation: relu", Activate{Training: trained}),
	}
}

// Keras' slope of leaky_relu is another one as a layer than as an activation of a
// layer.
const (
	layerSlope      = 0.3
	activationSlope = 0.2
)

// activations are layers by their own names; slope is the default of leaky_relu.
func activations(slope float64) []kind.Kind {
	return []kind.Kind{
		kind.Of("linear", "linear", Linear{Training: trained}),
		kind.Of("relu", "relu", ReLU{Training: trained}),
		kind.Of("leaky_relu", "leaky_relu: {negative_slope: 0.1}", LeakyReLU{NegativeSlope: slope, Training: trained}),
		kind.Of("prelu", "prelu", PReLU{AlphaInitializer: &initial.Zeros{}, Training: trained}),
		kind.Of("elu", "elu", Elu{Alpha: 1, Training: trained}),
		kind.Of("selu", "selu", Selu{Training: trained}),
		kind.Of("gelu", "gelu", Gelu{Training: trained}),
		kind.Of("silu", "silu", Silu{Training: trained}),
		kind.Of("sigmoid", "sigmoid", Sigmoid{Training: trained}),
		kind.Of("tanh", "tanh", Tanh{Training: trained}),
		kind.Of("softmax", "softmax", Softmax{Axis: -1, Training: trained}),
		kind.Of("softplus", "softplus", Softplus{Training: trained}),
	}
}

// withoutWeights leaves out the kinds that hold weights: an activation that is
// written as a setting has no name under which they could be kept.
func withoutWeights(kinds []kind.Kind) []kind.Kind {
	var list []kind.Kind
	for _, k := range kinds {
		if _, ok := k.New().(Activation); ok {
			list = append(list, k)
		}
	}
	return list
}
