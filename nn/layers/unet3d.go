package layers

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

// UNet3D lays out an encoder and a decoder, to say something of every voxel:
// convolutions and poolings that halve the volume `depth` times, then as many steps
// that double it again, each of which also takes what the encoder had at that size
// (Çiçek et al., 2016).
//
// With classes it ends in a convolution with kernel_size 1 that gives each voxel
// its classes, [D, H, W, classes]. Without, it ends in its features, [D, H, W,
// filters], for layers of your own. Along every axis the size must be a multiple
// of 2 to the power of depth: pad or crop the volumes in front of the model.
// `pipe expand` writes the layers out.
//
// The defaults are the original's, but for the border, which it cut and here is
// padded, and the number of filters in the first convolution of each step. With
// normalization instance, activation leaky_relu: {negative_slope: 0.01} and
// max_filters 320 it is close to nnU-Net's (Isensee et al., 2021).
type UNet3D struct {
	// How many times the volume is halved.
	Depth int `yaml:"depth" validate:"min=1,max=8"`
	// The filters at full size. Each halving doubles them.
	Filters int `yaml:"filters" validate:"min=1"`
	// The most filters that doubling leads to; unlimited if it is not given.
	MaxFilters *int `yaml:"max_filters" validate:"omitempty,min=1"`
	// How many convolutions there are at each size, on the way down and up.
	Convolutions int `yaml:"convolutions" validate:"min=1,max=8"`
	// The size of their windows.
	KernelSize [3]int `yaml:"kernel_size" elsewhere:"kernel" validate:"dive,min=1"`
	// How the volume is doubled: "conv3d_transpose" with learnt kernels of size 2,
	// "upsample" by repeating each voxel, behind a convolution with kernel_size 1.
	Up string `yaml:"up" validate:"oneof=conv3d_transpose upsample"`
	// Whether the convolutions at each size add their input to what they give, as
	// residual does.
	Residual bool `yaml:"residual"`
	// The share of the values that a dropout behind the convolutions at each size
	// sets to zero while training.
	Dropout  float64 `yaml:"dropout" validate:"gte=0,lt=1"`
	Backbone `yaml:",inline"`
	// The number of classes of a voxel. Without it the network ends in its features.
	Classes *int `yaml:"classes" validate:"omitempty,min=1"`
	// The activation behind the last convolution: softmax for classes of which one
	// is right, sigmoid for several or for a single one.
	Classifier Activation `yaml:"classifier_activation"`
	Training   `yaml:",inline"`
}

// The ways up.
const (
	byTranspose = "conv3d_transpose"
	byRepeating = "upsample"
)

// Expand gives the way down, the bottom, the way up and the end.
func (u *UNet3D) Expand(in shape.Shape) ([]nn.Item, error) {
	if err := u.divides(in); err != nil {
		return nil, err
	}
	l := &layout{Backbone: &u.Backbone}
	skips := make([]string, u.Depth)
	channels := 0 // of the network's input: not known everywhere, and none of the filters
	for i := range u.Depth {
		step := "down" + strconv.Itoa(i+1)
		u.convolve(l, step, u.filters(i), channels)
		skips[i], channels = l.last(), u.filters(i)
		l.add(step+"_pool", New(func(*MaxPool3D) {}))
	}
	u.convolve(l, "bottom", u.filters(u.Depth), channels)
	for i := u.Depth - 1; i >= 0; i-- {
		step, filters := "up"+strconv.Itoa(i+1), u.filters(i)
		u.double(l, step, filters)
		l.add(step+"_concatenate", New(func(*Concatenate) {}), skips[i], l.last())
		u.convolve(l, step, filters, 2*filters)
	}
	if u.Classes != nil {
		l.add(classifier, New(func(c *Conv3D) { c.Filters, c.KernelSize, c.Then = *u.Classes, ones, u.Classifier }))
	}
	return l.items, nil
}

// filters are those at the size that so many halvings give.
func (u *UNet3D) filters(halvings int) int {
	filters := u.Filters << halvings
	if u.MaxFilters != nil {
		filters = min(filters, *u.MaxFilters)
	}
	return filters
}

// convolve appends the convolutions at one size, which take so many channels.
func (u *UNet3D) convolve(l *layout, step string, filters, channels int) {
	input := l.last()
	for k := range u.Convolutions {
		number := strconv.Itoa(k + 1)
		if u.Residual && k == u.Convolutions-1 {
			l.conv(step+"_conv"+number, filters, u.KernelSize, ones)
			l.norm(step+"_norm"+number, filters)
			l.sum(step, input, filters, ones, channels)
		} else {
			l.whole(step, number, filters, u.KernelSize, ones)
		}
	}
	l.drop(step+"_dropout", u.Dropout)
}

// double appends what doubles the sizes.
func (u *UNet3D) double(l *layout, step string, filters int) {
	if u.Up == byRepeating {
		l.conv(step+"_project", filters, ones, ones)
		l.add(step+"_upsample", New(func(*UpSample3D) {}))
		return
	}
	l.add(step+"_transpose", New(func(c *Conv3DTranspose) {
		c.Filters, c.KernelSize, c.Strides, c.Padding = filters, twos, twos, same
		c.KernelInitializer, c.KernelRegularizer = u.KernelInitializer, u.KernelRegularizer
	}))
}

// divides refuses sizes that cannot be halved so often without a rest.
func (u *UNet3D) divides(in shape.Shape) error {
	if in.Rank() != 4 {
		return nil // the first layer says so
	}
	whole := 1 << u.Depth
	padded, cropped := append(shape.Shape{}, in...), append(shape.Shape{}, in...)
	var rests []string
	first, fewest := -1, u.Depth
	for axis := range 3 {
		n, known := in[axis].Known()
		if !known {
			fewest = 0
			continue
		}
		fewest = min(fewest, bits.TrailingZeros(uint(n)))
		if n%whole == 0 {
			continue
		}
		if first < 0 {
			first = axis
		}
		rests = append(rests, fmt.Sprintf("the %s %d is not a multiple of %d (%s)", shape.AxisName(4, axis), n, whole, halvings(u.Depth)))
		padded[axis], cropped[axis] = shape.Of((n/whole+1)*whole), shape.Of(n/whole*whole)
	}
	if rests == nil {
		return nil
	}
	m := &shape.Mismatch{
		Fault: shape.Halving, Settings: []string{"depth"}, Input: in, Axis: first,
		Problem:    fmt.Sprintf("%s do not divide these sizes", halvings(u.Depth)),
		Arithmetic: strings.Join(rests, ", "),
		Remedy:     fmt.Sprintf("pad the volumes to %s", padded),
	}
	if !slices.ContainsFunc(cropped, func(d shape.Dim) bool { return d.Is(0) }) {
		m.Remedy += fmt.Sprintf(" or crop them to %s", cropped)
	}
	if fewest > 0 {
		m.Remedy += fmt.Sprintf(", in front of the model; or use depth: %d", fewest)
	} else {
		m.Remedy += ", in front of the model"
	}
	return m
}

func halvings(n int) string {
	if n == 1 {
		return "1 halving"
	}
	return fmt.Sprintf("%d halvings", n)
}

// Decides names the setting that decides a setting of a layer inside, "" for
// none.
func (*UNet3D) Decides(layer, setting string) string { return (*Top)(nil).Decides(layer, setting) }
