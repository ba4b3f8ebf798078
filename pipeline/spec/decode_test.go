package spec

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// The kinds of the tests: shapes with settings of every type.

type unit interface{ isUnit() }

type dot struct{}

type box struct {
	shared `yaml:",inline"`
	Size   [3]int     `yaml:"size" validate:"dive,gt=0"`
	Weight float64    `yaml:"weight" validate:"gte=0,lt=1"`
	Range  [2]float64 `yaml:"range"`
	Style  string     `yaml:"style" validate:"oneof=solid dashed"`
	Title  string     `yaml:"title" validate:"max=5"`
	Count  int        `yaml:"count" validate:"required,gt=0"`
}

type shared struct {
	Visible bool `yaml:"visible"`
}

type group struct {
	Units []entry `yaml:"units" validate:"required,min=1"`
}

type entry struct {
	ID   string
	From []string
	Unit unit
}

type paint struct {
	Color  string             `yaml:"color,positional" validate:"required"`
	Layers *int               `yaml:"layers" validate:"gt=0"`
	Shares map[string]float64 `yaml:"shares" validate:"dive,gte=0"`
	Unit   unit               `yaml:"unit"`
	Many   []unit             `yaml:"many"`
	Names  []string           `yaml:"names" validate:"unique,max=3,dive,min=1"`
	Edge   *edge              `yaml:"edge"`
	Shade  shade              `yaml:"shade"`
	Seed   uint64             `yaml:"seed"`
}

type edge struct {
	Width  float64 `yaml:"width" validate:"required_without=Height,excluded_with=Height"`
	Height float64 `yaml:"height" validate:"required_without=Width,excluded_with=Width"`
	Soft   bool    `yaml:"soft"`
}

// shade is a number or a list of names.
type shade struct {
	Depth int
	Names []string
}

func (s *shade) DecodeNode(n *Node) error {
	if depth, err := n.Int(); err == nil {
		*s = shade{Depth: depth}
		return nil
	}
	if n.Form != List {
		return errors.New("want a depth or a list of names")
	}
	*s = shade{}
	for _, item := range n.Items {
		s.Names = append(s.Names, item.Text)
	}
	return nil
}

func (*dot) isUnit()   {}
func (*box) isUnit()   {}
func (*group) isUnit() {}
func (*paint) isUnit() {}

var boxDefaults = box{Weight: 0.5, Range: [2]float64{0, 1}, Style: "solid"}

var units = kind.NewTable("unit", nil,
	kind.Of("dot", "dot", dot{}),
	kind.Of("big_box", "big_box: {count: 3}", boxDefaults),
	kind.Of("group", "group: {units: [dot]}", group{}),
	kind.Of("paint", "paint: red", paint{Edge: &edge{Height: 2, Soft: true}, Unit: &dot{}}),
)

var decoder = NewDecoder(map[reflect.Type]*kind.Table{reflect.TypeFor[unit](): units})

// decoded puts a text into a fresh kind.
func decoded(t *testing.T, name, text string) (any, Spans, *diag.List) {
	t.Helper()
	var problems diag.List
	n := Parse("f.yaml", text, &problems)
	if problems.Len() > 0 {
		t.Fatal(reported(&problems))
	}
	settings, ok := units.New(name)
	if !ok {
		t.Fatalf("no kind %s", name)
	}
	around := diag.Span{File: "f.yaml", Start: diag.Position{Line: 9, Column: 1}, End: diag.Position{Line: 9, Column: 4}}
	spans := decoder.DecodeItem(Item{Kind: name, Span: around, KindSpan: around, Settings: n}, settings, &problems)
	return settings, spans, &problems
}

// A number that has to be written may be 0 where its bounds say so.
func TestAWrittenZeroIsThere(t *testing.T) {
	type thinning struct {
		Rate float64 `yaml:"rate" validate:"required,gte=0,lte=1"`
	}
	for text, refused := range map[string]int{"{rate: 0}": 0, "{rate: 0.0}": 0, "{rate: 0.5}": 0, "{rate: 2}": 1, "{}": 1} {
		var problems diag.List
		decoder.Decode(Parse("f.yaml", text, &problems), diag.Span{}, &thinning{}, &problems)
		if problems.Len() != refused {
			t.Errorf("%s: %s", text, reported(&problems))
		}
	}
}

