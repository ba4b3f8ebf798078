package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/pipeline"
)

func newGraph(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "graph FILE",
		Short: "Draw how the stages of a pipeline are joined",
		Long: `graph writes the stages of a pipeline file and what flows between them, as a
diagram for Mermaid (which Markdown viewers show) or for Graphviz.`,
		Example: `  pipe graph configs/mri.yaml
  pipe graph configs/mri.yaml --format dot | dot -Tsvg > mri.svg`,
		Args: configArgument,
	}
	format := &choice{value: "mermaid", words: []string{"mermaid", "dot"}}
	format.flag(cmd, "format", "the language of the diagram")
	var set []string
	cmd.Flags().StringArrayVar(&set, "set", nil, "change a setting: `id.setting=value`, as in train.epochs=3; may be given several times")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.graph(cmd.Context(), args[0], set, format.value)
	}
	return cmd
}

func (a *app) graph(ctx context.Context, path string, set []string, format string) error {
	c := open(ctx, path, &settings{set: set})
	a.show(c.problems, c)
	if c.wrong() {
		return &shown{c.exit}
	}
	draw := mermaid
	if format == "dot" {
		draw = dot
	}
	fmt.Fprint(a.out, draw(c.checked))
	return nil
}

// mermaid draws the stages as a Mermaid flowchart.
func mermaid(checked *pipeline.Checked) string {
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	for i, n := range checked.Nodes {
		fmt.Fprintf(&b, "  s%d[\"%s\"]\n", i, inMermaid(stageTitle(n)))
	}
	edges(checked, func(from, to int, label string) {
		fmt.Fprintf(&b, "  s%d -->|\"%s\"| s%d\n", from, inMermaid(label), to)
	})
	return b.String()
}

// inMermaid writes a text for the inside of Mermaid's quotes.
func inMermaid(text string) string {
	return strings.NewReplacer(`#`, "#35;", `"`, "#quot;", "\n", " ").Replace(text)
}

// dot draws the stages in the language of Graphviz.
func dot(checked *pipeline.Checked) string {
	var b strings.Builder
	b.WriteString("digraph pipeline {\n  node [shape=box, fontname=\"sans-serif\"]\n  edge [fontname=\"sans-serif\", fontsize=10]\n")
	for i, n := range checked.Nodes {
		fmt.Fprintf(&b, "  s%d [label=%q]\n", i, stageTitle(n))
	}
	edges(checked, func(from, to int, label string) {
		fmt.Fprintf(&b, "  s%d -> s%d [label=%q]\n", from, to, label)
	})
	b.WriteString("}\n")
	return b.String()
}

// stageTitle names a stage, with its kind if the name does not tell it.
func stageTitle(n *pipeline.Node) string {
	if n.ID == n.Kind {
		return n.ID
	}
	return n.ID + " (" + n.Kind + ")"
}

// edges visits what flows between the stages, in the order of the file.
func edges(checked *pipeline.Checked, visit func(from, to int, label string)) {
	for to, n := range checked.Nodes {
		for _, from := range n.Inputs {
			visit(from, to, flowing(checked.Types[from]))
		}
	}
}

// flowing says in a few words what flows along an edge.
func flowing(t pipeline.Type) string {
	switch t := t.(type) {
	case *pipeline.Dataset:
		return fmt.Sprintf("%s × %s", t.Examples, t.Shape())
	case *pipeline.Model:
		return "model → " + t.Graph.Output().Batch()
	}
	return string(t.Family())
}
