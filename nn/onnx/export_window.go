package onnx

import "github.com/voxelpipe/pipe/nn/layers"

// convolution turns the kernel [kd, kh, kw, in, out] round to [out, in, kd, kh,
// kw].
func (e *exporter) convolution(s *layers.Conv3D, in *flow) *flow {
	kernel := e.weight("kernel")
	values, sizes := permuted(kernel.Value, kernel.Shape, []int{4, 3, 0, 1, 2})
	inputs := []Value{e.first(in), e.b.Floats("kernel", sizes, values...)}
	if s.UseBias {
		bias := e.weight("bias")
		inputs = append(inputs, e.b.Floats("bias", bias.Shape, bias.Value...))
	}
	return e.channelsFirst(e.op("Conv", inputs,
		Ints("kernel_shape", s.KernelSize[:]...), Ints("strides", s.Strides[:]...), Ints("dilations", s.DilationRate[:]...),
		Int("group", s.Groups), Ints("pads", e.pads(s.Padding, s.KernelSize, s.Strides, s.DilationRate)...)))
}

// depthwise is a convolution whose groups are the channels: the kernel [kd, kh, kw,
// channels, multiplier] becomes [channels · multiplier, 1, kd, kh, kw].
func (e *exporter) depthwise(s *layers.DepthwiseConv3D, in *flow) *flow {
	kernel := e.weight("kernel")
	values, sizes := permuted(kernel.Value, kernel.Shape, []int{3, 4, 0, 1, 2})
	channels := sizes[0]
	sizes = append([]int{channels * sizes[1], 1}, sizes[2:]...)
	inputs := []Value{e.first(in), e.b.Floats("kernel", sizes, values...)}
	if s.UseBias {
		bias := e.weight("bias")
		inputs = append(inputs, e.b.Floats("bias", bias.Shape, bias.Value...))
	}
	return e.channelsFirst(e.op("Conv", inputs,
		Ints("kernel_shape", s.KernelSize[:]...), Ints("strides", s.Strides[:]...), Ints("dilations", s.DilationRate[:]...),
		Int("group", channels), Ints("pads", e.pads(s.Padding, s.KernelSize, s.Strides, s.DilationRate)...)))
}

// poolWindow are the settings of a pooling's window. What sticks out counts for
// nothing: the operators' default.
func (e *exporter) poolWindow(s *layers.Pool3D) []Attribute {
	strides := s.Strides
	if strides == ([3]int{}) {
		strides = s.PoolSize
	}
	pads := e.pads(s.Padding, s.PoolSize, strides, [3]int{1, 1, 1})
	return []Attribute{Ints("kernel_shape", s.PoolSize[:]...), Ints("strides", strides[:]...), Ints("pads", pads...)}
}

// pool slides a window. Between a Pad and the operator stands one that does
// nothing: onnxruntime (1.20) would take the Pad into the operator, where its
// zeros no longer count, or are refused.
func (e *exporter) pool(op string, s *layers.Pool3D, in *flow) *flow {
	x := e.first(in)
	if e.b.maker(x) == "Pad" {
		x = e.b.Op("Concat", []Value{x}, Int("axis", 1))
	}
	return e.channelsFirst(e.op(op, []Value{x}, e.poolWindow(s)...))
}

