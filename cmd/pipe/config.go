package main

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/stages"
	"github.com/voxelpipe/pipe/stages/rules"
)

// config is a pipeline file and how far it has come. What a phase finds is in
// problems; a later phase is only reached without errors in the earlier ones.
type config struct {
	path string
	// file is nil if it could not be read at all, and then there is no graph.
	file    *spec.File
	graph   *pipeline.Graph
	checked *pipeline.Checked
	// problems are those of the latest phase and all before it.
	problems *diag.List
	// read says that headers, labels and ids have been read.
	read bool
	// strict makes errors of warnings.
	strict bool
	// info takes remarks in.
	info bool
	// exit is the code to end with if there are errors among the problems.
	exit int

	// reading are the problems of reading the file, which every later phase has too.
	reading *diag.List
}

// open reads and checks a pipeline file: all that can be known without opening a
// data file.
func open(ctx context.Context, path string, flags *settings) *config {
	return openText(ctx, path, "", flags)
}

// openText takes a text for that of the file, unless it is "".
func openText(ctx context.Context, path, text string, flags *settings) *config {
	c := &config{path: path, strict: flags.strict, info: flags.info, reading: &diag.List{}}
	c.file = spec.Load(path, spec.Options{Set: flags.set, Env: os.LookupEnv, Text: text}, c.reading)
	c.problems = c.reading
	if c.file != nil {
		c.graph = pipeline.Build(c.file, stages.Language(), c.reading)
		c.resolve(ctx, false)
	}
	c.exit = configCode(c.problems)
	return c
}

// plan adds what headers, labels and ids say. All that it finds wrong beyond
// what the check found is in the data files: without them the config was right.
func (c *config) plan(ctx context.Context) {
	c.resolve(ctx, true)
	c.read, c.exit = true, exitData
}

// unread takes a plan back: what only headers, labels and ids say is forgotten.
func (c *config) unread(ctx context.Context) {
	c.resolve(ctx, false)
	c.read, c.exit = false, configCode(c.problems)
}

// shown is how messages name the file.
func (c *config) shown() string {
	if c.path == "-" {
		return "standard input"
	}
	return c.path
}

func (c *config) resolve(ctx context.Context, read bool) {
	c.problems = &diag.List{}
	if !c.info {
		c.problems.WithoutRemarks()
	}
	for _, d := range c.reading.All() {
		c.problems.Add(d)
	}
	c.checked = pipeline.Resolve(ctx, c.graph, read, c.problems)
	if c.strict {
		c.problems.Tighten()
	}
}

// wrong says whether there are errors.
func (c *config) wrong() bool { return c.problems.Errors() > 0 }

// Source finds the text of a file that a diagnostic names: it is that of the
// config, of one that it extends, or of one that could not be understood.
func (c *config) Source(file string) (string, bool) {
	if c.file != nil {
		if text, ok := c.file.Source(file); ok {
			return text, true
		}
	}
	return fromDisk(file)
}

// longestShown bounds the files from which lines are shown.
const longestShown = 1 << 20

func fromDisk(file string) (string, bool) {
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() > longestShown {
		return "", false
	}
	text, err := os.ReadFile(file)
	return string(text), err == nil
}

// configArgument makes a command take one pipeline file.
var configArgument = takes(1, 1, "one pipeline file")

// settings are the flags of the commands that read a pipeline file.
type settings struct {
	set    []string
	strict bool
	info   bool
	format *choice
}

// informing adds the flag of the commands that can show remarks.
func (s *settings) informing(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&s.info, "info", false, "show remarks on style too")
}

// strictly adds the flag of the commands that can make errors of warnings.
func (s *settings) strictly(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&s.strict, "strict", false, "take warnings for errors")
}

// settingsOf adds the flags.
func settingsOf(cmd *cobra.Command) *settings {
	s := &settings{format: format(cmd)}
	cmd.Flags().StringArrayVar(&s.set, "set", nil, "change a setting: `id.setting=value`, as in train.epochs=3; may be given several times")
	return s
}

// planned opens a pipeline file and plans it. Where that finds errors it shows
// them, as JSON with nothing but them, and ends the command.
func (a *app) planned(ctx context.Context, path string, flags *settings) (*config, error) {
	c := open(ctx, path, flags)
	c.planFurther(ctx)
	return c, a.refuse(c, flags.format)
}

// planFurther goes on to headers, labels and ids. Of a config that is wrong already
// it has a look at them too, since they may show the cause; but that files are
// missing or unreadable is then beside the point.
func (c *config) planFurther(ctx context.Context) {
	if !c.wrong() {
		c.plan(ctx)
		return
	}
	if c.graph == nil || ctx.Err() != nil {
		return
	}
	static, checked := c.problems, c.checked
	c.resolve(ctx, true)
	if slices.ContainsFunc(c.problems.All(), func(d diag.Diagnostic) bool {
		return strings.HasPrefix(d.Code.ID, "FIL") || d.Code == rules.DAT011.Code
	}) {
		c.problems, c.checked = static, checked
	}
}

// refuse shows the problems of a config with errors and ends the command.
func (a *app) refuse(c *config, format *choice) error {
	if !c.wrong() {
		return nil
	}
	if format.json() {
		if err := a.giveJSON(report{"diagnostics": diag.Records(c.problems)}); err != nil {
			return err
		}
	} else {
		a.show(c.problems, c)
	}
	return &shown{c.exit}
}
