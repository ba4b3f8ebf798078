package layers

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

// ResNet3D lays out a residual network for volumes: a stem, then four stages of
// residual blocks, each of which but the first halves the sizes and doubles the
// filters (He et al., 2016; in three dimensions Hara, Kataoka and Satoh, 2018, and
// Chen et al., 2019, as MedicalNet).
//
// With classes it ends in a global_average_pool3d and a dense layer. Without, it
// ends in the features of the last stage, [D, H, W, C]. `pipe expand` writes the
// layers out.
//
// The depths 10, 18 and 34 have blocks of two convolutions, the others of three,
// which give four times their filters. As in PyTorch the middle one of three has
// the strides. Borders are padded as `padding: same` does. The default stem is
// MedicalNet's; Hara's has stem_strides [1, 2, 2]. Both halve the sizes twice
// before the first stage. For volumes of 32 voxels and less use stem_kernel_size
// 3, stem_strides 1 and, for the smallest, stem_pool false and fewer stages.
type ResNet3D struct {
	// The number of layers with weights: 10, 18, 34, 50, 101, 152 or 200.
	Depth int `yaml:"depth" validate:"oneof=10 18 34 50 101 152 200"`
	// The filters of the stem and the first stage.
	Filters int `yaml:"filters" validate:"min=1"`
	// How many of the four stages there are: fewer for small volumes, whose sizes
	// each stage but the first halves.
	Stages int `yaml:"stages" validate:"min=1,max=4"`
	// The kernel_size of the stem's convolution.
	StemKernelSize [3]int `yaml:"stem_kernel_size" validate:"dive,min=1"`
	// Its strides.
	StemStrides [3]int `yaml:"stem_strides" validate:"dive,min=1"`
	// Whether a max_pool3d with pool_size 3 and strides 2 ends the stem.
	StemPool bool `yaml:"stem_pool"`
	Backbone `yaml:",inline"`
	Top      `yaml:",inline"`
	Training `yaml:",inline"`
}

// resnetBlocks are the blocks of each stage.
var resnetBlocks = map[int][4]int{
	10: {1, 1, 1, 1}, 18: {2, 2, 2, 2}, 34: {3, 4, 6, 3},
	50: {3, 4, 6, 3}, 101: {3, 4, 23, 3}, 152: {3, 8, 36, 3}, 200: {3, 24, 36, 3},
}

// widening is how many times its filters a block of three convolutions gives.
const widening = 4

// Expand gives the stem, the stages and the end.
func (r *ResNet3D) Expand(in shape.Shape) ([]nn.Item, error) {
	blocks, known := resnetBlocks[r.Depth]
	if !known {
		return nil, noDepth(in, r.Depth, "10, 18, 34, 50, 101, 152 or 200")
	}
	if err := within(in, "stages", r.Stages, len(blocks)); err != nil {
		return nil, err
	}
	l := &layout{Backbone: &r.Backbone}
	l.stem(r.Filters, r.StemKernelSize, r.StemStrides, r.StemPool)
	channels := r.Filters
	for i, count := range blocks[:r.Stages] {
		filters, out := r.Filters<<i, r.Filters<<i
		if r.Depth >= 50 {
			out *= widening
		}
		for k := range count {
			strides := ones
			if i > 0 && k == 0 {
				strides = twos
			}
			block := fmt.Sprintf("stage%d_block%d", i+1, k+1)
			if r.Depth >= 50 {
				l.bottleneck(block, filters, strides, channels)
			} else {
				l.basic(block, filters, strides, channels)
			}
			channels = out
		}
	}
	l.end(&r.Top)
	return l.items, nil
}

// stem appends the convolution that volumes first pass, with what belongs to it.
func (l *layout) stem(filters int, size, strides [3]int, pool bool) {
	l.whole("stem", "", filters, size, strides)
	if pool {
		l.add("stem_pool", New(func(m *MaxPool3D) { m.PoolSize, m.Strides, m.Padding = threes, twos, same }))
	}
}

// basic appends a block of two convolutions that takes so many channels.
func (l *layout) basic(block string, filters int, strides [3]int, channels int) {
	input := l.last()
	l.whole(block, "1", filters, threes, strides)
	l.conv(block+"_conv2", filters, threes, ones)
	l.norm(block+"_norm2", filters)
	l.sum(block, input, filters, strides, channels)
}

// bottleneck appends a block of three convolutions that takes so many channels.
func (l *layout) bottleneck(block string, filters int, strides [3]int, channels int) {
	input := l.last()
	l.whole(block, "1", filters, ones, ones)
	l.whole(block, "2", filters, threes, strides)
	l.conv(block+"_conv3", filters*widening, ones, ones)
	l.norm(block+"_norm3", filters*widening)
	l.sum(block, input, filters*widening, strides, channels)
}

// sum ends a residual block: its input is added to what its layers gave, brought
// to their shape by a convolution where it has another.
func (l *layout) sum(block, input string, filters int, strides [3]int, channels int) {
	last, shortcut := l.last(), input
	if strides != ones || channels != filters {
		l.conv(block+"_shortcut_conv", filters, ones, strides, input)
		l.norm(block+"_shortcut_norm", filters)
		shortcut = l.last()
	}
	l.add(block+"_add", New(func(*Add) {}), shortcut, last)
	l.activate(block + "_activation")
}

// within refuses a number of a preset's parts that is not from 1 to the most.
func within(in shape.Shape, setting string, value, most int) error {
	if value >= 1 && value <= most {
		return nil
	}
	return &shape.Mismatch{
		Fault: shape.Setting, Settings: []string{setting}, Input: in, Axis: -1,
		Problem:    fmt.Sprintf("%s is %d", setting, value),
		Arithmetic: fmt.Sprintf("%d is not in 1 to %d", value, most),
		Remedy:     fmt.Sprintf("use %s: %d or less", setting, most),
	}
}

// noDepth refuses a depth that a preset does not have.
func noDepth(in shape.Shape, depth int, depths string) error {
	return &shape.Mismatch{
		Fault: shape.Setting, Settings: []string{"depth"}, Input: in, Axis: -1,
		Problem:    fmt.Sprintf("there is no such network of depth %d", depth),
		Arithmetic: "the depths are " + depths,
		Remedy:     "use one of them",
	}
}