// transposedConvolution turns the kernel [kd, kh, kw, out, in] round to [in, out,
// kd, kh, kw]. What is cut off in front is the smaller half, as the layer has it;
// what is cut off behind, or added there, follows from the size of the output.
func (e *exporter) transposedConvolution(s *layers.Conv3DTranspose, in *flow) *flow {
	kernel := e.weight("kernel")
	values, sizes := permuted(kernel.Value, kernel.Shape, []int{4, 3, 0, 1, 2})
	inputs := []Value{e.first(in), e.b.Floats("kernel", sizes, values...)}
	if s.UseBias {
		bias := e.weight("bias")
		inputs = append(inputs, e.b.Floats("bias", bias.Shape, bias.Value...))
	}
	before, after := e.graph.InputsOf(e.node)[0].MustSizes(), e.node.Output.MustSizes()
	pads, more := make([]int, 6), make([]int, 3)
	for i := range more {
		span := (s.KernelSize[i]-1)*s.DilationRate[i] + 1
		if s.Padding == samePadding {
			cut := span - s.Strides[i]
			if s.OutputPadding != nil {
				cut = span - span%2 - s.OutputPadding[i]
			}
			pads[i] = max(0, cut) / 2
		}
		behind := (before[i]-1)*s.Strides[i] + span - pads[i] - after[i]
		pads[3+i], more[i] = max(0, behind), max(0, -behind)
	}
	return e.channelsFirst(e.op("ConvTranspose", inputs,
		Ints("kernel_shape", s.KernelSize[:]...), Ints("strides", s.Strides[:]...), Ints("dilations", s.DilationRate[:]...),
		Ints("pads", pads...), Ints("output_padding", more...)))
}

// upsampling repeats every voxel.
func (e *exporter) upsampling(s *layers.UpSample3D, in *flow) *flow {
	scales := []float32{1, 1}
	for _, n := range s.Size {
		scales = append(scales, float32(n))
	}
	return e.channelsFirst(e.op("Resize", []Value{e.first(in), "", e.b.Floats("scales", []int{5}, scales...)},
		Text("mode", "nearest"), Text("coordinate_transformation_mode", "asymmetric"), Text("nearest_mode", "floor")))
}

// border adds zeros around a volume, or cuts voxels off it.
func (e *exporter) border(sizes [3][2]int, sign int, in *flow) *flow {
	pads := make([]int, 10)
	for i, ends := range sizes {
		pads[2+i], pads[7+i] = sign*ends[0], sign*ends[1]
	}
	return e.channelsFirst(e.op("Pad", []Value{e.first(in), e.b.Ints("pads", pads...)}))
}

// pads are the elements that a window needs in front of the three axes, then
// those behind: none, or with padding "same" as many as its output asks for, the
// smaller half in front.
func (e *exporter) pads(padding string, size, strides, dilations [3]int) []int {
	pads := make([]int, 6)
	if padding != samePadding {
		return pads
	}
	in, out := e.graph.InputsOf(e.node)[0].MustSizes(), e.node.Output.MustSizes()
	for i := range size {
		span := (size[i]-1)*dilations[i] + 1
		all := max(0, (out[i]-1)*strides[i]+span-in[i])
		pads[i], pads[3+i] = all/2, all-all/2
	}
	return pads
}

// globalPool leaves sizes of 1, which are taken off unless they are to stay.
func (e *exporter) globalPool(op string, keep bool, in *flow) *flow {
	y := e.op(op, []Value{e.first(in)})
	if keep {
		return e.channelsFirst(y)
	}
	return e.channelsLast(e.b.Op("Flatten", []Value{y}, Int("axis", 1)))
}

// permuted moves the axes of an array: axis i of the result is axis order[i] of
// the array.
func permuted[T any](values []T, sizes, order []int) ([]T, []int) {
	strides := make([]int, len(sizes))
	stride := 1
	for i := len(sizes) - 1; i >= 0; i-- {
		strides[i] = stride
		stride *= sizes[i]
	}
	out, outSizes := make([]T, len(values)), make([]int, len(order))
	for i, axis := range order {
		outSizes[i] = sizes[axis]
	}
	at, from := make([]int, len(order)), 0
	for i := range out {
		out[i] = values[from]
		for k := len(at) - 1; k >= 0; k-- {
			at[k]++
			from += strides[order[k]]
			if at[k] < outSizes[k] {
				break
			}
			from -= at[k] * strides[order[k]]
			at[k] = 0
		}
	}
	return out, outSizes
}
