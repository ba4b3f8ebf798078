package npy

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// foreignPrefix is how much of a file is looked at to tell what it is; the
// NIfTI mark, at byte 344, is the furthest one.
const foreignPrefix = 512

// Marks of the formats that people have where an array is expected, at their
// offsets from the beginning. The order matters where one format is inside
// another: an .nii.gz is a gzip file first.
var marks = []struct {
	offset     int
	mark       string
	is, remedy string
}{
	{0, "\x1f\x8b", "a gzip file", "unpack it first (gunzip), and convert what is inside with np.save"},
	{0, "\x93NUMPY", "a single array (.npy)", "give it the ending .npy, or leave out the member's name"},
	{0, "PK\x03\x04", "a zip or .npz archive", "give it the ending .npz and name a member: file.npz#member"},
	{0, "PK\x05\x06", "an empty zip archive", "save it with np.savez(..., name=arr)"},
	{344, "n+1\x00", "a NIfTI image (.nii)", fromNIfTI},
	{344, "ni1\x00", "a NIfTI header (.hdr)", fromNIfTI},
	{4, "n+2\x00", "a NIfTI-2 image (.nii)", fromNIfTI},
	{128, "DICM", "a DICOM file", "convert the series with np.save('volumes.npy', volume)"},
	{0, "\x89HDF\r\n\x1a\n", "an HDF5 file (.h5)", "convert it: np.save('volumes.npy', h5py.File(...)['name'][:])"},
	{0, "\x89PNG", "a PNG picture", "convert the slices with np.save('volumes.npy', np.stack(...))"},
	{0, "\xff\xd8\xff", "a JPEG picture", "convert the slices with np.save('volumes.npy', np.stack(...))"},
	{0, "MATLAB 5.0", "a MATLAB file (.mat)", "convert it: np.save('volumes.npy', scipy.io.loadmat(...)['name'])"},
	{0, "NRRD", "an NRRD image", "convert it with np.save('volumes.npy', nrrd.read(...)[0])"},
	{0, "\x80\x02", pickle, fromPickle},
	{0, "\x80\x03", pickle, fromPickle},
	{0, "\x80\x04", pickle, fromPickle},
	{0, "\x80\x05", pickle, fromPickle},
	{0, "version https://git-lfs", "a Git LFS pointer in place of the file", "fetch the file itself: git lfs pull"},
}

const (
	fromNIfTI  = "convert it: np.save('volumes.npy', nibabel.load(...).get_fdata().astype('float32'))"
	pickle     = "a Python pickle"
	fromPickle = "save the array itself with np.save"
)

// foreign is the error for a file that begins with head and is not what was
// wanted ("a .npy file", "an .npz archive").
func foreign(name, wanted string, head []byte) *Error {
	for _, m := range marks {
		if m.offset <= len(head) && bytes.HasPrefix(head[m.offset:], []byte(m.mark)) {
			return &Error{Name: name, Problem: fmt.Sprintf("it is not %s but looks like %s", wanted, m.is), Remedy: m.remedy}
		}
	}
	if line, ok := firstLine(head); ok {
		return &Error{
			Name:    name,
			Problem: fmt.Sprintf("it is not %s but looks like text that begins %q", wanted, line),
			Remedy:  "load a table of numbers with np.loadtxt and save it with np.save",
		}
	}
	return &Error{
		Name:    name,
		Problem: fmt.Sprintf("it is not %s: it begins with the bytes % x", wanted, head[:min(len(head), 6)]),
		Remedy:  "save the array with np.save, or several with np.savez",
	}
}

// firstLine is the beginning of what can be read as text.
func firstLine(head []byte) (string, bool) {
	// The cut at foreignPrefix may have gone through a letter.
	for cut := 0; cut < utf8.UTFMax && !utf8.Valid(head) && len(head) > 0; cut++ {
		head = head[:len(head)-1]
	}
	text := string(head)
	printable := func(r rune) bool { return unicode.IsPrint(r) || unicode.IsSpace(r) || r == '\ufeff' }
	if text == "" || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !printable(r) }) {
		return "", false
	}
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	const shown = 40
	if letters := []rune(strings.TrimSpace(line)); len(letters) > shown {
		return string(letters[:shown]) + "…", true
	}
	return strings.TrimSpace(line), true
}
