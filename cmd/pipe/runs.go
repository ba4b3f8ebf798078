package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/store"
)

func newRuns(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "runs",
		Short: "List, show and compare runs",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknownCommand(cmd, args[0])
		},
	}
	cmd.AddCommand(newRunsList(a), newRunsShow(a), newRunsDiff(a))
	return cmd
}

// pastRun is a run as its record tells it.
type pastRun struct {
	record
	dir string
}

// readRun reads the record of the run that the command line names.
func readRun(dir string) (*pastRun, error) {
	files, err := store.Open(dir)
	var problem *store.Error
	if errors.As(err, &problem) {
		return nil, &usage{problem.Error(), problem.Remedy}
	}
	if err != nil {
		return nil, err
	}
	return readRecord(files.Dir())
}

func readRecord(dir string) (*pastRun, error) {
	path := filepath.Join(dir, store.RecordFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &trouble{code: exitFailed, problem: path + " cannot be read: " + reason(err)}
	}
	p := &pastRun{dir: dir}
	if err := json.Unmarshal(text, &p.record); err != nil {
		return nil, &trouble{code: exitFailed, problem: path + " is damaged", help: "remove the run's folder"}
	}
	return p, nil
}

// metrics are the numbers of the run's evaluate stages by their names; those of
// a stage that is not the only one have its id in front.
func (p *pastRun) metrics() map[string]float64 {
	numbers := map[string]float64{}
	gather(numbers, "", filepath.Join(p.dir, "metrics.json"))
	for _, s := range p.Stages {
		gather(numbers, s.ID+".", filepath.Join(p.dir, s.ID, "metrics.json"))
	}
	return numbers
}

// gather adds the numbers in a file of metrics, if there is one.
func gather(into map[string]float64, prefix, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		return
	}
	var all map[string]any
	if json.Unmarshal(text, &all) != nil {
		return
	}
	for name, value := range all {
		if n, ok := value.(float64); ok && name != "examples" {
			into[prefix+name] = n
		}
	}
}

func newRunsList(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list [FOLDER]",
		Short: "List the runs in a folder of runs (default: runs)",
		Args:  takes(0, 1, "at most one folder of runs"),
	}
	format := format(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		root := "runs"
		if len(args) == 1 {
			root = args[0]
		}
		return a.runsList(root, format)
	}
	return cmd
}

// listedRun is a run in a list, as programs read it.
type listedRun struct {
	Dir     string             `json:"dir"`
	Name    string             `json:"name"`
	Started time.Time          `json:"started"`
	Result  string             `json:"result"`
	Seconds float64            `json:"seconds"`
	Latest  bool               `json:"latest"`
	Metrics map[string]float64 `json:"metrics"`
}

func (a *app) runsList(root string, format *choice) error {
	entries, err := store.List(root)
	var problem *store.Error
	if errors.As(err, &problem) {
		return &usage{problem.Error(), "name a folder of runs"}
	}
	list := []listedRun{}
	for _, e := range entries {
		run := listedRun{Dir: e.Dir, Name: e.Name, Started: e.Started, Latest: e.Latest, Result: "no record", Metrics: map[string]float64{}}
		if past, err := readRecord(e.Dir); err == nil {
			run.Result, run.Seconds, run.Metrics = past.Result, past.Seconds, past.metrics()
		}
		list = append(list, run)
	}
	if format.json() {
		return a.giveJSON(report{"diagnostics": []diag.Record{}, "runs": list})
	}
	if len(list) == 0 {
		fmt.Fprintf(a.err, "there are no runs in %s\n", root)
		return nil
	}
	rows := [][]string{{"run", "started", "result", "took", "metrics"}}
	for _, r := range list {
		rows = append(rows, []string{r.Dir, r.Started.Format(time.DateTime), r.Result, seconds(time.Duration(r.Seconds * float64(time.Second))), metricLine(r.Metrics)})
	}
	tabulate(a.out, "", rows, 3)
	return nil
}

// metricLine tells numbers in a line, in alphabetical order.
func metricLine(metrics map[string]float64) string {
	var parts []string
	for _, name := range sorted(metrics) {
		parts = append(parts, fmt.Sprintf("%s %.4g", name, metrics[name]))
	}
	return joined(parts)
}
