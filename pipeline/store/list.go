package store

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Entry is a run in a folder of runs.
type Entry struct {
	// Dir is the run's folder, Name the config's name and Stamp the last part of
	// the folder's name.
	Dir, Name, Stamp string
	// Started is when it was made, to the second, in this machine's time.
	Started time.Time
	// Latest says that it is the newest of its name.
	Latest bool
}

// List gives the runs in a folder of runs, sorted by name, then by age, the
// newest last. A folder that does not exist holds none. What is not a run's
// folder is left out.
func List(root string) ([]Entry, error) {
	names, err := os.ReadDir(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, failed(root, "could not be read", err)
	}
	var entries []Entry
	for _, name := range names {
		folder := filepath.Join(root, name.Name())
		stamps, err := os.ReadDir(folder)
		if err != nil {
			continue // a file, or a folder that is not ours to read
		}
		latest, _ := follow(filepath.Join(folder, LatestLink))
		for _, stamp := range stamps {
			if started, ok := parseStamp(stamp.Name()); ok && stamp.IsDir() {
				entries = append(entries, Entry{
					Dir: filepath.Join(folder, stamp.Name()), Name: name.Name(), Stamp: stamp.Name(),
					Started: started, Latest: filepath.Base(latest) == stamp.Name(),
				})
			}
		}
	}
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Stamp, b.Stamp))
	})
	return entries, nil
}

// parseStamp reads the time in the name of a run's folder.
func parseStamp(name string) (time.Time, bool) {
	if len(name) != len(stampLayout)+1+hashDigits || name[len(stampLayout)] != '-' {
		return time.Time{}, false
	}
	started, err := time.ParseInLocation(stampLayout, name[:len(stampLayout)], time.Local)
	return started, err == nil
}
