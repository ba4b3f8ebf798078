package stages

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn/data/npy"
	"github.com/voxelpipe/pipe/nn/data/table"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// reference is a path as a config writes it: a file, perhaps with a member of an
// archive or a column of a table behind a "#".
type reference struct {
	path, part string
}

func parseReference(text string, resolve func(string) string) reference {
	path, part := PathAndPart(text)
	return reference{path: resolve(path), part: part}
}

// PathAndPart cuts a path as a user writes it into the file and what is named in
// it: file.npz#member. A "#" in a name that is not that of a data file, such as a
// folder's, is an ordinary letter.
func PathAndPart(text string) (path, part string) {
	for i, letter := range text {
		if letter != '#' {
			continue
		}
		switch strings.ToLower(filepath.Ext(text[:i])) {
		case ".npy", ".npz", ".csv", ".tsv":
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

func (r reference) String() string {
	if r.part == "" {
		return r.path
	}
	return r.path + "#" + r.part
}

// name is the file's name for people, without its folders.
func (r reference) name() string { return reference{filepath.Base(r.path), r.part}.String() }

// extension tells what a file is by the ending of its name, as every tool that
// writes these files does.
func (r reference) extension() string { return strings.ToLower(filepath.Ext(r.path)) }

// arrayFile is an open array with the file under it.
type arrayFile struct {
	*npy.Array
	file *os.File
}

// Close closes the file; the array must not be used afterwards.
func (a *arrayFile) Close() error { return a.file.Close() }

// openArray opens a .npy file, or a member of an .npz file. The error is a
// *dataProblem.
func openArray(ref reference) (*arrayFile, error) {
	file, size, err := openFile(ref.path)
	if err != nil {
		return nil, err
	}
	array, err := arrayIn(file, size, ref)
	if err != nil {
		file.Close()
		return nil, unreadable(err)
	}
	return &arrayFile{Array: array, file: file}, nil
}

func arrayIn(file *os.File, size int64, ref reference) (*npy.Array, error) {
	name := filepath.Base(ref.path)
	if ref.extension() != ".npz" {
		if ref.part != "" {
			return nil, &npy.Error{Name: name, Problem: fmt.Sprintf("%q names a member, but a .npy file holds one array", "#"+ref.part), Remedy: "leave out the " + "#" + ref.part}
		}
		return npy.Open(file, size, name)
	}
	archive, err := npy.OpenArchive(file, size, name)
	if err != nil {
		return nil, err
	}
	member := ref.part
	if member == "" {
		members := archive.Members()
		if len(members) != 1 {
			return nil, &npy.Error{
				Name: name, Problem: fmt.Sprintf("it holds %d arrays: %s", len(members), strings.Join(members, ", ")),
				Remedy: fmt.Sprintf("name one of them: %s#%s", name, members[0]),
			}
		}
		member = members[0]
	}
	return archive.Member(member)
}

// openFile opens a regular file and gives its size.
func openFile(path string) (*os.File, int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, missing(path, err)
	}
	info, err := file.Stat()
	switch {
	case err != nil:
		err = missing(path, err)
	case info.IsDir():
		err = &dataProblem{code: FIL102, label: fmt.Sprintf("%s is a folder", path), help: "name a file in it, or a pattern such as " + filepath.Join(path, "*.npy")}
	case !info.Mode().IsRegular():
		err = &dataProblem{code: FIL102, label: fmt.Sprintf("%s is not a regular file", path), help: "name a file that can be read from any place"}
	default:
		return file, info.Size(), nil
	}
	file.Close()
	return nil, 0, err
}

// pathsStart says where relative paths begin.
const pathsStart = "in a config it starts at the config's folder, on the command line at the one you are in"

// missing says why a file cannot be opened.
func missing(path string, err error) *dataProblem {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return &dataProblem{code: FIL103, label: fmt.Sprintf("%s may not be read", path), help: "give yourself the right to read it: chmod u+r"}
	case errors.Is(err, fs.ErrNotExist):
		p := &dataProblem{code: FIL101, label: fmt.Sprintf("there is no file %s", path), help: "mend the path: " + pathsStart}
		if near, ok := neighbour(path); ok {
			p.help = fmt.Sprintf("did you mean %s?", near)
		}
		return p
	}
	return &dataProblem{code: FIL102, label: fmt.Sprintf("%s cannot be opened", path), note: plain(err), help: "check the disk and the path"}
}

// neighbour finds a file of a similar name in the same folder.
func neighbour(path string) (string, bool) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return "", false
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return diag.Nearest(filepath.Base(path), names)
}

// openTable reads a CSV file whole.
func openTable(path string) (*table.Table, error) {
	file, _, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	t, err := table.Read(file, filepath.Base(path))
	if err != nil {
		return nil, unreadable(err)
	}
	return t, nil
}

// expand gives the files that a path or a pattern names, in name order. A path
// that is there as it is written is no pattern, whatever its folders are called.
func expand(path string) (files []string, pattern bool, err error) {
	if _, err := os.Lstat(path); err == nil || !strings.ContainsAny(path, "*?[") {
		return []string{path}, false, nil
	}
	files, err = filepath.Glob(path)
	switch {
	case err != nil:
		return nil, true, &dataProblem{code: FIL101, label: fmt.Sprintf("the pattern %s cannot be read", path), help: "close the bracket, or leave it out"}
	case len(files) == 0:
		return nil, true, &dataProblem{code: FIL101, label: fmt.Sprintf("no file fits the pattern %s", path), help: "mend the pattern: " + pathsStart}
	}
	slices.Sort(files)
	return files, true, nil
}

// dataProblem is a data file that cannot be used, before it has its place in the
// config.
type dataProblem struct {
	code        *diag.Code
	label, note string
	help        string
}

func (p *dataProblem) Error() string { return p.label }

// at gives the problem its place.
func (p *dataProblem) at(span diag.Span) diag.Diagnostic {
	d := diag.New(p.code, span, p.label)
	if p.note != "" {
		d = d.Note("%s", p.note)
	}
	if p.help != "" {
		d = d.Suggest(p.help)
	}
	return d
}

// unreadable turns an error of the readers into a problem.
func unreadable(err error) *dataProblem {
	var problem *dataProblem
	if errors.As(err, &problem) {
		return problem
	}
	var array *npy.Error
	if errors.As(err, &array) {
		return &dataProblem{code: rules.DAT011.Code, label: fmt.Sprintf("%s: %s", array.Name, array.Problem), help: array.Remedy}
	}
	var sheet *table.Error
	if errors.As(err, &sheet) {
		return &dataProblem{code: rules.DAT011.Code, label: fmt.Sprintf("%s: %s", sheet.Name, sheet.Problem), help: sheet.Remedy}
	}
	return &dataProblem{code: rules.DAT011.Code, label: plain(err), help: "make the file anew"}
}

// plain is an error of the system without the names of its calls.
func plain(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
