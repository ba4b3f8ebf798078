package main

import (
	"strconv"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/stages"
)

// resolved is a config with everything filled in that it leaves open: every
// default, every id, every input. Two configs that mean the same give the same
// text, and the text means the same as the config.
func resolved(c *config) string {
	list := &spec.Node{Form: spec.List}
	decoder := stages.Language().Decoder
	for _, n := range c.checked.Nodes {
		item := spec.Item{ID: n.ID, Kind: n.Kind, Allow: n.Item.Allow}
		for _, from := range n.Inputs {
			item.From = append(item.From, spec.Ref{ID: c.checked.Nodes[from].ID})
		}
		list.Items = append(list.Items, decoder.EncodeItem(item, n.Stage))
	}
	root := &spec.Node{Form: spec.Map}
	put(root, "version", scalar("1", spec.Integer))
	put(root, "name", scalar(c.file.Name, spec.Text))
	put(root, "seed", scalar(strconv.FormatUint(c.file.Seed, 10), spec.Integer))
	put(root, "stages", list)
	return spec.Render(root)
}

// encoded are a stage's settings, each one written out.
func encoded(n *pipeline.Node) *spec.Node { return stages.Language().Decoder.Encode(n.Stage) }

func put(m *spec.Node, key string, value *spec.Node) {
	m.Entries = append(m.Entries, spec.Entry{Key: key, Value: value})
}

func scalar(text string, t spec.Type) *spec.Node {
	return &spec.Node{Form: spec.Scalar, Text: text, Type: t}
}
