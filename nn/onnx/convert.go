package onnx

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/onnx/wire"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Layers turns the file's operators into layers for examples of the given sizes,
// channels last. What has no layer here is a *Refused.
func (f *File) Layers(sizes []int) (*Imported, error) {
	c := &converter{
		file: f, values: map[string]*value{}, constants: map[string]*constant{},
		ids: map[string]bool{entrance: true}, users: map[string][]int{}, made: &Imported{}, joined: map[int]bool{},
	}
	for i := range f.model.Graph.Initializers {
		t := &f.model.Graph.Initializers[i]
		c.constants[t.Name] = &constant{file: f, array: t}
	}
	c.want()
	input := &value{from: nn.Outer, shape: shape.New(sizes...), axes: inOrder(len(sizes))}
	if c.firstIn = f.channelsFirst(); c.firstIn {
		input.axes = toFirst(len(sizes))
	}
	c.values[f.input.Name] = input
	for i := range f.model.Graph.Nodes {
		if !c.wanted[i] {
			continue
		}
		c.index, c.node = i, &f.model.Graph.Nodes[i]
		if err := c.convert(); err != nil {
			return nil, err
		}
		if c.stopped {
			c.enter()
			return c.made, nil
		}
	}
	return c.made, c.finish()
}

// converter goes through the operators of a file and lays out the layers that do
// the same.
type converter struct {
	file *File
	// values are what the operators so far have given, constants what is known
	// without an input. Both go by the names in the file.
	values    map[string]*value
	constants map[string]*constant
	// users are the nodes that take a value, wanted those that the output needs.
	users  map[string][]int
	wanted []bool
	// joined are nodes that a layer before them has taken along.
	joined map[int]bool
	ids    map[string]bool
	made   *Imported
	// index and node are the operator at hand.
	index int
	node  *wire.Node
	// firstIn says that the channels stand in front at the input.
	firstIn bool
	// stopped says that a layer has refused its input.
	stopped bool
}

// value is a tensor that flows: the layer that gives it, and how the file sees it.
type value struct {
	// from is the id of the layer, nn.Outer for the network's input.
	from string
	// shape is that of one example here.
	shape shape.Shape
	// axes are, for every axis of an example in the file, the axis here.
	axes []int
	// rows are, for a vector whose elements the file has in another order, the
	// blocks of that order; nil if there is none.
	rows []block
	// positive says that no element is below zero.
	positive bool
	// pooled says that the file sees three more axes of size 1 behind the channels.
	pooled bool
	// groups says that the file has cut the channels into groups; see grouped.
	groups *grouped
	// curve is a function of another value that no layer gives yet; see curve.go.
	curve *curve
}

// want finds the nodes that the output depends on: others, such as those that
// only training needs, are not looked at.
func (c *converter) want() {
	g := &c.file.model.Graph
	c.wanted = make([]bool, len(g.Nodes))
	needed := map[string]bool{c.file.output.Name: true}
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		n := &g.Nodes[i]
		c.wanted[i] = slices.ContainsFunc(n.Outputs, func(name string) bool { return name != "" && needed[name] })
		if !c.wanted[i] {
			continue
		}
		for _, name := range n.Inputs {
			needed[name] = true
			c.users[name] = append(c.users[name], i)
		}
	}
	c.users[c.file.output.Name] = append(c.users[c.file.output.Name], len(g.Nodes))
}

// finish sees that the network ends in something, and that its axes are in an
// order that has a meaning here.
func (c *converter) finish() error {
	c.index, c.node = len(c.file.model.Graph.Nodes)-1, &wire.Node{Op: "output", Name: c.file.output.Name}
	if c.values[c.file.output.Name] == nil {
		return refused("no operator gives the output %q", c.file.output.Name)
	}
	v, err := c.tensor(c.file.output.Name)
	if err != nil || c.stopped {
		return err
	}
	// Channels in front, as at the input, are what is last here.
	if len(v.rows) > 0 || !slices.Equal(v.axes, inOrder(len(v.axes))) && !(c.firstIn && slices.Equal(v.axes, toFirst(len(v.axes)))) {
		if v, err = c.straight(v); err != nil {
			return err
		}
	}
	defer c.enter()
	if len(c.made.Items) == 0 || v.from != c.made.Items[len(c.made.Items)-1].ID {
		c.add("output", layers.New(func(*layers.Linear) {}), v)
	}
	return nil
}

