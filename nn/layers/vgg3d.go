package layers

import (
	"strconv"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

// VGG3D lays out a VGG network for volumes: blocks of convolutions with
// kernel_size 3, each followed by a max_pool3d that halves the sizes (Simonyan and
// Zisserman, 2015).
//
// With classes it ends as the original does, in dense layers behind a flatten.
// Without, it ends in the features of the last block, [D, H, W, C]. A size that
// is odd when it is halved is rounded up, so that no voxel is dropped and no
// volume is too small. `pipe expand` writes the layers out.
//
// Keras' VGG16 is depth 16 without normalization; PyTorch's vgg16_bn has it.
type VGG3D struct {
	// The number of layers with weights, of the original's configurations A, B, D
	// and E: 11, 13, 16 or 19.
	Depth int `yaml:"depth" validate:"oneof=11 13 16 19"`
	// The filters of the first block. The next ones have twice as many each, up to
	// eight times.
	Filters int `yaml:"filters" validate:"min=1"`
	// How many of the five blocks there are. Each halves the sizes.
	Blocks   int `yaml:"blocks" validate:"min=1,max=5"`
	Backbone `yaml:",inline"`
	// The units of the dense layers in front of the last one; [] for none. They are
	// there if classes is.
	DenseUnits []int `yaml:"dense_units" validate:"dive,min=1"`
	Top        `yaml:",inline"`
	Training   `yaml:",inline"`
}

// vggBlocks are the convolutions of each block.
var vggBlocks = map[int][5]int{11: {1, 1, 2, 2, 2}, 13: {2, 2, 2, 2, 2}, 16: {2, 2, 3, 3, 3}, 19: {2, 2, 4, 4, 4}}

// Expand gives the blocks and the end.
func (v *VGG3D) Expand(in shape.Shape) ([]nn.Item, error) {
	blocks, known := vggBlocks[v.Depth]
	if !known {
		return nil, noDepth(in, v.Depth, "11, 13, 16 or 19")
	}
	if err := within(in, "blocks", v.Blocks, len(blocks)); err != nil {
		return nil, err
	}
	l := &layout{Backbone: &v.Backbone}
	for i := range v.Blocks {
		block := "block" + strconv.Itoa(i+1)
		for k := range blocks[i] {
			l.whole(block, strconv.Itoa(k+1), v.Filters<<min(i, 3), threes, ones)
		}
		l.add(block+"_pool", New(func(m *MaxPool3D) { m.Padding = same }))
	}
	if v.Classes == nil {
		l.end(&v.Top)
		return l.items, nil
	}
	l.add("flatten", New(func(*Flatten) {}))
	for i, units := range v.DenseUnits {
		number := strconv.Itoa(i + 1)
		l.add("dense"+number, New(func(d *Dense) {
			d.Units, d.Then, d.KernelRegularizer = units, v.Then, v.KernelRegularizer
		}))
		l.drop("dropout"+number, v.Dropout)
	}
	l.classify(&v.Top)
	return l.items, nil
}
