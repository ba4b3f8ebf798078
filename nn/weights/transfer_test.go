package weights_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/weights"
)

// network is dense layers of so many units, the first behind 3 features.
func network(t *testing.T, seed uint64, named ...any) *nn.Network[float32] {
	t.Helper()
	var items []nn.Item
	for i := 0; i < len(named); i += 2 {
		items = append(items, nn.Item{ID: named[i].(string), Unit: layers.New(func(d *layers.Dense) { d.Units = named[i+1].(int) })})
	}
	graph, refusals := nn.Resolve(shape.New(3), items)
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	return nn.Build(graph, seed)
}

// stored is a network's file.
func stored(t *testing.T, net *nn.Network[float32]) (*bytes.Reader, weights.Header) {
	t.Helper()
	var b bytes.Buffer
	if err := weights.Write(&b, net.Params(), nil); err != nil {
		t.Fatal(err)
	}
	r := bytes.NewReader(b.Bytes())
	header, err := weights.ReadHeader(r, r.Size())
	if err != nil {
		t.Fatal(err)
	}
	return r, header
}

// fates are the layers with what becomes of them.
func fates(p *weights.Plan) []string {
	var list []string
	for _, l := range p.Layers {
		list = append(list, l.Node.ID+": "+string(l.Fate()))
	}
	return list
}

func TestFates(t *testing.T) {
	file, header := stored(t, network(t, 1, "same", 4, "renamed", 4, "wider", 4, "skipped", 4, "extra", 2))
	net := network(t, 2, "same", 4, "now", 4, "wider", 5, "skipped", 4, "fresh", 2)
	p := weights.PlanOf(&header, net.Graph, weights.Transfer{Skip: []string{"skip*"}, Rename: map[string]string{"renamed": "now"}})
	if got, want := fates(p), []string{"same: loads", "now: loads", "wider: other shape", "skipped: skipped", "fresh: missing"}; !slices.Equal(got, want) {
		t.Errorf("the layers are %q, want %q", got, want)
	}
	if want := []string{"extra/bias", "extra/kernel"}; !slices.Equal(p.Unused, want) || p.Whole() || p.Count(weights.Loads) != 4 {
		t.Errorf("unused are %q, want %q; %d load", p.Unused, want, p.Count(weights.Loads))
	}
	first := network(t, 1, "same", 4, "renamed", 4, "wider", 4, "skipped", 4, "extra", 2).Params()
	before := network(t, 2, "same", 4, "now", 4, "wider", 5, "skipped", 4, "fresh", 2).Params()
	if err := p.Read(file, net); err != nil {
		t.Fatal(err)
	}
	for i, param := range net.Params() {
		want := before[i].Value
		if i < 4 {
			want = first[i].Value
		}
		if !slices.Equal(param.Value, want) {
			t.Errorf("%s is %v, want %v", param.Name, param.Value, want)
		}
	}
}

func TestWithoutAFile(t *testing.T) {
	net := network(t, 1, "a", 2, "b", 2)
	p := weights.PlanOf(nil, net.Graph, weights.Transfer{Skip: []string{"b"}})
	if got, want := fates(p), []string{"a: ", "b: skipped"}; !slices.Equal(got, want) {
		t.Errorf("the layers are %q, want %q", got, want)
	}
}

func TestRenamed(t *testing.T) {
	for _, c := range []struct{ name, key, to, want string }{
		{"dense/kernel", "dense/kernel", "head/kernel", "head/kernel"},
		{"dense/kernel", "dense", "head", "head/kernel"},
		{"dense_1/kernel", "dense", "head", ""},
		{"net__block__conv/kernel", "net", "body", "body__block__conv/kernel"},
		{"net__block__conv/kernel", "net__block", "b", "b__conv/kernel"},
		{"module.conv1.weight", "module.conv1.weight", "conv/kernel", "conv/kernel"},
		{"module.conv1/kernel", "module.*", "*", "conv1/kernel"},
		{"a_1_b/kernel", "a_*_b", "c*", "c1/kernel"},
		{"a_1_b/kernel", "a_*_c", "c*", ""},
		{"ab", "a*ab", "x*", ""},
		{"layer1.conv.weight", "*.weight", "*/kernel", "layer1.conv/kernel"},
	} {
		if got, fits := weights.Renamed(c.name, c.key, c.to); got != c.want || fits != (c.want != "") {
			t.Errorf("%s, %s: %s becomes %q, want %q", c.name, c.key, c.to, got, c.want)
		}
	}
}

// The key that says most wins, whatever the order of the map.
func TestTheNarrowestKeyWins(t *testing.T) {
	_, header := stored(t, network(t, 1, "net__a", 4, "net__b", 4, "other", 4))
	net := network(t, 1, "x__a", 4, "y", 4, "z_other", 4)
	rename := map[string]string{"*": "z_*", "net": "x", "net__b": "y"}
	for range 20 {
		if p := weights.PlanOf(&header, net.Graph, weights.Transfer{Rename: rename}); !p.Whole() {
			t.Fatalf("the layers are %q, unused %q", fates(p), p.Unused)
		}
	}
}

func TestRenamesThatLeadNowhere(t *testing.T) {
	_, header := stored(t, network(t, 1, "a", 4, "b", 4))
	net := network(t, 1, "a", 4)
	p := weights.PlanOf(&header, net.Graph, weights.Transfer{Rename: map[string]string{"c": "a", "b": "d"}})
	if !slices.Equal(p.Unfound, []string{"c"}) || !slices.Equal(p.Unheard, []string{"b"}) {
		t.Errorf("unfound are %q, unheard %q", p.Unfound, p.Unheard)
	}
	p = weights.PlanOf(&header, net.Graph, weights.Transfer{Rename: map[string]string{"b": "a"}})
	if !slices.Equal(p.Twice, []string{"a/bias", "a/kernel"}) {
		t.Errorf("twice are %q", p.Twice)
	}
}
