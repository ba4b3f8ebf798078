package stages

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// refusal is why a reshape cannot be done, before it has its place.
type refusal struct {
	code                       *diag.Code
	setting, label, note, help string
	// edit is what to write instead of the setting's value; "" if that is not sure.
	edit string
}

// sizes is the shape rule. A shape of unknown rank stays unknown unless `to`
// says everything.
func (s *Reshape) sizes(in shape.Shape) (shape.Shape, *refusal) {
	switch {
	case s.ExpandDims != nil:
		return s.expanded(in)
	case s.Squeeze != nil:
		return s.squeezed(in)
	}
	return s.to(in)
}

func (s *Reshape) expanded(in shape.Shape) (shape.Shape, *refusal) {
	if in == nil {
		return nil, nil
	}
	axis, ok := axisAt(*s.ExpandDims, len(in)+1)
	if !ok {
		return nil, &refusal{
			code: YML122, setting: "expand_dims", label: fmt.Sprintf("there is no place %d among the axes of %s", *s.ExpandDims, in),
			help: fmt.Sprintf("give a place from %d to %d; -1 is behind the last axis", -len(in)-1, len(in)),
		}
	}
	return slices.Insert(slices.Clone(in), axis, shape.Of(1)), nil
}

func (s *Reshape) squeezed(in shape.Shape) (shape.Shape, *refusal) {
	if in == nil {
		return nil, nil
	}
	axis, ok := axisAt(*s.Squeeze, len(in))
	if !ok {
		return nil, &refusal{
			code: YML122, setting: "squeeze", label: fmt.Sprintf("there is no axis %d in %s", *s.Squeeze, in),
			help: fmt.Sprintf("give an axis from %d to %d", -len(in), len(in)-1),
		}
	}
	if in[axis].Differs(shape.Of(1)) {
		r := &refusal{
			code: rules.SHP019.Code, setting: "squeeze", label: fmt.Sprintf("axis %d of %s has %s values, not 1", *s.Squeeze, in, in[axis]),
			note: fmt.Sprintf("without the axis, %s of %s values would be left over", in.Elements().Sub(shape.Of(1)), in.Elements()),
			help: "name an axis of size 1; to lay two axes together write to: [sizes]",
		}
		if ones := axesOfOne(in); len(ones) == 1 {
			r.help, r.edit = fmt.Sprintf("name the axis of size 1: squeeze: %d", ones[0]), fmt.Sprint(ones[0])
		}
		return nil, r
	}
	return slices.Delete(slices.Clone(in), axis, axis+1), nil
}

func axesOfOne(in shape.Shape) []int {
	var ones []int
	for i, size := range in {
		if size.Is(1) {
			ones = append(ones, i)
		}
	}
	return ones
}

func (s *Reshape) to(in shape.Shape) (shape.Shape, *refusal) {
	open, given := -1, 1
	for i, size := range s.To {
		switch {
		case size > 0:
			given *= size
		case size == 0:
			return nil, &refusal{code: YML122, setting: "to", label: "a size of 0 leaves no values", help: "give the real size, or -1 for the one that follows from the others"}
		case open >= 0:
			return nil, &refusal{code: YML122, setting: "to", label: "two sizes are -1", help: "leave one of them open; the other has to be known to work it out"}
		default:
			open = i
		}
	}
	if len(s.To) == 0 {
		return nil, &refusal{code: YML122, setting: "to", label: "the list of sizes is empty", help: "write the sizes of one example, such as to: [16, 32, 32, 1]"}
	}
	out := make(shape.Shape, len(s.To))
	for i, size := range s.To {
		out[i] = shape.Of(size)
	}
	if in == nil {
		if open >= 0 {
			out[open] = shape.Symbol("size")
		}
		return out, nil
	}
	total := in.Elements()
	switch count, known := total.Known(); {
	case open < 0 && total.Differs(shape.Of(given)):
		return nil, &refusal{
			code: rules.SHP019.Code, setting: "to", label: fmt.Sprintf("%s has %d values, an example has %s", list(s.To), given, total),
			note: fmt.Sprintf("%s; %s", product(in), product(shape.New(s.To...))),
			help: fmt.Sprintf("give sizes whose product is %s, or write -1 for one of them", total),
		}
	case open >= 0 && known && count%given != 0:
		return nil, &refusal{
			code: rules.SHP019.Code, setting: "to", label: fmt.Sprintf("the open size would be %d / %d, which is no whole number", count, given),
			note: fmt.Sprintf("%s; the sizes that are given: %s", product(in), product(shape.New(slices.DeleteFunc(slices.Clone(s.To), func(size int) bool { return size == -1 })...))),
			help: fmt.Sprintf("give sizes whose product divides %d", count),
		}
	case open >= 0:
		out[open] = total.FloorDiv(given)
	}
	if s.To[0] == -1 && out[0].Is(1) && len(out) > len(in) && len(out) > 4 {
		return nil, &refusal{
			code: rules.SHP019.Code, setting: "to", label: "the -1 in front stands for the number of examples, which is no part of the shape",
			note: fmt.Sprintf("an example has %s values: the -1 would become an axis of size 1: %s", total, out),
			help: "write the shape of one example: to: " + list(s.To[1:]), edit: list(s.To[1:]),
		}
	}
	return out, nil
}

// axisAt turns an axis that may count from the back into one that counts from 0.
func axisAt(axis, rank int) (int, bool) {
	if axis < 0 {
		axis += rank
	}
	return axis, axis >= 0 && axis < rank
}

// list writes sizes as a config does: "[16, 32, 32, 1]".
func list(sizes []int) string { return "[" + strings.Join(words(sizes), ", ") + "]" }

func words(sizes []int) []string {
	text := make([]string, len(sizes))
	for i, size := range sizes {
		text[i] = fmt.Sprint(size)
	}
	return text
}

func sizesOf(s shape.Shape) []string {
	text := make([]string, len(s))
	for i, size := range s {
		text[i] = size.String()
	}
	return text
}

// product shows the arithmetic of an element count: "10 × 64 × 64 = 40960".
func product(s shape.Shape) string {
	text := strings.Join(sizesOf(s), " × ")
	if _, known := s.Elements().Known(); !known || len(s) < 2 {
		return text
	}
	return text + " = " + s.Elements().String()
}
