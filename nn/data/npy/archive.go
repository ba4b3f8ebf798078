package npy

import (
	"archive/zip"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"
	directory "github.com/sbinet/npyio/npz"
)

// Archive is an .npz file: a zip archive with an array in each member. Only its
// directory has been read. It may be used by several goroutines at once, as long
// as the file is open.
type Archive struct {
	name    string
	size    int64
	file    io.ReaderAt
	members map[string]*zip.File
	// names are those of the members in the order of the directory.
	names []string
}

// arrayEnding is what NumPy adds to the names of the members.
const arrayEnding = ".npy"

// OpenArchive reads the directory of an .npz file of size bytes, whose name for
// people is given. The error is an *Error.
func OpenArchive(r io.ReaderAt, size int64, name string) (*Archive, error) {
	if size == 0 {
		return nil, &Error{Name: name, Problem: "it is empty: 0 bytes", Remedy: remakeFile}
	}
	head := make([]byte, min(size, foreignPrefix))
	if err := readFull(io.NewSectionReader(r, 0, size), head, 0, name); err != nil {
		return nil, err
	}
	listed, entries, err := list(r, size)
	switch {
	case err != nil && !strings.HasPrefix(string(head), "PK"):
		return nil, foreign(name, "an .npz archive", head)
	case err != nil:
		return nil, &Error{
			Name: name, Problem: fmt.Sprintf("its table of contents, at the end of its %d bytes, is missing or damaged", size),
			Remedy: "the file was cut off or changed: save or copy it again", cause: err,
		}
	}
	a := &Archive{name: name, size: size, file: r, members: make(map[string]*zip.File, len(listed))}
	for _, key := range listed {
		member, isArray := strings.CutSuffix(key, arrayEnding)
		if !isArray {
			continue
		}
		if _, twice := a.members[member]; twice {
			return nil, &Error{Name: name, Problem: fmt.Sprintf("it has two members of the name %q", member), Remedy: "save it with np.savez, each array under a name of its own"}
		}
		a.names = append(a.names, member)
		a.members[member] = entries[key]
	}
	if len(a.names) == 0 {
		return nil, &Error{Name: name, Problem: fmt.Sprintf("none of its %d members is an array (.npy)", len(listed)), Remedy: "save it with np.savez(..., name=arr)"}
	}
	return a, nil
}

// list reads the names in a zip directory, by the npyio library, and finds what
// the library does not tell: where each member lies and how it is packed.
func list(r io.ReaderAt, size int64) (names []string, entries map[string]*zip.File, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("reading the directory: %v", problem)
		}
	}()
	reader, err := directory.NewReader(r, size)
	if err != nil {
		return nil, nil, err
	}
	// Names that would lead out of a folder mean nothing here: nothing is unpacked.
	whole, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, nil, err
	}
	entries = make(map[string]*zip.File, len(whole.File))
	for _, f := range whole.File {
		entries[f.Name] = f
	}
	return reader.Keys(), entries, nil
}

// Members lists the names of the arrays, as np.load shows them.
func (a *Archive) Members() []string { return slices.Clone(a.names) }

// Member opens the array of a name. The error is an *Error.
func (a *Archive) Member(name string) (*Array, error) {
	f, ok := a.members[name]
	if !ok {
		f, ok = a.members[strings.TrimSuffix(name, arrayEnding)]
	}
	if !ok {
		return nil, &Error{
			Name: a.name, Problem: fmt.Sprintf("it has no member %q", name),
			Remedy: "name one of its members: " + enumerate(a.names),
		}
	}
	display := a.name + "#" + name
	offset, err := a.locate(f, display)
	if err != nil {
		return nil, err
	}
	packed := io.NewSectionReader(a.file, offset, int64(f.CompressedSize64))
	if f.Method == zip.Store {
		return Open(packed, packed.Size(), display)
	}
	return inflated(f, packed, display)
}

