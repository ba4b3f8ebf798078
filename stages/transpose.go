package stages

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/onnx"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// Transpose brings the axes of every example into another order. The values move
// with their axes, so that a volume stored as width, height, depth comes out as
// depth, height, width. Masks are brought into the same order.
type Transpose struct {
	// Order names the axes of one example in the new order, by their names
	// ([depth, height, width, channel]) or by their numbers in the order as it is
	// ([2, 1, 0, 3], counting from 0; -1 is the last one). Every axis is named once.
	Order AxisOrder `yaml:"order" validate:"required"`
}

// AxisOrder is a list of axes, each a name or a number.
type AxisOrder []string

// DecodeNode reads a list of names and numbers.
func (o *AxisOrder) DecodeNode(n *spec.Node) error {
	if n.Form != spec.List || len(n.Items) == 0 {
		return fmt.Errorf("want a list of axes: names or numbers")
	}
	*o = nil
	for _, item := range n.Items {
		if _, err := item.Int(); err != nil && !item.IsText() {
			return fmt.Errorf("want the name or the number of an axis, got %s", item.Describe())
		}
		*o = append(*o, item.Text)
	}
	return nil
}

// EncodeNode is the inverse of DecodeNode.
func (o AxisOrder) EncodeNode() *spec.Node {
	list := &spec.Node{Form: spec.List}
	for _, axis := range o {
		node := &spec.Node{Text: axis}
		if _, err := strconv.Atoi(axis); err == nil {
			node.Type = spec.Integer
		}
		list.Items = append(list.Items, node)
	}
	return list
}

// Takes one dataset.
func (*Transpose) Takes() []pipeline.Want { return oneDataset }

// Gives a dataset.
func (*Transpose) Gives() pipeline.Family { return pipeline.DatasetFamily }

// Check finds every axis and gives them in their new order.
func (s *Transpose) Check(c *pipeline.Check, in []pipeline.Type) pipeline.Type {
	d, problem := s.after(c.Node, in[0].(*pipeline.Dataset))
	return settled(c, d, problem)
}

// Run moves the values of every example as it is read.
func (s *Transpose) Run(r *pipeline.Run, in []pipeline.Value) (pipeline.Value, error) {
	v := in[0].(*pipeline.Volumes)
	d, problem := s.after(r.Node, v.Is)
	if problem != nil {
		return nil, pipeline.Fail(*problem)
	}
	order, err := s.numbers(v.Is.Axes)
	if err != nil {
		return nil, err
	}
	return moved(r, v, d, transposed{order, v.Source.Shape()}, order, maskOrder(v.Is.Axes, order))
}

// maskOrder is the order of a mask's axes, in numbers as they are; nil if they
// keep it.
func maskOrder(axes []pipeline.Axis, order []int) any {
	place := make([]int, len(axes))
	grid := 0
	for i, axis := range axes {
		place[i] = grid
		if axis.Name != pipeline.ChannelAxis {
			grid++
		}
	}
	var of []int
	for _, from := range order {
		if axes[from].Name != pipeline.ChannelAxis {
			of = append(of, place[from])
		}
	}
	if slices.IsSorted(of) {
		return nil
	}
	return of
}

// RestoreMask brings the axes of masks into the order that was written down.
func (s *Transpose) RestoreMask(does json.RawMessage, in []int) (data.Transform, error) {
	var order []int
	if err := json.Unmarshal(does, &order); err != nil {
		return nil, fmt.Errorf("the order of the masks' axes cannot be read: %w", err)
	}
	if len(order) > len(in) {
		return nil, fmt.Errorf("masks of %v have %d axes; this brings %d into another order", in, len(in), len(order))
	}
	for behind := len(order); behind < len(in); behind++ {
		order = append(order, behind)
	}
	return transposed{order, in}, nil
}

