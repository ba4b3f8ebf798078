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
		item, found := items.find(list, id)
		if !found {
			item = spec.Item{Span: around, KindSpan: around}
		}
		places[id] = placeOf(item)
	}
	return places
}

func placeOf(item spec.Item) pipeline.LayerPlace {
	return pipeline.LayerPlace{
		Item: item.Span, Kind: item.KindSpan, KindName: item.Kind, Allow: item.Allow,
		Setting: func(path ...string) diag.Span { return settingOf(item, path) },
	}
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

// find gives the innermost item on the way that an id names: its parts are those
// of the composites around the layer, some of which, like the number of a
// repetition, stand for no item.
func (known itemsOf) find(list *spec.Node, id string) (spec.Item, bool) {
	var last spec.Item
	found := false
	for part := range strings.SplitSeq(id, "/") {
		items := known.read(list)
		i := slices.IndexFunc(items, func(item spec.Item) bool { return item.ID == part })
		if i < 0 {
			continue
		}
		last, found = items[i], true
		if inner, ok := last.Settings.Get("layers"); ok {
			list = inner
		}
	}
	return last, found
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
