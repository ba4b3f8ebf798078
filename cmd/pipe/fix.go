package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/store"
	"github.com/voxelpipe/pipe/stages"
)

// fixes are the flags of fix.
type fixes struct {
	*settings
	codes []string
	diff  bool
}

func newFix(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "fix FILE",
		Short: "Mend a pipeline file where the mending is certain",
		Long: `fix makes the changes to a pipeline file that check and plan are sure of, in
place, with its comments and its order kept. Where there are no data files, those
of check alone.

Each change is tried by itself, and kept only if what it is for is no longer found
and nothing new is wrong. What has several ways out is left to you, and so is what
stands in another file, in a variable or behind an alias. fix tells what it
changed, and what is left and why.`,
		Example: "  pipe fix pipeline.yaml --diff\n  pipe fix pipeline.yaml --code OUT002 --code OUT007",
		Args:    configArgument,
	}
	f := &fixes{settings: &settings{format: format(cmd)}}
	cmd.Flags().StringArrayVar(&f.codes, "code", nil, "mend only what is found under this `code`; may be given several times")
	cmd.Flags().BoolVar(&f.diff, "diff", false, "only show the changes, as a unified diff")
	// The flag was added just now, which is all that can go wrong.
	_ = cmd.RegisterFlagCompletionFunc("code", cobra.FixedCompletions(codeNames(), cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return a.fix(cmd.Context(), args[0], f) }
	return cmd
}

func codeNames() []string {
	codes := stages.Codes()
	names := make([]string, len(codes))
	for i, code := range codes {
		names[i] = code.ID
	}
	return names
}

// asked gives the codes of the flags as they are spelled.
func (f *fixes) asked() ([]string, error) {
	names := codeNames()
	codes := make([]string, len(f.codes))
	for i, written := range f.codes {
		codes[i] = strings.ToUpper(written)
		if slices.Contains(names, codes[i]) {
			continue
		}
		problem := &usage{problem: fmt.Sprintf("there is no code %q", written), help: "write the code as a message shows it: three letters and three digits"}
		if near, ok := diag.Nearest(written, names); ok {
			problem.help = fmt.Sprintf("did you mean %s?", near)
		}
		return nil, problem
	}
	return codes, nil
}

const byteOrderMark = "\ufeff"

func (a *app) fix(ctx context.Context, path string, flags *fixes) error {
	codes, err := flags.asked()
	if err != nil {
		return err
	}
	if path == "-" && !flags.diff {
		return &usage{problem: "`pipe fix` changes a file, and the standard input is none", help: "name the file, or write --diff to see the changes only"}
	}
	// A remark is mended only if its code is asked for.
	flags.info = len(codes) > 0
	c := open(ctx, path, flags.settings)
	if c.file == nil {
		return a.refuse(c, flags.format)
	}
	m := mend(ctx, c, codes)
	if !flags.diff && len(m.changes) > 0 {
		mark := ""
		if now, err := os.ReadFile(path); err == nil && strings.HasPrefix(string(now), byteOrderMark) {
			mark = byteOrderMark
		}
		if err := store.Rewrite(path, []byte(mark+c.file.Text), []byte(mark+m.text())); err != nil {
			return err
		}
	}
	return a.tellMending(m, c, flags)
}

// tellMending shows what was changed and what is left.
func (a *app) tellMending(m *mending, before *config, flags *fixes) error {
	switch {
	case flags.format.json():
		record := report{"diagnostics": m.remaining(), "changed": m.changeRecords(), "left": m.leftRecords(), "written": !flags.diff && len(m.changes) > 0}
		if flags.diff {
			record["diff"] = unified(before, m)
		}
		if err := a.giveJSON(record); err != nil {
			return err
		}
	case flags.diff:
		fmt.Fprint(a.out, unified(before, m))
		m.tell(a.err, "would be changed")
	default:
		m.tell(a.out, "changed")
	}
	if m.config.wrong() {
		return &shown{m.config.exit}
	}
	return nil
}

// unified is the difference between a config and what it was mended to, "" if
// there is none.
func unified(before *config, m *mending) string {
	name := m.config.shown()
	text := string(diff.Diff(name, []byte(before.file.Text), name, []byte(m.text())))
	// The command in front of the two names is no part of the format.
	if _, rest, found := strings.Cut(text, "\n"); found {
		return rest
	}
	return text
}
