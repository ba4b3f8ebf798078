package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

func newKinds(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "kinds [FAMILY]",
		Short: "List the stages, layers, losses, … that there are",
		Long: `kinds lists every name that a pipeline file can write, by family: stages, layers,
activations, losses, optimizers, schedules, metrics, callbacks, initializers,
regularizers.
pipe explain tells more of each.`,
		Example: "  pipe kinds\n  pipe kinds layers",
		Args:    takes(0, 1, "at most one family"),
	}
	format := format(cmd)
	cmd.ValidArgs = []string{"stages", "layers", "activations", "losses", "optimizers", "schedules", "metrics", "callbacks", "initializers", "regularizers"}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		wanted, err := familiesNamed(args)
		if err != nil {
			return err
		}
		if format.json() {
			return a.kindsJSON(wanted)
		}
		return a.kindsText(wanted)
	}
	return cmd
}

// familiesNamed finds the family that the argument names, in the singular or
// the plural; all without an argument.
func familiesNamed(args []string) ([]*kind.Table, error) {
	if len(args) == 0 {
		return families(), nil
	}
	var names []string
	for _, table := range families() {
		if args[0] == table.Family() || args[0] == plural(table.Family()) {
			return []*kind.Table{table}, nil
		}
		names = append(names, plural(table.Family()))
	}
	problem := &usage{problem: fmt.Sprintf("there is no family %q", args[0])}
	if near, ok := diag.Nearest(args[0], names); ok {
		problem.help = fmt.Sprintf("did you mean %s?", near)
	} else {
		problem.help = fmt.Sprintf("the families are: %s", joined(names))
	}
	return nil, problem
}

func (a *app) kindsText(tables []*kind.Table) error {
	for i, table := range tables {
		if i > 0 {
			fmt.Fprintln(a.out)
		}
		fmt.Fprintln(a.out, plural(table.Family()))
		rows := [][]string{}
		for _, name := range table.Names() {
			manual, err := table.Manual(name)
			if err != nil {
				return err
			}
			rows = append(rows, []string{name, plainText(manual.Title())})
		}
		tabulate(a.out, "  ", rows)
	}
	return nil
}

func (a *app) kindsJSON(tables []*kind.Table) error {
	result := []report{}
	for _, table := range tables {
		kinds := []report{}
		for _, name := range table.Names() {
			manual, err := table.Manual(name)
			if err != nil {
				return err
			}
			kinds = append(kinds, report{"name": name, "title": plainText(manual.Title())})
		}
		result = append(result, report{"family": table.Family(), "kinds": kinds})
	}
	return a.giveJSON(report{"diagnostics": []diag.Record{}, "families": result})
}
