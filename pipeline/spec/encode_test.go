package spec

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/quick"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// TestEncode decodes what it encodes.
func TestEncode(t *testing.T) {
	back := func(settings, fresh any) error {
		text := Render(decoder.Encode(settings))
		var problems diag.List
		n := Parse("f.yaml", text, &problems)
		decoder.Decode(n, diag.Span{}, fresh, &problems)
		if problems.Len() > 0 || !reflect.DeepEqual(fresh, settings) {
			return fmt.Errorf("%s\n%s\ngot  %+v\nwant %+v", text, reported(&problems), fresh, settings)
		}
		return nil
	}
	check := func(weight float64, low, high float64, title string, names []string, shares map[string]float64, count, depth uint16, size [3]uint8, seed uint64, visible bool) bool {
		finite := func(x float64) float64 {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return 0
			}
			return x
		}
		title = strings.ToValidUTF8(title, "")
		b := &box{shared: shared{visible}, Weight: math.Abs(math.Mod(finite(weight), 1)), Range: [2]float64{finite(low), finite(high)}, Style: "dashed", Title: string([]rune(title)[:min(5, len([]rune(title)))]), Count: int(count) + 1}
		if size[0] > 0 {
			b.Size = [3]int{int(size[0]), int(size[1]) + 1, int(size[2]) + 1}
		}
		p := &paint{Color: "x" + title, Seed: seed, Unit: b, Many: []unit{&dot{}, b}, Shade: shade{Depth: int(depth)}}
		if depth%2 == 0 {
			layers := int(depth) + 1
			p.Layers, p.Edge, p.Shade = &layers, &edge{Width: 1, Soft: visible}, shade{Names: []string{"a" + title}}
		}
		for i, name := range names[:min(3, len(names))] {
			p.Names = append(p.Names, fmt.Sprint(i, strings.ToValidUTF8(name, "")))
		}
		for name, share := range shares {
			if p.Shares == nil {
				p.Shares = map[string]float64{}
			}
			p.Shares["k"+strings.ToValidUTF8(name, "")] = math.Abs(finite(share))
		}
		g := &group{Units: []entry{{ID: "one", Unit: p}, {ID: "two", From: []string{"one"}, Unit: b}}}
		for settings, fresh := range map[any]any{b: &box{}, p: &paint{}, g: &group{}} {
			if err := back(settings, fresh); err != nil {
				t.Error(err)
				return false
			}
		}
		return true
	}
	if err := quick.Check(check, &quick.Config{MaxCount: 200}); err != nil {
		t.Error(err)
	}
}

func TestRenders(t *testing.T) {
	p := &paint{Color: "red: #1", Many: []unit{&dot{}, &group{Units: []entry{{ID: "a", Unit: &dot{}}}}}, Names: []string{"true", "3", "x y"}, Shares: map[string]float64{"b": 1e-7, "a": 2}}
	equal(t, Render(decoder.Encode(p)), `color: "red: #1"
layers: null
shares:
  a: 2
  b: 1e-07
unit: null
many:
  - dot
  - group:
      units:
        - dot: {}
          id: a
names: ["true", "3", "x y"]
edge: null
seed: 0
`)
}

// TestEncodeItem loads the config that it writes, signs of variables included.
func TestEncodeItem(t *testing.T) {
	settings := &paint{Color: "${vars.red}", Names: []string{"$${x}"}}
	item := Item{ID: "wall", Kind: "paint", From: []Ref{{ID: "dot"}}, Allow: []diag.Allow{{Code: "TRN001"}}}
	config := &Node{Form: Map, Entries: []Entry{{Key: "stages", Value: &Node{Form: List, Items: []*Node{textNode("dot"), decoder.EncodeItem(item, settings)}}}}}
	file, problems := loaded(t, "-- main.yaml --\n"+Render(config), Options{})
	equal(t, problems, "")
	var list diag.List
	items := Items(file.Stages, units, &list)
	var back paint
	decoder.DecodeItem(items[1], &back, &list)
	equal(t, reported(&list), "")
	if !reflect.DeepEqual(&back, settings) || fmt.Sprint(items[1].ID, items[1].Kind, items[1].From[0].ID, items[1].Allow) != "wallpaintdot[{TRN001 }]" {
		t.Errorf("%+v %+v", back, items[1])
	}
}