// enter names the network's input if layers further down take it.
func (c *converter) enter() {
	taken := false
	for i := range c.made.Items {
		for k, from := range c.made.Items[i].From {
			if from == nn.Outer {
				taken, c.made.Items[i].From[k] = true, entrance
			}
		}
	}
	if taken {
		input := nn.Item{ID: entrance, Unit: layers.New(func(*layers.Input) {})}
		c.made.Items = append([]nn.Item{input}, c.made.Items...)
	}
}

// entrance is the id of the network's input, where it needs one.
const entrance = "input"

// refuse is what an operator is refused with.
func (c *converter) refuse(format string, values ...any) error {
	return &Refused{Op: c.node.Op, Name: c.node.Name, Index: c.index, Problem: fmt.Sprintf(format, values...)}
}

// input names the node's i-th input, "" if it is left out.
func (c *converter) input(i int) string {
	if i >= len(c.node.Inputs) {
		return ""
	}
	return c.node.Inputs[i]
}

// value is the tensor of the node's i-th input.
func (c *converter) value(i int) (*value, error) { return c.tensor(c.input(i)) }

// tensor is a value that a layer gives, made one if it is a curve.
func (c *converter) tensor(name string) (*value, error) {
	v, err := c.flowing(name)
	if err != nil {
		return nil, err
	}
	if v.curve == nil {
		return v, nil
	}
	return c.drawn(v)
}

// flowing is a value, perhaps a curve.
func (c *converter) flowing(name string) (*value, error) {
	v, found := c.values[name]
	switch {
	case found:
		return v, nil
	case name == "":
		return nil, c.refuse("an input is missing")
	case c.constants[name] != nil:
		return nil, c.refuse("its input %q is an array of the file, where a tensor of examples is expected", name)
	}
	return nil, c.refuse("its input %q is given by no operator before it", name)
}

// give says what the node's first output is.
func (c *converter) give(v *value) error {
	if len(c.node.Outputs) == 0 {
		return c.refuse("it has no output")
	}
	for _, name := range c.node.Outputs[1:] {
		if len(c.users[name]) > 0 && name != "" {
			return c.refuse("its output %q beside the first one is used", name)
		}
	}
	c.values[c.node.Outputs[0]] = v
	return nil
}

// add appends a layer behind values and gives its output, with the axes of the
// first one where it has as many.
func (c *converter) add(id string, unit nn.Spec, in ...*value) *value {
	if c.stopped {
		return in[0]
	}
	item := nn.Item{ID: free(c.ids, id), Unit: unit}
	shapes := make([]shape.Shape, len(in))
	above := nn.Outer
	if n := len(c.made.Items); n > 0 {
		above = c.made.Items[n-1].ID
	}
	for i, v := range in {
		shapes[i] = v.shape
		item.From = append(item.From, v.from)
	}
	if len(in) == 1 && in[0].from == above {
		item.From = nil
	}
	c.made.Items = append(c.made.Items, item)
	out, err := unit.Output(shapes)
	if err != nil {
		c.stopped = true
		out = in[0].shape
	}
	v := &value{from: item.ID, shape: out, axes: in[0].axes, rows: in[0].rows}
	if len(out) != len(v.axes) {
		v.axes, v.rows = inOrder(len(out)), nil
	}
	return v
}

