package layers

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

// samePlain fails unless the layers, written out, are the same network, down to
// the bits of the first weights. It gives the written layers.
func samePlain(t *testing.T, in shape.Shape, items []nn.Item) []nn.Item {
	t.Helper()
	whole, refusals := nn.Resolve(in, items)
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	head, each := Plain(in, items)
	plain := slices.Concat(append([][]nn.Item{head}, each...)...)
	id := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	for i, item := range plain {
		if _, composite := item.Unit.(nn.Composite); composite || !id.MatchString(item.ID) {
			t.Fatalf("layer %d, %s, is a %T", i, item.ID, item.Unit)
		}
	}
	again, refusals := nn.Resolve(in, plain)
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	if len(again.Nodes) != len(whole.Nodes) {
		t.Fatalf("%d nodes became %d", len(whole.Nodes), len(again.Nodes))
	}
	for i := range whole.Nodes {
		a, b := whole.Nodes[i], again.Nodes[i]
		a.Path, b.Path = nil, nil
		if a.Frozen { // said by the layer, or by what is around it
			a.Spec, b.Spec = frozen(a.Spec).(nn.Spec), frozen(b.Spec).(nn.Spec)
			b.Frozen = b.Frozen || len(b.Spec.Weights(again.InputsOf(&b))) == 0
		}
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("node %d was\n%+v, is\n%+v", i, a, b)
		}
	}
	before, after := nn.Build(whole, 7).Params(), nn.Build(again, 7).Params()
	for i, p := range before {
		if q := after[i]; p.Name != q.Name || p.Trainable != q.Trainable || !slices.Equal(p.Value, q.Value) {
			t.Fatalf("%s became %s, or begins otherwise", p.Name, q.Name)
		}
	}
	return plain
}

func TestPresetsWrittenOut(t *testing.T) {
	for name, unit := range presets() {
		t.Run(name, func(t *testing.T) {
			samePlain(t, shape.New(8, 8, 8, 1), []nn.Item{{ID: name, Unit: unit}})
		})
	}
}

func TestCompositesWrittenOut(t *testing.T) {
	keep := func(id string, from ...string) nn.Item {
		return nn.Item{ID: id, From: from, Unit: convolution(func(c *Conv3D) { c.Filters, c.Padding, c.Then = 2, same, New(func(*Tanh) {}) })}
	}
	block := func(set func(*Residual), inner ...nn.Item) nn.Unit {
		return New(func(r *Residual) {
			r.Layers = inner
			set(r)
		})
	}
	as := func(*Residual) {}
	repeated := func(times int, inner ...nn.Item) nn.Unit {
		return New(func(r *Repeat) { r.Times, r.Layers = times, inner })
	}
	sum := New(func(*Add) {})
	for name, items := range map[string][]nn.Item{
		"nested": {
			keep("stem"),
			{ID: "repeat", Unit: repeated(2, nn.Item{ID: "residual", Unit: block(as, keep("a"), nn.Item{ID: "repeat", Unit: repeated(2, keep("b"))})})},
		},
		"at the head": {{ID: "residual", Unit: block(as, keep("a"))}, keep("input")},
		"frozen": {
			{ID: "frozen", Unit: block(func(r *Residual) { r.Trainable = false }, keep("a"), nn.Item{ID: "norm", Unit: New(func(*BatchNorm) {})})},
			keep("free"),
		},
		"named from below": {
			{ID: "here", Unit: input()}, keep("stem"),
			{ID: "left", Unit: block(as, keep("a"))},
			{ID: "right", From: []string{"stem"}, Unit: block(func(r *Residual) { r.Shortcut = projection }, nn.Item{ID: "a", Unit: convolution(func(c *Conv3D) { c.Padding, c.Filters = same, 2 })})},
			{ID: "sum", From: []string{"right", "left", "here"}, Unit: sum},
		},
		"nothing inside": {
			keep("first"), keep("second"),
			{ID: "nothing", From: []string{"first"}, Unit: repeated(2, nn.Item{ID: "input", Unit: input()})},
			keep("third"),
			{ID: "sum", From: []string{"third", "nothing"}, Unit: sum},
		},
	} {
		t.Run(name, func(t *testing.T) { samePlain(t, shape.New(4, 4, 4, 2), items) })
	}
}

// Where the input has a name that a layer has too, it gets another one.
func TestTheInputGetsANameOfItsOwn(t *testing.T) {
	plain := samePlain(t, shape.New(3), []nn.Item{
		{ID: "residual", Unit: New(func(r *Residual) { r.Layers = []nn.Item{{ID: "dense", Unit: New(func(d *Dense) { d.Units = 3 })}} })},
		{ID: "input", Unit: New(func(*Tanh) {})},
	})
	var text string
	for _, item := range plain {
		text += fmt.Sprintln(item.ID, item.From)
	}
	want := "input_1 []\nresidual__dense []\nresidual__add [input_1 residual__dense]\ninput []\n"
	if text != want {
		t.Errorf("the layers are\n%swant\n%s", text, want)
	}
}
