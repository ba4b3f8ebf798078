package store

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// partial ends the names of files that are still being written. A kill can
// leave one behind; nothing ever reads it.
const partial = ".partial"

// WriteFile writes a file that appears whole or not at all: write gets the
// contents, and only what has reached the disk is given the file's name,
// replacing what had it before. Folders on the way are made. On an error nothing
// is left behind and an older file stays as it was. An error of write itself is
// returned as it is, one of the disk as an *Error.
//
// A path that names something other than a regular file, such as a pipe or a
// terminal, cannot be replaced and is written to directly.
func WriteFile(path string, write func(io.Writer) error) error {
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return &Error{Path: path, Problem: "is a folder, not a file", Remedy: "name a file in it"}
	case err == nil && !info.Mode().IsRegular():
		return writeThrough(path, write)
	}
	return writeFile(path, 0, write)
}

// writeFile writes a regular file. Without permissions it gets those that the
// user's umask leaves.
func writeFile(path string, permissions fs.FileMode, write func(io.Writer) error) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return failed(folder, "could not be made", err)
	}
	file, err := create(path)
	if err != nil {
		return failed(path, "could not be written", err)
	}
	contents := &watched{file: file}
	err = write(contents)
	if err == nil && permissions != 0 {
		contents.err = file.Chmod(permissions)
	}
	switch {
	case contents.err != nil:
		err = failed(path, "could not be written", contents.err)
	case err == nil:
		err = settle(file, path)
	}
	if err != nil {
		file.Close()
		os.Remove(file.Name())
		return err
	}
	return nil
}

// create opens a new file beside path, under a name of its own. Unlike
// os.CreateTemp it leaves the permissions to the user's umask.
func create(path string) (*os.File, error) {
	for {
		file, err := os.OpenFile(beside(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return file, err
		}
	}
}

// beside is a name in path's folder that nothing else uses.
func beside(path string) string {
	var random [6]byte
	rand.Read(random[:])
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+hex.EncodeToString(random[:])+partial)
}

// settle gives a written file its name once its contents are on the disk.
func settle(file *os.File, path string) error {
	for _, step := range []func() error{
		file.Sync,
		file.Close,
		func() error { return os.Rename(file.Name(), path) },
		func() error { return syncFolder(filepath.Dir(path)) },
	} {
		if err := step(); err != nil {
			return failed(path, "could not be written", err)
		}
	}
	return nil
}

// syncFolder makes a new name in a folder last. Some file systems refuse to sync
// a folder; they have nothing to lose there.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// writeThrough writes to something that is there already and is no regular file.
func writeThrough(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return failed(path, "could not be written", err)
	}
	contents := &watched{file: file}
	err = errors.Join(write(contents), file.Close())
	if contents.err != nil {
		return failed(path, "could not be written", contents.err)
	}
	return err
}

// watched remembers the first error of the file, so that it can be told from an
// error of whoever writes, however the writer wraps it.
type watched struct {
	file *os.File
	err  error
}

func (w *watched) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.file.Write(p)
	w.err = err
	return n, err
}

// fullDisk says whether an error is for want of space: the disk's, the user's
// share of it, or the largest file allowed.
func fullDisk(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}
