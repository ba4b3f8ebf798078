package pipeline

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/store"
)

// Run is the surroundings of one stage's run.
type Run struct {
	*Node
	// Context ends the run early.
	Context context.Context
	// Promised is the type that the value must have.
	Promised Type
	// Seed is the one that Check had.
	Seed uint64
	// Alone says that no other stage of the file has this kind.
	Alone bool
	// Pool computes.
	Pool *nn.Pool
	// Record takes the run's files.
	Record *store.Run
	// Watch is told what happens.
	Watch Watcher

	folder   string
	problems *diag.List
	// strict makes warnings end the stage, which stop does.
	strict bool
	stop   context.CancelCauseFunc
}

// Path is where an input path in the config leads: relative ones start at the
// config's folder.
func (r *Run) Path(path string) string { return inFolder(r.folder, path) }

// Report adds what a stage finds while it works and need not stop for. A warning
// that the item allows is kept, and not told; a finding is told once, however
// often it is made.
func (r *Run) Report(d diag.Diagnostic) {
	r.ReportUnless(r.Item.Allow, d)
}

// ReportUnless adds what was found in a part of the stage that allows warnings of
// its own. In a strict run a warning is an error, and ends the stage.
func (r *Run) ReportUnless(allowed []diag.Allow, d diag.Diagnostic) {
	before := r.problems.Len()
	if !r.problems.AddUnless(slices.Concat(allowed, r.Item.Allow), d) || r.problems.Len() == before {
		return
	}
	r.Watch.Found(r.Node, d)
	if r.strict && d.Severity == diag.Warning {
		r.stop(Fail(d.As(diag.Error)))
	}
}

// File is the name of a file of this stage in the run's record: the plain name
// if no other stage of the file has this kind, else one in a folder of its own.
func (r *Run) File(name string) string { return fileOf(r.ID, r.Alone, name) }

// Watcher is told what happens in a run. Its methods may be called from several
// goroutines at once.
type Watcher interface {
	// Started and Done bracket a stage's work; the summary is one line.
	Started(n *Node)
	Done(n *Node, summary string, took time.Duration)
	// Failed and Skipped end a stage without a value. Because is the id of the
	// stage that failed.
	Failed(n *Node, err error)
	Skipped(n *Node, because string)
	// Note is a line worth knowing while a stage works.
	Note(n *Node, text string)
	// Found is a problem that the stage need not stop for.
	Found(n *Node, d diag.Diagnostic)
	// Training gives what is to be told of a training in a stage.
	Training(n *Node) train.Observer
}

// Failure is an error that stops a stage: a diagnostic where the code is known.
type Failure struct{ Diagnostic diag.Diagnostic }

func (f *Failure) Error() string { return f.Diagnostic.Summary + ": " + f.Diagnostic.Primary.Label }

// Fail makes a diagnostic the error of a stage.
func Fail(d diag.Diagnostic) error { return &Failure{d} }

// Execution says how to run a graph.
type Execution struct {
	// Jobs is how many stages may work at once; at least 1.
	Jobs int
	// Until names the last stage wanted; "" runs all.
	Until  string
	Pool   *nn.Pool
	Record *store.Run
	Watch  Watcher
	// Strict makes errors of the warnings that stages report while they work.
	Strict bool

	// examine has examiners look rather than work.
	examine bool
}

// Outcome is how a stage ended.
type Outcome struct {
	Node  *Node
	Value Value
	// Err is why there is no value; nil for a stage that was skipped or not wanted.
	Err  error
	Took time.Duration
	// Skipped names the stage whose failure left this one without its input.
	Skipped string
	// Wanted is false for a stage that Until leaves out.
	Wanted bool
}

// Execute runs the wanted stages of a graph whose types are all known. A stage
// starts once its inputs are done; the values do not depend on Jobs. What
// depends on a failed stage is skipped. Problems that are not the user's are
// turned into diagnostics in the list too, so that each failure has its place.
func Execute(ctx context.Context, checked *Checked, how Execution, problems *diag.List) []Outcome {
	outcomes := make([]Outcome, len(checked.Nodes))
	done := make([]chan struct{}, len(checked.Nodes))
	wanted := checked.Wanted(how.Until)
	if how.examine {
		wanted = checked.examined()
	}
	slots := make(chan struct{}, max(how.Jobs, 1))
	var stages sync.WaitGroup
	for i, n := range checked.Nodes {
		outcomes[i] = Outcome{Node: n, Wanted: wanted[i]}
		done[i] = make(chan struct{})
		if !wanted[i] {
			close(done[i])
			continue
		}
		stages.Go(func() {
			defer close(done[i])
			for _, from := range n.Inputs {
				<-done[from]
			}
			slots <- struct{}{}
			defer func() { <-slots }()
			checked.execute(ctx, i, outcomes, how, problems)
		})
	}
	stages.Wait()
	return outcomes
}

