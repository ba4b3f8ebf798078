package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/nn/data/npy"
	"github.com/voxelpipe/pipe/nn/data/table"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages"
	"github.com/voxelpipe/pipe/stages/rules"
)

func newInspect(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "inspect DATAFILE",
		Short: "Show what is in a data file",
		Long: `inspect shows the header of a .npy file or of a member of an .npz file
(file.npz#member), the range, mean and spread of its numbers, a histogram, and
how often each label occurs. Of an .npz file without a member it lists the
members, of a .csv file the columns.`,
		Example: "  pipe inspect data/volumes.npy\n  pipe inspect data/all.npz#train_images",
		Args:    takes(1, 1, "one data file"),
	}
	format := format(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return a.inspect(cmd.Context(), args[0], format) }
	return cmd
}

// finding is what there is to say about a data file, as text and as JSON.
type finding interface {
	tell(a *app)
	record() report
}

func (a *app) inspect(ctx context.Context, name string, format *choice) error {
	ctx, release := a.interruptible(ctx)
	defer release()
	path, part := stages.PathAndPart(name)
	found, err := look(ctx, path, part)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return a.refuseData(name, err, format)
	}
	if format.json() {
		r := found.record()
		r["diagnostics"], r["file"] = []diag.Record{}, name
		return a.giveJSON(r)
	}
	fmt.Fprintln(a.out, name)
	found.tell(a)
	return nil
}

// look reads a data file. The ending decides what it is taken for; what has
// none of ours is taken for a .npy file, which is told by its first bytes.
func look(ctx context.Context, path, part string) (finding, error) {
	file, size, err := openData(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	name := filepath.Base(path)
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv", ".tsv":
		t, err := table.Read(file, name)
		if err != nil {
			return nil, err
		}
		return lookAtTable(t, part)
	case ".npz":
		archive, err := npy.OpenArchive(file, size, name)
		if err != nil {
			return nil, err
		}
		if part == "" {
			return lookAtArchive(archive)
		}
		array, err := archive.Member(part)
		if err != nil {
			return nil, err
		}
		return lookAtArray(ctx, array)
	}
	if part != "" {
		return nil, &unusable{code: stages.FIL102, label: "only an archive or a table has parts", help: "leave out the #" + part}
	}
	array, err := npy.Open(file, size, name)
	if err != nil {
		return nil, err
	}
	return lookAtArray(ctx, array)
}

// unusable is a data file that cannot be opened.
type unusable struct {
	code        *diag.Code
	label, help string
}

func (u *unusable) Error() string { return u.label }

// openData opens a regular file and gives its size.
func openData(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, &unusable{stages.FIL101, "there is no file " + path, "check the path"}
	case err == nil && info.IsDir():
		return nil, 0, &unusable{stages.FIL102, path + " is a folder", "name a file in it"}
	case err == nil && !info.Mode().IsRegular():
		return nil, 0, &unusable{stages.FIL102, path + " is not a regular file", "name a file that can be read from any place"}
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrPermission) {
		return nil, 0, &unusable{stages.FIL103, path + " may not be read", "give yourself the right to read it: chmod u+r"}
	}
	if err != nil {
		return nil, 0, &unusable{stages.FIL102, path + " cannot be opened: " + reason(err), "check the disk and the path"}
	}
	return file, info.Size(), nil
}

// refuseData shows why a data file cannot be used and ends the command.
func (a *app) refuseData(name string, err error, format *choice) error {
	var problems diag.List
	here := diag.Span{File: name}
	problem := func(code *diag.Code, label, help string) {
		d := diag.New(code, here, label)
		if help != "" {
			d = d.Suggest(help)
		}
		problems.Add(d)
	}
	var (
		file  *unusable
		array *npy.Error
		sheet *table.Error
	)
	switch {
	case errors.As(err, &file):
		problem(file.code, file.label, file.help)
	case errors.As(err, &array):
		problem(rules.DAT011.Code, array.Problem, array.Remedy)
	case errors.As(err, &sheet):
		problem(rules.DAT011.Code, sheet.Problem, sheet.Remedy)
	default:
		problem(rules.DAT011.Code, reason(err), "")
	}
	if format.json() {
		if err := a.giveJSON(report{"diagnostics": diag.Records(&problems), "file": name}); err != nil {
			return err
		}
	} else {
		a.show(&problems, nil)
	}
	return &shown{exitData}
}

// members are what is in an archive.
type members struct{ list []member }

type member struct {
	Name  string `json:"name"`
	DType string `json:"dtype"`
	Shape []int  `json:"shape"`
	// Problem is why the member cannot be used; then the others are empty.
	Problem string `json:"problem,omitempty"`
}

func lookAtArchive(archive *npy.Archive) (finding, error) {
	m := &members{list: []member{}}
	for _, name := range archive.Members() {
		array, err := archive.Member(name)
		var problem *npy.Error
		switch {
		case errors.As(err, &problem):
			m.list = append(m.list, member{Name: name, Shape: []int{}, Problem: problem.Problem})
		case err != nil:
			return nil, err
		default:
			m.list = append(m.list, member{Name: name, DType: array.DType.String(), Shape: array.Shape})
		}
	}
	return m, nil
}

func (m *members) tell(a *app) {
	rows := [][]string{}
	for _, one := range m.list {
		if one.Problem != "" {
			rows = append(rows, []string{one.Name, "cannot be used: " + one.Problem})
			continue
		}
		rows = append(rows, []string{one.Name, one.DType, sizeList(one.Shape)})
	}
	tabulate(a.out, "  ", rows)
	if len(m.list) > 0 {
		fmt.Fprintf(a.out, "name a member behind # to see its numbers, as in #%s\n", m.list[0].Name)
	}
}

func (m *members) record() report { return report{"members": m.list} }

// sizeList prints sizes as [200, 16, 32, 32].
func sizeList(sizes []int) string {
	return strings.ReplaceAll(fmt.Sprint(sizes), " ", ", ")
}
