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
		path, _, _ := strings.Cut(reference, "#")
		if path == "" {
			return
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(folder, path)
		}
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
		switch s := n.Stage.(type) {
		case *stages.Load:
			if s.Table != "" {
				add(folder, s.Table)
				for _, cell := range tableCells(folder, s) {
					add(filepath.Dir(inFolder(folder, s.Table)), cell)
				}
				continue
			}
			for _, reference := range []string{s.Volumes, s.Labels, s.Groups} {
				add(folder, reference)
			}
			for _, part := range []*stages.LoadPart{s.Train, s.Validation, s.Test} {
				if part != nil {
					add(folder, part.Volumes)
					add(folder, part.Labels)
					add(folder, part.Groups)
				}
			}
		case *stages.Model:
			add(folder, s.Weights)
		}
	}
	return files
}

// tableCells are the volumes that a load stage's table names.
func tableCells(folder string, s *stages.Load) []string {
	file, err := os.Open(inFolder(folder, s.Table))
	if err != nil {
		return nil
	}
	defer file.Close()
	t, err := table.Read(file, s.Table)
	if err != nil {
		return nil
	}
	cells, _ := t.Column(s.Volumes)
	return cells
}

func inFolder(folder, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}
