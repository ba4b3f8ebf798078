package pipeline

import (
	"fmt"
	"strings"

	"github.com/voxelpipe/pipe/nn/shape"
)

// Broken says how a value's type differs from the promised one, "" if it does
// not. A promise that left something open is kept by anything.
func Broken(promised, given Type) string {
	if promised.Family() != given.Family() {
		return fmt.Sprintf("promised a %s, gave a %s", promised.Family(), given.Family())
	}
	p, ok := promised.(*Dataset)
	if !ok {
		return ""
	}
	g := given.(*Dataset)
	switch {
	case p.Shape().Differs(g.Shape()):
		return fmt.Sprintf("promised examples of %s, gave %s", p.Shape(), g.Shape())
	case p.Examples.Differs(g.Examples):
		return fmt.Sprintf("promised %s examples, gave %s", p.Examples, g.Examples)
	case p.DType != "" && p.DType != g.DType:
		return fmt.Sprintf("promised %s, gave %s", p.DType, g.DType)
	case p.Labels.Kind != UnknownLabels && p.Labels.Kind != g.Labels.Kind:
		return fmt.Sprintf("promised %s labels, gave %s", p.Labels.Kind, g.Labels.Kind)
	case p.Labels.Shape.Differs(g.Labels.Shape):
		return fmt.Sprintf("promised labels of shape %s, gave %s", p.Labels.Shape, g.Labels.Shape)
	case p.Labels.ClassesKnown && p.Labels.Classes != g.Labels.Classes:
		return fmt.Sprintf("promised %d classes, gave %d", p.Labels.Classes, g.Labels.Classes)
	case p.Weighted != g.Weighted:
		return fmt.Sprintf("promised weights: %t, gave weights: %t", p.Weighted, g.Weighted)
	case len(p.Partitions) != len(g.Partitions):
		return fmt.Sprintf("promised %d partitions, gave %d", len(p.Partitions), len(g.Partitions))
	}
	for i, part := range p.Partitions {
		if part.Name != g.Partitions[i].Name || part.Examples.Differs(g.Partitions[i].Examples) {
			return fmt.Sprintf("promised %s examples for %s, gave %s for %s",
				part.Examples, part.Name, g.Partitions[i].Examples, g.Partitions[i].Name)
		}
	}
	return ""
}

// Summarize tells a type in one line.
func Summarize(t Type) string {
	switch t := t.(type) {
	case nil:
		return "nothing"
	case *Dataset:
		return summarizeDataset(t)
	case *Model:
		var trained, fixed shape.Dim
		for i := range t.Graph.Nodes {
			a, b := t.Graph.Weights(&t.Graph.Nodes[i])
			trained, fixed = trained.Add(a), fixed.Add(b)
		}
		return fmt.Sprintf("%d layers, %s parameters, output %s", len(t.Layers), trained.Add(fixed), t.Graph.Output().Batch())
	case *Trained:
		return "history of " + strings.Join(t.Columns, ", ")
	}
	return string(t.Family())
}

// words is the kind of the labels, with the form that masks have.
func (l Labels) words() string {
	if l.Rows {
		return "one-hot " + string(l.Kind)
	}
	return string(l.Kind)
}

func summarizeDataset(d *Dataset) string {
	parts := []string{fmt.Sprintf("%s examples of %s", d.Examples, d.Shape())}
	if d.DType != "" {
		parts = append(parts, string(d.DType))
	}
	if d.Range != nil {
		parts = append(parts, fmt.Sprintf("values %.6g..%.6g", d.Range.Low, d.Range.High))
	}
	switch l := d.Labels; {
	case l.Kind == NoLabels:
		parts = append(parts, "no labels")
	case l.ClassesKnown:
		parts = append(parts, fmt.Sprintf("%s labels of %d classes", l.words(), l.Classes))
	default:
		parts = append(parts, l.words()+" labels")
	}
	if d.Weighted {
		parts = append(parts, "with sample weights")
	}
	var partitions []string
	for _, p := range d.Partitions {
		partitions = append(partitions, fmt.Sprintf("%s %s", p.Name, p.Examples))
	}
	if partitions != nil {
		parts = append(parts, strings.Join(partitions, " / "))
	}
	return strings.Join(parts, ", ")
}
