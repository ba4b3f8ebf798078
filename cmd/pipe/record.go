package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/pipeline/store"
)

// The files that the command itself writes into a run's record; stages write the
// others.
const (
	configFile   = "config.yaml"
	resolvedFile = "resolved.yaml"
)

// record is what run.json says of a run.
type record struct {
	Version   string `json:"pipe"`
	Go        string `json:"go"`
	Platform  string `json:"platform"`
	Threads   int    `json:"threads"`
	Jobs      int    `json:"jobs"`
	Name      string `json:"name"`
	Config    string `json:"config"`
	ConfigSum string `json:"config_sha256"`
	// Set and Until are what the command line changed.
	Set     []string    `json:"set"`
	Until   string      `json:"until"`
	Seed    uint64      `json:"seed"`
	Started time.Time   `json:"started"`
	Ended   *time.Time  `json:"ended"`
	Seconds float64     `json:"seconds"`
	Inputs  []inputFile `json:"inputs"`
	Stages  []stageRun  `json:"stages"`
	// Result is "running", "done", "failed" or "interrupted"; Exit is null while
	// the run goes on. A record that says "running" without a process is that of a
	// run that was killed.
	Result      string        `json:"result"`
	Exit        *int          `json:"exit"`
	Diagnostics []diag.Record `json:"diagnostics"`
	// Allowed are warnings that the config silences, with its reasons.
	Allowed []diag.AllowedRecord `json:"allowed"`

	files  *store.Run
	config *config
}

// inputFile is a file that a run read.
type inputFile struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// stageRun is how a stage ran.
type stageRun struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	// Key is the same for two stages that do the same to the same data: the hash of
	// the kind, the settings, the seed, the input files and the keys of the inputs.
	Key     string   `json:"key"`
	Inputs  []string `json:"inputs"`
	Seconds float64  `json:"seconds"`
	// Result is "waiting", "done", "failed", "skipped", "interrupted", or "unwanted"
	// for a stage behind --until.
	Result string `json:"result"`
	// Because is the stage whose failure left this one without its input.
	Because string `json:"because,omitempty"`
	Gave    string `json:"gave,omitempty"`
}

func newRecord(files *store.Run, c *config, r *running, threads int) *record {
	path := c.path
	if absolute, err := filepath.Abs(path); err == nil && path != "-" {
		path = absolute
	}
	return &record{
		Version: version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Threads: threads, Jobs: r.jobs.value, Name: c.file.Name, Config: path, ConfigSum: store.Hash([]byte(c.file.Text)),
		Set: append([]string{}, r.set...), Until: r.until, Seed: c.file.Seed, Started: time.Now(),
		Inputs: []inputFile{}, Result: "running", Diagnostics: []diag.Record{}, Allowed: []diag.AllowedRecord{}, files: files, config: c,
	}
}

// begin writes what is known before the first stage runs: if the run is killed,
// this is what is left.
func (r *record) begin(ctx context.Context) error {
	if err := r.hashInputs(ctx); err != nil {
		return err
	}
	for i, n := range r.config.checked.Nodes {
		stage := stageRun{ID: n.ID, Kind: n.Kind, Key: r.key(i), Inputs: []string{}, Result: "waiting"}
		for _, from := range n.Inputs {
			stage.Inputs = append(stage.Inputs, r.config.checked.Nodes[from].ID)
		}
		r.Stages = append(r.Stages, stage)
	}
	return errors.Join(
		r.files.Write(configFile, text(r.config.file.Text)),
		r.files.Write(resolvedFile, text(resolved(r.config, r.files.Dir()))),
		r.write(),
	)
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// write writes run.json as things stand.
func (r *record) write() error {
	return r.files.Write(store.RecordFile, func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(r)
	})
}

// hashInputs takes down the files that the stages read.
func (r *record) hashInputs(ctx context.Context) error {
	for _, path := range inputFiles(r.config) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		sum, bytes, err := store.HashFile(path)
		if err != nil {
			return &trouble{code: exitData, problem: err.Error(), help: "see that nothing changes the data while it is read"}
		}
		r.Inputs = append(r.Inputs, inputFile{Path: path, Bytes: bytes, SHA256: sum})
	}
	return nil
}

// key is the key of a stage; those of its inputs are known.
func (r *record) key(node int) string {
	n := r.config.checked.Nodes[node]
	whole := fmt.Sprintf("%s\n%d\n%s\n%s", n.Kind, r.config.file.Seed, n.ID, spec.Render(encoded(n)))
	for _, from := range n.Inputs {
		whole += r.Stages[from].Key + "\n"
	}
	for _, in := range r.Inputs {
		if len(n.Inputs) == 0 || r.reads(n, in.Path) {
			whole += in.SHA256 + "\n"
		}
	}
	return store.Hash([]byte(whole))
}

// reads says whether a stage's settings name a file.
func (r *record) reads(n *pipeline.Node, file string) bool {
	return slices.ContainsFunc(pathsIn(n.Stage, encoded(n)), func(path *spec.Node) bool {
		return inFolder(r.config.file.Folder(), path.Text) == file
	})
}

// end writes how the run ended.
func (r *record) end(how ending, outcomes []pipeline.Outcome) error {
	now := time.Now()
	exit := code(how.err)
	r.Ended, r.Seconds = &now, now.Sub(r.Started).Seconds()
	r.Result, r.Exit = how.result, &exit
	r.Diagnostics = diag.Records(r.config.problems)
	r.Allowed = diag.AllowedRecords(r.config.problems)
	for i, o := range outcomes {
		stage := &r.Stages[i]
		stage.Seconds = o.Took.Seconds()
		stage.Result, stage.Because = resultOf(o), o.Skipped
		if o.Value != nil {
			stage.Gave = pipeline.Summarize(o.Value.Type())
		}
	}
	return r.write()
}

func resultOf(o pipeline.Outcome) string {
	switch {
	case !o.Wanted:
		return "unwanted"
	case o.Value != nil:
		return "done"
	case errors.Is(o.Err, context.Canceled):
		return "interrupted"
	case o.Err != nil:
		return "failed"
	}
	return "skipped"
}

// asPanic finds the panic that an error stands for.
func asPanic(err error) (*pipeline.Panic, bool) {
	var crash *pipeline.Panic
	found := errors.As(err, &crash)
	return crash, found
}