func TestDecodes(t *testing.T) {
	three := 3
	cases := []struct {
		kind, text string
		want       any
	}{
		{"big_box", "count: 4\nsize: 2\nvisible: true\nrange: [1e-3, 2]\n", &box{shared: shared{true}, Size: [3]int{2, 2, 2}, Weight: 0.5, Range: [2]float64{1e-3, 2}, Style: "solid", Count: 4}},
		{"big_box", "count: 0x10\nsize: [1, 2, 3]\ntitle: yes\n", &box{Size: [3]int{1, 2, 3}, Weight: 0.5, Range: [2]float64{0, 1}, Style: "solid", Title: "yes", Count: 16}},
		{"paint", "red\n", &paint{Color: "red", Edge: &edge{Height: 2, Soft: true}, Unit: &dot{}}},
		{"paint", "color: red\nlayers: 3\nunit: null\nedge: null\nshade: 4\nseed: 18446744073709551615\n", &paint{Color: "red", Layers: &three, Shade: shade{Depth: 4}, Seed: math.MaxUint64}},
		{"paint", "color: red\nedge: {height: 3}\nunit: {big-box: {count: 1}}\n", &paint{Color: "red", Edge: &edge{Height: 3, Soft: true}, Unit: &box{Weight: 0.5, Range: [2]float64{0, 1}, Style: "solid", Count: 1}}},
		{"paint", "color: red\nshares: {0: 1, b: 0.5}\nmany: [dot, paint: blue, dot: ]\nnames: [a, b]\nshade: [x, y]\n", &paint{
			Color: "red", Shares: map[string]float64{"0": 1, "b": 0.5}, Names: []string{"a", "b"}, Shade: shade{Names: []string{"x", "y"}},
			Many: []unit{&dot{}, &paint{Color: "blue", Edge: &edge{Height: 2, Soft: true}, Unit: &dot{}}, &dot{}}, Edge: &edge{Height: 2, Soft: true}, Unit: &dot{},
		}},
		{"group", "units:\n  - dot\n  - dot\n  - group: {units: [dot]}\n    id: inner\n    from: [dot, dot_1]\n", &group{Units: []entry{
			{ID: "dot", Unit: &dot{}}, {ID: "dot_1", Unit: &dot{}},
			{ID: "inner", From: []string{"dot", "dot_1"}, Unit: &group{Units: []entry{{ID: "dot", Unit: &dot{}}}}},
		}}},
	}
	for _, c := range cases {
		got, _, problems := decoded(t, c.kind, c.text)
		if problems.Len() > 0 {
			t.Errorf("%q: %s", c.text, reported(problems))
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q:\ngot  %+v\nwant %+v", c.text, got, c.want)
		}
	}
}

// TestDefaultsAreKept decodes into one kind and looks at the next one.
func TestDefaultsAreKept(t *testing.T) {
	decoded(t, "paint", "color: red\nedge: {height: 7, soft: false}\n")
	fresh, _ := units.New("paint")
	if *fresh.(*paint).Edge != (edge{Height: 2, Soft: true}) {
		t.Errorf("the default is now %+v", *fresh.(*paint).Edge)
	}
}