// Restore takes the order as numbers: names are those of the axes it once saw.
func (s *Transpose) Restore(learnt json.RawMessage, in []int) (data.Transform, error) {
	var order []int
	if err := json.Unmarshal(learnt, &order); err != nil {
		return nil, fmt.Errorf("the order of the axes cannot be read: %w", err)
	}
	if len(order) != len(in) {
		return nil, fmt.Errorf("examples of %v have %d axes; this brings %d into another order", in, len(in), len(order))
	}
	return transposed{order, in}, nil
}

// Draw moves the axes in a graph.
func (s *Transpose) Draw(b *onnx.Builder, x onnx.Value, learnt json.RawMessage, in []int) (onnx.Value, error) {
	t, err := s.Restore(learnt, in)
	if err != nil {
		return "", err
	}
	return b.Transpose(x, t.(transposed).order), nil
}

func (s *Transpose) after(n *pipeline.Node, d *pipeline.Dataset) (*pipeline.Dataset, *diag.Diagnostic) {
	changed := d.Clone()
	addStep(changed, stepOf(n))
	if d.Axes == nil {
		return changed, nil
	}
	order, err := s.numbers(d.Axes)
	if err != nil {
		problem := diag.New(YML122, n.At("order"), err.Error())
		if len(d.Axes) > 0 {
			problem = problem.And(d.Axes[0].At.Span, "an example is "+named(d.Axes))
		}
		return nil, refuse(problem.Suggest("name every axis once, in the new order: " + strings.Join(namesOf(d.Axes), ", ")))
	}
	for i, from := range order {
		changed.Axes[i] = d.Axes[from]
	}
	regrid(changed)
	return changed, nil
}

// numbers gives the order as numbers of the axes as they are, counting from 0.
func (s *Transpose) numbers(axes []pipeline.Axis) ([]int, error) {
	names := namesOf(axes)
	var order []int
	for _, axis := range s.Order {
		at := slices.Index(names, axis)
		if number, err := strconv.Atoi(axis); at < 0 && err == nil {
			var exists bool
			if at, exists = axisAt(number, len(axes)); !exists {
				return nil, fmt.Errorf("there is no axis %d; an example has %d", number, len(axes))
			}
		}
		switch {
		case at < 0:
			if near, ok := diag.Nearest(axis, names); ok {
				return nil, fmt.Errorf("there is no axis %q; did you mean %s?", axis, near)
			}
			return nil, fmt.Errorf("there is no axis %q", axis)
		case slices.Contains(order, at):
			return nil, fmt.Errorf("the axis %s is named twice", names[at])
		}
		order = append(order, at)
	}
	if len(order) < len(axes) {
		for i, name := range names {
			if !slices.Contains(order, i) {
				return nil, fmt.Errorf("%d of %d axes are named; %s is missing", len(order), len(axes), name)
			}
		}
	}
	return order, nil
}

func namesOf(axes []pipeline.Axis) []string {
	names := make([]string, len(axes))
	for i, axis := range axes {
		names[i] = axis.Name
	}
	return names
}

// transposed brings axes into another order: axis i comes from axis order[i] of
// examples of the given sizes.
type transposed struct{ order, in []int }

func (t transposed) Output([]int) []int {
	out := make([]int, len(t.order))
	for i, from := range t.order {
		out[i] = t.in[from]
	}
	return out
}

// Apply walks through out in reading order, keeping the place in `in` of the
// value that belongs there.
func (t transposed) Apply(in, out []float32) {
	strides := make([]int, len(t.in))
	stride := 1
	for i := len(t.in) - 1; i >= 0; i-- {
		strides[i] = stride
		stride *= t.in[i]
	}
	at := make([]int, len(t.order))
	from := 0
	for i := range out {
		out[i] = in[from]
		for k := len(at) - 1; k >= 0; k-- {
			at[k]++
			from += strides[t.order[k]]
			if at[k] < t.in[t.order[k]] {
				break
			}
			from -= at[k] * strides[t.order[k]]
			at[k] = 0
		}
	}
}
