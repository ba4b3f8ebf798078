package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Append adds to the end of a file of the record, which is made if there is none,
// with the folders on the way. It is for files that others read while they grow:
// what is there stays in place, and a kill can leave a part of what was added.
func (r *Run) Append(name string, data []byte) error {
	path := r.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return failed(filepath.Dir(path), "could not be made", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
	if err != nil {
		return failed(path, "could not be written", err)
	}
	_, err = file.Write(data)
	if err := errors.Join(err, file.Close()); err != nil {
		return failed(path, "could not be written", err)
	}
	return nil
}

// Size is how long a file of the record is; 0 if there is none.
func (r *Run) Size(name string) (int64, error) {
	info, err := os.Stat(r.path(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, nil
	case err != nil:
		return 0, failed(r.path(name), "could not be read", err)
	}
	return info.Size(), nil
}
