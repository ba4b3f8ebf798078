package main

import (
	"context"
	"fmt"
	"os"
	"reflect"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/pipeline/store"
	"github.com/voxelpipe/pipe/stages"
)

func newExpand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "expand FILE",
		Short: "Write a pipeline with presets and composites as plain layers",
		Long: `expand writes a pipeline file in which every preset, residual and repeat is
replaced by the layers that it stands for. They are the same model, with the same
names and the same first weights: a place to start from when a preset is nearly
right.

Everything else stays as it stands, comments too, and what was written becomes a
comment above its layers. Where a composite comes from an alias, a variable or an
extended file, the whole file is written anew instead, with every default filled
in; so it is where a model takes its layers from an ONNX file, which its weights
then still come from. Relative paths start at the folder of FILE, so keep the
result there.

Data files are only opened (for their headers) if the shapes do not follow from
the file alone.`,
		Example: "  pipe expand pipeline.yaml\n  pipe expand pipeline.yaml -o plain.yaml",
		Args:    configArgument,
	}
	output := cmd.Flags().StringP("output", "o", "", "the `file` to write")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return a.expand(cmd.Context(), args[0], *output) }
	return cmd
}

func (a *app) expand(ctx context.Context, path, output string) error {
	c := open(ctx, path, &settings{})
	if !c.wrong() && !sizesKnown(c.checked) {
		c.plan(ctx)
	}
	a.show(c.problems, c)
	if c.wrong() {
		return &shown{c.exit}
	}
	expanded := writtenOut(ctx, c)
	if output == "" {
		_, err := fmt.Fprint(a.out, expanded)
		return err
	}
	return store.WriteFile(output, text(expanded))
}

// writtenOut is the text of a config without composites. What cannot be written
// where it stands is written anew; either way the text is read again, and must
// give the same models.
func writtenOut(ctx context.Context, c *config) string {
	if !stages.Composites(c.checked) {
		return c.file.Text
	}
	if text, possible := stages.ExpandText(c.checked); possible && sameModels(ctx, c, text) {
		return text
	}
	anew := *c
	anew.checked = stages.Expanded(c.checked)
	text := resolved(&anew, c.file.Folder())
	if !sameModels(ctx, c, text) {
		panic("the layers that composites stand for make another model")
	}
	return text
}

// sameModels says whether a text means the same models as the config does.
func sameModels(ctx context.Context, c *config, text string) bool {
	var problems diag.List
	file := spec.Load(c.path, spec.Options{Env: os.LookupEnv, Text: text}, &problems)
	if problems.Errors() > 0 {
		return false
	}
	again := pipeline.Resolve(ctx, pipeline.Build(file, stages.Language(), &problems), c.read, &problems)
	if problems.Errors() > 0 || len(again.Types) != len(c.checked.Types) {
		return false
	}
	for i, t := range c.checked.Types {
		before, is := t.(*pipeline.Model)
		if !is {
			continue
		}
		after, still := again.Types[i].(*pipeline.Model)
		if !still || c.checked.Nodes[i].ID != again.Nodes[i].ID || !sameNetwork(before.Graph, after.Graph) {
			return false
		}
	}
	return true
}

// sameNetwork says whether two graphs have the same nodes under the same names, of
// which training changes the same. That a layer is frozen may be said by itself or
// by what is around it, and means nothing for one without weights.
func sameNetwork(a, b *nn.Graph) bool {
	if len(a.Nodes) != len(b.Nodes) {
		return false
	}
	for i := range a.Nodes {
		n, m := a.Nodes[i], b.Nodes[i]
		trained, fixed := a.Weights(&n)
		stillTrained, stillFixed := b.Weights(&m)
		sameSettings := layerKind(&n) == layerKind(&m) && spec.Render(plainSettings(&n)) == spec.Render(plainSettings(&m))
		if n.ID != m.ID || n.Attached != m.Attached || !trained.Equal(stillTrained) || !fixed.Equal(stillFixed) || !reflect.DeepEqual(n.Inputs, m.Inputs) || !sameSettings {
			return false
		}
	}
	return true
}

// plainSettings are a layer's settings but for trainable.
func plainSettings(n *nn.Node) *spec.Node {
	settings := stages.Language().Decoder.Encode(n.Spec)
	for i, entry := range settings.Entries {
		if entry.Key == "trainable" {
			settings.Entries = append(settings.Entries[:i:i], settings.Entries[i+1:]...)
			break
		}
	}
	return settings
}
