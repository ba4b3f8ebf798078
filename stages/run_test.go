package stages_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/pipeline/store"
	"github.com/voxelpipe/pipe/stages"
)

// ran is a config that has been run.
type ran struct {
	dir      string
	outcomes map[string]pipeline.Outcome
	problems []diag.Diagnostic
	watch    *watcher
}

// watcher keeps what is noted. After each epoch it calls epoch, if there is one.
type watcher struct {
	mu    sync.Mutex
	notes []string
	epoch func()
}

func (w *watcher) Started(*pipeline.Node)                     {}
func (w *watcher) Done(*pipeline.Node, string, time.Duration) {}
func (w *watcher) Failed(*pipeline.Node, error)               {}
func (w *watcher) Found(*pipeline.Node, diag.Diagnostic)      {}
func (w *watcher) Skipped(*pipeline.Node, string)             {}
func (w *watcher) Note(n *pipeline.Node, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notes = append(w.notes, n.ID+": "+text)
}
func (w *watcher) Training(*pipeline.Node) train.Observer { return &epochs{w} }

func (w *watcher) text() string { return strings.Join(w.notes, "\n") }

type epochs struct{ *watcher }

func (*epochs) Begin(train.Plan)    {}
func (*epochs) Step(train.Progress) {}
func (e *epochs) Epoch(train.EpochResult) {
	if e.epoch != nil {
		e.epoch()
	}
}
func (*epochs) End(train.Ending) {}

// run checks, plans and runs a config; epoch, if given, is called after every
// epoch. It fails if the check finds an error.
func run(t *testing.T, ctx context.Context, config string, epoch func()) ran {
	t.Helper()
	return runIn(t, ctx, t.TempDir(), config, epoch)
}

// runBetween is run with something done between the plan and the run.
func runBetween(t *testing.T, config string, between func()) ran {
	t.Helper()
	return runAs(t, t.Context(), t.TempDir(), config, nil, between)
}

// runIn is run for a config that stands in a folder.
func runIn(t *testing.T, ctx context.Context, folder, config string, epoch func()) ran {
	t.Helper()
	return runAs(t, ctx, folder, config, epoch, func() {})
}

func runAs(t *testing.T, ctx context.Context, folder, config string, epoch, between func()) ran {
	t.Helper()
	path := filepath.Join(folder, "config.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	problems := &diag.List{}
	file := spec.Load(path, spec.Options{}, problems)
	if file == nil {
		t.Fatal(summaries(problems.All()))
	}
	checked := pipeline.Resolve(ctx, pipeline.Build(file, stages.Language(), problems), true, problems)
	if problems.Errors() > 0 {
		t.Fatal(summaries(problems.All()))
	}
	between()
	record, err := store.In(filepath.Join(folder, "record"))
	if err != nil {
		t.Fatal(err)
	}
	pool := nn.NewPool(2)
	defer pool.Close()
	r := ran{dir: record.Dir(), outcomes: make(map[string]pipeline.Outcome), watch: &watcher{epoch: epoch}}
	for _, o := range pipeline.Execute(ctx, checked, pipeline.Execution{Jobs: 1, Pool: pool, Record: record, Watch: r.watch}, problems) {
		r.outcomes[o.Node.ID] = o
	}
	r.problems = problems.All()
	return r
}

// done fails unless all stages ended well.
func (r ran) done(t *testing.T) ran {
	t.Helper()
	for id, o := range r.outcomes {
		if o.Err != nil {
			t.Errorf("%s: %v", id, o.Err)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
	return r
}

// file is the text of a file of the record.
func (r ran) file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
