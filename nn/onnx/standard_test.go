package onnx

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn/onnx/onnxtest"
	"github.com/voxelpipe/pipe/nn/onnx/wire"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// single is a file with one operator behind the input x, for examples of sizes in
// the order of the format; the rest of its inputs are arrays w0, w1, …
func single(t *testing.T, op string, sizes []int, attributes []Attribute, weights ...wire.Tensor) []byte {
	t.Helper()
	n := wire.Node{Name: "node", Op: op, Inputs: []string{"x"}, Outputs: []string{"y"}, Attributes: attributes}
	for _, w := range weights {
		n.Inputs = append(n.Inputs, w.Name)
	}
	return graphOf(t, sizes, weights, n)
}

// graphOf is a file with some operators, from x to y.
func graphOf(t *testing.T, sizes []int, weights []wire.Tensor, nodes ...wire.Node) []byte {
	t.Helper()
	m := wire.Model{
		IRVersion: 8, Opsets: []wire.Opset{{Version: 18}},
		Graph: wire.Graph{
			Name: "g", Nodes: nodes, Initializers: weights,
			Inputs:  []wire.Value{declared("x", sizes)},
			Outputs: []wire.Value{{Name: "y", DType: wire.Float}},
		},
	}
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func counted(from, n int) []float32 {
	list := make([]float32, n)
	for i := range list {
		list[i] = float32(from + i)
	}
	return list
}

func ones(n int) []float32 { return slices.Repeat([]float32{1}, n) }

// standardCase is an example that the ONNX standard publishes for an operator:
// onnx/backend/test/case/node/<operator>.py of github.com/onnx/onnx, under its name
// there. Those on images are given an axis of size 1 in front.
//
// For the operators that are read the standard had 329 examples in August 2026. With
// their weights in the file and the first axis as the batch, 111 gave here what it
// says. What is refused has numbers that are not float32, axes that would mix
// examples, a second tensor in place of weights, windows with holes in pools,
// interpolation, or constants that no layer has. The numbers below stand in its source.
type standardCase struct {
	name, op   string
	in         []int // [C, D, H, W]
	x          []float32
	weights    []wire.Tensor
	attributes []Attribute
	out        []int // [C, D, H, W]
	y          []float32
}

func standardCases() []standardCase {
	kernel := wire.Floats("w0", []int{1, 1, 1, 3, 3}, ones(9))
	up := wire.Floats("w0", []int{1, 2, 1, 3, 3}, ones(18))
	flat := func(size, strides, pads []int, more ...Attribute) []Attribute {
		list := []Attribute{Ints("kernel_shape", append([]int{1}, size...)...), Ints("strides", append([]int{1}, strides...)...)}
		if pads != nil {
			list = append(list, Ints("pads", 0, pads[0], pads[1], 0, pads[2], pads[3]))
		}
		return append(list, more...)
	}
	image, one, two := []int{1, 1, 5, 5}, []int{1, 1}, []int{2, 2}
	twice := func(y ...float32) []float32 { return append(slices.Clone(y), y...) }
	norm := []float32{-1, 0, 1, 2, 3, 4}
	root := float32(math.Sqrt(1.5 / (1.5 + 1e-5)))
	instance := float32(math.Sqrt(1.5) / math.Sqrt(1+1.5e-5))
	return []standardCase{
		{"test_basic_conv_with_padding", "Conv", image, counted(0, 25), []wire.Tensor{kernel}, flat([]int{3, 3}, one, []int{1, 1, 1, 1}), image, []float32{
			12, 21, 27, 33, 24, 33, 54, 63, 72, 51, 63, 99, 108, 117, 81, 93, 144, 153, 162, 111, 72, 111, 117, 123, 84}},
		{"test_basic_conv_without_padding", "Conv", image, counted(0, 25), []wire.Tensor{kernel}, flat([]int{3, 3}, one, []int{0, 0, 0, 0}), []int{1, 1, 3, 3}, []float32{
			54, 63, 72, 99, 108, 117, 144, 153, 162}},
		{"test_conv_with_strides_padding", "Conv", []int{1, 1, 7, 5}, counted(0, 35), []wire.Tensor{kernel}, flat([]int{3, 3}, two, []int{1, 1, 1, 1}), []int{1, 1, 4, 3}, []float32{
			12, 27, 24, 63, 108, 81, 123, 198, 141, 112, 177, 124}},
		{"test_conv_with_strides_no_padding", "Conv", []int{1, 1, 7, 5}, counted(0, 35), []wire.Tensor{kernel}, flat([]int{3, 3}, two, nil), []int{1, 1, 3, 2}, []float32{
			54, 72, 144, 162, 234, 252}},
		{"test_conv_with_strides_and_asymmetric_padding", "Conv", []int{1, 1, 7, 5}, counted(0, 35), []wire.Tensor{kernel}, flat([]int{3, 3}, two, []int{1, 0, 1, 0}), []int{1, 1, 4, 2}, []float32{
			21, 33, 99, 117, 189, 207, 171, 183}},
		{"test_conv_with_autopad_same", "Conv", image, counted(0, 25), []wire.Tensor{kernel}, flat([]int{3, 3}, two, nil, Text("auto_pad", "SAME_LOWER")), []int{1, 1, 3, 3}, []float32{
			12, 27, 24, 63, 108, 81, 72, 117, 84}},
		{"test_convtranspose_1d", "ConvTranspose", []int{1, 1, 1, 3}, counted(0, 3), []wire.Tensor{wire.Floats("w0", []int{1, 2, 1, 1, 3}, ones(6))}, nil, []int{2, 1, 1, 5}, twice(0, 1, 3, 3, 2)},
		{"test_convtranspose_dilations", "ConvTranspose", []int{1, 1, 3, 3}, []float32{3, 8, 1, 9, 5, 7, 3, 2, 6}, []wire.Tensor{wire.Floats("w0", []int{1, 1, 1, 2, 2}, []float32{7, 2, 1, 9})}, []Attribute{Ints("dilations", 1, 2, 2)}, []int{1, 1, 5, 5}, []float32{
			21, 56, 13, 16, 2, 63, 35, 67, 10, 14, 24, 22, 76, 76, 21, 9, 5, 88, 45, 63, 3, 2, 33, 18, 54}},
		{"test_convtranspose", "ConvTranspose", []int{1, 1, 3, 3}, counted(0, 9), []wire.Tensor{up}, nil, []int{2, 1, 5, 5}, twice(
			0, 1, 3, 3, 2, 3, 8, 15, 12, 7, 9, 21, 36, 27, 15, 9, 20, 33, 24, 13, 6, 13, 21, 15, 8)},
		{"test_convtranspose_pad", "ConvTranspose", []int{1, 1, 3, 3}, counted(0, 9), []wire.Tensor{up}, []Attribute{Ints("strides", 1, 3, 2), Ints("output_padding", 0, 1, 1)}, []int{2, 1, 10, 8}, twice(
			0, 0, 1, 1, 3, 2, 2, 0, 0, 0, 1, 1, 3, 2, 2, 0, 0, 0, 1, 1, 3, 2, 2, 0, 3, 3, 7, 4, 9, 5, 5, 0, 3, 3, 7, 4, 9, 5, 5, 0,
			3, 3, 7, 4, 9, 5, 5, 0, 6, 6, 13, 7, 15, 8, 8, 0, 6, 6, 13, 7, 15, 8, 8, 0, 6, 6, 13, 7, 15, 8, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0)},
		{"test_convtranspose_pads", "ConvTranspose", []int{1, 1, 3, 3}, counted(0, 9), []wire.Tensor{up}, []Attribute{Ints("strides", 1, 3, 2), Ints("pads", 0, 1, 2, 0, 1, 2)}, []int{2, 1, 7, 3}, twice(
			1, 1, 3, 1, 1, 3, 7, 4, 9, 7, 4, 9, 7, 4, 9, 13, 7, 15, 13, 7, 15)},
		// The first of five planes, and only one of the two equal channels.
		{"test_convtranspose_3d", "ConvTranspose", []int{1, 1, 4, 5}, counted(0, 20), []wire.Tensor{wire.Floats("w0", []int{1, 1, 1, 3, 3}, ones(9))}, nil, []int{1, 1, 6, 7}, []float32{
			0, 1, 3, 6, 9, 7, 4, 5, 12, 21, 27, 33, 24, 13, 15, 33, 54, 63, 72, 51, 27, 30, 63, 99, 108, 117, 81, 42, 25, 52, 81, 87, 93, 64, 33, 15, 31, 48, 51, 54, 37, 19}},
		{"test_maxpool_2d_precomputed_pads", "MaxPool", image, counted(1, 25), nil, flat([]int{5, 5}, one, []int{2, 2, 2, 2}), image, []float32{
			13, 14, 15, 15, 15, 18, 19, 20, 20, 20, 23, 24, 25, 25, 25, 23, 24, 25, 25, 25, 23, 24, 25, 25, 25}},
		{"test_maxpool_2d_precomputed_strides", "MaxPool", image, counted(1, 25), nil, flat(two, two, nil), []int{1, 1, 2, 2}, []float32{7, 9, 17, 19}},
		{"test_maxpool_2d_precomputed_same_upper", "MaxPool", image, counted(1, 25), nil, flat([]int{3, 3}, two, nil, Text("auto_pad", "SAME_UPPER")), []int{1, 1, 3, 3}, []float32{
			7, 9, 10, 17, 19, 20, 22, 24, 25}},
		{"test_maxpool_2d_ceil", "MaxPool", []int{1, 1, 4, 4}, counted(1, 16), nil, flat([]int{3, 3}, two, nil, Int("ceil_mode", 1)), []int{1, 1, 2, 2}, []float32{11, 12, 15, 16}},
		{"test_maxpool_2d_ceil_output_size_reduce_by_one", "MaxPool", []int{1, 1, 2, 2}, counted(1, 4), nil, flat(one, two, nil, Int("ceil_mode", 1)), []int{1, 1, 1, 1}, []float32{1}},
		{"test_globalaveragepool_precomputed", "GlobalAveragePool", []int{1, 1, 3, 3}, counted(1, 9), nil, nil, []int{1, 1, 1, 1}, []float32{5}},
		{"test_globalmaxpool_precomputed", "GlobalMaxPool", []int{1, 1, 3, 3}, counted(1, 9), nil, nil, []int{1, 1, 1, 1}, []float32{9}},
		{"test_resize_upsample_scales_nearest", "Resize", []int{1, 1, 2, 2}, counted(1, 4), []wire.Tensor{wire.Floats("roi", []int{0}, nil), wire.Floats("s", []int{5}, []float32{1, 1, 1, 2, 3})},
			[]Attribute{Text("mode", "nearest")}, []int{1, 1, 4, 6}, []float32{1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 3, 3, 3, 4, 4, 4}},
		{"test_averagepool_2d_precomputed_pads", "AveragePool", image, counted(1, 25), nil, flat([]int{5, 5}, one, []int{2, 2, 2, 2}), image, []float32{
			7, 7.5, 8, 8.5, 9, 9.5, 10, 10.5, 11, 11.5, 12, 12.5, 13, 13.5, 14, 14.5, 15, 15.5, 16, 16.5, 17, 17.5, 18, 18.5, 19}},
		{"test_averagepool_2d_precomputed_pads_count_include_pad", "AveragePool", image, counted(1, 25), nil, flat([]int{5, 5}, one, []int{2, 2, 2, 2}, Int("count_include_pad", 1)), image, []float32{
			2.52, 3.6, 4.8, 4.08, 3.24, 4.56, 6.4, 8.4, 7.04, 5.52, 7.2, 10, 13, 10.8, 8.4, 6.96, 9.6, 12.4, 10.24, 7.92, 6.12, 8.4, 10.8, 8.88, 6.84}},
		{"test_averagepool_2d_precomputed_strides", "AveragePool", image, counted(1, 25), nil, flat(two, two, nil), []int{1, 1, 2, 2}, []float32{4, 6, 14, 16}},
		{"test_averagepool_2d_precomputed_same_upper", "AveragePool", image, counted(1, 25), nil, flat([]int{3, 3}, two, nil, Text("auto_pad", "SAME_UPPER")), []int{1, 1, 3, 3}, []float32{
			4, 5.5, 7, 11.5, 13, 14.5, 19, 20.5, 22}},
		{"test_averagepool_2d_ceil", "AveragePool", []int{1, 1, 4, 4}, counted(1, 16), nil, flat([]int{3, 3}, two, nil, Int("ceil_mode", 1)), []int{1, 1, 2, 2}, []float32{6, 7.5, 12, 13.5}},
		{"test_batchnorm_example_old", "BatchNormalization", []int{2, 1, 1, 3}, norm, []wire.Tensor{
			wire.Floats("w0", []int{2}, []float32{1, 1.5}), wire.Floats("w1", []int{2}, []float32{0, 1}),
			wire.Floats("w2", []int{2}, []float32{0, 3}), wire.Floats("w3", []int{2}, []float32{1, 1.5})}, nil, []int{2, 1, 1, 3}, []float32{
			-1 / float32(math.Sqrt(1+1e-5)), 0, 1 / float32(math.Sqrt(1+1e-5)), 1 - root*float32(math.Sqrt(1.5)), 1, 1 + root*float32(math.Sqrt(1.5))}},
		{"test_instancenorm_example", "InstanceNormalization", []int{2, 1, 1, 3}, norm, []wire.Tensor{
			wire.Floats("w0", []int{2}, []float32{1, 1.5}), wire.Floats("w1", []int{2}, []float32{0, 1})}, nil, []int{2, 1, 1, 3}, []float32{
			-instance, 0, instance, 1 - 1.5*instance, 1, 1 + 1.5*instance}},
		{"test_softmax_example", "Softmax", []int{3}, []float32{-1, 0, 1}, nil, []Attribute{Int("axis", 1)}, []int{3}, []float32{0.09003058, 0.24472848, 0.66524094}},
		{"test_softmax_large_number", "Softmax", []int{4}, []float32{10000, 10001, 10002, 10003}, nil, nil, []int{4}, []float32{0.0320586, 0.08714432, 0.23688284, 0.64391428}},
		{"test_elu_example", "Elu", []int{3}, []float32{-1, 0, 1}, nil, []Attribute{Float("alpha", 2)}, []int{3}, []float32{-1.2642411, 0, 1}},
		{"test_leakyrelu_example", "LeakyRelu", []int{3}, []float32{-1, 0, 1}, nil, []Attribute{Float("alpha", 0.1)}, []int{3}, []float32{-0.1, 0, 1}},
		{"test_sigmoid_example", "Sigmoid", []int{3}, []float32{-1, 0, 1}, nil, nil, []int{3}, []float32{0.26894143, 0.5, 0.7310586}},
		{"test_tanh_example", "Tanh", []int{3}, []float32{-1, 0, 1}, nil, nil, []int{3}, []float32{-0.76159418, 0, 0.76159418}},
		{"test_softplus_example", "Softplus", []int{3}, []float32{-1, 0, 1}, nil, nil, []int{3}, []float32{0.31326166, 0.69314718, 1.31326163}},
	}
}

// TestStandard: the examples of the standard give what it says, here and in
// onnxruntime.
func TestStandard(t *testing.T) {
	for _, c := range standardCases() {
		t.Run(c.name, func(t *testing.T) {
			x, y := tensor.From(c.x, append([]int{1}, c.in...)...), c.y
			if len(c.in) == 4 {
				values, sizes := permuted(c.x, x.Shape, []int{0, 2, 3, 4, 1})
				x = tensor.From(values, sizes...)
				y, _ = permuted(c.y, c.out, toLast(4))
			}
			got := given(alive(t, single(t, c.op, c.in, c.attributes, c.weights...), x.Shape[1:]), x)
			onnxtest.Compare(t, c.name, got.Data, y)
		})
	}
}

func TestStandardRuntime(t *testing.T) {
	var jobs []onnxtest.Job
	for _, c := range standardCases() {
		if c.name == "test_maxpool_2d_ceil_output_size_reduce_by_one" {
			continue // onnxruntime 1.20 gives a row too many
		}
		jobs = append(jobs, onnxtest.Job{
			Name: c.name, File: single(t, c.op, c.in, c.attributes, c.weights...),
			InSizes: append([]int{1}, c.in...), In: c.x, OutSizes: append([]int{1}, c.out...), Out: c.y,
		})
	}
	onnxtest.Run(t, jobs)
}

// TestRefused: what has no layer here is refused by its place, its name and the
// reason.
func TestRefused(t *testing.T) {
	kernel := func(sizes ...int) wire.Tensor {
		return wire.Floats("w0", sizes, make([]float32, tensor.Elements(sizes)))
	}
	volume := []int{2, 4, 5, 6}
	window := Ints("kernel_shape", 2, 2, 2)
	for name, c := range map[string]struct {
		file  []byte
		sizes []int
		want  string
	}{
		"an unknown operator":       {single(t, "HardSigmoid", volume, nil), nil, `operator 1, HardSigmoid "node": there is no layer for this operator`},
		"images":                    {single(t, "Conv", []int{2, 4, 5}, nil, kernel(3, 2, 3, 3)), []int{4, 5, 2}, "a kernel that slides over a volume has 5"},
		"another channel":           {single(t, "Conv", volume, nil, kernel(3, 1, 2, 2, 2)), nil, "its kernel takes 1 channel; 2 channels come in"},
		"a kernel of no size":       {single(t, "Conv", volume, nil), nil, "an array of weights is missing"},
		"a wrong kernel_shape":      {single(t, "Conv", volume, []Attribute{Ints("kernel_shape", 3, 3, 3)}, kernel(3, 2, 2, 2, 2)), nil, "kernel_shape is [3 3 3]"},
		"odd groups":                {single(t, "Conv", volume, []Attribute{Int("group", 0)}, kernel(3, 2, 2, 2, 2)), nil, "0 groups of 3 filters"},
		"negative pads":             {single(t, "MaxPool", volume, []Attribute{window, Ints("pads", -1, 0, 0, 0, 0, 0)}), nil, "pads are [-1 0 0 0 0 0]"},
		"test_maxpool_2d_dilations": {single(t, "MaxPool", volume, []Attribute{window, Ints("dilations", 1, 2, 2)}), nil, "its window has holes"},
		"padding before values below zero": {single(t, "MaxPool", volume, []Attribute{window, Ints("strides", 2, 2, 2), Ints("pads", 1, 1, 1, 1, 1, 1)}), nil,
			"its padding, [1 1 1] in front and [1 1 1] behind"},
		"groups of a transposed convolution": {single(t, "ConvTranspose", volume, []Attribute{Int("group", 2)}, kernel(2, 1, 2, 2, 2)), nil, "2 groups"},
		"output_shape":                       {single(t, "ConvTranspose", volume, []Attribute{Ints("output_shape", 8, 8, 8)}, kernel(2, 1, 2, 2, 2)), nil, "write it as pads"},
		"linear interpolation":               {single(t, "Resize", volume, []Attribute{Text("mode", "linear")}, wire.Floats("roi", []int{0}, nil), wire.Floats("s", []int{5}, []float32{1, 1, 2, 2, 2})), nil, `by "linear"`},
		"half a voxel":                       {single(t, "Resize", volume, nil, wire.Floats("roi", []int{0}, nil), wire.Floats("s", []int{5}, []float32{1, 1, 1.5, 2, 2})), nil, "a whole number of times"},
		"other voxels":                       {single(t, "Resize", volume, []Attribute{Text("coordinate_transformation_mode", "align_corners")}, wire.Floats("roi", []int{0}, nil), wire.Floats("s", []int{5}, []float32{1, 1, 2, 2, 2})), nil, "align_corners"},
		"reflection":                         {single(t, "Pad", volume, []Attribute{Text("mode", "reflect")}, wire.Ints("p", make([]int, 10))), nil, `by "reflect"`},
		"another filling":                    {single(t, "Pad", volume, nil, wire.Ints("p", make([]int, 10)), wire.Floats("v", nil, []float32{1})), nil, "fills the border with 1"},
		"padded channels":                    {single(t, "Pad", volume, nil, wire.Ints("p", []int{0, 1, 0, 0, 0, 0, 0, 0, 0, 0})), nil, "only the three axes of a volume"},
		"the batch flattened":                {single(t, "Flatten", volume, []Attribute{Int("axis", 0)}), nil, "axis 0"},
		"the batch reshaped":                 {single(t, "Reshape", volume, nil, wire.Ints("s", []int{2, -1, 3})), nil, "mixes examples"},
		"too large a shape":                  {single(t, "Reshape", volume, nil, wire.Ints("s", []int{0, 1 << 40, 1 << 40})), nil, "an example has 240 values"},
		"the batch moved":                    {single(t, "Transpose", volume, []Attribute{Ints("perm", 1, 0, 2, 3, 4)}), nil, "perm is [1 0 2 3 4]"},
		"an axis twice":                      {single(t, "Transpose", volume, []Attribute{Ints("perm", 0, 1, 1, 3, 4)}), nil, "perm is [0 1 1 3 4]"},
		"values and weights":                 {single(t, "Gemm", []int{5}, nil, kernel(4, 3)), []int{5}, "its weights take 4 values; 5 come in"},
		"a turned input":                     {single(t, "Gemm", []int{5}, []Attribute{Int("transA", 1)}, kernel(5, 3)), []int{5}, "examples would be mixed"},
		"a wrong bias":                       {single(t, "Gemm", []int{5}, nil, kernel(5, 3), wire.Floats("b", []int{2}, make([]float32, 2))), []int{5}, "its bias has the sizes [2]; there are 3 units"},
		"a number for each voxel":            {single(t, "Mul", volume, nil, wire.Floats("a", []int{4, 5, 6}, make([]float32, 120))), nil, `its input "a" is an array`},
		"no activation":                      {single(t, "Exp", volume, nil), nil, "no activation"},
		"statistics of the batch":            {single(t, "BatchNormalization", volume, []Attribute{Int("training_mode", 1)}, kernel(2)), nil, "training_mode 1"},
		"too many statistics":                {single(t, "BatchNormalization", volume, nil, kernel(3)), nil, "it has 3 channels; 2 come in"},
		"selu of one's own":                  {single(t, "Selu", volume, []Attribute{Float("alpha", 1)}), nil, "those of selu"},
		"clipped below zero":                 {single(t, "Clip", volume, nil, wire.Floats("a", nil, []float32{-1}), wire.Floats("b", nil, []float32{1})), nil, "it cuts off at -1 and 1"},
		"softmax of the batch":               {single(t, "Softmax", volume, []Attribute{Int("axis", 0)}), nil, "along axis 0"},
		"whole numbers":                      {single(t, "Gemm", []int{5}, nil, wire.Ints("w", make([]int, 5))), []int{5}, "of type int64; weights are float32 or float64"},
		"a value from nowhere":               {graphOf(t, volume, nil, wire.Node{Op: "Add", Inputs: []string{"x", "z"}, Outputs: []string{"y"}}), nil, `its input "z" is given by no operator before it`},
		"a circle":                           {graphOf(t, volume, nil, wire.Node{Op: "Relu", Inputs: []string{"y"}, Outputs: []string{"y"}}), nil, "no operator before it"},
		"no output":                          {graphOf(t, volume, nil, wire.Node{Op: "Relu", Inputs: []string{"x"}, Outputs: []string{"z"}}), nil, `no operator gives the output "y"`},
		"another domain":                     {graphOf(t, volume, nil, wire.Node{Op: "Relu", Domain: "com.microsoft", Inputs: []string{"x"}, Outputs: []string{"y"}}), nil, `one of "com.microsoft"`},
		"indices":                            {graphOf(t, volume, nil, wire.Node{Op: "MaxPool", Attributes: []Attribute{window}, Inputs: []string{"x"}, Outputs: []string{"z", "y"}}), nil, `its output "y" beside the first one is used`},
	} {
		sizes := c.sizes
		if sizes == nil {
			sizes = []int{4, 5, 6, 2}
		}
		_, err := opened(t, c.file).Layers(sizes)
		var refusal *Refused
		if !errors.As(err, &refusal) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
