package spec

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// File is a config that has been read, with everything put in its place: the
// files that it extends, variables, the environment, and what the command line
// sets.
type File struct {
	// Path is the file as it was named; "-" for the standard input.
	Path string
	// Name is that of the run records' folder.
	Name string
	// Seed decides everything random.
	Seed uint64
	// Runs is the folder of the run records, absolute or relative to the working
	// directory.
	Runs string
	// Stages is the list of stages; nil if there is none to go on with, which has
	// been reported.
	Stages *Node
	// Text is the file as written.
	Text string

	texts map[string]string // of all files read, by the name in their spans
}

// Folder is the folder of the config, where relative input paths start.
func (f *File) Folder() string {
	if f.Path == standardInput {
		return "."
	}
	return filepath.Dir(f.Path)
}

// Source gives the text of the config, of a file that it extends, or of a
// setting of the command line, by the name in their spans.
func (f *File) Source(file string) (string, bool) {
	text, ok := f.texts[file]
	return text, ok
}

const (
	// standardInput names the standard input on the command line.
	standardInput = "-"
	// shownInput names it in messages.
	shownInput = "standard input"
	// largestFile is far above any config that a person or a program writes.
	largestFile = 4 << 20
)

// readFile gives the text of a config. With at, the place that names the file,
// problems point there; without, at the file itself.
func readFile(path string, at diag.Span, problems *diag.List) (string, bool) {
	refuse := func(code *diag.Code, help, label string, args ...any) (string, bool) {
		span := at
		if !span.HasPlace() {
			span = diag.Span{File: shown(path)}
		}
		problems.Add(diag.New(code, span, fmt.Sprintf(label, args...)).Suggest(help))
		return "", false
	}
	if path == standardInput {
		return readAll(os.Stdin, refuse)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && isLink(path):
		target, _ := os.Readlink(path) // it could be read a moment ago
		return refuse(FIL001, "mend the link, or name the file itself", "%s is a link to %s, which does not exist", path, target)
	case errors.Is(err, fs.ErrNotExist):
		return refuse(FIL001, nearFile(path), "there is no file %s", path)
	case errors.Is(err, fs.ErrPermission):
		return refuse(FIL002, "give yourself the right to read its folder", "%s may not be read", path)
	case err != nil:
		return refuse(FIL002, "check the path", "%s cannot be opened: %s", path, cause(err))
	case info.IsDir():
		return refuse(FIL002, "name a config file in it", "%s is a folder", path)
	case info.Mode().IsRegular() && info.Size() > largestFile:
		return refuse(FIL003, "name the config, not a data file", "%s has %d MB; a config has at most %d", path, info.Size()>>20, largestFile>>20)
	}
	file, err := os.Open(path)
	if err != nil {
		return refuse(FIL002, "give yourself the right to read it: chmod u+r", "%s may not be read: %s", path, cause(err))
	}
	defer file.Close()
	return readAll(file, refuse)
}

// isLink says whether a path is a symbolic link, wherever it leads.
func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// readAll reads no more than a config can have, whatever the file says of its
// size: it may be a pipe.
func readAll(file io.Reader, refuse func(*diag.Code, string, string, ...any) (string, bool)) (string, bool) {
	content, err := io.ReadAll(io.LimitReader(file, largestFile+1))
	switch {
	case err != nil:
		return refuse(FIL002, "check the disk", "it cannot be read: %s", cause(err))
	case len(content) > largestFile:
		return refuse(FIL003, "name the config, not a data file", "it has more than %d MB, the most that a config can have", largestFile>>20)
	}
	return strings.TrimPrefix(string(content), byteOrderMark), true
}

// shown is how messages name a path.
func shown(path string) string {
	if path == standardInput {
		return shownInput
	}
	return path
}

// nearFile says what to do about a file that does not exist.
func nearFile(path string) string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return "check the path"
	}
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = entry.Name()
	}
	if near, ok := diag.Nearest(filepath.Base(path), names); ok {
		return fmt.Sprintf("did you mean %s?", filepath.Join(filepath.Dir(path), near))
	}
	return "check the path"
}

// cause is a system's error without the call and the path in front.
func cause(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
