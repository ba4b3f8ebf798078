package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages"
)

func newPlan(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plan FILE",
		Short: "Check a pipeline against its data and show what a run would do",
		Long: `plan checks a pipeline file together with the headers, labels and ids of its
data files, and shows what every stage will give. It reads no voxel of a volume
and writes nothing. It is the same as pipe run --dry-run.`,
		Example: "  pipe plan configs/mri.yaml\n  pipe plan configs/mri.yaml --verbose",
		Args:    configArgument,
	}
	flags := settingsOf(cmd)
	flags.strictly(cmd)
	flags.informing(cmd)
	verbose := cmd.Flags().BoolP("verbose", "v", false, "show how layers are worked, and the memory")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.plan(cmd.Context(), args[0], flags, *verbose)
	}
	return cmd
}

func (a *app) plan(ctx context.Context, path string, flags *settings, verbose bool) error {
	c, err := a.planned(ctx, path, flags)
	if err != nil {
		return err
	}
	if flags.format.json() {
		return a.giveJSON(report{
			"diagnostics": diag.Records(c.problems), "name": c.file.Name, "seed": c.file.Seed,
			"stages": stageRecords(c.checked), "trainings": trainingRecords(c.checked),
			"starts": startRecords(c.checked),
		})
	}
	a.show(c.problems, c)
	tellPlan(a.out, c, verbose)
	if verbose {
		for _, t := range trainingsOf(c.checked) {
			t.tellDetails(a.out)
		}
	}
	return nil
}

// tellPlan writes what every stage will give, what models start from (each layer
// for itself if asked for), and what the trainings will do.
func tellPlan(w io.Writer, c *config, each bool) {
	fmt.Fprintf(w, "%s (seed %d)\n\n", c.file.Name, c.file.Seed)
	rows := [][]string{}
	for i, n := range c.checked.Nodes {
		rows = append(rows, []string{n.ID, pipeline.Summarize(c.checked.Types[i])})
	}
	tabulate(w, "  ", rows)
	for _, s := range startsOf(c.checked) {
		s.tell(w, each)
	}
	for _, t := range trainingsOf(c.checked) {
		t.tell(w)
	}
}

// training is a train stage that has been planned.
type training struct {
	id       string
	settings *stages.Train
	dataset  *pipeline.Dataset
	model    *pipeline.Model
}

func trainingsOf(checked *pipeline.Checked) []training {
	var list []training
	for i, n := range checked.Nodes {
		settings, trains := n.Stage.(*stages.Train)
		is, promised := checked.Types[i].(*pipeline.Trained)
		if trains && promised {
			list = append(list, training{id: n.ID, settings: settings, dataset: is.Dataset, model: is.Model})
		}
	}
	return list
}

// steps is the number of steps of an epoch.
func (t training) steps() shape.Dim {
	part, ok := t.dataset.Partition(pipeline.Train)
	if !ok {
		part, _ = t.dataset.Partition(pipeline.All)
	}
	if t.settings.DropLast {
		return part.Examples.FloorDiv(t.settings.BatchSize)
	}
	return part.Examples.CeilDiv(t.settings.BatchSize)
}

// tell writes the training's parts and sizes.
func (t training) tell(w io.Writer) {
	fmt.Fprintf(w, "\n%s\n", t.id)
	parts := t.dataset.Partitions
	if len(parts) == 0 {
		all, _ := t.dataset.Partition(pipeline.All)
		parts = []pipeline.Partition{all}
	}
	rows := [][]string{}
	for _, p := range parts {
		rows = append(rows, []string{p.Name, p.Examples.String() + " examples", classLine(classCounts(t.dataset, p.Name))})
	}
	tabulate(w, "  ", rows, 1)
	steps := thousands(t.steps()) + " steps"
	if t.steps().Is(1) {
		steps = "1 step"
	}
	fmt.Fprintf(w, "  %s of %s, batches of %d\n", number(t.settings.Epochs, "epoch"), steps, t.settings.BatchSize)
	fmt.Fprintf(w, "  %s\n", t.rates())
	trained, fixed := parameters(t.model)
	fmt.Fprintf(w, "  %s parameters are trained, %s are not\n", thousands(trained), thousands(fixed))
}

// trainingRecord is a planned training as programs read it.
type trainingRecord struct {
	ID                  string            `json:"id"`
	Partitions          []partitionRecord `json:"partitions"`
	Epochs              int               `json:"epochs"`
	Steps               any               `json:"steps"`
	BatchSize           int               `json:"batch_size"`
	Optimizer           string            `json:"optimizer"`
	LearningRate        rateRecord        `json:"learning_rate"`
	TrainableParameters any               `json:"trainable_parameters"`
	OtherParameters     any               `json:"other_parameters"`
	Memory              *memoryRecord     `json:"memory_bytes"`
}

func trainingRecords(checked *pipeline.Checked) []trainingRecord {
	records := []trainingRecord{}
	for _, t := range trainingsOf(checked) {
		trained, fixed := parameters(t.model)
		records = append(records, trainingRecord{
			ID: t.id, Partitions: partitionRecords(t.dataset), Epochs: t.settings.Epochs, Steps: size(t.steps()),
			BatchSize: t.settings.BatchSize, Optimizer: t.optimizer(), LearningRate: t.rateRecord(), TrainableParameters: size(trained), OtherParameters: size(fixed), Memory: t.memory(),
		})
	}
	return records
}
