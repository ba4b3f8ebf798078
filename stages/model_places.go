package stages

import (
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// placesOf finds the place of every layer of a graph in the list that was
// written. A layer that a composite adds by itself has the composite's place;
// around is the place of a layer that stands nowhere.
func placesOf(g *nn.Graph, list *spec.Node, around diag.Span) map[string]pipeline.LayerPlace {
	places := make(map[string]pipeline.LayerPlace, len(g.Nodes))
	items := itemsOf{}
	for i := range g.Nodes {
		id := g.Nodes[i].ID
		if _, known := places[id]; known {
			continue
		}
		item, inside, found := items.find(list, g.Nodes[i].Path)
		if !found {
			item = spec.Item{Span: around, KindSpan: around}
		}
		places[id] = placeOf(item, inside)
	}
	return places
}

// placeOf is the place of a layer that stands in the list as an item, or inside
// of one, under the ids that lead there.
func placeOf(item spec.Item, inside []string) pipeline.LayerPlace {
	setting := func(path ...string) diag.Span { return settingOf(item, path) }
	unit, known := layers.Table().New(item.Kind)
	preset, decides := unit.(deciding)
	part := known && decides && len(inside) > 0
	if part {
		setting = func(path ...string) diag.Span {
			if len(path) > 0 {
				path = []string{preset.Decides(strings.Join(inside, nn.Joint), path[0])}
			}
			return settingOf(item, path)
		}
	}
	written := item
	if len(inside) > 0 {
		written = spec.Item{}
	}
	return pipeline.LayerPlace{
		Written: written, Item: item.Span, Kind: item.KindSpan, KindName: item.Kind, Allow: item.Allow, Setting: setting, Preset: part,
	}
}

// deciding is a composite that writes the layers inside of it by itself, and
// knows which of its settings decides one of theirs; "" for none.
type deciding interface {
	Decides(layer, setting string) string
}

// settingOf is the place of a setting's value, or of the nearest thing around it.
func settingOf(item spec.Item, path []string) diag.Span {
	if item.Settings == nil {
		return item.KindSpan
	}
	if item.Settings.Form == spec.Scalar {
		// The only setting of a kind, which stands without its name.
		return item.Settings.Span
	}
	places := spec.At(item.Settings, item.KindSpan)
	for ; len(path) > 0; path = path[:len(path)-1] {
		if places.Given(path...) {
			return places.Of(path...)
		}
	}
	return item.KindSpan
}

// itemsOf keeps the lists that were read, so that a list of many layers is read
// once.
type itemsOf map[*spec.Node][]spec.Item

// find gives the innermost item on the way to a layer: its parts are the ids of
// the composites around the layer, some of which, like the number of a
// repetition, stand for no item.
//
// Inside are the ids that lead from the item to the layer.
func (known itemsOf) find(list *spec.Node, path []string) (last spec.Item, inside []string, found bool) {
	for k, part := range path {
		items := known.read(list)
		i := slices.IndexFunc(items, func(item spec.Item) bool { return item.ID == part })
		if i < 0 {
			continue
		}
		last, inside, found = items[i], path[k+1:], true
		if inner, written := last.Settings.Get("layers"); written {
			list = inner
		} else {
			list = nil // what a preset is made of is not written
		}
	}
	return last, inside, found
}

func (known itemsOf) read(list *spec.Node) []spec.Item {
	if list == nil {
		return nil
	}
	items, ok := known[list]
	if !ok {
		items = spec.Items(list, layers.Table(), nil)
		known[list] = items
	}
	return items
}
