package stages

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/npy"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// arrays are the arrays that one setting names, as far as their headers tell.
type arrays struct {
	// at is the setting.
	at diag.Span
	// files are one array of many examples or, where single, arrays of one each.
	files  []reference
	single bool
	count  int
	// stored are the sizes of one example in the files, sizes those it is read as:
	// masks may do without a channel axis of 1.
	stored, sizes []int
	// dtype is that of the elements; of files with different ones, float32.
	dtype string
}

// placedProblem is a data problem and where the file was named.
type placedProblem struct {
	*dataProblem
	at diag.Span
}

func (p *placedProblem) diagnostic() diag.Diagnostic { return p.dataProblem.at(p.at) }

// arraysIn reads the headers of the arrays. Single says that each holds one
// example; else there is one file. It is nil if there is a problem, or if ctx
// ends.
func arraysIn(ctx context.Context, files []reference, single bool, at diag.Span) (*arrays, *diag.Diagnostic) {
	a := &arrays{at: at, files: files, single: single, count: len(files)}
	var seen []differentSize
	for i, file := range files {
		if interrupted(ctx) {
			return nil, nil
		}
		array, err := openArray(file)
		if err != nil {
			d := unreadable(err).at(at)
			return nil, &d
		}
		sizes, dtype := array.Shape, array.DType.String()
		array.Close()
		if !single {
			if len(sizes) == 0 {
				d := (&dataProblem{code: rules.DAT011.Code, label: array.Name() + " holds a single number", help: "save an array with a row for each example"}).at(at)
				return nil, &d
			}
			a.count, sizes = sizes[0], sizes[1:]
		}
		switch {
		case i == 0:
			a.stored, a.sizes, a.dtype = sizes, sizes, dtype
		case dtype == "text":
			a.dtype = dtype
		case dtype != a.dtype && a.dtype != "text":
			a.dtype = "float32"
		}
		seen = countSize(seen, sizes, array.Name())
	}
	if len(seen) > 1 {
		return nil, unequal(at, len(files), seen)
	}
	return a, nil
}

// differentSize is a size that files have, how many have it and the first of
// them.
type differentSize struct {
	sizes []int
	count int
	first string
}

func countSize(seen []differentSize, sizes []int, file string) []differentSize {
	for i := range seen {
		if slices.Equal(seen[i].sizes, sizes) {
			seen[i].count++
			return seen
		}
	}
	return append(seen, differentSize{slices.Clone(sizes), 1, file})
}

// unequal is files of different sizes.
func unequal(at diag.Span, files int, seen []differentSize) *diag.Diagnostic {
	d := diag.New(rules.SHP016.Code, at, fmt.Sprintf("%d files hold examples of %d sizes", files, len(seen)))
	var lines []string
	for _, s := range seen {
		lines = append(lines, fmt.Sprintf("%s: %d files, the first is %s", shape.New(s.sizes...), s.count, s.first))
	}
	for _, line := range firstOf(lines, mostLines) {
		d = d.Note("%s", line)
	}
	d = d.Suggest("bring the volumes to one size before loading them, or name only those of one size")
	return &d
}

// show is the whole shape of the arrays: that of the file, or of one of them.
func (a *arrays) show() string {
	if a.single {
		return shapeOf(a.stored)
	}
	return shapeOf(append([]int{a.count}, a.stored...))
}

// what is the file, for a label.
func (a *arrays) what() string {
	name := a.files[0].name()
	if len(a.files) > 1 {
		return fmt.Sprintf("each of %d files", len(a.files))
	}
	return name
}

// sourceOf opens the arrays for reading, one after the other.
func sourceOf(list []*arrays) (data.Source, *placedProblem) {
	sources := make([]data.Source, len(list))
	for i, a := range list {
		if a.single {
			sources[i] = &filePerExample{arrays: a}
			continue
		}
		file, err := openArray(a.files[0])
		if err == nil && !slices.Equal(file.Shape, append([]int{a.count}, a.stored...)) {
			file.Close()
			err = &npy.Error{Name: file.Name(), Problem: "it was changed while it was used", Remedy: "run again"}
		}
		if err != nil {
			return nil, &placedProblem{unreadable(err), a.at}
		}
		sources[i] = &oneFile{arrays: a, file: file}
	}
	return data.Concat(sources...), nil
}

// oneFile reads examples out of an array that holds all of them. The file stays
// open as long as the source is used: the system closes it when the last
// reference is gone.
type oneFile struct {
	*arrays
	file *arrayFile
}

func (f *oneFile) Len() int     { return f.count }
func (f *oneFile) Shape() []int { return f.sizes }
func (f *oneFile) Read(i int, into []float32) error {
	return f.file.Rows(i, 1, into)
}

// filePerExample opens a file for each example that is read and closes it again,
// so that there may be more files than a process may have open.
type filePerExample struct{ *arrays }

func (f *filePerExample) Len() int     { return f.count }
func (f *filePerExample) Shape() []int { return f.sizes }
func (f *filePerExample) Read(i int, into []float32) error {
	file, err := openArray(f.files[i])
	if err != nil {
		return err
	}
	defer file.Close()
	if !slices.Equal(file.Shape, f.stored) || file.DType.IsText() {
		return &npy.Error{Name: file.Name(), Problem: "it was changed while it was used", Remedy: "run again"}
	}
	return file.Rows(0, file.Len(), into)
}

// isPattern says whether a path names files by a pattern.
func isPattern(path string) bool {
	path, _ = PathAndPart(path)
	return strings.ContainsAny(path, "*?[")
}

// files gives the files that a setting names, and whether by a pattern.
func (l *loading) files(text string, at diag.Span) ([]reference, bool) {
	ref := parseReference(text, l.resolve)
	paths, pattern, err := expand(ref.path)
	if err != nil {
		l.report(unreadable(err).at(at))
		return nil, pattern
	}
	files := make([]reference, len(paths))
	for i, path := range paths {
		files[i] = reference{path: path, part: ref.part}
	}
	return files, pattern
}
