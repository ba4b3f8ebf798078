package pipeline

import (
	"fmt"
	"path"
	"path/filepath"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Writer is a stage that writes files into the run's record.
type Writer interface {
	Stage
	// Writes lists them. The function names a file of the stage as Run.File does.
	Writes(file func(string) string) []Written
}

// Written is a file that a stage writes.
type Written struct {
	// File is its name in the record, or an absolute path.
	File string
	// Setting is the way to the setting that decides the name; nil if none does.
	Setting []string
}

// fileOf is the name of a stage's file in the record: the plain name if no other
// stage of the file has its kind, else one in a folder of its own. An absolute
// path stays as it is.
func fileOf(id string, alone bool, name string) string {
	if alone || filepath.IsAbs(name) {
		return name
	}
	return id + "/" + name
}

// keepApart refuses stages that write the same file: which of them came last
// would depend on how fast each is.
func (g *Checked) keepApart(problems *diag.List) {
	type place struct {
		node    *Node
		written Written
	}
	first := map[string]place{}
	for _, n := range g.Nodes {
		writer, writes := n.Stage.(Writer)
		if !writes || n.broken {
			continue
		}
		for _, w := range writer.Writes(func(name string) string { return fileOf(n.ID, g.Alone(n), name) }) {
			name := path.Clean(filepath.ToSlash(w.File))
			before, taken := first[name]
			if !taken {
				first[name] = place{n, w}
				continue
			}
			one, other := before, place{n, w}
			if other.written.Setting == nil {
				one, other = other, one
			}
			problems.Add(diag.New(GRA103, other.node.At(other.written.Setting...), fmt.Sprintf("%s is written by %s too", name, one.node.ID)).
				And(one.node.At(one.written.Setting...), fmt.Sprintf("%s writes %s", one.node.ID, name)).
				Suggest("give one of them another name"))
		}
	}
}
