package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/store"
)

// running are the flags of run.
type running struct {
	*settings
	dryRun        bool
	until, dir    string
	threads, jobs count
}

func newRun(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Check, plan and run a pipeline",
		Long: `run checks a pipeline file, plans it with the headers and labels of its data
files, and only then runs it. What it did is kept in a folder of its own below
runs/. An interrupt (Ctrl-C) saves what was done and ends the run.`,
		Example: `  pipe run configs/mri.yaml
  pipe run configs/mri.yaml --set train.epochs=3
  pipe run configs/mri.yaml --dry-run`,
		Args: configArgument,
	}
	r := &running{settings: settingsOf(cmd), threads: count{least: 0}, jobs: count{value: runtime.GOMAXPROCS(0), least: 1}}
	r.strictly(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&r.dryRun, "dry-run", false, "stop after the plan, write nothing")
	flags.StringVar(&r.until, "until", "", "run only the stage with this `id` and what it needs")
	flags.StringVar(&r.dir, "run-dir", "", "keep the run's record in exactly this `folder`")
	flags.Var(&r.threads, "threads", "how many threads compute; 0 means one for each processor")
	flags.Var(&r.jobs, "jobs", "how many stages may work at once")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if r.dryRun {
			return a.plan(cmd.Context(), args[0], r.settings, false)
		}
		return a.run(cmd.Context(), args[0], r)
	}
	return cmd
}

func (a *app) run(ctx context.Context, path string, r *running) error {
	ctx, release := a.interruptible(ctx)
	defer release()
	c, err := a.planned(ctx, path, r.settings)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := r.known(c); err != nil {
		return err
	}
	if err := fits(c.checked, r.until, machineMemory()); err != nil {
		return err
	}
	if !r.format.json() {
		a.show(c.problems, c)
	}
	files, err := r.folder(c)
	if err != nil {
		return err
	}
	defer files.Close()
	pool := nn.NewPool(r.threads.value)
	defer pool.Close()

	rec := newRecord(files, c, r, pool.Threads())
	if err := rec.begin(ctx); err != nil {
		return err
	}
	watch := newProgress(a, files.Log(), c)
	outcomes := pipeline.Execute(ctx, c.checked, pipeline.Execution{
		Jobs: r.jobs.value, Until: r.until, Pool: pool, Record: files, Watch: watch, Strict: r.strict,
	}, c.problems)
	end := endOf(ctx, outcomes, c.problems)
	if err := rec.end(end, outcomes); err != nil {
		a.explain(err) // the record goes on to say that the run is running
		if end.err == nil {
			end = ending{"failed", &shown{exitFailed}}
		}
	}
	a.tellRun(c, r, rec, outcomes, end)
	return end.err
}

// known refuses a stage behind --until that the pipeline does not have.
func (r *running) known(c *config) error {
	if _, ok := c.graph.Find(r.until); ok || r.until == "" {
		return nil
	}
	var ids []string
	for _, n := range c.graph.Nodes {
		ids = append(ids, n.ID)
	}
	problem := &usage{problem: fmt.Sprintf("--until is %q: %s has no such stage", r.until, c.path), help: "the stages are: " + strings.Join(ids, ", ")}
	if near, ok := diag.Nearest(r.until, ids); ok {
		problem.help = fmt.Sprintf("did you mean %s?", near)
	}
	return problem
}

// folder makes the run's folder.
func (r *running) folder(c *config) (*store.Run, error) {
	if r.dir == "" {
		return store.Create(c.file.Runs, c.file.Name, store.Hash([]byte(c.file.Text)), time.Now())
	}
	files, err := store.In(r.dir)
	var problem *store.Error
	if errors.As(err, &problem) && problem.Err == nil {
		return nil, &usage{problem: "--run-dir: " + problem.Error(), help: problem.Remedy}
	}
	return files, err
}

// ending is how a run ended.
type ending struct {
	// result is "done", "failed" or "interrupted".
	result string
	// err is nil for a run that is done.
	err error
}

func endOf(ctx context.Context, outcomes []pipeline.Outcome, problems *diag.List) ending {
	var signal *stopped
	unfinished := slices.ContainsFunc(outcomes, func(o pipeline.Outcome) bool { return o.Wanted && o.Value == nil })
	switch {
	case !unfinished:
		return ending{result: "done"}
	case problems.Errors() > 0:
		return ending{"failed", &shown{runCode(problems)}}
	case errors.As(context.Cause(ctx), &signal):
		return ending{"interrupted", &shown{signal.code()}}
	}
	return ending{"failed", &shown{exitFailed}}
}

// tellRun shows how a run ended: its problems, then its results.
func (a *app) tellRun(c *config, r *running, rec *record, outcomes []pipeline.Outcome, end ending) {
	diag.Text(rec.files.Log(), c.problems, c, false)
	if r.format.json() {
		a.giveJSON(report{
			"diagnostics": diag.Records(c.problems), "result": end.result, "exit": code(end.err),
			"run": rec.files.Dir(), "metrics": metricsOf(outcomes), "stages": rec.Stages,
		})
		return
	}
	if end.result == "failed" {
		a.show(c.problems, c)
	}
	for _, o := range outcomes {
		if results, ok := o.Value.(*pipeline.Results); ok {
			tellResults(a.out, o.Node.ID, results)
		}
	}
	fmt.Fprintf(a.out, "record: %s\n", rec.files.Dir())
}
