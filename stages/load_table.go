package stages

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// tableParts reads a table with a row for each example, and the headers of the
// files that it names.
func (l *loading) tableParts(ctx context.Context) ([]*loadedPart, map[string][]int) {
	s := l.settings
	path := l.resolve(s.Table)
	t, err := openTable(path)
	if err != nil {
		l.report(unreadable(err).at(l.At("table")))
		return nil, nil
	}
	part := &loadedPart{portion: l.portions()[0]}
	if paths, ok := l.cells(t, s.Volumes, l.At("volumes")); ok {
		files := besideTable(path, paths)
		if l.absent(t.Name(), "volume", paths, files, l.At("volumes")) {
			return nil, nil
		}
		var problem *diag.Diagnostic
		if part.volumes, problem = arraysIn(ctx, files, true, l.At("volumes")); problem != nil {
			l.report(*problem)
		}
	}
	if s.Labels != "" {
		if cells, ok := l.cells(t, s.Labels, l.At("labels")); ok {
			part.labels = l.tableLabels(ctx, path, t.Name()+"#"+s.Labels, cells)
		}
	}
	if s.Groups != "" {
		if cells, ok := l.cells(t, s.Groups, l.At("groups")); ok {
			part.groups = l.groupCells(cells, l.At("groups"))
		}
	}
	if s.SampleWeight != "" {
		if cells, ok := l.cells(t, s.SampleWeight, l.At("sample_weight")); ok {
			part.weights = l.tableWeights(ctx, path, t.Name()+"#"+s.SampleWeight, cells)
		}
	}
	var members map[string][]int
	if s.Partition != "" {
		if cells, ok := l.cells(t, s.Partition, l.At("partition")); ok {
			members = l.tableMembers(cells)
		}
	}
	if len(l.problems) > 0 || interrupted(ctx) {
		return nil, nil
	}
	return []*loadedPart{part}, members
}

// besideTable are the files that cells name, from the table's folder.
func besideTable(path string, cells []string) []reference {
	folder := filepath.Dir(path)
	files := make([]reference, len(cells))
	for i, cell := range cells {
		files[i] = parseReference(cell, func(path string) string {
			if filepath.IsAbs(path) {
				return path
			}
			return filepath.Join(folder, path)
		})
	}
	return files
}

// tableLabels reads a column of labels: values, or files with a mask for each
// example.
func (l *loading) tableLabels(ctx context.Context, path, name string, cells []string) *labelColumn {
	files := besideTable(path, cells)
	if l.settings.LabelKind == string(pipeline.Mask) || nameArrays(files) {
		if l.absent(name, "mask", cells, files, l.At("labels")) {
			return nil
		}
		return l.labelArrays(ctx, files, true, l.At("labels"))
	}
	return labelsOfCells(cells, name, l.At("labels"))
}

// absent reports rows of a table whose file is missing, where others have theirs.
func (l *loading) absent(table, what string, cells []string, files []reference, at diag.Span) bool {
	var rows []int
	var names []string
	for i, file := range files {
		if info, err := os.Stat(file.path); errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir() {
			rows, names = append(rows, i), append(names, cells[i])
		}
	}
	if len(rows) == 0 || len(rows) == len(files) {
		return false // one error tells of all
	}
	l.report(rules.Absent(at, table, what, len(files), rows, names))
	return true
}

// nameArrays says that all of them are files of arrays.
func nameArrays(files []reference) bool {
	return !slices.ContainsFunc(files, func(r reference) bool {
		return !slices.Contains([]string{".npy", ".npz"}, r.extension())
	})
}

// tableMembers are the examples of each partition.
func (l *loading) tableMembers(cells []string) map[string][]int {
	members := make(map[string][]int)
	for i, cell := range cells {
		if !slices.Contains(partitionNames, cell) {
			d := diag.New(YML122, l.At("partition"), fmt.Sprintf("row %d, counting from 0, says %q", i, cell)).
				Note("a partition is one of: %s", strings.Join(partitionNames, ", "))
			if near, ok := diag.Nearest(cell, partitionNames); ok {
				d = d.Suggest("write " + near + " in the table")
			} else {
				d = d.Suggest("write one of these names in every row")
			}
			l.report(d)
			return nil
		}
		members[cell] = append(members[cell], i)
	}
	return members
}
