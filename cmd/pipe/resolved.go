package main

import (
	"path/filepath"
	"strconv"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/stages"
)

// resolved is a config with everything filled in that it leaves open: every
// default, every id, every input. Two configs that mean the same give the same
// text. Relative input paths are made to start at the folder that the text will
// be in, so that it can be run from there and means the same as the config.
func resolved(c *config, folder string) string {
	list := &spec.Node{Form: spec.List}
	decoder := stages.Language().Decoder
	for _, n := range c.checked.Nodes {
		item := spec.Item{ID: n.ID, Kind: n.Kind, Allow: n.Item.Allow}
		for _, from := range n.Inputs {
			item.From = append(item.From, spec.Ref{ID: c.checked.Nodes[from].ID})
		}
		node := decoder.EncodeItem(item, n.Stage)
		if settings, written := node.Get(n.Kind); written {
			for _, path := range pathsIn(n.Stage, settings) {
				path.Text = rebased(path.Text, c.file.Folder(), folder)
			}
		}
		list.Items = append(list.Items, node)
	}
	root := &spec.Node{Form: spec.Map}
	put(root, "version", scalar("1", spec.Integer))
	put(root, "name", scalar(c.file.Name, spec.Text))
	put(root, "seed", scalar(strconv.FormatUint(c.file.Seed, 10), spec.Integer))
	put(root, "stages", list)
	return spec.Render(root)
}

// pathsIn are the values in a stage's settings that name the files it reads.
func pathsIn(stage pipeline.Stage, settings *spec.Node) []*spec.Node {
	reader, reads := stage.(stages.Reader)
	if !reads {
		return nil
	}
	var paths []*spec.Node
	for _, way := range reader.Paths() {
		at, found := settings, true
		for _, key := range way {
			if at, found = at.Get(key); !found {
				break
			}
		}
		if found && at.IsText() && at.Text != "" {
			paths = append(paths, at)
		}
	}
	return paths
}

// rebased is a path that starts at one folder as it starts at another. Where no
// way leads from there, as between two drives, it is made absolute.
func rebased(path, from, to string) string {
	if filepath.IsAbs(path) {
		return path
	}
	start, err := filepath.Abs(from)
	if err != nil {
		return path
	}
	end, err := filepath.Abs(to)
	if err != nil {
		return path
	}
	whole := filepath.Join(start, path)
	if way, err := filepath.Rel(end, whole); err == nil {
		return filepath.ToSlash(way)
	}
	return whole
}

// encoded are a stage's settings, each one written out.
func encoded(n *pipeline.Node) *spec.Node { return stages.Language().Decoder.Encode(n.Stage) }

func put(m *spec.Node, key string, value *spec.Node) {
	m.Entries = append(m.Entries, spec.Entry{Key: key, Value: value})
}

func scalar(text string, t spec.Type) *spec.Node {
	return &spec.Node{Form: spec.Scalar, Text: text, Type: t}
}
