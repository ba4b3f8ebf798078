package layers

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/initial"
	"github.com/voxelpipe/pipe/nn/penalty"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// laid lays out one layer for an input.
func laid(t *testing.T, in shape.Shape, id string, unit nn.Unit) *nn.Graph {
	t.Helper()
	graph, refusals := nn.Resolve(in, []nn.Item{{ID: id, Unit: unit}})
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	return graph
}

// presets are a small one of each, to be tried on [8, 8, 8, 1].
func presets() map[string]nn.Unit {
	classes := 3
	return map[string]nn.Unit{
		"vgg3d":      New(func(v *VGG3D) { v.Depth, v.Filters, v.Blocks, v.DenseUnits, v.Classes = 11, 2, 3, []int{4}, &classes }),
		"resnet3d":   New(func(r *ResNet3D) { r.Depth, r.Filters, r.Classes, r.Dropout = 50, 2, &classes, 0.2 }),
		"densenet3d": New(func(d *DenseNet3D) { d.Blocks, d.GrowthRate, d.Classes, d.LayerDropout = []int{2, 2}, 2, &classes, 0.1 }),
		"unet3d": New(func(u *UNet3D) {
			u.Depth, u.Filters, u.Classes, u.Normalization, u.Residual = 2, 2, &classes, eachwise, true
		}),
	}
}

// Published numbers of parameters, of networks of two dimensions: a kernel of 3 x
// 3 x 3 is counted as one of 3 x 3. VGG, ResNet and DenseNet for ImageNet as in
// torchvision's table of weights (https://pytorch.org/vision/stable/models.html).
func TestPublishedNumbersOfParameters(t *testing.T) {
	classes := 1000
	vgg := func(depth int, normalization string) nn.Unit {
		return New(func(v *VGG3D) { v.Depth, v.Normalization, v.Classes = depth, normalization, &classes })
	}
	resnet := func(depth int) nn.Unit { return New(func(r *ResNet3D) { r.Depth, r.Classes = depth, &classes }) }
	densenet := func(blocks ...int) nn.Unit {
		return New(func(d *DenseNet3D) { d.Blocks, d.Classes = blocks, &classes })
	}
	for name, c := range map[string]struct {
		unit nn.Unit
		want int
	}{
		"vgg11": {vgg(11, plainly), 132_863_336}, "vgg13": {vgg(13, plainly), 133_047_848},
		"vgg16": {vgg(16, plainly), 138_357_544}, "vgg16_bn": {vgg(16, batchwise), 138_365_992 - 4224}, // whose convolutions keep their needless biases
		"vgg19":    {vgg(19, plainly), 143_667_240},
		"resnet18": {resnet(18), 11_689_512}, "resnet34": {resnet(34), 21_797_672}, "resnet50": {resnet(50), 25_557_032},
		"resnet101": {resnet(101), 44_549_160}, "resnet152": {resnet(152), 60_192_808},
		"densenet121": {densenet(6, 12, 24, 16), 7_978_856}, "densenet169": {densenet(6, 12, 32, 32), 14_149_480},
		"densenet201": {densenet(6, 12, 48, 32), 20_013_928},
	} {
		graph := laid(t, shape.New(32, 224, 224, 3), "net", c.unit)
		got := 0
		for i := range graph.Nodes {
			node := &graph.Nodes[i]
			for _, w := range node.Spec.Weights(graph.InputsOf(node)) {
				switch sizes := w.Shape.MustSizes(); {
				case w.State:
				case len(sizes) == 5:
					got += tensor.Elements(sizes[1:])
				default:
					got += tensor.Elements(sizes)
				}
			}
		}
		if got != c.want {
			t.Errorf("%s has %d parameters, published are %d", name, got, c.want)
		}
	}
}

