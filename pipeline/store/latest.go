package store

import (
	"io"
	"os"
	"path/filepath"
	"strings"
)

// point has folder/latest lead to the entry of that name, in one step, so that
// it leads somewhere at every moment. Where the file system knows no links,
// latest is a small file with the name in it.
func point(folder, name string, link func(target, path string) error) error {
	latest := filepath.Join(folder, LatestLink)
	temporary := beside(latest)
	if err := link(name, temporary); err != nil {
		return WriteFile(latest, func(w io.Writer) error {
			_, err := io.WriteString(w, name+"\n")
			return err
		})
	}
	if err := os.Rename(temporary, latest); err != nil {
		os.Remove(temporary)
		return failed(latest, "could not be pointed to the new run", err)
	}
	return nil
}

// longestPointer bounds the file that stands for a link.
const longestPointer = 256

// follow gives the folder that a path leads to, through links or through the
// small file that stands for one.
func follow(path string) (string, error) {
	there, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(there)
	if err != nil {
		return "", err
	}
	if filepath.Base(there) != LatestLink || !info.Mode().IsRegular() || info.Size() > longestPointer {
		return there, nil
	}
	name, err := os.ReadFile(there)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(filepath.Join(filepath.Dir(there), strings.TrimSpace(string(name))))
}
