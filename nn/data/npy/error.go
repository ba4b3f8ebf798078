package npy

import "strconv"

// Error is a file or member that cannot be used: whose it is, what is wrong with
// it in numbers, and a way out. Its text is written for the person who has the
// file.
type Error struct {
	// Name is the display name given to Open or OpenArchive; a member of an
	// archive is "archive.npz#member".
	Name string
	// Problem says what is wrong, in lower case and without the name.
	Problem string
	// Remedy is a verb phrase, or empty.
	Remedy string

	cause error
}

func (e *Error) Error() string {
	text := e.Name + ": " + e.Problem
	if e.Remedy != "" {
		text += " (" + e.Remedy + ")"
	}
	return text
}

// Unwrap gives the reader's own error, if that is where the problem came from.
func (e *Error) Unwrap() error { return e.cause }

const remakeFile = "save or copy the file again"

// unreadable is a failure below this package: a disk or a network.
func unreadable(name string, offset int64, cause error) *Error {
	return &Error{
		Name:    name,
		Problem: "it cannot be read at byte " + strconv.FormatInt(offset, 10),
		Remedy:  "check the disk, or copy the file to another one",
		cause:   cause,
	}
}
