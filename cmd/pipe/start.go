package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/voxelpipe/pipe/nn/weights"
	"github.com/voxelpipe/pipe/pipeline"
)

// start is a model that starts from a file which has been read.
type start struct {
	id string
	*pipeline.Start
}

func startsOf(checked *pipeline.Checked) []start {
	var list []start
	for i, t := range checked.Types {
		if m, is := t.(*pipeline.Model); is && m.Start != nil && m.Start.Plan != nil {
			list = append(list, start{checked.Nodes[i].ID, m.Start})
		}
	}
	return list
}

// tell writes what becomes of each layer's weights. Layers of one composite that
// have the same fate are told in one line, unless each is to be shown.
func (s start) tell(w io.Writer, each bool) {
	fmt.Fprintf(w, "\n%s starts from %s\n", s.id, s.File)
	rows := [][]string{}
	for layers := s.Plan.Layers; len(layers) > 0; {
		n := 1
		if !each {
			n = alike(layers)
		}
		name := layers[0].Node.ID
		if n > 1 {
			name = fmt.Sprintf("%s (%d layers)", layers[0].Node.Names()[0], n)
		}
		rows = append(rows, []string{name, fateText(&layers[0], n)})
		layers = layers[n:]
	}
	tabulate(w, "  ", rows)
	if len(s.Plan.Unused) > 0 {
		fmt.Fprintf(w, "  not taken from the file: %s\n", strings.Join(firstFew(s.Plan.Unused), ", "))
	}
}

// alike is how many layers from the first on are of the same composite, and have
// the same fate in all their weights.
func alike(layers []weights.LayerPlan) int {
	first := &layers[0]
	names := first.Node.Names()
	n := 1
	for n < len(layers) && len(names) > 1 && layers[n].Node.Names()[0] == names[0] &&
		layers[n].Node.Frozen == first.Node.Frozen && fateText(&layers[n], 2) == fateText(first, 2) {
		n++
	}
	return n
}

// fateText says what becomes of one or several layers that are alike.
func fateText(l *weights.LayerPlan, layers int) string {
	counts := map[weights.Fate][]string{}
	for _, a := range l.Arrays {
		counts[a.Fate] = append(counts[a.Fate], a.Name[strings.LastIndex(a.Name, "/")+1:])
	}
	var parts []string
	for _, f := range []weights.Fate{weights.Loads, weights.Skipped, weights.Missing} {
		names := counts[f]
		if len(names) == 0 {
			continue
		}
		text := fateWords[f]
		if len(names) < len(l.Arrays) {
			text = strings.Join(names, ", ") + ": " + text
		}
		parts = append(parts, text)
	}
	if l.Node.Frozen {
		parts = append(parts, "frozen")
	}
	if from := renamedFrom(l); from != "" && layers == 1 {
		parts = append(parts, "from "+from)
	}
	return strings.Join(parts, ", ")
}

// fateWords say what becomes of a weight.
var fateWords = map[weights.Fate]string{
	weights.Loads: "loads", weights.Skipped: "skipped: starts at random", weights.Missing: "missing in the file: starts at random",
}

// renamedFrom is the layer in the file that has the weights, "" if it has the same
// name.
func renamedFrom(l *weights.LayerPlan) string {
	for _, a := range l.Arrays {
		if a.Fate == weights.Loads && a.Source.Name != a.Name {
			name, _, _ := strings.Cut(a.Source.Name, "/")
			return name
		}
	}
	return ""
}

// firstFew cuts a list to what a line can hold.
func firstFew(names []string) []string {
	const few = 8
	if len(names) <= few {
		return names
	}
	return append(names[:few:few], fmt.Sprintf("and %d more", len(names)-few))
}

// startRecord is the start of a model as programs read it.
type startRecord struct {
	ID     string             `json:"id"`
	File   string             `json:"file"`
	Layers []startLayerRecord `json:"layers"`
	Unused []string           `json:"unused"`
}

// startLayerRecord is a layer with weights. Result is loads, missing or skipped:
// of its weights' results the one that asks for most attention.
type startLayerRecord struct {
	ID     string             `json:"id"`
	Result weights.Fate       `json:"result"`
	Frozen bool               `json:"frozen"`
	Arrays []startArrayRecord `json:"arrays"`
}

// startArrayRecord is a weight. From is its name in the file, null if it is not
// there.
type startArrayRecord struct {
	Name   string       `json:"name"`
	Shape  []int        `json:"shape"`
	Result weights.Fate `json:"result"`
	From   *string      `json:"from"`
}

func startRecords(checked *pipeline.Checked) []startRecord {
	records := []startRecord{}
	for _, s := range startsOf(checked) {
		r := startRecord{ID: s.id, File: s.File, Layers: []startLayerRecord{}, Unused: append([]string{}, s.Plan.Unused...)}
		for _, l := range s.Plan.Layers {
			layer := startLayerRecord{ID: l.Node.ID, Result: l.Fate(), Frozen: l.Node.Frozen}
			for _, a := range l.Arrays {
				array := startArrayRecord{Name: a.Name, Shape: a.Shape, Result: a.Fate}
				if a.Source != nil {
					array.From = &a.Source.Name
				}
				layer.Arrays = append(layer.Arrays, array)
			}
			r.Layers = append(r.Layers, layer)
		}
		records = append(records, r)
	}
	return records
}