func TestRefusedValues(t *testing.T) {
	cases := []struct{ kind, text, want string }{
		{"big_box", "count: 3.5", "YML005 1:8-1:11 want a whole number, got 3.5"},
		{"big_box", "count: 3.0", "YML005 1:8-1:11 want a whole number without a point or an exponent, got 3.0"},
		{"big_box", "count: 1e3", "YML005 1:8-1:11 want a whole number without a point or an exponent, got 1e3"},
		{"big_box", "count: null", "YML005 1:8-1:12 want a whole number, got nothing"},
		{"big_box", "count:", "YML005 1:7-1:7 want a whole number, got nothing"},
		{"big_box", "count: \"3\"", "YML005 1:8-1:11 want a whole number, got the text \"3\""},
		{"big_box", "count: [3]", "YML005 1:8-1:11 want a whole number, got a list of 1"},
		{"big_box", "count: 99999999999999999999", "YML005 1:8-1:28 want a whole number of at most 9223372036854775807, got 99999999999999999999"},
		{"big_box", "count: 0", "YML006 1:8-1:9 want a number greater than 0, got 0"},
		{"big_box", "{}", "YML007 9:1-9:4 count is missing"},
		{"big_box", "{count: 1, weight: 1}", "YML006 1:20-1:21 want a number at least 0 and less than 1, got 1"},
		{"big_box", "{count: 1, weight: .nan}", "YML005 1:20-1:24 want a finite number, got .nan"},
		{"big_box", "{count: 1, weight: 1e999}", "YML005 1:20-1:25 want a finite number, got 1e999"},
		{"big_box", "{count: 1, weight: true}", "YML005 1:20-1:24 want a number, got true"},
		{"big_box", "{count: 1, visible: on}", "YML005 1:21-1:23 want true or false, got the text \"on\""},
		{"big_box", "{count: 1, title: 3}", "YML005 1:19-1:20 want text, got 3"},
		{"big_box", "{count: 1, title: too long}", "YML006 1:19-1:27 want at most 5 characters, got 8"},
		{"big_box", "{count: 1, style: dash}", "YML006 1:19-1:23 want solid or dashed, got the text \"dash\""},
		{"big_box", "{count: 1, size: 0}", "YML006 1:18-1:19 want a number greater than 0, got 0"},
		{"big_box", "{count: 1, size: [1, 0, -1]}", "YML006 1:22-1:23 want a number greater than 0, got 0\nYML006 1:25-1:27 want a number greater than 0, got -1"},
		{"big_box", "{count: 1, size: [1, 2]}", "YML005 1:18-1:24 want a whole number or a list of 3 of them, got a list of 2"},
		{"big_box", "{count: 1, size: big}", "YML005 1:18-1:21 want a whole number or a list of 3 of them, got the text \"big\""},
		{"big_box", "{count: 1, size: 2.0}", "YML005 1:18-1:21 want a whole number without a point or an exponent, got 2.0"},
		{"big_box", "{count: 1, range: 3}", "YML005 1:19-1:20 want a list of 2 numbers, got 3"},
		{"big_box", "{count: 1, sise: 3}", "YML004 1:12-1:16 this is no setting of big_box"},
		{"big_box", "[1]", "YML005 1:1-1:4 want a map of settings, got a list of 1"},
		{"big_box", "{cuont: 3}", "YML004 1:2-1:7 this is no setting of big_box"},
		{"paint", "{color: red, edge: {height: 0, widht: 1}}", "YML004 1:32-1:37 this is no setting of edge"},
		{"dot", "{a: 1}", "YML004 1:2-1:3 this is no setting of dot"},
		{"group", "{units: []}", "YML006 1:9-1:11 want at least one entry, got an empty list"},
		{"group", "{units: [dit]}", "YML009 1:10-1:13 no unit is named dit"},
		{"group", "{units: dot}", "YML005 1:9-1:12 want a list of units, got the text \"dot\""},
		{"paint", "{layers: 2}", "YML007 9:1-9:4 color is missing"},
		{"paint", "{color: red, layers: 0}", "YML006 1:22-1:23 want a number greater than 0, got 0"},
		{"paint", "{color: \"\"}", "YML005 1:9-1:11 want a value other than the text \"\""},
		{"paint", "{color: red, shares: {a: -1}}", "YML006 1:26-1:28 want a number at least 0, got -1"},
		{"paint", "{color: red, shares: [1]}", "YML005 1:22-1:25 want a map of names to numbers, got a list of 1"},
		{"paint", "{color: red, unit: dots}", "YML009 1:20-1:24 no unit is named dots"},
		{"paint", "{color: red, unit: 3}", "YML005 1:20-1:21 want the name of a unit, or a map of it to its settings, got 3"},
		{"paint", "{color: red, unit: {dot: , big_box: {count: 1}}}", "YML017 1:28-1:35 a second name (1:21-1:24 the first one)"},
		{"paint", "{color: red, unit: {big_box: {}}}", "YML007 1:21-1:28 count is missing"},
		{"paint", "{color: red, many: dot}", "YML005 1:20-1:23 want a list of units, got the text \"dot\""},
		{"paint", "{color: red, names: [a, b, a]}", "YML006 1:28-1:29 a a second time (1:22-1:23 the first time)"},
		{"paint", "{color: red, names: [a, b, c, d]}", "YML006 1:21-1:33 want at most 3 entries, got a list of 4"},
		{"paint", "{color: red, names: [a, \"\"]}", "YML006 1:25-1:27 want at least 1 character, got 0"},
		{"paint", "{color: red, names: [1]}", "YML005 1:22-1:23 want text, got 1"},
		{"paint", "{color: red, edge: {width: 1, height: 1}}", "YML008 1:39-1:40 height leaves no room for the other (1:28-1:29 the other, width)"},
		{"paint", "{color: red, edge: {height: 0}}", "YML007 1:20-1:31 width or height is missing"},
		{"paint", "{color: red, edge: 3}", "YML005 1:20-1:21 want a map of settings, got 3"},
		{"paint", "{color: red, shade: deep}", "YML005 1:21-1:25 want a depth or a list of names, got the text \"deep\""},
		{"paint", "{color: red, seed: -1}", "YML005 1:20-1:22 want a whole number, 0 or greater, got -1"},
		{"paint", "{color: red, seed: 18446744073709551616}", "YML005 1:20-1:40 want a whole number of at most 18446744073709551615, got 18446744073709551616"},
	}
	for _, c := range cases {
		_, _, problems := decoded(t, c.kind, c.text)
		if got := reported(problems); got != c.want {
			t.Errorf("%s: %s\ngot  %s\nwant %s", c.kind, c.text, got, c.want)
		}
		for _, d := range problems.All() {
			if len(d.Help) == 0 || d.Help[0].Text == "" {
				t.Errorf("%s: %s has no way out", c.text, d.Code.ID)
			}
		}
	}
}

