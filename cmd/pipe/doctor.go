package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/epochlog"
	"github.com/voxelpipe/pipe/stages/rules"
)

// doctoring are the flags of doctor.
type doctoring struct {
	*settings
	log     string
	classes count
	threads count
}

func newDoctor(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor [FILE]",
		Short: "Find out why a network does not learn",
		Long: `doctor looks for what keeps a network from learning: in the config, in headers,
labels and voxels, and in a few training steps. It says first what explains most,
each finding with its place, its numbers and the ways out.

It writes nothing but what it has found in voxels, so that volumes that are still the
same, bit for bit, are not scanned again: into the user's folder for caches
(~/.cache/pipe/scans), or the folder that PIPE_CACHE names; PIPE_CACHE=off keeps
nothing. Runs keep there what they find, too. At most 256 MB are kept, and all of it
may be deleted. Where that folder cannot be written, nothing is kept, and all else
goes on.

With --log it reads the epochs that a training printed, of Keras, PyTorch
Lightning, fastai, Hugging Face's Trainer, pipe or a loop written by hand, as
lines, a table, a history or CSV, and says what the numbers betray. A log needs
no pipeline file.`,
		Example: "  pipe doctor configs/mri.yaml\n  pipe doctor --log training.txt --classes 3\n  pipe doctor configs/mri.yaml --format html > report.html",
		Args:    takes(0, 1, "one pipeline file"),
	}
	d := &doctoring{settings: &settings{format: &choice{value: "text", words: []string{"text", "json", "html"}}}}
	flags := cmd.Flags()
	d.format.flag(cmd, "format", "how to give the report")
	flags.StringArrayVar(&d.set, "set", nil, "change a setting: `id.setting=value`, as in train.epochs=3; may be given several times")
	d.informing(cmd)
	flags.StringVar(&d.log, "log", "", "read the epochs in this `file`; - is standard input")
	flags.Var(&d.classes, "classes", "how many classes the training in the log has, if no pipeline file says so")
	flags.Var(&d.threads, "threads", "how many threads compute; 0 means one for each processor")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		path := ""
		if len(args) > 0 {
			path = args[0]
		} else if d.log == "" {
			return &usage{problem: "`pipe doctor` needs a pipeline file or a log", help: "write `pipe doctor FILE`, or `pipe doctor --log LOG`"}
		}
		return a.doctor(cmd.Context(), path, d)
	}
	return cmd
}

// examination is what doctor has found out.
type examination struct {
	config *config
	// texts are the files that findings point into.
	texts fileTexts
	found *diag.List
	// shown is the symptom that a log shows.
	shown *rules.Symptom
	// facts are what was seen of the stages that were looked into.
	facts []stageFacts
	// looked says what was looked at, for a report without findings.
	looked string
	// refused is the exit code of a config in which something is wrong; 0 for others.
	refused int
}

func (a *app) doctor(ctx context.Context, path string, d *doctoring) error {
	ctx, release := a.interruptible(ctx)
	defer release()
	x := &examination{found: &diag.List{}, texts: fileTexts{}, facts: []stageFacts{}}
	if path != "" {
		x.config = open(ctx, path, d.settings)
		if err := a.examine(ctx, x, d); err != nil {
			return err
		}
	}
	if d.log != "" {
		if err := a.readLog(x, d); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return a.tellExamination(x, d)
}

// examine goes as far with a config as it can be gone: a later look is only
// worth while nothing earlier is wrong.
func (a *app) examine(ctx context.Context, x *examination, d *doctoring) error {
	c := x.config
	x.looked = "the config"
	if c.planFurther(ctx); c.read {
		x.looked += ", headers and labels"
	}
	if c.wrong() || ctx.Err() != nil {
		x.refused = c.exit
		x.take(c.problems)
		return nil
	}
	if err := fits(c.checked, "", machineMemory()); err != nil {
		return err
	}
	pool := nn.NewPool(d.threads.value)
	defer pool.Close()
	watch := &factWatch{progress: newProgress(a, io.Discard, c), facts: make(map[*pipeline.Node][]string), looked: make(map[*pipeline.Node]time.Time)}
	watch.quiet = true
	outcomes := pipeline.Examine(ctx, c.checked, pipeline.Execution{Jobs: 1, Pool: pool, Watch: watch}, c.problems)
	x.take(c.problems)
	for _, o := range outcomes {
		if _, examiner := o.Node.Stage.(pipeline.Examiner); examiner && o.Wanted && o.Err == nil && o.Skipped == "" {
			x.looked += ", " + watch.voxels(o.Node) + " and the first steps of " + o.Node.ID
			x.facts = append(x.facts, stageFacts{Stage: o.Node.ID, Facts: watch.facts[o.Node]})
		}
	}
	return nil
}

// take takes findings over.
func (x *examination) take(problems *diag.List) {
	for _, d := range problems.All() {
		x.found.Add(d)
	}
}

// readLog adds what a log betrays.
func (a *app) readLog(x *examination, d *doctoring) error {
	name, text, err := a.logText(d.log)
	if err != nil {
		return err
	}
	read, err := epochlog.Read(name, text)
	var unreadable *epochlog.Error
	if errors.As(err, &unreadable) {
		return &trouble{code: exitData, problem: err.Error(), help: unreadable.Remedy}
	}
	x.texts[name] = string(text)
	l := &rules.Log{Log: read, Classes: d.classes.value, Ended: true, Place: func(line int) diag.Span {
		return lineOf(name, string(text), line)
	}}
	if x.config != nil && x.config.checked != nil {
		for _, t := range trainingsOf(x.config.checked) {
			t.complete(l)
		}
	}
	rules.CheckLog(&logSite{l: l, found: x.found}, l)
	x.shown = rules.Shown(l)
	if x.looked != "" {
		x.looked += ", "
	}
	x.looked += number(len(read.Rows), "epoch") + " of the log"
	return nil
}

// complete adds to a log what the config knows of the training in it.
func (t training) complete(l *rules.Log) {
	if l.Classes == 0 && t.dataset.Labels.ClassesKnown {
		l.Classes = t.dataset.Labels.Classes
	}
	l.Loss = t.settings.LossName()
	l.Count(t.dataset, t.settings.BatchSize, t.settings.DropLast)
	if found, ok := rules.Classify(t.dataset); ok {
		if l.Classes == 0 {
			l.Classes = len(found.Names) // not declared, and there in the labels
		}
		l.TrainShares = found.Shares(t.dataset, pipeline.Train)
		l.ValidationShares = found.Shares(t.dataset, pipeline.Validation)
	}
}

// longestLog bounds a log: a training prints a few lines for each epoch.
const longestLog = 256 << 20

func (a *app) logText(path string) (name string, text []byte, err error) {
	if path == "-" {
		text, err = readAll(a.in, longestLog)
		name = "standard input"
	} else {
		var file *os.File
		if file, err = os.Open(path); err == nil {
			defer file.Close()
			text, err = readAll(file, longestLog)
		}
		name = path
	}
	if err != nil {
		return "", nil, &trouble{code: exitData, problem: fmt.Sprintf("%s cannot be read: %s", name, reason(err)), help: "see that --log names the file that the training printed"}
	}
	return name, text, nil
}