// A layer inside of a preset has a name that can be written as an id.
func TestPresetsGiveNamesThatAreIDs(t *testing.T) {
	id := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	for name, unit := range presets() {
		graph := laid(t, shape.New(8, 8, 8, 1), name, unit)
		for _, n := range graph.Nodes {
			if !id.MatchString(n.ID) || !strings.HasPrefix(n.ID, name+nn.Joint) {
				t.Errorf("%s has a layer named %s", name, n.ID)
			}
		}
		output := shape.New(3)
		if name == "unet3d" {
			output = shape.New(8, 8, 8, 3)
		}
		if want := name + "__classifier"; graph.Last().ID != want || !graph.Output().Equal(output) {
			t.Errorf("%s ends in %s with %v", name, graph.Last().ID, graph.Output())
		}
	}
}

// What the preset says holds for every layer inside.
func TestPresetsPassTheirSettingsOn(t *testing.T) {
	for name, unit := range map[string]nn.Unit{
		"vgg3d":      New(func(v *VGG3D) { v.Depth, v.Filters, v.Normalization = 11, 2, batchwise; set(&v.Backbone) }),
		"resnet3d":   New(func(r *ResNet3D) { r.Depth, r.Filters = 18, 2; set(&r.Backbone) }),
		"densenet3d": New(func(d *DenseNet3D) { d.Blocks, d.GrowthRate = []int{1, 1}, 2; set(&d.Backbone) }),
		"unet3d":     New(func(u *UNet3D) { u.Depth, u.Filters, u.Up = 2, 2, byRepeating; set(&u.Backbone) }),
	} {
		seen := map[string]int{}
		for _, n := range laid(t, shape.New(8, 8, 8, 1), name, unit).Nodes {
			switch spec := n.Spec.(type) {
			case *Conv3D:
				seen["conv"]++
				_, regular := spec.KernelRegularizer.(*penalty.L2)
				if _, ones := spec.KernelInitializer.(*initial.Ones); !ones || !regular || spec.UseBias {
					t.Errorf("%s: %s is %+v", name, n.ID, spec)
				}
			case *BatchNorm:
				seen["norm"]++
				if spec.Momentum != 0.7 {
					t.Errorf("%s: %s has momentum %g", name, n.ID, spec.Momentum)
				}
			case *ReLU:
				t.Errorf("%s: %s is a relu", name, n.ID)
			case *Elu:
				seen["activation"]++
			}
		}
		if len(seen) != 3 {
			t.Errorf("%s: found only %v", name, seen)
		}
	}
}

func set(b *Backbone) {
	b.Momentum, b.Then = 0.7, New(func(*Elu) {})
	b.KernelInitializer, b.KernelRegularizer = &initial.Ones{}, &penalty.L2{Factor: 0.1}
}

// Where a preset is frozen, so is everything inside.
func TestAFrozenPresetTrainsNothing(t *testing.T) {
	frozen := New(func(r *ResNet3D) { r.Filters, r.Trainable = 2, false })
	net := nn.Build(laid(t, shape.New(8, 8, 8, 1), "resnet3d", frozen), 1)
	for _, p := range net.Params() {
		if p.Trainable {
			t.Errorf("%s is trained", p.Name)
		}
	}
	if len(net.Params()) == 0 {
		t.Error("there are no weights")
	}
}

