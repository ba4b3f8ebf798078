package stages

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/onnx"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// Reshape gives every example another shape without moving a value: the values
// in reading order (the last axis fastest) are the same before and after. To
// bring the axes into another order, use transpose. Masks get the shape of their
// volumes, without the channel axis.
//
// The shape is that of one example; the number of examples is no part of it.
// Exactly one of the settings is given.
type Reshape struct {
	// To is the shape of one example, such as [16, 32, 32, 1]. One size may be -1:
	// it is worked out from the number of values.
	To []int `yaml:"to" validate:"required_without_all=ExpandDims Squeeze,excluded_with=ExpandDims Squeeze,omitempty,dive,min=-1"`
	// ExpandDims puts a new axis of size 1 at this place among the axes of an
	// example: -1 behind the last one, which is how volumes without a channel axis
	// get one; 0 before the first one.
	ExpandDims *int `yaml:"expand_dims" validate:"excluded_with=Squeeze"`
	// Squeeze takes the axis at this place out of an example; its size must be 1.
	// Axes count from 0, or from -1 for the last one.
	Squeeze *int `yaml:"squeeze"`
}

// Takes one dataset.
func (*Reshape) Takes() []pipeline.Want { return oneDataset }

// Gives a dataset.
func (*Reshape) Gives() pipeline.Family { return pipeline.DatasetFamily }

// Check works out the new axes; SHP019 refuses another number of values.
func (s *Reshape) Check(c *pipeline.Check, in []pipeline.Type) pipeline.Type {
	before := in[0].(*pipeline.Dataset)
	rules.CheckReshape(c, before, s.To)
	d, problem := s.after(c.Node, before)
	return settled(c, d, problem)
}

// Run gives the examples their new shape as they are read.
func (s *Reshape) Run(r *pipeline.Run, in []pipeline.Value) (pipeline.Value, error) {
	v := in[0].(*pipeline.Volumes)
	d, problem := s.after(r.Node, v.Is)
	if problem != nil {
		return nil, pipeline.Fail(*problem)
	}
	t, err := s.Restore(nil, v.Source.Shape())
	if err != nil {
		return nil, err
	}
	return moved(r, v, d, t, nil, newGrid(v.Is, d))
}

// newGrid is the sizes of a mask's grid after the stage, nil if it keeps them.
func newGrid(before, after *pipeline.Dataset) any {
	var is, was []int
	for _, axis := range after.Grid() {
		size, _ := axis.Size.Known()
		is = append(is, size)
	}
	for _, axis := range before.Grid() {
		size, _ := axis.Size.Known()
		was = append(was, size)
	}
	if slices.Equal(is, was) {
		return nil
	}
	return is
}

// RestoreMask gives masks the sizes that were written down.
func (s *Reshape) RestoreMask(does json.RawMessage, in []int) (data.Transform, error) {
	var sizes []int
	if err := json.Unmarshal(does, &sizes); err != nil {
		return nil, fmt.Errorf("the sizes of the masks cannot be read: %w", err)
	}
	if len(in) > 0 && data.Elements(sizes) < data.Elements(in) {
		sizes = append(sizes, in[len(in)-1]) // the classes of masks of rows
	}
	if data.Elements(sizes) != data.Elements(in) {
		return nil, fmt.Errorf("masks of %v do not become %v", in, sizes)
	}
	return reshaped{sizes}, nil
}

// Restore works the shape out for examples of the given sizes.
func (s *Reshape) Restore(_ json.RawMessage, in []int) (data.Transform, error) {
	out, refusal := s.sizes(shape.New(in...))
	if refusal != nil {
		return nil, fmt.Errorf("examples of %v cannot be reshaped: %s", in, refusal.label)
	}
	return reshaped{out.MustSizes()}, nil
}

// Draw gives examples their new shape in a graph.
func (s *Reshape) Draw(b *onnx.Builder, x onnx.Value, learnt json.RawMessage, in []int) (onnx.Value, error) {
	t, err := s.Restore(learnt, in)
	if err != nil {
		return "", err
	}
	return b.Reshape(x, t.Output(in)), nil
}

// reshaped is a transform that changes only the sizes.
type reshaped struct{ sizes []int }

func (r reshaped) Output([]int) []int    { return r.sizes }
func (reshaped) Apply(in, out []float32) { copy(out, in) }

// after is the type of the dataset after the stage.
func (s *Reshape) after(n *pipeline.Node, d *pipeline.Dataset) (*pipeline.Dataset, *diag.Diagnostic) {
	out, refusal := s.sizes(d.Shape())
	if refusal != nil {
		return nil, refuse(s.explain(n, d, refusal))
	}
	changed := d.Clone()
	changed.Axes = s.axes(n, d, out)
	if problem := channelsKept(n, d, changed); problem != nil {
		return nil, problem
	}
	regrid(changed)
	addStep(changed, stepOf(n))
	return changed, nil
}

