package main

import (
	"strings"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
)

// stageRecord is a stage as programs read it.
type stageRecord struct {
	ID     string   `json:"id"`
	Kind   string   `json:"kind"`
	Inputs []string `json:"inputs"`
	// Gives is null for a stage whose type could not be found out.
	Gives   any    `json:"gives"`
	Summary string `json:"summary"`
}

// stageRecords lists the stages with what they give.
func stageRecords(checked *pipeline.Checked) []stageRecord {
	records := make([]stageRecord, len(checked.Nodes))
	for i, n := range checked.Nodes {
		r := stageRecord{ID: n.ID, Kind: n.Kind, Inputs: []string{}, Gives: typeRecord(checked.Types[i]), Summary: pipeline.Summarize(checked.Types[i])}
		for _, from := range n.Inputs {
			r.Inputs = append(r.Inputs, checked.Nodes[from].ID)
		}
		records[i] = r
	}
	return records
}

// typeRecord is a type as programs read it.
func typeRecord(t pipeline.Type) any {
	switch t := t.(type) {
	case *pipeline.Dataset:
		return datasetRecord(t)
	case *pipeline.Model:
		trained, fixed := parameters(t)
		return report{
			"type": t.Family(), "input": sizes(t.Graph.Input), "output": sizes(t.Graph.Output()),
			"layers": len(t.Layers), "trainable_parameters": size(trained), "other_parameters": size(fixed),
		}
	case *pipeline.Trained:
		return report{"type": t.Family(), "history": t.Columns}
	case *pipeline.Report:
		return report{"type": t.Family()}
	}
	return nil
}

func datasetRecord(d *pipeline.Dataset) report {
	axes := []string{}
	for _, a := range d.Axes {
		axes = append(axes, a.Name)
	}
	labels := report{"kind": d.Labels.Kind, "shape": sizes(d.Labels.Shape), "classes": nil, "names": d.Labels.Names}
	if d.Labels.ClassesKnown {
		labels["classes"] = d.Labels.Classes
	}
	steps := []string{}
	for _, s := range d.Steps {
		steps = append(steps, s.Stage)
	}
	r := report{
		"type": d.Family(), "examples": size(d.Examples), "shape": sizes(d.Shape()), "axes": axes, "dtype": nil, "range": nil,
		"labels": labels, "partitions": partitionRecords(d), "grouped": d.Grouped, "weighted": d.Weighted, "steps": steps,
	}
	if d.DType != "" {
		r["dtype"] = d.DType
	}
	if d.Range != nil {
		r["range"] = []decimal{decimal(d.Range.Low), decimal(d.Range.High)}
	}
	return r
}

// partitionRecord is a part of a dataset as programs read it.
type partitionRecord struct {
	Name     string `json:"name"`
	Examples any    `json:"examples"`
	// Classes is null where the classes are not known.
	Classes []classCount `json:"classes"`
}

func partitionRecords(d *pipeline.Dataset) []partitionRecord {
	records := []partitionRecord{}
	for _, p := range d.Partitions {
		records = append(records, partitionRecord{Name: p.Name, Examples: size(p.Examples), Classes: classCounts(d, p.Name)})
	}
	return records
}

// parameters counts a model's weights: those that training changes, and the rest.
func parameters(m *pipeline.Model) (trained, fixed shape.Dim) {
	for i := range m.Graph.Nodes {
		a, b := m.Graph.Weights(&m.Graph.Nodes[i])
		trained, fixed = trained.Add(a), fixed.Add(b)
	}
	return trained, fixed
}

// thousands prints a size with its digits in groups.
func thousands(d shape.Dim) string {
	digits := d.String()
	if _, known := d.Known(); !known {
		return digits
	}
	var grouped strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 && digits[i-1] != '-' {
			grouped.WriteByte(',')
		}
		grouped.WriteRune(digit)
	}
	return grouped.String()
}
