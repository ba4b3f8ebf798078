package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

func newCheck(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check FILE…",
		Short: "Check pipeline files without opening a data file",
		Long: `check finds everything that can be known without opening a data file: names and
settings, how stages are joined, every shape, the model's output against the
labels, the loss against the last activation. Where the data files are at hand,
pipe plan finds more.`,
		Example: "  pipe check configs/*.yaml",
		Args:    takes(1, -1, "at least one pipeline file"),
	}
	flags := settingsOf(cmd)
	flags.strictly(cmd)
	flags.informing(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return a.check(cmd.Context(), args, flags) }
	return cmd
}

// checkRecord is a checked file as programs read it.
type checkRecord struct {
	File     string `json:"file"`
	Errors   int    `json:"errors"`
	Warnings int    `json:"warnings"`
	// Stages are empty for a file that could not be read.
	Stages []stageRecord `json:"stages"`
}

func (a *app) check(ctx context.Context, paths []string, flags *settings) error {
	var (
		all     diag.List
		files   checkedFiles
		records = []checkRecord{}
		exit    = exitDone
	)
	for _, path := range paths {
		c := open(ctx, path, flags)
		files = append(files, c)
		for _, d := range c.problems.All() {
			all.Add(d)
		}
		record := checkRecord{File: path, Errors: c.problems.Errors(), Warnings: c.problems.Warnings(), Stages: []stageRecord{}}
		if c.checked != nil {
			record.Stages = stageRecords(c.checked)
		}
		records = append(records, record)
		if c.wrong() && exit != exitConfig {
			exit = c.exit
		}
	}
	if flags.format.json() {
		if err := a.giveJSON(report{"diagnostics": diag.Records(&all), "files": records}); err != nil {
			return err
		}
	} else {
		a.show(&all, files)
		for _, r := range records {
			if r.Errors == 0 {
				fmt.Fprintf(a.out, "%s: right, as far as can be known without its data (%s)\n", r.File, number(len(r.Stages), "stage"))
			}
		}
	}
	if exit != exitDone {
		return &shown{exit}
	}
	return nil
}

// checkedFiles finds texts in any of several configs.
type checkedFiles []*config

// Source finds the text of a file that a diagnostic names.
func (f checkedFiles) Source(file string) (string, bool) {
	for _, c := range f {
		if text, ok := c.Source(file); ok {
			return text, true
		}
	}
	return "", false
}

// number gives "1 stage" or "3 stages".
func number(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