// channelsKept refuses to take values of one voxel apart, or those of several
// together, where the labels are masks: there would be no voxel of the mask for
// each of the volume.
func channelsKept(n *pipeline.Node, before, after *pipeline.Dataset) *diag.Diagnostic {
	if before.Labels.Kind != pipeline.Mask || before.Axes == nil || after.Axes == nil {
		return nil
	}
	was, wasAt := channelOf(before)
	is, isAt := channelOf(after)
	one := shape.Of(1)
	if was.Equal(one) && is.Equal(one) || !was.Differs(is) && wasAt != inside && wasAt == isAt {
		return nil
	}
	return refuse(diag.New(YML122, n.Item.KindSpan, fmt.Sprintf("this makes %s of %s", named(after.Axes), named(before.Axes))).
		And(before.Labels.At.Span, "the labels are masks: a class for each voxel").
		Note("%s values of each voxel would become %s; only whole voxels can take their classes with them", was, is).
		Suggest("keep the channel axis as it is"))
}

// Where an axis stands among the others.
const (
	inFront = iota
	inside
	behind
)

// channelOf is how many values a voxel has, and where the axis of them stands.
func channelOf(d *pipeline.Dataset) (size shape.Dim, at int) {
	i := slices.IndexFunc(d.Axes, func(a pipeline.Axis) bool { return a.Name == pipeline.ChannelAxis })
	switch {
	case i < 0:
		return shape.Of(1), behind
	case i == len(d.Axes)-1:
		return d.Axes[i].Size, behind
	case i > 0:
		return d.Axes[i].Size, inside
	}
	return d.Axes[i].Size, inFront
}

// axes names the new axes: those whose sizes agree, one by one from the front and
// then from the back, keep their names.
func (s *Reshape) axes(n *pipeline.Node, d *pipeline.Dataset, out shape.Shape) []pipeline.Axis {
	if out == nil {
		return nil
	}
	here := n.Origin(s.setting())
	fresh := func(i int) pipeline.Axis {
		return pipeline.Axis{Name: shape.AxisName(len(out), i), Size: out[i], At: here}
	}
	old := d.Axes
	switch {
	case s.ExpandDims != nil:
		at, _ := axisAt(*s.ExpandDims, len(old)+1)
		if channel := fresh(at); isVolume(old) && (at == 0 || at == len(old)) {
			channel.Name = pipeline.ChannelAxis // wherever it stands
			return slices.Insert(slices.Clone(old), at, channel)
		}
		return distinct(slices.Insert(slices.Clone(old), at, fresh(at)), at)
	case s.Squeeze != nil:
		at, _ := axisAt(*s.Squeeze, len(old))
		return slices.Delete(slices.Clone(old), at, at+1)
	}
	axes := make([]pipeline.Axis, len(out))
	front := 0
	for front < len(old) && front < len(out) && old[front].Size.Equal(out[front]) {
		axes[front] = old[front]
		front++
	}
	back := 0
	for back < len(old)-front && back < len(out)-front && old[len(old)-1-back].Size.Equal(out[len(out)-1-back]) {
		axes[len(out)-1-back] = old[len(old)-1-back]
		back++
	}
	for i := front; i < len(out)-back; i++ {
		axes[i] = fresh(i)
		axes = distinct(axes, i)
	}
	return axes
}

// isVolume says that three axes have no channel beside them.
func isVolume(axes []pipeline.Axis) bool {
	return len(axes) == 3 && !slices.ContainsFunc(axes, func(a pipeline.Axis) bool { return a.Name == pipeline.ChannelAxis })
}

// distinct gives axis i a name by its number if another axis has its name.
func distinct(axes []pipeline.Axis, i int) []pipeline.Axis {
	for k := range axes {
		if k != i && axes[k].Name == axes[i].Name {
			axes[i].Name = fmt.Sprintf("axis %d", i+1)
		}
	}
	return axes
}

func (s *Reshape) setting() string {
	switch {
	case s.ExpandDims != nil:
		return "expand_dims"
	case s.Squeeze != nil:
		return "squeeze"
	}
	return "to"
}

// explain gives a refusal its places. A `to` that is the shape of all examples
// at once is told as such: it is the likeliest reason for a wrong number of
// values.
func (s *Reshape) explain(n *pipeline.Node, d *pipeline.Dataset, r *refusal) diag.Diagnostic {
	problem := diag.New(r.code, n.At(r.setting), r.label)
	if s.countsExamples(d) {
		rest := list(s.To[1:])
		problem = problem.And(d.ExamplesAt.Span, fmt.Sprintf("there are %s examples", d.Examples))
		r = &refusal{
			note: fmt.Sprintf("it starts with %d, the number of examples; the shape is that of one example, and %s", s.To[0], product(shape.New(s.To[1:]...))),
			help: "leave the number of examples out: to: " + rest, edit: rest,
		}
	}
	if len(d.Axes) > 0 {
		problem = problem.And(d.Axes[0].At.Span, "an example is "+d.Shape().String())
	}
	if r.note != "" {
		problem = problem.Note("%s", r.note)
	}
	if r.edit == "" {
		return problem.Suggest(r.help)
	}
	return problem.Suggest(r.help, diag.Edit{Span: n.At(s.setting()), Text: r.edit})
}

// countsExamples says whether `to` is the right shape with the number of examples
// in front.
func (s *Reshape) countsExamples(d *pipeline.Dataset) bool {
	if len(s.To) < 2 || s.To[0] < 2 || d.Examples.Differs(shape.Of(s.To[0])) || d.Axes == nil {
		return false
	}
	_, refusal := (&Reshape{To: s.To[1:]}).to(d.Shape())
	return refusal == nil
}
