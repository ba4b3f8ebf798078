package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// newRoot makes the whole command line.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "pipe",
		Short: "Train 3-D neural networks from one YAML file",
		Long: `pipe checks, plans and runs pipelines that train 3-D neural networks, each
written as one YAML file. What can be known before the data is read is checked
before the data is read.`,
		SilenceErrors:      true,
		SilenceUsage:       true,
		DisableSuggestions: true,
		Args:               cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknownCommand(cmd, args[0])
		},
	}
	root.AddGroup(
		&cobra.Group{ID: "pipeline", Title: "With a pipeline file:"},
		&cobra.Group{ID: "record", Title: "With a run that was made before:"},
		&cobra.Group{ID: "language", Title: "About the language and the data:"},
	)
	for group, commands := range map[string][]*cobra.Command{
		"pipeline": {newRun(a), newCheck(a), newPlan(a), newDoctor(a), newFix(a), newSummary(a), newGraph(a), newExpand(a)},
		"record":   {newPredict(a), newEvaluate(a), newExport(a), newRuns(a)},
		"language": {newExplain(a), newKinds(a), newInspect(a), newSchema(a), newReference(a)},
	} {
		for _, c := range commands {
			c.GroupID = group
		}
		root.AddCommand(commands...)
	}
	root.AddCommand(newVersion(a))
	for _, c := range root.Commands() {
		c.DisableFlagsInUseLine = true
	}
	root.SetHelpCommand(newHelp())
	root.SetFlagErrorFunc(flagProblem)
	root.InitDefaultCompletionCmd()
	return root
}

// newHelp makes `pipe help COMMAND`.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show what a command does",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil || (found == cmd.Root() && len(rest) > 0) {
				return unknownCommand(cmd.Root(), args[0])
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}

// unknownCommand says that a word is no command of its parent, and which was
// most likely meant.
func unknownCommand(parent *cobra.Command, word string) error {
	var names []string
	for _, c := range parent.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	problem := &usage{problem: fmt.Sprintf("there is no command %q", parent.CommandPath()+" "+word)}
	near, found := diag.Nearest(word, names)
	switch {
	case found:
		problem.help = fmt.Sprintf("did you mean `%s %s`?", parent.CommandPath(), near)
	case parent == parent.Root() && isFile(word):
		problem.help = fmt.Sprintf("to run the file, say `pipe run %s`", word)
	default:
		problem.help = "the commands are: " + strings.Join(names, ", ")
	}
	return problem
}

func isFile(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// flagProblem puts what the flag parser says into our own words.
func flagProblem(cmd *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	var (
		absent  *pflag.NotExistError
		empty   *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	see := fmt.Sprintf("see `%s --help`", cmd.CommandPath())
	switch {
	case errors.As(err, &absent):
		written := "--" + absent.GetSpecifiedName()
		if letters := absent.GetSpecifiedShortnames(); letters != "" {
			written = "-" + absent.GetSpecifiedName()
		}
		problem := &usage{problem: fmt.Sprintf("`%s` has no flag %s", cmd.CommandPath(), written), help: see}
		if near, ok := diag.Nearest(absent.GetSpecifiedName(), flagNames(cmd)); ok {
			problem.help = fmt.Sprintf("did you mean --%s?", near)
		}
		return problem
	case errors.As(err, &empty):
		return &usage{problem: fmt.Sprintf("--%s needs a value", empty.GetFlag().Name), help: see}
	case errors.As(err, &invalid):
		flag := invalid.GetFlag()
		var refused *refusal
		if errors.As(err, &refused) {
			return &usage{problem: fmt.Sprintf("--%s is %q: %s", flag.Name, invalid.GetValue(), refused.want), help: refused.help}
		}
		return &usage{problem: fmt.Sprintf("--%s is %q: want %s", flag.Name, invalid.GetValue(), wanted[flag.Value.Type()]), help: see}
	}
	return &usage{problem: "the flags cannot be read: " + err.Error(), help: see}
}

// wanted says what a flag of each type of the flag parser takes.
var wanted = map[string]string{"bool": "true or false"}

func flagNames(cmd *cobra.Command) []string {
	names := []string{"help"}
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return slices.Compact(names)
}

// takes makes a command take so many arguments, at least and at most (-1 for any
// number), each called what.
func takes(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return &usage{
				problem: fmt.Sprintf("`%s` needs %s", cmd.CommandPath(), what),
				help:    fmt.Sprintf("write `%s`", cmd.UseLine()),
			}
		case most == 0 && len(args) > 0:
			return &usage{problem: fmt.Sprintf("`%s` takes no argument, and got %q", cmd.CommandPath(), args[0]), help: "leave it out"}
		case most >= 0 && len(args) > most:
			return &usage{
				problem: fmt.Sprintf("`%s` takes %s, and got %q besides", cmd.CommandPath(), what, args[most]),
				help:    fmt.Sprintf("write `%s`", cmd.UseLine()),
			}
		}
		return nil
	}
}