// weight says that a weight of the layer added last is an array of the file.
// turn brings its elements into the layout here; nil if that is the file's.
func (c *converter) weight(v *value, name string, sizes []int, from *constant, turn func([]float32) []float32) error {
	if c.stopped {
		return nil
	}
	if tensor.Elements(sizes) != from.array.Len() {
		return c.refuse("%q has the sizes %v, which make no %s of %v", from.array.Name, from.array.Dims, name, sizes)
	}
	if err := from.readable(); err != nil {
		return c.refuse("%s", err)
	}
	c.made.Weights = append(c.made.Weights, Weight{Name: v.from + "/" + name, Shape: sizes, read: func() ([]float32, error) {
		values, err := from.floats()
		if err == nil && turn != nil {
			values = turn(values)
		}
		return values, err
	}})
	return nil
}

// first gives a value with its channels in front of three other axes, as the
// operators that slide over volumes want it; the layers here then see its
// channels last. Another rank is left to the layer to refuse.
func (c *converter) first(i int) (*value, error) {
	v, err := c.value(i)
	if err != nil || len(v.axes) != 4 || slices.Equal(v.axes, toFirst(4)) {
		return v, err
	}
	return c.permuted(v, toFirst(4)), nil
}

// straight gives a value whose axes here are those of the file.
func (c *converter) straight(v *value) (*value, error) {
	if len(v.rows) > 0 {
		return nil, c.refuse("it needs the order in which the file lays a volume out as a vector")
	}
	return c.permuted(v, inOrder(len(v.axes))), nil
}

// permuted moves the axes here so that the file's axes are the ones wanted.
func (c *converter) permuted(v *value, want []int) *value {
	if slices.Equal(v.axes, want) {
		return v
	}
	dims := make([]int, len(want))
	for i, axis := range want {
		dims[axis] = v.axes[i] + 1
	}
	moved := c.add(v.name()+"_permute", layers.New(func(p *layers.Permute) { p.Dims = dims }), v)
	moved.axes, moved.positive = want, v.positive
	return moved
}

// name is the id of the layer that gives a value.
func (v *value) name() string {
	if v.from == nn.Outer {
		return "input"
	}
	return v.from
}

// inOrder are the axes as they come.
func inOrder(axes int) []int {
	order := make([]int, axes)
	for i := range order {
		order[i] = i
	}
	return order
}

// id names the layer of the node: after its weights if they have a name in
// common with it, else after the node, else after what it is.
func (c *converter) id(unit nn.Spec) string {
	kind, _ := layers.Table().NameOf(unit)
	for _, name := range c.node.Inputs[min(1, len(c.node.Inputs)):] {
		if c.constants[name] == nil || strings.Contains(name, "::") {
			continue
		}
		if at := strings.LastIndexAny(name, "./"); at > 0 {
			return asID(name[:at], kind)
		}
		break
	}
	name := c.node.Name
	if at := strings.LastIndexByte(name, '/'); at > 0 && strings.HasPrefix(name[at+1:], c.node.Op) {
		name = name[:at]
	}
	// PyTorch writes /layer1/layer1.0/conv1 for layer1.0.conv1.
	parts := strings.Split(strings.Trim(name, "/"), "/")
	for i := len(parts) - 2; i >= 0; i-- {
		if strings.HasPrefix(parts[i+1], parts[i]+".") {
			parts = slices.Delete(parts, i, i+1)
		}
	}
	return asID(strings.Join(parts, "/"), kind)
}

var unfit = regexp.MustCompile(`[^a-z0-9_]`)

// asID makes a name one that a config can write.
func asID(name, kind string) string {
	id := strings.Trim(unfit.ReplaceAllString(strings.ToLower(name), "_"), "_")
	switch {
	case id == "":
		return kind
	case id[0] >= '0' && id[0] <= '9':
		return kind + "_" + id
	}
	return id
}

// The settings of the node.

func (c *converter) ints(name string) []int64 { return attributeOf(c.node, name).Ints }

func (c *converter) int(name string, otherwise int64) int64 {
	if a := attributeOf(c.node, name); a.Name != "" {
		return a.Int
	}
	return otherwise
}

func (c *converter) float(name string, otherwise float32) float64 {
	if a := attributeOf(c.node, name); a.Name != "" {
		return plain(a.Float)
	}
	return plain(otherwise)
}

func (c *converter) text(name string) string { return attributeOf(c.node, name).Text }
