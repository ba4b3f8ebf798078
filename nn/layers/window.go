package layers

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
)

// The two ways to treat the border of a volume.
const (
	valid = "valid"
	same  = "same"
)

// longest is more than any volume has along an axis; products of two such numbers
// can still be reckoned with.
const longest = 1 << 24

// window is what slides over the three spatial axes in convolution and pooling.
type window struct {
	// noun is how messages call it, setting the name of its size.
	noun, setting            string
	size, strides, dilations [3]int
	padding                  string
}

// span is how many elements the window covers along an axis, its holes included.
func (w *window) span(axis int) int { return (w.size[axis]-1)*w.dilations[axis] + 1 }

// output gives the spatial sizes behind the window for a volume [D, H, W, C]:
// floor((in - span) / stride) + 1 without padding, ceil(in / stride) with
// padding "same".
func (w *window) output(in shape.Shape) ([3]shape.Dim, error) {
	var out [3]shape.Dim
	for axis := range out {
		if err := w.settings(axis, in); err != nil {
			return out, err
		}
		if w.padding == same {
			out[axis] = in[axis].CeilDiv(w.strides[axis])
			continue
		}
		if n, known := in[axis].Known(); known && n < w.span(axis) {
			return out, w.tooSmall(axis, n, in)
		}
		out[axis] = in[axis].Plus(-w.span(axis)).FloorDiv(w.strides[axis]).Plus(1)
	}
	return out, nil
}

// settings refuses numbers that no window can have.
func (w *window) settings(axis int, in shape.Shape) error {
	for _, s := range []struct {
		name  string
		value int
	}{
		{w.setting, w.size[axis]}, {"strides", w.strides[axis]}, {"dilation_rate", w.dilations[axis]},
	} {
		if s.value < 1 {
			return &shape.Mismatch{
				Fault: shape.Setting, Settings: []string{s.name}, Input: in, Axis: axis,
				Problem:    fmt.Sprintf("%s is %d along the %s", s.name, s.value, shape.AxisName(4, axis)),
				Arithmetic: fmt.Sprintf("%d < 1", s.value),
				Remedy:     fmt.Sprintf("make %s at least 1", s.name),
			}
		}
		if s.value > longest {
			return &shape.Mismatch{
				Fault: shape.Setting, Settings: []string{s.name}, Input: in, Axis: axis,
				Problem:    fmt.Sprintf("%s is %d along the %s", s.name, s.value, shape.AxisName(4, axis)),
				Arithmetic: fmt.Sprintf("%d > %d", s.value, longest),
				Remedy:     fmt.Sprintf("make %s no longer than a volume", s.name),
			}
		}
	}
	return nil
}

// exclusive refuses strides and holes together.
func (w *window) exclusive(in shape.Shape) error {
	if max(w.strides[0], w.strides[1], w.strides[2]) <= 1 || max(w.dilations[0], w.dilations[1], w.dilations[2]) <= 1 {
		return nil
	}
	return &shape.Mismatch{
		Fault: shape.Setting, Settings: []string{"dilation_rate", "strides"}, Input: in, Axis: -1,
		Problem:    "strides and dilation_rate exclude one another",
		Arithmetic: fmt.Sprintf("strides %s and dilation_rate %s are both above 1", shape.New(w.strides[:]...), shape.New(w.dilations[:]...)),
		Remedy:     "leave one of them at 1",
	}
}

// atLeastOne refuses a number of something that is none.
func atLeastOne(in shape.Shape, setting string, value int) error {
	if value >= 1 {
		return nil
	}
	return &shape.Mismatch{
		Fault: shape.Setting, Settings: []string{setting}, Input: in, Axis: -1,
		Problem:    fmt.Sprintf("%s is %d", setting, value),
		Arithmetic: fmt.Sprintf("%d < 1", value),
		Remedy:     fmt.Sprintf("make %s at least 1", setting),
	}
}

func (w *window) tooSmall(axis, n int, in shape.Shape) error {
	name := shape.AxisName(4, axis)
	span, stride := w.span(axis), w.strides[axis]
	size := fmt.Sprintf("%d", span)
	settings := []string{w.setting, "padding"}
	if w.dilations[axis] > 1 {
		size = fmt.Sprintf("%d (%d elements, %d apart)", span, w.size[axis], w.dilations[axis])
		settings = []string{w.setting, "dilation_rate", "padding"}
	}
	floor := (n - span) / stride
	if (n-span)%stride != 0 {
		floor--
	}
	return &shape.Mismatch{
		Fault: shape.TooSmall, Settings: settings, Input: in, Axis: axis,
		Problem:    fmt.Sprintf("the %s spans %s, but the %s here is %d", w.noun, size, name, n),
		Arithmetic: fmt.Sprintf("floor((%d - %d) / %d) + 1 = %d; the smallest %s that the %s fits is %d", n, span, stride, floor+1, name, w.noun, span),
		Remedy:     "use padding: same",
	}
}

// front is the padding in front of an axis: none, or half of what "same" needs,
// rounded down, as TensorFlow does; the rest comes behind.
func (w *window) front(axis, in, out int) int {
	if w.padding != same {
		return 0
	}
	return max(0, (out-1)*w.strides[axis]+w.span(axis)-in) / 2
}

// convolution is the window at a place as a convolution, for the kernels.
func (w *window) convolution(in, out []int, groups int) kernel.Conv {
	return kernel.Conv{
		D: in[0], H: in[1], W: in[2], C: in[3],
		OD: out[0], OH: out[1], OW: out[2], K: out[3],
		KD: w.size[0], KH: w.size[1], KW: w.size[2],
		SD: w.strides[0], SH: w.strides[1], SW: w.strides[2],
		ED: w.dilations[0], EH: w.dilations[1], EW: w.dilations[2],
		PD: w.front(0, in[0], out[0]), PH: w.front(1, in[1], out[1]), PW: w.front(2, in[2], out[2]),
		Groups: groups,
	}
}
