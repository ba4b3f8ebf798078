package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// progress tells what happens in a run, line by line, on the messages' output
// and in the run's log. On a terminal the training under way has a bar below
// the lines.
type progress struct {
	mu  sync.Mutex
	to  io.Writer
	log io.Writer
	// sources are where findings stand; color says whether they are shown in it.
	sources diag.Sources
	color   bool
	// quiet leaves findings to a report that comes at the end.
	quiet bool
	// live says that bars may be shown.
	live bool
	// shown is the bar on the screen, nil if there is none. One at a time has room.
	shown *bar
}

func newProgress(a *app, log io.Writer, sources diag.Sources) *progress {
	return &progress{to: a.err, log: log, live: a.live, sources: sources, color: a.color}
}

// line writes one line about a stage.
func (p *progress) line(n *pipeline.Node, format string, args ...any) {
	text := n.ID + ": " + fmt.Sprintf(format, args...)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.note(text)
	if p.shown != nil {
		p.shown.clear()
		defer p.shown.draw()
	}
	fmt.Fprintln(p.to, text)
}

// note writes a line to the log alone.
func (p *progress) note(text string) {
	fmt.Fprintf(p.log, "%s %s\n", time.Now().Format("15:04:05.000"), text)
}

// Recalled is for the log only: what is found is the same.
func (p *progress) Recalled(n *pipeline.Node, looked time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.note(n.ID + ": " + recalledVoxels(looked))
}

// recalledVoxels says that voxels were looked at another time.
func recalledVoxels(looked time.Time) string {
	return looked.UTC().Format("the voxels (as scanned on 2006-01-02 at 15:04 UTC: their files are unchanged)")
}

// Started is for the log only: the line that says what a stage gave follows.
func (p *progress) Started(n *pipeline.Node) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.note(n.ID + ": started")
}

// Done tells what a stage gave.
func (p *progress) Done(n *pipeline.Node, summary string, took time.Duration) {
	p.line(n, "%s (%s)", summary, seconds(took))
}

// Failed tells that a stage has no value. Why follows when the run has ended;
// what a bug's traces say is for the log only.
func (p *progress) Failed(n *pipeline.Node, err error) {
	p.line(n, "failed")
	if crash, ok := asPanic(err); ok {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.note(fmt.Sprintf("%s: %v\n%s", n.ID, crash.Value, crash.Stack))
	}
}

// Skipped tells that a stage never got its input.
func (p *progress) Skipped(n *pipeline.Node, because string) {
	if because == "" {
		p.line(n, "skipped")
		return
	}
	p.line(n, "skipped, because %s gave nothing", because)
}

// Note tells something worth knowing.
func (p *progress) Note(n *pipeline.Node, text string) { p.line(n, "%s", text) }

// Found shows what a stage found while it works.
func (p *progress) Found(n *pipeline.Node, d diag.Diagnostic) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.note(fmt.Sprintf("%s: %s[%s]: %s: %s", n.ID, d.Severity, d.Code.ID, d.Summary, d.Primary.Label))
	if p.quiet {
		return
	}
	if p.shown != nil {
		p.shown.clear()
		defer p.shown.draw()
	}
	diag.One(p.to, d, p.sources, p.color)
}

// Training tells of a training in a stage.
func (p *progress) Training(n *pipeline.Node) train.Observer {
	return &trainingProgress{progress: p, node: n}
}

// trainingProgress tells of one training.
type trainingProgress struct {
	*progress
	node *pipeline.Node
	plan train.Plan
	bar  *bar
	// spent is the time of the epochs so far.
	spent time.Duration
}

// Begin tells how much there is to do.
func (t *trainingProgress) Begin(plan train.Plan) {
	t.plan = plan
	t.line(t.node, "%s of %s, %d examples in batches of %d", number(plan.Epochs, "epoch"), number(plan.Steps, "step"), plan.Examples, plan.BatchSize)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.live && t.shown == nil {
		t.bar = newBar(t.to, plan.Epochs*plan.Steps)
		t.shown = t.bar
	}
}

// Step moves the bar.
func (t *trainingProgress) Step(p train.Progress) {
	if t.bar == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bar.move((p.Epoch-1)*p.Steps+p.Step, fmt.Sprintf("%s: epoch %d/%d, step %d/%d, %s", t.node.ID, p.Epoch, p.Epochs, p.Step, p.Steps, values(p.Columns, p.Values)))
}

// Epoch tells an epoch's numbers, the first time with what they have to beat.
func (t *trainingProgress) Epoch(e train.EpochResult) {
	t.spent += e.Took
	left := ""
	if e.Epoch < e.Epochs {
		left = ", " + seconds(t.spent/time.Duration(e.Epoch)*time.Duration(e.Epochs-e.Epoch)) + " left"
	}
	t.line(t.node, "epoch %d/%d: %s (%s%s)", e.Epoch, e.Epochs, values(e.Columns, e.Values), seconds(e.Took), left)
}

// End tells why training ended before its last epoch.
func (t *trainingProgress) End(e train.Ending) {
	if t.bar != nil {
		t.mu.Lock()
		t.bar.clear()
		t.shown = nil
		t.mu.Unlock()
	}
	if e.Stopped != "" {
		t.line(t.node, "stopped after %s: %s", number(e.Epochs, "epoch"), e.Stopped)
	}
	if e.Restored > 0 {
		t.line(t.node, "the weights of epoch %d were the best and are kept", e.Restored)
	}
}

// values prints columns and their values: "loss 0.4012, accuracy 0.8125".
func values(columns []string, numbers []float64) string {
	words := make([]string, len(columns))
	for i, column := range columns {
		words[i] = fmt.Sprintf("%s %.4g", column, numbers[i])
	}
	return strings.Join(words, ", ")
}

// seconds prints a duration as people say it.
func seconds(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return fmt.Sprintf("%.1f h", d.Hours())
}
