package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/stages"
)

func newRunsShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show RUN",
		Short: "Show how a run went",
		Args:  takes(1, 1, "the folder of one run"),
		RunE:  func(_ *cobra.Command, args []string) error { return a.runsShow(args[0]) },
	}
}

func (a *app) runsShow(dir string) error {
	run, err := readRun(dir)
	if err != nil {
		return err
	}
	fmt.Fprintln(a.out, run.dir)
	rows := [][]string{
		{"config", run.Config}, {"started", run.Started.Format(time.DateTime)},
		{"took", seconds(time.Duration(run.Seconds * float64(time.Second)))}, {"result", run.Result},
		{"seed", strconv.FormatUint(run.Seed, 10)}, {"threads", strconv.Itoa(run.Threads)},
		{"pipe", run.Version + ", " + run.Go + ", " + run.Platform},
	}
	for _, in := range run.Inputs {
		rows = append(rows, []string{"input", in.Path + ", sha256 " + in.SHA256})
	}
	tabulate(a.out, "  ", rows)
	fmt.Fprintln(a.out, "\nstages")
	rows = rows[:0]
	for _, s := range run.Stages {
		rows = append(rows, []string{s.ID, s.Result, seconds(time.Duration(s.Seconds * float64(time.Second))), s.Gave})
	}
	tabulate(a.out, "  ", rows, 2)
	if metrics := run.metrics(); len(metrics) > 0 {
		fmt.Fprintln(a.out, "\nmetrics")
		rows = rows[:0]
		for _, name := range sorted(metrics) {
			rows = append(rows, []string{name, strconv.FormatFloat(metrics[name], 'f', 4, 64)})
		}
		tabulate(a.out, "  ", rows, 1)
	}
	return nil
}

// sorted lists the keys of a map in alphabetical order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func newRunsDiff(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "diff A B",
		Short: "Show in which settings, inputs and metrics two runs differ",
		Args:  takes(2, 2, "the folders of two runs"),
		RunE:  func(_ *cobra.Command, args []string) error { return a.runsDiff(args[0], args[1]) },
	}
}

func (a *app) runsDiff(first, second string) error {
	one, err := readRun(first)
	if err != nil {
		return err
	}
	other, err := readRun(second)
	if err != nil {
		return err
	}
	same := a.differences("settings", one.settings(), other.settings())
	same = a.differences("inputs", one.inputs(), other.inputs()) && same
	same = a.differences("metrics", texts(one.metrics()), texts(other.metrics())) && same
	if same {
		fmt.Fprintln(a.out, "the runs have the same settings, inputs and metrics")
	}
	return nil
}

// differences writes what two lists of named values differ in, and says whether
// that is nothing.
func (a *app) differences(title string, one, other map[string]string) bool {
	rows := [][]string{}
	all := maps.Clone(one)
	maps.Copy(all, other)
	for _, name := range sorted(all) {
		x, inOne := one[name]
		y, inOther := other[name]
		if x == y && inOne == inOther {
			continue
		}
		if !inOne {
			x = "-"
		}
		if !inOther {
			y = "-"
		}
		rows = append(rows, []string{name, x, y})
	}
	if len(rows) > 0 {
		fmt.Fprintln(a.out, title)
		tabulate(a.out, "  ", rows)
	}
	return len(rows) == 0
}

// settings are all settings of a run by their names: "train.epochs"; input paths
// as they start at the working directory. They are empty where resolved.yaml
// cannot be read.
func (p *pastRun) settings() map[string]string {
	settings := map[string]string{}
	text, err := os.ReadFile(filepath.Join(p.dir, resolvedFile))
	if err != nil {
		return settings
	}
	var problems diag.List
	if root := spec.Parse(resolvedFile, string(text), &problems); root != nil {
		p.fromHere(root)
		flatten(settings, "", root)
	}
	return settings
}

// fromHere has the input paths of a resolved config start at the working
// directory instead of the run's folder.
func (p *pastRun) fromHere(root *spec.Node) {
	list, _ := root.Get("stages")
	for _, item := range spec.Items(list, stages.Table(), nil) {
		stage, known := stages.Table().New(item.Kind)
		if !known || item.Settings == nil {
			continue
		}
		stages.Language().Decoder.Decode(item.Settings, item.Span, stage, &diag.List{})
		for _, path := range pathsIn(stage.(pipeline.Stage), item.Settings) {
			path.Text = rebased(path.Text, p.dir, ".")
		}
	}
}

// flatten names every scalar in a tree by the way to it. An item of a list goes
// by its id, or else by its number.
func flatten(into map[string]string, path string, n *spec.Node) {
	under := func(key string) string {
		if path == "" || path == "stages" {
			return key
		}
		return path + "." + key
	}
	switch n.Form {
	case spec.Map:
		id, isItem := n.Get("id")
		for i, e := range n.Entries {
			switch {
			case isItem && i == 0 && e.Value.Form == spec.Map:
				into[path] = e.Key
				flatten(into, path, e.Value)
			case isItem && e.Value == id:
			default:
				flatten(into, under(e.Key), e.Value)
			}
		}
	case spec.List:
		for i, item := range n.Items {
			name := strconv.Itoa(i)
			if id, ok := item.Get("id"); ok {
				name = id.Text
			}
			flatten(into, under(name), item)
		}
	default:
		into[path] = n.Text
	}
}

// inputs are the hashes of the files that a run read.
func (p *pastRun) inputs() map[string]string {
	hashes := map[string]string{}
	for _, in := range p.Inputs {
		hashes[in.Path] = in.SHA256
	}
	return hashes
}

func texts(metrics map[string]float64) map[string]string {
	list := map[string]string{}
	for name, value := range metrics {
		list[name] = strconv.FormatFloat(value, 'g', -1, 64)
	}
	return list
}
