package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/store"
	"github.com/voxelpipe/pipe/stages"
)

// newData are the flags of the commands that lead new data through a run's
// preprocessing and model.
type newData struct {
	volumes, labels, output string
	form                    choice
	threads                 count
}

func newPredict(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "predict RUN --volumes FILE",
		Short: "Predict new data with a run's model",
		Long: `predict leads raw volumes through the preprocessing of a run, with what it learnt
from the training data, and through its model. The ending of the output file
decides the format: .csv, .npy or .npz. Without one a .csv is printed. What a model
says of each voxel needs a .npy; with --form class_id it holds masks.`,
		Example: "  pipe predict runs/mri/latest --volumes new.npy -o predictions.csv",
		Args:    takes(1, 1, "the folder of one run"),
	}
	d := &newData{form: choice{"output", []string{"output", "class_id"}}}
	flags := cmd.Flags()
	flags.StringVar(&d.volumes, "volumes", "", "the `file` of the volumes, as a load stage names it; a pattern or file.npz#member too")
	flags.StringVarP(&d.output, "output", "o", "", "the `file` to write")
	d.form.flag(cmd, "form", "what a .npy or .npz holds: output, the model's output, or class_id, the likeliest classes")
	flags.Var(&d.threads, "threads", "how many threads compute; 0 means one for each processor")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return a.predict(cmd.Context(), args[0], d) }
	return cmd
}

func (a *app) predict(ctx context.Context, run string, d *newData) error {
	if d.volumes == "" {
		return &usage{"`pipe predict` needs --volumes", "name the file of the volumes to predict"}
	}
	ctx, release := a.interruptible(ctx)
	defer release()
	reuse, err := openRun(run)
	if err != nil {
		return err
	}
	name := d.output
	if name == "" {
		name = "predictions.csv"
	}
	if problem := reuse.Writable(name); problem != "" {
		return &usage{problem, "name a .csv, .npy or .npz file behind -o; only a .npy or .npz holds what is said of each voxel"}
	}
	ids := d.form.value == "class_id"
	if ids && !reuse.TellsClasses() {
		return &usage{"the run's model chooses no class", "leave out --form: the output is then written as it is"}
	}
	pool := nn.NewPool(d.threads.value)
	defer pool.Close()
	predictions, err := reuse.Predict(ctx, d.volumes, pool)
	if err != nil {
		return a.newDataProblem(ctx, err)
	}
	a.tellStrange(predictions.Found)
	if ids {
		predictions = predictions.InIDs()
	}
	write := func(w io.Writer) error { return predictions.Write(w, name) }
	if d.output == "" {
		if err := write(a.out); a.out.err == nil {
			return err
		}
		return nil // that standard output cannot be written is told as for every command
	}
	if err := store.WriteFile(d.output, write); err != nil {
		return err
	}
	fmt.Fprintf(a.err, "%s in %s\n", number(predictions.Len(), "prediction"), d.output)
	return nil
}

// tellStrange shows what is strange about new data.
func (a *app) tellStrange(found []diag.Diagnostic) {
	var problems diag.List
	for _, d := range found {
		problems.Add(d)
	}
	a.show(&problems, nil)
}

// openRun opens the run that the command line names.
func openRun(dir string) (*stages.Reuse, error) {
	reuse, err := stages.OpenRun(dir)
	var record *store.Error
	switch {
	case err == nil:
		return reuse, nil
	case errors.As(err, &record):
		return nil, &usage{record.Error(), record.Remedy}
	}
	return nil, &trouble{code: exitFailed, problem: err.Error(), help: "name a run whose model was trained to the end; see `pipe runs list`"}
}

// newDataProblem shows why new data could not be led through a run.
func (a *app) newDataProblem(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var failure *pipeline.Failure
	if errors.As(err, &failure) {
		var problems diag.List
		problems.Add(failure.Diagnostic)
		a.show(&problems, nil)
		return &shown{runCode(&problems)}
	}
	if crash, ok := asPanic(err); ok {
		a.bug(crash.Value, crash.Stack)
		return &shown{exitFailed}
	}
	return &trouble{code: exitData, problem: err.Error(), help: "give data like those that the run was trained on"}
}
