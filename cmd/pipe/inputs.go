package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn/data/table"
	"github.com/voxelpipe/pipe/stages"
)

// inputFiles lists the data files that a planned pipeline reads, each once, in
// the order of the config; those of a pattern or a table in theirs. The plan has
// opened them all, so what cannot be found here has just vanished, and the stage
// that needs it will say so.
func inputFiles(c *config) []string {
	var files []string
	add := func(folder, reference string) {
		path, _ := stages.PathAndPart(reference)
		path = inFolder(folder, path)
		found := []string{path}
		if strings.ContainsAny(path, "*?[") {
			found, _ = filepath.Glob(path) // a pattern that cannot be read has been refused
		}
		for _, file := range found {
			if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
	}
	folder := c.file.Folder()
	for _, n := range c.checked.Nodes {
		for _, path := range pathsIn(n.Stage, encoded(n)) {
			add(folder, path.Text)
		}
		if load, is := n.Stage.(*stages.Load); is && load.Table != "" {
			path := inFolder(folder, load.Table)
			for _, cell := range tableCells(path, load.Volumes, load.Labels, load.SampleWeight) {
				add(filepath.Dir(path), cell)
			}
		}
	}
	return files
}

// tableCells are the arrays that columns of a table name: volumes, and masks
// where the labels are such.
func tableCells(path string, columns ...string) []string {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	t, err := table.Read(file, path)
	if err != nil {
		return nil
	}
	var arrays []string
	for _, column := range columns {
		cells, _ := t.Column(column)
		for _, cell := range cells {
			if name, _ := stages.PathAndPart(cell); slices.Contains([]string{".npy", ".npz"}, strings.ToLower(filepath.Ext(name))) {
				arrays = append(arrays, cell)
			}
		}
	}
	return arrays
}

func inFolder(folder, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}
