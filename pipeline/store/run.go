package store

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// RecordFile is the file that makes a folder a run's record: it says what ran
// and how it ended.
const RecordFile = "run.json"

// LatestLink is the name, beside the runs of a config, of the newest one.
const LatestLink = "latest"

// LogFile is the file to which a run's log is appended.
const LogFile = "log.txt"

// Run is the record of one run: a folder. Its methods may be called from several
// goroutines at once.
type Run struct {
	dir string
	log logFile
}

func newRun(dir string) *Run {
	return &Run{dir: dir, log: logFile{path: filepath.Join(dir, LogFile)}}
}

// stampLayout is the time in a folder's name.
const stampLayout = "20060102-150405"

// hashDigits is how much of a config's hash is in a folder's name.
const hashDigits = 6

// Create makes the folder of a new run, root/<name>/<time>-<start of the hash>,
// and has root/<name>/latest point to it. If the same config was started in the
// same second, the next free second is taken: no two runs ever share a folder.
func Create(root, name, configHash string, now time.Time) (*Run, error) {
	folder := filepath.Join(root, name)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, failed(folder, "could not be made", err)
	}
	for {
		stamp := now.Format(stampLayout) + "-" + configHash[:min(hashDigits, len(configHash))]
		dir := filepath.Join(folder, stamp)
		err := os.Mkdir(dir, 0o777)
		if errors.Is(err, fs.ErrExist) {
			now = now.Add(time.Second)
			continue
		}
		if err != nil {
			return nil, failed(dir, "could not be made", err)
		}
		if err := point(folder, stamp, os.Symlink); err != nil {
			return nil, err
		}
		return newRun(dir), nil
	}
}

// In makes exactly this folder the record of a new run. It refuses one that
// holds the record of another: two runs' files must not mix.
func In(dir string) (*Run, error) {
	if _, err := os.Lstat(filepath.Join(dir, RecordFile)); err == nil {
		return nil, &Error{Path: dir, Problem: "holds the record of another run", Remedy: "name another folder, or delete this one"}
	}
	switch info, err := os.Stat(dir); {
	case err == nil && !info.IsDir():
		return nil, &Error{Path: dir, Problem: "is a file, not a folder", Remedy: "name a folder"}
	case err != nil:
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return nil, failed(dir, "could not be made", err)
		}
	}
	return newRun(dir), nil
}

// Open gives the record of a run that was made before. Pointers such as latest
// are followed, so that the record stays the same one if another run starts.
func Open(dir string) (*Run, error) {
	there, err := follow(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &Error{Path: dir, Problem: "does not exist", Remedy: "see `pipe runs list` for the runs there are", Err: err}
	case err != nil:
		return nil, failed(dir, "could not be opened", err)
	}
	switch info, err := os.Stat(there); {
	case err != nil:
		return nil, failed(dir, "could not be opened", err)
	case !info.IsDir():
		return nil, &Error{Path: dir, Problem: "is a file, not the folder of a run", Remedy: "name the folder of a run; `pipe runs list` shows them"}
	}
	if _, err := os.Stat(filepath.Join(there, RecordFile)); err != nil {
		problem := &Error{Path: dir, Problem: "is not the record of a run: it holds no " + RecordFile, Remedy: "name the folder of a run; `pipe runs list` shows them"}
		if _, err := follow(filepath.Join(there, LatestLink)); err == nil {
			problem.Remedy = "name one of the runs in it, such as " + filepath.Join(dir, LatestLink)
		}
		return nil, problem
	}
	return newRun(there), nil
}

// Dir is the folder.
func (r *Run) Dir() string { return r.dir }

// Write writes a file of the record as WriteFile does. The name may lead into
// sub-folders, which are made; an absolute one is used as it is.
func (r *Run) Write(name string, write func(io.Writer) error) error {
	return WriteFile(r.path(name), write)
}

func (r *Run) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(r.dir, name)
}

// Log is where the run's log is appended, line after line. The file appears with
// the first line. Since a log is of least use where it stops the work it tells
// of, a line that cannot be written is lost and the writer never fails.
func (r *Run) Log() io.Writer { return &r.log }

// Close closes the log; a later line opens it again.
func (r *Run) Close() error { return r.log.close() }

// logFile is a file that is opened when it is first written to.
type logFile struct {
	path string
	mu   sync.Mutex
	file *os.File
}

func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		file, err := os.OpenFile(l.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
		if err != nil {
			return len(p), nil
		}
		l.file = file
	}
	_, _ = l.file.Write(p)
	return len(p), nil
}

func (l *logFile) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}