// TestNoMap offers the one setting that has to be written, or the only one that
// there is.
func TestNoMap(t *testing.T) {
	for text, want := range map[string]string{"3": "write {count: 3}", `"3"`: `write {count: "3"}`, "[3]": "write each setting as `name: value`, below it or in braces"} {
		_, _, problems := decoded(t, "big_box", text)
		equal(t, problems.All()[0].Help[0].Text, want)
	}
	type penalty struct {
		Factor float64 `yaml:"factor" validate:"gte=0"`
	}
	problems := &diag.List{}
	NewDecoder(nil).Decode(&Node{Form: Scalar, Type: Real, Text: "1e-4"}, diag.Span{}, &penalty{}, problems)
	equal(t, problems.All()[0].Help[0].Text, "write {factor: 1e-4}")
}

// TestAllAtOnce makes several mistakes; each is reported, and nothing twice.
func TestAllAtOnce(t *testing.T) {
	_, _, problems := decoded(t, "group", "units:\n  - big_box: {size: 0, wieght: 1}\n  - paint: {names: [1], unit: {big_box: {count: no}}}\n  - dit\n")
	equal(t, reported(problems), `YML007 2:5-2:12 count is missing
YML006 2:21-2:22 want a number greater than 0, got 0
YML004 2:24-2:30 this is no setting of big_box
YML007 3:5-3:10 color is missing
YML005 3:21-3:22 want text, got 1
YML005 3:49-3:51 want a whole number, got the text "no"
YML009 4:5-4:8 no unit is named dit`)
}

func TestEdits(t *testing.T) {
	for text, want := range map[string]string{
		"count: 3.0": "3", `count: "3"`: "3", "{count: 1, visible: yes}": "true", "{count: 1, title: 12}": `"12"`, "{count: 1, style: dash}": "dashed", "{cuont: 1, count: 1}": "count",
	} {
		_, _, problems := decoded(t, "big_box", text)
		all := problems.All()
		if len(all) != 1 || len(all[0].Help) == 0 || len(all[0].Help[0].Edits) != 1 || all[0].Help[0].Edits[0].Text != want {
			t.Errorf("%s: want the edit %s of %s", text, want, reported(problems))
		}
	}
}

