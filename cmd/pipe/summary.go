package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

func newSummary(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "summary FILE",
		Short: "Show the layers of a pipeline's models with their shapes and sizes",
		Long: `summary shows every layer of the models in a pipeline file: the shape of its
output for a batch of N examples, its parameters, the multiply-adds of one
example's forward pass, and the memory that one example's output takes.

Data files are only opened (for their headers) if the shapes do not follow from
the file alone.`,
		Example: "  pipe summary configs/mri.yaml",
		Args:    configArgument,
	}
	flags := settingsOf(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return a.summary(cmd.Context(), args[0], flags) }
	return cmd
}

func (a *app) summary(ctx context.Context, path string, flags *settings) error {
	c := open(ctx, path, flags)
	if !c.wrong() && !sizesKnown(c.checked) {
		c.plan(ctx)
	}
	if err := a.refuse(c, flags.format); err != nil {
		return err
	}
	models := summariesOf(c.checked)
	if flags.format.json() {
		return a.giveJSON(report{"diagnostics": diag.Records(c.problems), "models": models})
	}
	a.show(c.problems, c)
	if len(models) == 0 {
		fmt.Fprintf(a.out, "%s has no model\n", path)
	}
	for i, m := range models {
		if i > 0 {
			fmt.Fprintln(a.out)
		}
		m.tell(a.out)
	}
	return nil
}

// sizesKnown says whether the sizes of every model's input are numbers, and its
// layers known.
func sizesKnown(checked *pipeline.Checked) bool {
	for _, t := range checked.Types {
		if m, ok := t.(*pipeline.Model); ok {
			if _, known := m.Graph.Input.Sizes(); !known || m.Graph.Output() == nil {
				return false
			}
		}
	}
	return true
}

// modelSummary is a model as programs read it.
type modelSummary struct {
	ID     string         `json:"id"`
	Input  []any          `json:"input"`
	Output []any          `json:"output"`
	Layers []layerSummary `json:"layers"`
	// The totals. Activation memory is that of one example's forward pass if every
	// output is kept.
	Trainable        any `json:"trainable_parameters"`
	Other            any `json:"other_parameters"`
	MACs             any `json:"macs"`
	ActivationMemory any `json:"activation_bytes"`

	input                        shape.Shape
	trained, fixed, macs, memory shape.Dim
	// peak is the memory for the usual batch, if its sizes are known.
	peak    shape.Dim
	planned bool
}

// layerSummary is a layer as programs read it. Shapes are those of one example.
type layerSummary struct {
	ID               string `json:"id"`
	Kind             string `json:"kind"`
	Output           []any  `json:"output"`
	Trainable        any    `json:"trainable_parameters"`
	Other            any    `json:"other_parameters"`
	MACs             any    `json:"macs"`
	ActivationMemory any    `json:"activation_bytes"`

	cells []string
}

// bytesPerValue is the size of a float32.
const bytesPerValue = 4

func summariesOf(checked *pipeline.Checked) []*modelSummary {
	models := []*modelSummary{}
	for i, t := range checked.Types {
		if m, ok := t.(*pipeline.Model); ok {
			models = append(models, summarize(checked.Nodes[i].ID, m.Graph))
		}
	}
	return models
}

func summarize(id string, g *nn.Graph) *modelSummary {
	var trained, fixed, macs, memory shape.Dim
	s := &modelSummary{ID: id, Input: sizes(g.Input), Output: sizes(g.Output()), Layers: []layerSummary{}}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		learns, rest := g.Weights(n)
		cost := g.MACs(n)
		var bytes shape.Dim
		if n.Output != nil {
			bytes = n.Output.Elements().Times(bytesPerValue)
		}
		trained, fixed, macs, memory = trained.Add(learns), fixed.Add(rest), macs.Add(cost), memory.Add(bytes)
		name, kind := n.ID, layerKind(n)
		if n.Attached {
			name += " (activation)"
		}
		s.Layers = append(s.Layers, layerSummary{
			ID: n.ID, Kind: kind, Output: sizes(n.Output), Trainable: size(learns), Other: size(rest), MACs: size(cost), ActivationMemory: size(bytes),
			cells: []string{name, kind, n.Output.Batch(), thousands(learns.Add(rest)), thousands(cost), memoryText(bytes)},
		})
	}
	s.Trainable, s.Other, s.MACs, s.ActivationMemory = size(trained), size(fixed), size(macs), size(memory)
	s.input, s.trained, s.fixed, s.macs, s.memory = g.Input, trained, fixed, macs, memory
	s.peak, s.planned = inferenceMemory(g)
	return s
}

// tell writes the table and the totals.
func (s *modelSummary) tell(w io.Writer) {
	fmt.Fprintf(w, "%s, for examples of %s\n\n", s.ID, s.input)
	rows := [][]string{{"layer", "kind", "output", "parameters", "MACs", "memory"}}
	for _, l := range s.Layers {
		rows = append(rows, l.cells)
	}
	tabulate(w, "  ", rows, 3, 4, 5)
	fmt.Fprintln(w)
	totals := [][]string{
		{"parameters", thousands(s.trained.Add(s.fixed))},
		{"trained", thousands(s.trained)},
		{"not trained", thousands(s.fixed)},
		{"MACs for one example", thousands(s.macs)},
		{"activations of one example", memoryText(s.memory)},
	}
	if s.planned {
		// Activations are given back as soon as nobody needs them, and those inside a
		// run of layers that is worked in one go are never stored.
		totals = append(totals, []string{fmt.Sprintf("memory for %d examples at a time", usualBatch), memoryText(s.peak)})
	}
	tabulate(w, "  ", totals, 1)
}

// memoryText prints a number of bytes in the largest unit that it fills.
func memoryText(bytes shape.Dim) string {
	n, known := bytes.Known()
	switch {
	case !known:
		return bytes.String() + " B"
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	case n < 1<<30:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case int64(n) < 1<<40:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	}
	return fmt.Sprintf("%.1f TiB", float64(n)/(1<<40))
}