// Wanted marks the stages that a run until the named one needs, itself included;
// all of them for "".
func (g *Checked) Wanted(until string) []bool {
	wanted := make([]bool, len(g.Nodes))
	for i, n := range g.Nodes {
		wanted[i] = until == "" || n.ID == until
	}
	return g.needed(wanted)
}

// needed adds to the marked nodes all that they depend on.
func (g *Checked) needed(wanted []bool) []bool {
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		if wanted[i] {
			for _, from := range g.Nodes[i].Inputs {
				wanted[from] = true
			}
		}
	}
	return wanted
}

// execute runs one stage whose inputs have ended.
func (g *Checked) execute(ctx context.Context, i int, outcomes []Outcome, how Execution, problems *diag.List) {
	n, out := g.Nodes[i], &outcomes[i]
	if out.Err = ctx.Err(); out.Err != nil {
		return // whoever stopped the run need not be told what does not start
	}
	in := make([]Value, len(n.Inputs))
	for k, from := range n.Inputs {
		before := outcomes[from]
		if before.Value == nil {
			out.Skipped = before.Skipped
			if before.Err != nil {
				out.Skipped = before.Node.ID
			}
			how.Watch.Skipped(n, out.Skipped)
			return
		}
		in[k] = before.Value
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := &Run{
		Node: n, Context: ctx, Promised: g.Types[i], Seed: stageSeed(g.File.Seed, n.ID), Alone: g.Alone(n),
		Pool: how.Pool, Record: how.Record, Watch: how.Watch, folder: g.File.Folder(), problems: problems,
		strict: how.Strict, stop: stop,
	}
	examiner, examines := n.Stage.(Examiner)
	work := func() (Value, error) { return kept(r, in) }
	if examines = examines && how.examine; examines {
		work = func() (Value, error) { return nil, examiner.Examine(r, in) }
	}
	how.Watch.Started(n)
	start := time.Now()
	value, err := guarded(work)
	out.Took = time.Since(start)
	if refused := new(Failure); errors.As(context.Cause(ctx), &refused) {
		err = refused
	}
	if err != nil {
		out.Err = err
		if !errors.Is(err, context.Canceled) {
			problems.Add(explain(n, err))
			how.Watch.Failed(n, err)
		}
		return
	}
	if examines {
		how.Watch.Done(n, "examined", out.Took)
		return
	}
	out.Value = value
	how.Watch.Done(n, Summarize(value.Type()), out.Took)
}

// guarded does a stage's work. A panic becomes an error: it is a bug in this
// program, and the other stages' work should not be lost with it.
func guarded(work func() (Value, error)) (value Value, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = &Panic{Value: problem, Stack: debug.Stack()}
		}
	}()
	return work()
}

// Panic is a bug in this program that a stage ran into.
type Panic struct {
	Value any
	Stack []byte
}

func (p *Panic) Error() string { return fmt.Sprint(p.Value) }

// kept runs a stage and holds it to its promise.
func kept(r *Run, in []Value) (Value, error) {
	value, err := r.Stage.Run(r, in)
	if err != nil {
		return value, err
	}
	if broken := Broken(r.Promised, value.Type()); broken != "" {
		return nil, Fail(diag.New(BUG002, r.Item.KindSpan, broken).
			Note("the check promised: %s", Summarize(r.Promised)).
			Note("the run gave: %s", Summarize(value.Type())))
	}
	return value, nil
}

// explain gives an error of a stage its place.
func explain(n *Node, err error) diag.Diagnostic {
	var failure *Failure
	if errors.As(err, &failure) {
		return failure.Diagnostic
	}
	var crash *Panic
	if errors.As(err, &crash) {
		return diag.New(BUG001, n.Item.KindSpan, fmt.Sprint(crash.Value)).
			Note("this is a bug in pipe, not in the config or the data").
			Suggest("report it with the config and the run's log.txt, which has the details")
	}
	d := diag.New(GRA110, n.Item.KindSpan, strings.ReplaceAll(err.Error(), "\n", "; "))
	var disk *store.Error
	if errors.As(err, &disk) && disk.Remedy != "" {
		d = d.Suggest(disk.Remedy)
	}
	return d
}

// Codes lists the diagnostics of this package.
func Codes() []*diag.Code { return slices.Clone(codes) }
