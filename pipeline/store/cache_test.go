package store

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func cacheIn(t *testing.T) *Cache {
	t.Helper()
	t.Setenv(CacheSwitch, filepath.Join(t.TempDir(), "kept"))
	return OpenCache()
}

func TestACacheGivesWhatWasKept(t *testing.T) {
	c := cacheIn(t)
	if _, _, ok := c.Get("key"); ok {
		t.Error("an empty cache has something")
	}
	before := time.Now().Add(-time.Second)
	for _, data := range [][]byte{[]byte("one\ntwo"), {}, []byte("other")} {
		c.Put("key", data)
		got, kept, ok := OpenCache().Get("key")
		if !ok || !bytes.Equal(got, data) || kept.Before(before.Truncate(time.Second)) || kept.After(time.Now()) {
			t.Errorf("%q, %v of %s; want %q", got, ok, kept, data)
		}
	}
	if _, _, ok := c.Get("another"); ok {
		t.Error("another key has an entry")
	}
}

// TestADamagedEntryIsNone: one of another key or form, too, and it is written anew.
func TestADamagedEntryIsNone(t *testing.T) {
	c := cacheIn(t)
	c.Put("key", []byte("some bytes"))
	whole, err := os.ReadFile(c.path("key"))
	if err != nil {
		t.Fatal(err)
	}
	for at := range whole {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 1
		write(t, c.path("key"), damaged)
		if _, _, ok := c.Get("key"); ok {
			t.Errorf("byte %d is changed, and the entry taken", at)
		}
		write(t, c.path("key"), whole[:at])
		if _, _, ok := c.Get("key"); ok {
			t.Errorf("the entry ends after %d bytes, and is taken", at)
		}
	}
	write(t, c.path("other"), whole)
	if _, _, ok := c.Get("other"); ok {
		t.Error("the entry of another key is taken")
	}
	c.Put("key", []byte("anew"))
	if data, _, ok := c.Get("key"); !ok || string(data) != "anew" {
		t.Errorf("%q, %v", data, ok)
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestACacheThatCannotBeWrittenKeepsNothing(t *testing.T) {
	c := cacheIn(t)
	write(t, c.folder, nil) // a file where the folder should be
	c.Put("key", []byte("x"))
	if _, _, ok := c.Get("key"); ok {
		t.Error("kept where nothing can be kept")
	}
}

func TestWhereTheCacheIs(t *testing.T) {
	t.Setenv(CacheSwitch, "off")
	off := OpenCache()
	off.Put("key", []byte("x"))
	if _, _, ok := off.Get("key"); off != nil || ok {
		t.Error("a cache that is off keeps something")
	}
	t.Setenv(CacheSwitch, "")
	caches := t.TempDir()
	for _, known := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} { // each system looks at one
		t.Setenv(known, caches)
	}
	want, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	if got := OpenCache().folder; got != filepath.Join(want, "pipe", "scans") {
		t.Errorf("the cache is in %s", got)
	}
}

// TestACacheIsBounded: the entries that were not used for longest go, and what a
// kill left behind.
func TestACacheIsBounded(t *testing.T) {
	c := cacheIn(t)
	c.Put("a", make([]byte, 100))
	c.Put("b", make([]byte, 100))
	c.Put("c", make([]byte, 100))
	info, err := os.Stat(c.path("a"))
	if err != nil {
		t.Fatal(err)
	}
	c.most = 3 * info.Size()
	for hours, key := range []string{"c", "b", "a"} {
		used := time.Now().Add(-time.Duration(hours+2) * time.Hour)
		if err := os.Chtimes(c.path(key), used, used); err != nil {
			t.Fatal(err)
		}
	}
	left, fresh := beside(c.path("x")), beside(c.path("y"))
	write(t, left, nil)
	write(t, fresh, nil)
	long := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(left, long, long); err != nil {
		t.Fatal(err)
	}
	c.Get("a") // used now
	c.Put("d", make([]byte, 100))
	for key, want := range map[string]bool{"a": true, "b": false, "c": true, "d": true} {
		if _, _, ok := c.Get(key); ok != want {
			t.Errorf("%s is kept: %v", key, ok)
		}
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("what a kill left behind stays")
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Error("what is being written is dropped")
	}
	c.Put("e", make([]byte, c.most/4+1))
	if _, _, ok := c.Get("e"); ok {
		t.Error("an entry of more than a quarter of the cache is kept")
	}
}

// TestACacheOfMany: programs that write and read at once get whole entries.
func TestACacheOfMany(t *testing.T) {
	c := cacheIn(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 10 {
				c.Put("key", bytes.Repeat([]byte{byte(i)}, 1000))
				if data, _, ok := OpenCache().Get("key"); !ok || !bytes.Equal(data, bytes.Repeat(data[:1], 1000)) {
					t.Error("an entry is torn")
				}
			}
		})
	}
	all.Wait()
}
