package layers

import (
	"fmt"
	"strconv"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

// DenseNet3D lays out a densely connected network for volumes: inside of a block
// every layer takes the outputs of all layers before it, as channels, and adds a
// few of its own (Huang et al., 2017).
//
// A layer is a normalization, an activation and a convolution with kernel_size 1,
// then the same with kernel_size 3. Between blocks a transition reduces the
// channels and halves the sizes. With classes the network ends in a
// global_average_pool3d and a dense layer. Without, it ends in its features,
// [D, H, W, C]. `pipe expand` writes the layers out.
//
// The defaults are DenseNet-121's, as in MONAI, but for the borders, which are
// padded as `padding: same` does. DenseNet-169 has blocks [6, 12, 32, 32], 201
// [6, 12, 48, 32], 264 [6, 12, 64, 48]. For volumes of 32 voxels and less use
// stem_kernel_size 3, stem_strides 1 and, for the smallest, stem_pool false.
type DenseNet3D struct {
	// The number of layers in each block.
	Blocks []int `yaml:"blocks" validate:"min=1,dive,min=1,max=200"`
	// How many channels each layer adds.
	GrowthRate int `yaml:"growth_rate" validate:"min=1"`
	// What share of its channels a transition leaves, rounded down.
	Compression float64 `yaml:"compression" validate:"gt=0,lte=1"`
	// How many times the growth_rate a layer's first convolution gives.
	Bottleneck int `yaml:"bottleneck" validate:"min=1"`
	// The filters of the stem; twice the growth_rate if they are not given.
	StemFilters *int `yaml:"stem_filters" validate:"omitempty,min=1"`
	// The kernel_size of the stem's convolution.
	StemKernelSize [3]int `yaml:"stem_kernel_size" validate:"dive,min=1"`
	// Its strides.
	StemStrides [3]int `yaml:"stem_strides" validate:"dive,min=1"`
	// Whether a max_pool3d with pool_size 3 and strides 2 ends the stem.
	StemPool bool `yaml:"stem_pool"`
	// The share of what a layer adds that is set to zero while training.
	LayerDropout float64 `yaml:"layer_dropout" validate:"gte=0,lt=1"`
	Backbone     `yaml:",inline"`
	Top          `yaml:",inline"`
	Training     `yaml:",inline"`
}

// Expand gives the stem, the blocks with their transitions, and the end.
func (d *DenseNet3D) Expand(in shape.Shape) ([]nn.Item, error) {
	l := &layout{Backbone: &d.Backbone}
	channels := 2 * d.GrowthRate
	if d.StemFilters != nil {
		channels = *d.StemFilters
	}
	l.stem(channels, d.StemKernelSize, d.StemStrides, d.StemPool)
	for i, layers := range d.Blocks {
		for k := range layers {
			d.layer(l, fmt.Sprintf("block%d_layer%d", i+1, k+1), channels)
			channels += d.GrowthRate
		}
		if i == len(d.Blocks)-1 {
			break
		}
		transition := "transition" + strconv.Itoa(i+1)
		l.norm(transition+"_norm", channels)
		channels = int(float64(channels) * d.Compression)
		if channels < 1 {
			return nil, d.vanished(in, i+1)
		}
		l.activate(transition + "_activation")
		l.conv(transition+"_conv", channels, ones, ones)
		l.add(transition+"_pool", New(func(a *AveragePool3D) { a.Padding = same }))
	}
	l.norm("norm", channels)
	l.activate("activation")
	l.end(&d.Top)
	return l.items, nil
}

// layer appends a layer of a block, which takes so many channels: these, and
// behind them its own.
func (d *DenseNet3D) layer(l *layout, name string, channels int) {
	input := l.last()
	l.norm(name+"_norm1", channels)
	l.activate(name + "_activation1")
	l.conv(name+"_conv1", d.Bottleneck*d.GrowthRate, ones, ones)
	l.norm(name+"_norm2", d.Bottleneck*d.GrowthRate)
	l.activate(name + "_activation2")
	l.conv(name+"_conv2", d.GrowthRate, threes, ones)
	l.drop(name+"_dropout", d.LayerDropout)
	l.add(name+"_concatenate", New(func(*Concatenate) {}), input, l.last())
}

// vanished refuses a compression that leaves no channel.
func (d *DenseNet3D) vanished(in shape.Shape, transition int) error {
	return &shape.Mismatch{
		Fault: shape.Setting, Settings: []string{"compression"}, Input: in, Axis: -1,
		Problem:    fmt.Sprintf("transition %d leaves no channel", transition),
		Arithmetic: fmt.Sprintf("the share %g of its channels is less than 1", d.Compression),
		Remedy:     "raise compression or growth_rate",
	}
}
