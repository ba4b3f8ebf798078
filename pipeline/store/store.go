// Package store keeps what a run leaves behind: one folder for each run, and in
// it files that appear whole or not at all. A file is written under a name that
// nobody looks for, forced to the disk, and only then given its own name, so
// that a kill or a full disk at any moment leaves the old file, the new one, or
// none, never half of one.
//
// Several programs may use the same folder of runs at once: each run gets a
// folder of its own.
package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Error is a file or folder that could not be used, in words for whoever named
// it.
type Error struct {
	// Path is the file or folder.
	Path string
	// Problem says what is wrong, as the rest of a sentence that starts with the
	// path; Remedy is a verb phrase, "" if none is known.
	Problem, Remedy string
	// Err is the system's error behind it, nil if there is none.
	Err error
}

func (e *Error) Error() string { return e.Path + " " + e.Problem }

// Unwrap gives the system's error.
func (e *Error) Unwrap() error { return e.Err }

// failed says that something could not be done to a path, and why, without the
// names of system calls.
func failed(path, what string, err error) *Error {
	problem := &Error{Path: path, Problem: what + ": " + reason(err), Err: err}
	switch {
	case errors.Is(err, fs.ErrPermission):
		problem.Remedy = "give yourself the right to write there, or name another folder"
	case errors.Is(err, syscall.ENOTDIR):
		problem.Remedy = "name another folder: a part of this path is a file"
	case fullDisk(err):
		problem.Remedy = "free some space, or name a folder on another disk"
	}
	return problem
}

// reason is an error of the system without the names of its calls.
func reason(err error) string {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err.Error()
	case errors.As(err, &link):
		return link.Err.Error()
	}
	return err.Error()
}

// Hash is the SHA-256 of some bytes in hexadecimal digits.
func Hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// HashFile is the Hash of a file's bytes, read piece by piece, and their number.
func HashFile(path string) (hash string, bytes int64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", 0, failed(path, "could not be read", err)
	}
	defer file.Close()
	sum := sha256.New()
	bytes, err = io.Copy(sum, file)
	if err != nil {
		return "", 0, failed(path, "could not be read", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), bytes, nil
}