func TestUsedValues(t *testing.T) {
	var problems diag.List
	root := Parse("f.yaml", "x: &n 3.5\nbox: {count: *n}\n", &problems)
	settings, _ := root.Get("box")
	decoder.Decode(settings, settings.Span, &box{}, &problems)
	equal(t, reported(&problems), "YML005 1:7-1:10 want a whole number, got 3.5 (2:14-2:16 used here)")
}

func TestSpansOfSettings(t *testing.T) {
	_, spans, _ := decoded(t, "paint", "color: red\nunit: {big_box: {count: 1, size: [1, 2, 3]}}\nmany:\n  - dot\n  - big_box: {count: 2}\n    id: second\n")
	for path, want := range map[string]string{
		"color": "1:8-1:11", "unit": "2:7-2:45", "unit count": "2:25-2:26", "unit big_box size": "2:34-2:43", "unit size 1": "2:38-2:39",
		"many 0": "4:5-4:8", "many 1 count": "5:22-5:23", "many 1 id": "6:9-6:15", "many 1 size": "5:5-6:15", "layers": "1:1-6:15", "many 7": "4:3-6:15",
	} {
		if got := place(spans.Of(strings.Fields(path)...)); got != want {
			t.Errorf("%s is at %s, want %s", path, got, want)
		}
	}
	if spans.Given("layers") || !spans.Given("unit", "count") {
		t.Error("what is given is told wrongly")
	}
	_, spans, _ = decoded(t, "paint", "red")
	if got := place(spans.Of("color")); got != "1:1-1:4" || !spans.Given("color") || spans.Given("layers") {
		t.Errorf("color is at %s", got)
	}
	alone := At(nil, spans.around)
	if alone.Of("color") != spans.around || alone.Given("color") {
		t.Error("a kind alone has settings")
	}
}

func TestSupports(t *testing.T) {
	for _, settings := range []any{&dot{}, &box{}, &group{}, &paint{}} {
		if err := decoder.Supports(settings); err != nil {
			t.Error(err)
		}
	}
	for _, settings := range []any{
		&struct {
			A chan int `yaml:"a"`
		}{},
		&struct {
			A int `yaml:"a" validate:"iscolor"`
		}{},
		&struct {
			A float64 `yaml:"a" validate:"oneof=1 2"`
		}{},
		&struct{ A int }{},
		&struct {
			A int `yaml:"a"`
			B int `yaml:"a"`
		}{},
		&struct {
			A fmt.Stringer `yaml:"a"`
		}{},
		&struct {
			A int `yaml:"a" validate:"excluded_with=C"`
		}{},
	} {
		if decoder.Supports(settings) == nil {
			t.Errorf("%T is taken", settings)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"red", "color: red\nmany: [dot, big_box: {count: 1}]", "{unit: {paint: {unit: {group: {units: [dot, {dot: , from: dot}]}}}}}", "shade: [a, 1]\nedge: {width: 1}\nshares: {a: 1}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var problems diag.List
		n := Parse("f.yaml", text, &problems)
		if n == nil || problems.Len() > 0 {
			return
		}
		var settings paint
		decoder.Decode(n, n.Span, &settings, &problems)
		if problems.Len() > 0 {
			return
		}
		var again paint
		written := Render(decoder.Encode(&settings))
		decoder.Decode(Parse("g.yaml", written, &problems), n.Span, &again, &problems)
		if problems.Len() > 0 || !reflect.DeepEqual(settings, again) {
			t.Fatalf("%q became %q\n%s\n%+v\n%+v", text, written, reported(&problems), settings, again)
		}
	})
}

// BenchmarkFile reads a file of 200 layers, down to their settings.
func BenchmarkFile(b *testing.B) {
	text := "color: red\nmany:\n" + strings.Repeat("  - big_box: {size: [1, 2, 3], weight: 0.5, range: [0, 1], style: dashed, title: abc, count: 3, visible: true}\n", 200)
	for b.Loop() {
		var problems diag.List
		var settings paint
		decoder.Decode(Parse("f.yaml", text, &problems), diag.Span{}, &settings, &problems)
		if problems.Len() > 0 {
			b.Fatal(reported(&problems))
		}
	}
}
