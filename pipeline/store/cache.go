package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// CacheSwitch names the environment variable that says where what has been found
// out is kept to be found again: a folder, or off.
const CacheSwitch = "PIPE_CACHE"

// Cache keeps what is slow to find out and can be found out again: losing it, or
// a part of it, does no harm. Nothing that goes wrong with it is an error. A nil
// cache keeps nothing.
type Cache struct {
	folder string
	// most is how many bytes are kept.
	most int64
}

const (
	// cacheMost bounds a cache: the entries that were not used for longest go first.
	cacheMost = 256 << 20
	// cacheForm begins an entry of the form that is written here.
	cacheForm = "pipe cache 1 "
	// cacheSuffix ends the name of an entry.
	cacheSuffix = ".scan"
)

// OpenCache is the user's cache: in the folder that CacheSwitch names or, where it
// is empty, in the system's folder for caches. It is nil where that is off, or no
// folder is known.
func OpenCache() *Cache {
	folder := os.Getenv(CacheSwitch)
	switch folder {
	case "off":
		return nil
	case "":
		caches, err := os.UserCacheDir()
		if err != nil {
			return nil
		}
		folder = filepath.Join(caches, "pipe", "scans")
	}
	return &Cache{folder, cacheMost}
}

// path is where an entry lies. The key is a word.
func (c *Cache) path(key string) string { return filepath.Join(c.folder, key+cacheSuffix) }

// Get gives what was kept under a key, and when. An entry that is damaged, or of
// another form, is none.
func (c *Cache) Get(key string) (data []byte, kept time.Time, ok bool) {
	if c == nil {
		return nil, kept, false
	}
	text, err := readEntry(c.path(key), c.most)
	if err != nil {
		return nil, kept, false
	}
	head, data, found := bytes.Cut(text, []byte("\n"))
	fields := strings.Fields(strings.TrimPrefix(string(head), cacheForm))
	if !found || !bytes.HasPrefix(head, []byte(cacheForm)) || len(fields) != 2 || fields[1] != sealed(key, fields[0], data) {
		return nil, kept, false
	}
	if kept, err = time.Parse(time.RFC3339, fields[0]); err != nil {
		return nil, kept, false
	}
	now := time.Now()
	_ = os.Chtimes(c.path(key), now, now) // what is used stays
	return data, kept, true
}

func readEntry(path string, most int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, most))
}

// sealed is the seal of an entry, by which damage shows.
func sealed(key, kept string, data []byte) string {
	sum := sha256.New()
	io.WriteString(sum, key+"\n"+kept+"\n")
	sum.Write(data)
	return hex.EncodeToString(sum.Sum(nil))
}

// Put keeps something under a key, in the place of what was there, and drops what
// was not used for longest if there is too much. What cannot be written is not
// kept.
func (c *Cache) Put(key string, data []byte) {
	if c == nil || int64(len(data)) > c.most/4 {
		return
	}
	kept := time.Now().UTC().Format(time.RFC3339)
	err := WriteFile(c.path(key), func(w io.Writer) error {
		_, err := io.WriteString(w, cacheForm+kept+" "+sealed(key, kept, data)+"\n")
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	})
	if err == nil {
		c.trim()
	}
}

// trim drops the oldest entries beyond the most that is kept, and what a kill has
// left behind long ago.
func (c *Cache) trim() {
	entries, err := os.ReadDir(c.folder)
	if err != nil {
		return
	}
	type entry struct {
		path string
		size int64
		used time.Time
	}
	var kept []entry
	total := int64(0)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		path := filepath.Join(c.folder, e.Name())
		switch {
		case strings.HasSuffix(e.Name(), cacheSuffix):
			kept = append(kept, entry{path, info.Size(), info.ModTime()})
			total += info.Size()
		case strings.HasSuffix(e.Name(), partial) && strings.Contains(e.Name(), cacheSuffix) && time.Since(info.ModTime()) > 24*time.Hour:
			os.Remove(path)
		}
	}
	slices.SortFunc(kept, func(a, b entry) int { return a.used.Compare(b.used) })
	for _, e := range kept {
		if total <= c.most {
			return
		}
		os.Remove(e.path)
		total -= e.size
	}
}
