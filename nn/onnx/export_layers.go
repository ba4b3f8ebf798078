package onnx

import "github.com/voxelpipe/pipe/nn/layers"

// layer writes the node; false if the format has nothing for it.
func (e *exporter) layer(in []*flow) (*flow, bool) {
	switch s := e.node.Spec.(type) {
	case *layers.Conv3D:
		return e.convolution(s, in[0]), true
	case *layers.DepthwiseConv3D:
		return e.depthwise(s, in[0]), true
	case *layers.Conv3DTranspose:
		return e.transposedConvolution(s, in[0]), true
	case *layers.MaxPool3D:
		return e.pool("MaxPool", &s.Pool3D, in[0]), true
	case *layers.AveragePool3D:
		return e.pool("AveragePool", &s.Pool3D, in[0]), true
	case *layers.GlobalAveragePool3D:
		return e.globalPool("GlobalAveragePool", s.KeepDims, in[0]), true
	case *layers.GlobalMaxPool3D:
		return e.globalPool("GlobalMaxPool", s.KeepDims, in[0]), true
	case *layers.UpSample3D:
		return e.upsampling(s, in[0]), true
	case *layers.ZeroPad3D:
		return e.border(s.Padding, 1, in[0]), true
	case *layers.Crop3D:
		return e.border(s.Cropping, -1, in[0]), true
	case *layers.Permute:
		return e.permutation(s.Dims, in[0]), true
	case *layers.Dense:
		return e.dense(s, in[0]), true
	case *layers.Flatten:
		return e.flatten(in[0]), true
	case *layers.Reshape:
		return e.reshape(in[0]), true
	case *layers.BatchNorm:
		return e.batchNorm(s, in[0]), true
	case *layers.LayerNorm:
		return e.layerNorm(s, in[0]), true
	case *layers.GroupNorm:
		return e.groupNorm(s, in[0]), true
	case *layers.InstanceNorm:
		return e.instanceNorm(s, in[0]), true
	case *layers.Dropout, *layers.SpatialDropout3D, *layers.GaussianNoise, *layers.Linear:
		return in[0], true
	case *layers.Add:
		return e.joined("Add", in), true
	case *layers.Subtract:
		return e.joined("Sub", in), true
	case *layers.Multiply:
		return e.joined("Mul", in), true
	case *layers.Average:
		return e.joinedAtOnce("Mean", in), true
	case *layers.Maximum:
		return e.joinedAtOnce("Max", in), true
	case *layers.Concatenate:
		return e.concatenation(s.Axis, in), true
	}
	return e.activation(in[0])
}

// dense is a product of matrices.
func (e *exporter) dense(s *layers.Dense, in *flow) *flow {
	kernel := e.weight("kernel")
	inputs := []Value{e.last(in), e.b.Floats("kernel", kernel.Shape, kernel.Value...)}
	if s.UseBias {
		bias := e.weight("bias")
		inputs = append(inputs, e.b.Floats("bias", bias.Shape, bias.Value...))
	}
	return e.channelsLast(e.op("Gemm", inputs))
}

// flatten lays the elements out in the order of channels last. Where there is
// one channel, or one voxel, both orders are the same.
func (e *exporter) flatten(in *flow) *flow {
	sizes := e.graph.InputsOf(e.node)[0].MustSizes()
	x := in.first
	if !in.firstHand || !staysPut(sizes, toFirst(len(sizes))) {
		x = e.last(in)
	}
	if len(sizes) == 1 {
		return e.channelsLast(x)
	}
	return e.channelsLast(e.op("Flatten", []Value{x}, Int("axis", 1)))
}

// staysPut says whether bringing the axes of an array into an order leaves every
// element where it is: those of size 1 do not count.
func staysPut(sizes, order []int) bool {
	last := -1
	for _, axis := range order {
		if sizes[axis] == 1 {
			continue
		}
		if axis < last {
			return false
		}
		last = axis
	}
	return true
}

func (e *exporter) reshape(in *flow) *flow {
	shape := e.b.Ints("target_shape", append([]int{0}, e.node.Output.MustSizes()...)...)
	return e.channelsLast(e.op("Reshape", []Value{e.last(in), shape}))
}

// permutation moves the axes of examples whose channels are last.
func (e *exporter) permutation(dims []int, in *flow) *flow {
	return e.channelsLast(e.op("Transpose", []Value{e.last(in)}, Ints("perm", append([]int{0}, dims...)...)))
}

// joined joins the inputs two by two, from the first to the last.
func (e *exporter) joined(op string, in []*flow) *flow {
	values, first := e.alike(in)
	y := values[0]
	for _, v := range values[1:] {
		y = e.op(op, []Value{y, v})
	}
	return e.as(y, first)
}

// joinedAtOnce joins all inputs with one operator.
func (e *exporter) joinedAtOnce(op string, in []*flow) *flow {
	values, first := e.alike(in)
	return e.as(e.op(op, values), first)
}

func (e *exporter) concatenation(axis int, in []*flow) *flow {
	values, first := e.alike(in)
	return e.as(e.op("Concat", values, Int("axis", e.axis(axis, first))), first)
}

// axis is an axis that is counted as Keras does, the batch being axis 0, as it
// is counted in one of the two orders.
func (e *exporter) axis(axis int, first bool) int {
	rank := len(e.node.Output) + 1
	if axis < 0 {
		axis += rank
	}
	switch {
	case !first || rank < 3:
		return axis
	case axis == rank-1:
		return 1
	}
	return axis + 1
}
