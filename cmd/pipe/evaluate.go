package main

import (
	"context"
	"encoding/json"
	"io"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/store"
)

func newEvaluate(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "evaluate RUN --volumes FILE --labels FILE",
		Short: "Measure a run's model on new labelled data",
		Long: `evaluate leads raw volumes and their labels through the preprocessing of a run,
with what it learnt from the training data, and measures its model on them, with
the loss and the metrics that it was trained with.`,
		Example: "  pipe evaluate runs/mri/latest --volumes new.npy --labels new_labels.npy",
		Args:    takes(1, 1, "the folder of one run"),
	}
	d := &newData{}
	format := format(cmd)
	flags := cmd.Flags()
	flags.StringVar(&d.volumes, "volumes", "", "the `file` of the volumes, as a load stage names it; a pattern or file.npz#member too")
	flags.StringVar(&d.labels, "labels", "", "the `file` of the labels, as a load stage names it")
	flags.StringVarP(&d.output, "output", "o", "", "a JSON `file` to write the numbers to")
	flags.Var(&d.threads, "threads", "how many threads compute; 0 means one for each processor")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return a.evaluate(cmd.Context(), args[0], d, format) }
	return cmd
}

func (a *app) evaluate(ctx context.Context, run string, d *newData, format *choice) error {
	switch {
	case d.volumes == "":
		return &usage{"`pipe evaluate` needs --volumes", "name the file of the volumes to measure on"}
	case d.labels == "":
		return &usage{"`pipe evaluate` needs --labels", "name the file of their labels; without labels there is only `pipe predict`"}
	}
	ctx, release := a.interruptible(ctx)
	defer release()
	reuse, err := openRun(run)
	if err != nil {
		return err
	}
	pool := nn.NewPool(d.threads.value)
	defer pool.Close()
	results, found, err := reuse.Evaluate(ctx, d.volumes, d.labels, pool)
	if err != nil {
		return a.newDataProblem(ctx, err)
	}
	metrics := resultsRecord(results)
	if d.output != "" {
		err := store.WriteFile(d.output, func(w io.Writer) error {
			encoder := json.NewEncoder(w)
			encoder.SetIndent("", "  ")
			return encoder.Encode(metrics)
		})
		if err != nil {
			return err
		}
	}
	if format.json() {
		records := []diag.Record{}
		for _, d := range found {
			records = append(records, d.Record())
		}
		return a.giveJSON(report{"diagnostics": records, "metrics": metrics})
	}
	a.tellStrange(found)
	tellResults(a.out, run, results)
	return nil
}