// enumerate names the members as far as they fit a message.
func enumerate(names []string) string {
	const shown = 12
	if len(names) > shown {
		return fmt.Sprintf("%s, … (%d in all)", strings.Join(names[:shown], ", "), len(names))
	}
	return strings.Join(names, ", ")
}

// No deflate stream is longer than its input by a larger factor (RFC 1951: 258
// bytes cost two bits at least). A member that claims more is lying, and must not
// be given the memory.
const maxInflation = 1032

// locate finds where a member's bytes begin, and holds the directory's claims
// against the file.
func (a *Archive) locate(f *zip.File, name string) (offset int64, err error) {
	defer func() {
		if recover() != nil {
			err = &Error{Name: name, Problem: "its place in the archive is damaged", Remedy: remakeFile}
		}
	}()
	const encrypted = 1
	switch {
	case f.Flags&encrypted != 0:
		return 0, &Error{Name: name, Problem: "it is encrypted", Remedy: "save it again with np.savez"}
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return 0, &Error{Name: name, Problem: fmt.Sprintf("it is packed by method %d; stored (0) and deflated (8) members are read", f.Method), Remedy: "save it again with np.savez or np.savez_compressed"}
	}
	offset, cause := f.DataOffset()
	if cause != nil {
		return 0, &Error{Name: name, Problem: "its place in the archive is damaged", Remedy: remakeFile, cause: cause}
	}
	packed, claimed := f.CompressedSize64, f.UncompressedSize64
	switch {
	case offset > a.size || packed > uint64(a.size-offset):
		return 0, &Error{Name: name, Problem: fmt.Sprintf("it should have %d bytes from byte %d on, but the file has %d", packed, offset, a.size), Remedy: "the file was cut off: save or copy it again"}
	case f.Method == zip.Store && packed != claimed,
		claimed > math.MaxInt64,
		f.Method == zip.Deflate && claimed/maxInflation > packed:
		return 0, &Error{Name: name, Problem: fmt.Sprintf("it claims to be %d bytes long, which the %d bytes in the archive cannot be", claimed, packed), Remedy: remakeFile}
	}
	return offset, nil
}

// inflated is the array in a deflated member: its header is read now, its
// elements all at once when the first of them is asked for.
func inflated(f *zip.File, packed *io.SectionReader, name string) (*Array, error) {
	size := int64(f.UncompressedSize64)
	stream := flate.NewReader(io.NewSectionReader(packed, 0, packed.Size()))
	h, _, err := readHeader(stream, size, name)
	if err != nil {
		return nil, damaged(err, name)
	}
	a := &Array{Header: h, name: name}
	a.make = func() ([]byte, error) {
		// Read once more from the beginning: a second array may be read meanwhile,
		// and the header is short.
		stream := flate.NewReader(io.NewSectionReader(packed, 0, packed.Size()))
		h, raw, err := readHeader(stream, size, name)
		if err != nil {
			return nil, damaged(err, name)
		}
		whole := make([]byte, h.payload())
		if err := readFull(stream, whole, h.Offset, name); err != nil {
			return nil, damaged(err, name)
		}
		if sum := crc32.Update(crc32.ChecksumIEEE(raw), crc32.IEEETable, whole); sum != f.CRC32 {
			return nil, &Error{Name: name, Problem: fmt.Sprintf("its checksum is %08x, the archive says %08x", sum, f.CRC32), Remedy: "the file was changed: save or copy it again"}
		}
		return h.plain(whole), nil
	}
	return a, nil
}

// damaged names the reason for a failure within a deflated member: a stream that
// ends early or is no deflate stream, rather than a disk that cannot be read.
func damaged(err error, name string) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.As(err, &corrupt):
		return &Error{Name: name, Problem: fmt.Sprintf("its packed bytes are damaged at byte %d", int64(corrupt)), Remedy: "the file was changed: save or copy it again", cause: err}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &Error{Name: name, Problem: "its packed bytes end before the array does", Remedy: "the file was cut off: save or copy it again", cause: err}
	}
	return err
}
