package layers

import (
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/initial"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

func residual(shortcut string, items ...nn.Item) []nn.Item {
	return []nn.Item{{ID: "residual", Unit: New(func(r *Residual) { r.Shortcut, r.Layers = shortcut, items })}}
}

// With layers that double, the output is three times the input.
func TestResidualAddsItsInput(t *testing.T) {
	double := New(func(c *Conv3D) {
		c.Filters, c.KernelSize, c.KernelInitializer = 1, [3]int{1, 1, 1}, &initial.Constant{Value: 2}
	})
	graph, refusals := nn.Resolve(shape.New(1, 1, 3, 1), residual(identity, nn.Item{ID: "double", Unit: double}))
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	net := nn.Build(graph, 1)
	y := net.Forward(&nn.Pass[float32]{}, tensor.From([]float32{1, 2, 3}, 1, 1, 1, 3, 1), net.Len())
	if !slices.Equal(y.Data, []float32{3, 6, 9}) {
		t.Errorf("[1 2 3] becomes %v", y.Data)
	}
}

func TestResidualNamesItsPartsWithoutClashes(t *testing.T) {
	keep := func(id string) nn.Item {
		return nn.Item{ID: id, Unit: convolution(func(c *Conv3D) { c.Padding = same })}
	}
	graph, refusals := nn.Resolve(shape.New(4, 4, 4, 2), residual(projection, keep("add"), keep("shortcut"), keep("add_1")))
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	var ids []string
	for _, n := range graph.Nodes {
		ids = append(ids, n.ID)
	}
	want := []string{"residual__add", "residual__shortcut", "residual__add_1", "residual__shortcut_1", "residual__add_2"}
	if !slices.Equal(ids, want) {
		t.Errorf("the nodes are %v, want %v", ids, want)
	}
	if got := graph.Nodes[4].Inputs; !slices.Equal(got, []int{3, 2}) {
		t.Errorf("the sum takes nodes %v", got)
	}
}

func TestProjection(t *testing.T) {
	depth := shape.Symbol("depth")
	strided := func(strides ...int) nn.Item {
		return nn.Item{ID: "conv3d", Unit: convolution(func(c *Conv3D) { c.Padding, c.Strides = same, [3]int(strides) })}
	}
	for _, c := range []struct {
		name  string
		in    shape.Shape
		inner nn.Item
		want  string
	}{
		{"strides", shape.New(9, 8, 7, 2), strided(2, 3, 1), "[5, 3, 7, 3]"},
		{"strides and a symbol", shape.Shape{depth, shape.Of(8), shape.Of(7), shape.Of(2)}, strided(2, 3, 1), "[floor((depth+1)/2), 3, 7, 3]"},
		{"pooling", shape.New(9, 8, 7, 2), nn.Item{ID: "pool", Unit: New(func(m *MaxPool3D) { m.Padding = same })}, "[5, 4, 4, 2]"},
		{"unknown rank", nil, strided(1, 1, 1), "[?]"},
	} {
		graph, refusals := nn.Resolve(c.in, residual(projection, c.inner))
		if len(refusals) > 0 || graph.Output().String() != c.want {
			t.Errorf("%s: %v gives %v, %v, want %s", c.name, c.in, graph.Output(), refusals, c.want)
		}
	}
}

// The sum of a residual says how its inputs can be brought together.
func TestResidualOffersAProjection(t *testing.T) {
	keeping := func(set func(*Conv3D)) nn.Item {
		return nn.Item{ID: "c", Unit: convolution(func(c *Conv3D) { c.Padding = same; set(c) })}
	}
	for _, c := range []struct {
		name   string
		items  []nn.Item
		remedy string
	}{
		{"other channels", residual(identity, keeping(func(*Conv3D) {})), "use shortcut: projection"},
		{"one channel, which Keras' add would repeat", residual(identity, keeping(func(c *Conv3D) { c.Filters = 1 })), "use shortcut: projection"},
		{"strides", residual(identity, keeping(func(c *Conv3D) { c.Strides = [3]int{2, 2, 2} })), "use shortcut: projection"},
		{"a size no stride gives", residual(identity, nn.Item{ID: "c", Unit: convolution(func(c *Conv3D) { c.Filters = 2 })}), "use padding: same in the layers"},
		{"another rank", residual(identity, nn.Item{ID: "c", Unit: New(func(*Flatten) {})}), "bring them to one shape before they are joined"},
	} {
		_, refusals := nn.Resolve(shape.New(8, 8, 8, 2), c.items)
		if len(refusals) != 1 || refusals[0].Err.(*shape.Mismatch).Remedy != c.remedy {
			t.Errorf("%s: refusals are %v, want the remedy %q", c.name, refusals, c.remedy)
		}
	}
}

func TestResidualRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		items []nn.Item
		id    string
		fault shape.Fault
	}{
		{"another shape", residual(identity, nn.Item{ID: "c", Unit: convolution(func(c *Conv3D) { c.Padding = same })}), "residual__add", shape.Disagree},
		{"a size no stride gives", residual(projection, nn.Item{ID: "c", Unit: convolution(func(c *Conv3D) { c.KernelSize = [3]int{3, 3, 3} })}), "residual", shape.Disagree},
		{"a layer inside", residual(projection, nn.Item{ID: "c", Unit: convolution(func(c *Conv3D) { c.KernelSize = [3]int{9, 9, 9} })}), "residual__c", shape.TooSmall},
		{"no layers", residual(identity), "residual", shape.Setting},
	} {
		_, refusals := nn.Resolve(shape.New(8, 8, 8, 2), c.items)
		if len(refusals) != 1 || refusals[0].ID != c.id || refusals[0].Err.(*shape.Mismatch).Fault != c.fault {
			t.Errorf("%s: refusals are %v, want one of %s: %s", c.name, refusals, c.id, c.fault)
		}
	}
}
