package layers

import (
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// kerasCase is a layer with what Keras' own tests say that it gives: name is the test
// under keras/src of github.com/keras-team/keras, commit 3422977a5e. Weights are set
// by the last part of their names.
type kerasCase struct {
	name    string
	unit    nn.Unit
	in      []int
	x       []float64
	weights map[string][]float64
	want    []float64
	within  float64
}

// unlearnt is a normalization that learns nothing.
func unlearnt(groups, axis int) nn.Unit {
	return New(func(g *GroupNorm) { g.Groups, g.Axis, g.Center, g.Scale = groups, axis, false, false })
}

func kerasCases() []kerasCase {
	fives := []float64{-10, -5, 0, 5, 10}
	relu := func(slope, threshold float64, limit ...float64) nn.Unit {
		return New(func(r *ReLU) {
			r.NegativeSlope, r.Threshold = slope, threshold
			if limit != nil {
				r.MaxValue = &limit[0]
			}
		})
	}
	dense := func(bias bool, then Activation) nn.Unit {
		return New(func(d *Dense) { d.Units, d.UseBias, d.Then = 2, bias, then })
	}
	table := map[string][]float64{"kernel": {1, -2, 3, -4}}
	rows := []float64{0.21194157, 0.5761169, 0.21194157}
	// Of two voxels that lie beside one another each becomes two in all three directions.
	doubled := func(a, b []float64) []float64 {
		return slices.Repeat(slices.Concat(slices.Repeat(a, 4), slices.Repeat(b, 4)), 2)
	}
	eighth := []float64{-1, -1, 1, 1, 2, 2, 0, -2}
	square := []float64{-1, -1, 2, 2, 1, 1, 0, -2}
	const digits = 1e-6
	return []kerasCase{
		{"layers/activations/relu_test.py test_normal_relu_correctness", relu(0, 0, 10), []int{5}, fives, nil, []float64{0, 0, 0, 5, 10}, digits},
		{"layers/activations/relu_test.py test_leaky_relu_correctness", relu(0.5, 0, 10), []int{5}, fives, nil, []float64{-5, -2.5, 0, 5, 10}, digits},
		{"layers/activations/relu_test.py test_threshold_relu_correctness", relu(0, 5, 8), []int{5}, []float64{6, 7, 0, 5, 10}, nil, []float64{6, 7, 0, 0, 8}, digits},
		{"activations/activations_test.py test_relu_negative_slope", relu(0.5, 0), []int{5}, fives, nil, []float64{-5, -2.5, 0, 5, 10}, digits},
		{"activations/activations_test.py test_relu_max_value", relu(0, 0, 5), []int{5}, fives, nil, []float64{0, 0, 0, 5, 5}, digits},
		{"activations/activations_test.py test_relu_threshold", relu(0, 5), []int{5}, fives, nil, []float64{0, 0, 0, 0, 10}, digits},
		{"activations/activations_test.py test_relu_combined_threshold_and_max_value", relu(0, 5, 5), []int{5}, fives, nil, []float64{0, 0, 0, 0, 5}, digits},
		{"activations/activations_test.py test_relu_combined_all_parameters", relu(0.5, 5, 5), []int{5}, fives, nil, []float64{-7.5, -5, -2.5, 0, 5}, digits},
		{"activations/activations_test.py test_relu_to_trigger_relu6", relu(0, 0, 6), []int{6}, append([]float64{12}, fives...), nil, []float64{6, 0, 0, 0, 5, 6}, digits},
		{"layers/activations/leaky_relu_test.py test_leaky_relu_correctness", New(func(l *LeakyReLU) { l.NegativeSlope = 0.5 }), []int{5}, fives, nil, []float64{-5, -2.5, 0, 5, 10}, digits},
		{"activations/activations_test.py test_selu", New(func(*Selu) {}), []int{4}, []float64{1, 2, -1, -2}, nil, []float64{1.050701, 2.101402, -1.1113307, -1.5201665}, digits},
		{"activations/activations_test.py test_elu", New(func(*Elu) {}), []int{2}, []float64{-1, -2}, nil, []float64{-0.63212056, -0.86466472}, digits},
		{"layers/activations/softmax_test.py test_softmax_correctness", New(func(*Softmax) {}), []int{3}, []float64{1, 2, 1}, nil, rows, digits},
		{"layers/activations/softmax_test.py test_softmax_correctness_with_axis", New(func(s *Softmax) { s.Axis = 1 }), []int{3}, []float64{1, 2, 1}, nil, rows, digits},
		{"layers/core/dense_test.py test_dense_correctness", dense(true, New(func(*ReLU) {})), []int{2}, []float64{-1, 2}, map[string][]float64{"kernel": table["kernel"], "bias": {5, -6}}, []float64{10, 0}, digits},
		{"layers/core/dense_test.py test_dense_no_activation", dense(false, nil), []int{2}, []float64{-1, 2}, table, []float64{5, -6}, digits},
		{"layers/core/dense_test.py test_dense_with_activation", dense(false, New(func(*ReLU) {})), []int{2}, []float64{-1, 2}, table, []float64{5, 0}, digits},
		{"layers/reshaping/up_sampling3d_test.py test_upsampling_3d_correctness", New(func(*UpSample3D) {}), []int{1, 2, 1, 3},
			[]float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, nil, slices.Concat(doubled([]float64{0, 1, 2}, []float64{3, 4, 5}), doubled([]float64{6, 7, 8}, []float64{9, 10, 11})), 0},
		{"layers/normalization/layer_normalization_test.py test_output", New(func(*LayerNorm) {}), []int{5}, []float64{0, 1, 2, 3, 4},
			map[string][]float64{"gamma": {1, 1, 1, 1, 1}, "beta": {1, 1, 1, 1, 1}}, []float64{-0.41386, 0.29307, 1, 1.70693, 2.41386}, 5e-6},
		{"layers/normalization/layer_normalization_test.py test_output_with_rms_scaling", New(func(n *LayerNorm) { n.RMSScaling = true }), []int{5}, []float64{0, 1, 2, 3, 4},
			nil, []float64{0, 0.70693, 1.41386, 2.12079, 2.82772}, 5e-6},
		{"layers/normalization/group_normalization_test.py test_correctness_instance_norm", unlearnt(4, -1), []int{2, 4}, []float64{-1, 1, 0, 2, 1, 3, -4, -2}, nil, []float64{-1, -1, 1, 1, 1, 1, -1, -1}, 1e-3},
		{"layers/normalization/group_normalization_test.py test_groups_instance_norm", New(func(n *InstanceNorm) { n.Center, n.Scale = false, false }), []int{2, 4}, []float64{-1, 1, 0, 2, 1, 3, -4, -2}, nil, []float64{-1, -1, 1, 1, 1, 1, -1, -1}, 1e-3},
		{"layers/normalization/group_normalization_test.py test_correctness_1d, 1 group", unlearnt(1, -1), []int{8}, eighth, nil, []float64{-0.898, -0.898, 0.539, 0.539, 1.257, 1.257, -0.180, -1.616}, 1e-3},
		{"layers/normalization/group_normalization_test.py test_correctness_1d, 2 groups", unlearnt(2, 1), []int{8}, eighth, nil, []float64{-1, -1, 1, 1, 0.904, 0.904, -0.301, -1.507}, 1e-3},
		{"layers/normalization/group_normalization_test.py test_correctness_2d, 1 group", unlearnt(1, -1), []int{2, 4}, square, nil, []float64{-0.898, -0.898, 1.257, 1.257, 0.539, 0.539, -0.180, -1.616}, 1e-3},
		{"layers/normalization/group_normalization_test.py test_correctness_2d, 2 groups", unlearnt(2, 2), []int{2, 4}, square, nil, []float64{-1, -1, 0.904, 0.904, 1, 1, -0.301, -1.507}, 1e-3},
		{"layers/normalization/group_normalization_test.py test_broadcasting_2d_channels_first", unlearnt(2, 1), []int{4, 2, 2}, []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, nil,
			[]float64{-1.5274, -1.0910, -0.6546, -0.2182, 0.2182, 0.6546, 1.0910, 1.5274, -1.5274, -1.0910, -0.6546, -0.2182, 0.2182, 0.6546, 1.0910, 1.5274}, 1e-3},
	}
}

// TestKeras: the layers give the numbers that Keras' tests publish.
func TestKeras(t *testing.T) {
	for _, c := range kerasCases() {
		t.Run(c.name, func(t *testing.T) {
			graph, refusals := nn.Resolve(shape.New(c.in...), []nn.Item{{ID: "layer", Unit: c.unit}})
			if len(refusals) > 0 {
				t.Fatal(refusals[0])
			}
			kerasGives(t, &c, nn.Build(graph, 1))
			kerasGives(t, &c, nn.Build64(graph, 1))
		})
	}
}

func kerasGives[T tensor.Float](t *testing.T, c *kerasCase, net *nn.Network[T]) {
	t.Helper()
	for _, p := range net.Params() {
		for i, v := range c.weights[strings.TrimPrefix(p.Name, "layer/")] {
			p.Value[i] = T(v)
		}
	}
	x := tensor.New[T](append([]int{len(c.x) / tensor.Elements(c.in)}, c.in...)...)
	for i, v := range c.x {
		x.Data[i] = T(v)
	}
	for _, training := range []bool{false, true} {
		y := net.Forward(&nn.Pass[T]{Training: training}, x, net.Len())
		if len(y.Data) != len(c.want) {
			t.Fatalf("gives %d values, Keras %d", len(y.Data), len(c.want))
		}
		for i, v := range y.Data {
			if off := float64(v) - c.want[i]; !(off <= c.within && -off <= c.within) {
				t.Fatalf("gives %v, Keras %v", y.Data, c.want)
			}
		}
	}
}
