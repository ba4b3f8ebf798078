package stages

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/store"
	"github.com/voxelpipe/pipe/stages/rules"
)

// keptScans gives what was found in voxels when they were last looked at, by a run
// or by the doctor, and keeps what is found anew. Nil keeps nothing: without a
// cache, or where voxels do not come out of files.
//
// What is stored has a name by its content, digested as it is read, and so cannot
// be taken for anything else: neither a file's age nor its size is believed. Always
// all examples are looked at, so a part is never taken for another part.
type keptScans struct {
	cache *store.Cache
	// program is the content of this program: another one may prepare the same files
	// by the same settings in another way.
	program [2]uint64
	files   []reference
}

// keptScansOf are those of volumes as they are stored.
func keptScansOf(stored data.Source) *keptScans {
	k := &keptScans{cache: store.OpenCache()}
	if k.cache == nil {
		return nil
	}
	for _, part := range data.Parts(stored) {
		switch s := part.(type) {
		case *oneFile:
			k.files = append(k.files, s.files...)
		case *filePerExample:
			k.files = append(k.files, s.files...)
		default:
			return nil
		}
	}
	var err error
	if k.program, err = thisProgram(); err != nil {
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
	file, size, err := openFile(path)
	if err != nil {
		return [2]uint64{}, err
	}
	defer file.Close()
	return scan.Content(context.Background(), file, size, 2)
})

// sought is something that is found in voxels.
type sought struct {
	What     string
	Settings scan.Settings
	// Steps are those that the voxels have been through.
	Steps []pipeline.Fitted
}

// What is sought.
const (
	aScan    = "a scan"
	theMasks = "the masks beside"
)

// fedScan is a scan of what a model is given. Of voxels that nothing changed it is that
// of what is stored.
func fedScan(v *pipeline.Volumes, settings scan.Settings) sought {
	return sought{What: aScan, Settings: settings, Steps: voxelSteps(v.Steps)}
}

// scanSettings are those by which the voxels of a training are looked at: with
// percentiles of each partition.
func scanSettings(s *rules.Scan, examples int) scan.Settings {
	return scan.Settings{Group: s.Groups(examples), Groups: len(s.Partitions) + 1, Sketch: true}
}

// voxelSteps are the steps that change voxels.
func voxelSteps(steps []pipeline.Fitted) []pipeline.Fitted {
	var changing []pipeline.Fitted
	for _, step := range steps {
		if _, same := step.Transform.(unchanged); !same {
			changing = append(changing, step)
		}
	}
	return changing
}

// stepped is what steps make of a source.
func stepped(s data.Source, steps []pipeline.Fitted) data.Source {
	for _, step := range voxelSteps(steps) {
		s = data.Map(s, step.Transform)
	}
	return s
}

// key names what is found: by the program, all that is read, what is done to it and
// what is looked at.
func (k *keptScans) key(what sought, contents ...[2]uint64) (string, error) {
	return nameOf("key", struct {
		Form     string
		Program  [2]uint64
		Contents [][2]uint64
		Sought   sought
	}{scan.Form, k.program, contents, what})
}

// guess names what may be known of files by their places, sizes and times.
func (k *keptScans) guess(what sought) (string, error) {
	type file struct {
		Path, Part string
		Size       int64
		Changed    time.Time
	}
	var files []file
	for _, f := range k.files {
		path, err := filepath.Abs(f.path)
		if err != nil {
			return "", err
		}
		info, err := os.Stat(path)
		if err != nil {
			return "", err
		}
		files = append(files, file{path, f.part, info.Size(), info.ModTime().UTC()})
	}
	return nameOf("guess", struct {
		Form    string
		Program [2]uint64
		Files   []file
		Sought  sought
	}{scan.Form, k.program, files, what})
}

func nameOf(what string, parts any) (string, error) {
	text, err := json.Marshal(parts)
	if err != nil {
		return "", fmt.Errorf("a scan cannot be named: %w", err)
	}
	return store.Hash(append([]byte(what+" "), text...)), nil
}

// scan gives a scan that was kept, of so many examples of these sizes, and when
// that was; nil if there is none.
func (k *keptScans) scan(key string, like data.Source) (*scan.Result, time.Time) {
	bytes, at, ok := k.cache.Get(key)
	found := new(scan.Result)
	if !ok || found.UnmarshalBinary(bytes) != nil || !found.Of(like.Len(), like.Shape()) {
		return nil, at
	}
	return found, at
}

// keep keeps a scan.
func (k *keptScans) keep(key string, found *scan.Result) {
	if bytes, err := found.MarshalBinary(); err == nil {
		k.cache.Put(key, bytes)
	}
}

// load reads all examples into memory and gives what is in them. Where the files
// seem to be those that were scanned, nothing is looked at but their content, which
// tells in the end; if they are others after all, they are scanned in memory. The
// time is that of a scan that was not done again, else 0.
//
// The content is not asked for beforehand. For 4 million int16 that the system holds
// in memory, digesting the file took 1.6 ms, as long as the scan that it could save,
// and as they are read less than 0.2 ms; from a disk it is worse.
func (k *keptScans) load(ctx context.Context, v *pipeline.Volumes, settings scan.Settings, threads int) (*data.Memory, *scan.Result, time.Time, error) {
	var never time.Time
	what := fedScan(v, settings)
	if k == nil {
		scanner := scan.New(v.Source, settings)
		examples, err := data.Load(ctx, scanner, threads)
		return examples, scanner.Result(), never, err
	}
	guess, err := k.guess(what)
	if err != nil {
		guess = "" // whoever reads the files says what is wrong with them
	}
	var expected *scan.Result
	var at time.Time
	promised, _, guessed := k.cache.Get(guess)
	if guess != "" && guessed {
		expected, at = k.scan(string(promised), v.Source)
	}
	stored := scan.NewContents(v.Stored().Source)
	source := stepped(stored, what.Steps)
	scanner := scan.New(source, settings)
	if expected == nil {
		source = scanner
	}
	examples, err := data.Load(ctx, source, threads)
	if err != nil {
		return nil, nil, never, err
	}
	key, err := k.key(what, stored.Sum())
	if err != nil {
		return nil, nil, never, err
	}
	if expected != nil && key == string(promised) {
		return examples, expected, at, nil
	}
	found := scanner.Result()
	if expected != nil {
		if found, err = scan.Of(ctx, examples, settings, threads); err != nil {
			return nil, nil, never, err
		}
	}
	k.keep(key, found)
	if guess != "" {
		k.cache.Put(guess, []byte(key))
	}
	return examples, found, never, nil
}
