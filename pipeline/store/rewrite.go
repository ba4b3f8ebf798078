package store

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Rewrite replaces what a file holds, as WriteFile does: whole or not at all. It
// keeps the file's permissions, goes through links to the file that they lead to,
// and refuses a file that no longer holds what it is said to: somebody else has
// written it in the meantime.
func Rewrite(path string, before, after []byte) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return failed(path, "could not be read", err)
	}
	info, err := os.Stat(real)
	if err != nil {
		return failed(path, "could not be read", err)
	}
	now, err := os.ReadFile(real)
	if err != nil {
		return failed(path, "could not be read", err)
	}
	if !bytes.Equal(now, before) {
		return &Error{Path: path, Problem: "was changed by something else meanwhile, and is left as it is now", Remedy: "try again"}
	}
	if err := writable(real, info.Mode()); err != nil {
		return failed(path, "could not be written", err)
	}
	return writeFile(real, info.Mode().Perm(), func(w io.Writer) error {
		_, err := w.Write(after)
		return err
	})
}

// writable says why a file may not be written. Its folder may allow to replace it
// all the same, and an administrator may write everything; whoever took the right
// to write away meant neither.
func writable(path string, mode fs.FileMode) error {
	if mode.Perm()&0o222 == 0 {
		return fs.ErrPermission
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return file.Close()
}