// The features of each preset, by the sizes of the papers' tables.
func TestFeatures(t *testing.T) {
	for _, c := range []struct {
		name string
		unit nn.Unit
		in   shape.Shape
		want string
	}{
		{"vgg", New(func(*VGG3D) {}), shape.New(64, 96, 33, 1), "[2, 3, 2, 512]"},
		{"vgg, four blocks", New(func(v *VGG3D) { v.Blocks = 4 }), shape.New(28, 28, 28, 1), "[2, 2, 2, 512]"},
		{"resnet18", New(func(*ResNet3D) {}), shape.New(64, 96, 33, 1), "[2, 3, 2, 512]"},
		{"resnet50", New(func(r *ResNet3D) { r.Depth = 50 }), shape.New(64, 64, 64, 1), "[2, 2, 2, 2048]"},
		{"Hara's stem", New(func(r *ResNet3D) { r.StemStrides = [3]int{1, 2, 2} }), shape.New(16, 112, 112, 3), "[1, 4, 4, 512]"},
		{"a small stem", New(func(r *ResNet3D) { r.StemKernelSize, r.StemStrides, r.StemPool = threes, ones, false }), shape.New(28, 28, 28, 1), "[4, 4, 4, 512]"},
		{"three stages", New(func(r *ResNet3D) { r.Stages, r.StemPool = 3, false }), shape.New(28, 28, 28, 1), "[4, 4, 4, 256]"},
		{"densenet121", New(func(*DenseNet3D) {}), shape.New(64, 64, 64, 1), "[2, 2, 2, 1024]"},
		{"average", New(func(r *ResNet3D) { r.Pooling = "avg" }), shape.New(16, 16, 16, 1), "[512]"},
		{"unet", New(func(*UNet3D) {}), shape.New(16, 24, 8, 2), "[16, 24, 8, 32]"},
		{"unet, as deep as can be", New(func(u *UNet3D) { u.Depth, u.MaxFilters, u.Up = 3, &u.Filters, byRepeating }), shape.New(8, 8, 8, 1), "[8, 8, 8, 32]"},
		{"one voxel", New(func(*ResNet3D) {}), shape.New(1, 1, 1, 1), "[1, 1, 1, 512]"},
	} {
		if got := laid(t, c.in, "net", c.unit).Output().String(); got != c.want {
			t.Errorf("%s: %v gives %s, want %s", c.name, c.in, got, c.want)
		}
	}
}

func TestPresetsRefuse(t *testing.T) {
	for _, c := range []struct {
		unit    nn.Unit
		setting string
	}{
		{New(func(r *ResNet3D) { r.Depth = 42 }), "depth"},
		{New(func(v *VGG3D) { v.Depth = 12 }), "depth"},
		{New(func(v *VGG3D) { v.Blocks = 6 }), "blocks"},
		{New(func(r *ResNet3D) { r.Stages = 0 }), "stages"},
		{New(func(d *DenseNet3D) { d.GrowthRate, d.Blocks, d.Compression = 1, []int{1, 1}, 0.1 }), "compression"},
	} {
		_, refusals := nn.Resolve(shape.New(8, 8, 8, 1), []nn.Item{{ID: "net", Unit: c.unit}})
		if len(refusals) != 1 || !slices.Equal(refusals[0].Err.(*shape.Mismatch).Settings, []string{c.setting}) {
			t.Errorf("%T: the refusals are %v, want one of %s", c.unit, refusals, c.setting)
		}
	}
}

// A residual block computes what it says: with kernels that pass their input on,
// relu(x + relu(x)) twice the input at each block.
func TestBasicBlockAddsItsInput(t *testing.T) {
	net := nn.Build(laid(t, shape.New(1, 1, 1, 1), "net", New(func(r *ResNet3D) {
		r.Depth, r.Filters, r.StemKernelSize, r.StemStrides, r.StemPool = 10, 1, ones, ones, false
		r.Normalization, r.KernelInitializer = plainly, &initial.Ones{}
	})), 1)
	y := net.Forward(&nn.Pass[float32]{}, tensor.From([]float32{3}, 1, 1, 1, 1, 1), net.Len())
	// Stage 1: x + x = 2x. Stage 2 has 2 filters of 1 input channel: both are 2x, then
	// the sum of both, 4x, and the shortcut 2x: 6x. Stage 3: 12x in each of 4
	// channels, then 48x, and the shortcut 12x: 60x. Stage 4: 240x in each of 8, then
	// 1920x, and 240x: 2160x.
	if len(y.Data) != 8 || math.Abs(float64(y.Data[0])-3*2160) > 0 {
		t.Errorf("the features are %v", y.Data)
	}
}
