package stages

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/store"
)

// keptScans gives what was found in the voxels of files when they were last looked
// at, if they are still the same byte for byte, and keeps what is found anew. Nil
// keeps nothing: without a cache, or where voxels do not come out of files.
type keptScans struct {
	cache *store.Cache
	files []*keptFile
	// program is the content of this program: another one may prepare the same files
	// by the same settings in another way.
	program [2]uint64
	// recalled counts the scans that were not done again, since is when the last of
	// them was done.
	recalled int
	since    time.Time
}

// keptFile is a file of volumes and its content.
type keptFile struct {
	path, part string
	single     bool
	content    [2]uint64
	state      fs.FileInfo
}

// keptScansOf reads the files of the volumes as they are stored, whole: a file's age
// and size are not believed. Where that fails, whoever reads the volumes says so.
func keptScansOf(ctx context.Context, cache *store.Cache, stored data.Source, threads int) *keptScans {
	if cache == nil {
		return nil
	}
	k := &keptScans{cache: cache}
	var err error
	if k.program, err = thisProgram(); err != nil {
		return nil
	}
	for _, part := range data.Parts(stored) {
		var from *arrays
		switch s := part.(type) {
		case *oneFile:
			from = s.arrays
		case *filePerExample:
			from = s.arrays
		default:
			return nil
		}
		for _, file := range from.files {
			k.files = append(k.files, &keptFile{path: file.path, part: file.part, single: from.single})
		}
	}
	within := threads
	if len(k.files) > 1 {
		within = 1
	}
	var next atomic.Int64
	var failed atomic.Bool
	var readers sync.WaitGroup
	for range min(threads, len(k.files)) {
		readers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(k.files) && !failed.Load(); i = int(next.Add(1)) - 1 {
				if k.files[i].digest(ctx, within) != nil {
					failed.Store(true)
				}
			}
		})
	}
	if readers.Wait(); failed.Load() {
		return nil
	}
	return k
}

// thisProgram is the content of the program that runs.
var thisProgram = sync.OnceValues(func() ([2]uint64, error) {
	path, err := os.Executable()
	if err != nil {
		return [2]uint64{}, err
	}
	f := &keptFile{path: path}
	err = f.digest(context.Background(), 1)
	return f.content, err
})

func (f *keptFile) digest(ctx context.Context, threads int) error {
	file, size, err := openFile(f.path)
	if err != nil {
		return err
	}
	defer file.Close()
	if f.state, err = file.Stat(); err != nil {
		return err
	}
	f.content, err = scan.Content(ctx, file, size, threads)
	return err
}

// of is scan.Of of the source that the steps make of the files.
func (k *keptScans) of(ctx context.Context, source data.Source, settings scan.Settings, steps []pipeline.Fitted, threads int) (*scan.Result, error) {
	if k == nil {
		return scan.Of(ctx, source, settings, threads)
	}
	key, err := k.key(settings, steps)
	if err != nil {
		return nil, err
	}
	if bytes, at, ok := k.cache.Get(key); ok {
		found := new(scan.Result)
		if found.UnmarshalBinary(bytes) == nil && found.Of(source.Len(), source.Shape()) {
			k.recalled++
			if at.After(k.since) {
				k.since = at
			}
			return found, nil
		}
	}
	found, err := scan.Of(ctx, source, settings, threads)
	if err == nil && k.unchanged() {
		if bytes, err := found.MarshalBinary(); err == nil {
			k.cache.Put(key, bytes)
		}
	}
	return found, err
}

// key names a scan: by the program, the content of the files, what is read out of
// them, what is done to it and what is looked at.
func (k *keptScans) key(settings scan.Settings, steps []pipeline.Fitted) (string, error) {
	type file struct {
		Content [2]uint64
		Part    string
		Single  bool
	}
	named := struct {
		Form     string
		Program  [2]uint64
		Files    []file
		Settings scan.Settings
		Steps    []pipeline.Fitted
	}{Form: scan.Form, Program: k.program, Settings: settings, Steps: steps}
	for _, f := range k.files {
		named.Files = append(named.Files, file{f.content, f.part, f.single})
	}
	text, err := json.Marshal(named)
	if err != nil {
		return "", fmt.Errorf("a scan cannot be named: %w", err)
	}
	return store.Hash(text), nil
}

// unchanged says that no file was written while it was scanned.
func (k *keptScans) unchanged() bool {
	for _, f := range k.files {
		now, err := os.Stat(f.path)
		if err != nil || !os.SameFile(now, f.state) || now.Size() != f.state.Size() || !now.ModTime().Equal(f.state.ModTime()) {
			return false
		}
	}
	return true
}
