package stages_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/pipeline/store"
	"github.com/voxelpipe/pipe/stages"
)

// TestMain keeps what tests find in voxels out of the user's folders.
func TestMain(m *testing.M) {
	os.Setenv(store.CacheSwitch, "off")
	os.Exit(m.Run())
}

// recaller is a watcher that is told of voxels that are not looked at again.
type recaller struct {
	watcher
	times []time.Time
}

func (w *recaller) Recalled(_ *pipeline.Node, looked time.Time) { w.times = append(w.times, looked) }

// looked examines a config and gives what is found as JSON, and whether the voxels
// were looked at again.
func looked(t *testing.T, folder, config string) (found string, again bool) {
	t.Helper()
	path := filepath.Join(folder, "config.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	problems := &diag.List{}
	checked := pipeline.Resolve(t.Context(), pipeline.Build(spec.Load(path, spec.Options{}, problems), stages.Language(), problems), true, problems)
	pool := nn.NewPool(2)
	defer pool.Close()
	w := &recaller{}
	pipeline.Examine(t.Context(), checked, pipeline.Execution{Jobs: 1, Pool: pool, Watch: w}, problems)
	var records []diag.Record
	for _, d := range problems.All() {
		records = append(records, d.Record())
	}
	text, err := json.Marshal(records)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), len(w.times) == 0
}

// keptIn is a folder for what is found, and how many entries it has.
func keptIn(t *testing.T) func() int {
	t.Helper()
	cache := t.TempDir()
	t.Setenv(store.CacheSwitch, cache)
	return func() int {
		entries, err := os.ReadDir(cache)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
}

// faulty has findings that need what is stored, what is fed, percentiles, copies
// and partitions.
var faulty = voxelCase{change: func(v []float64) {
	each(func(v float64) float64 { return 3000 * v })(v)
	copy(example(v, 6), example(v, 3))
	copy(example(v, 57), example(v, 3))
	clear(example(v, 4))
}}

// placedSmall writes the files of that case; the model is one that its first steps
// take no time to go through.
func placedSmall(t *testing.T) (folder, config string) {
	t.Helper()
	folder, config = faulty.placed(t)
	return folder, strings.Replace(config, "{conv3d: {filters: 8, kernel_size: 3, activation: relu}}, global_average_pool3d", "{max_pool3d: {pool_size: 4}}, flatten", 1)
}

func TestVoxelsAreScannedOnce(t *testing.T) {
	entries := keptIn(t)
	folder, config := placedSmall(t)
	first, again := looked(t, folder, config)
	if !again || entries() != 2 || !strings.Contains(first, "DAT006") {
		t.Fatalf("looked %v, %d entries, found %s", again, entries(), first)
	}
	second, again := looked(t, folder, config)
	if again || second != first {
		t.Errorf("looked again: %v; found\n%s\nand the first time\n%s", again, second, first)
	}
	t.Setenv(store.CacheSwitch, "off")
	if third, again := looked(t, folder, config); !again || third != first {
		t.Errorf("without a cache: looked %v, %s", again, third)
	}
}

// rewritable gives the bytes of a file, and what writes others into it, so that it
// keeps its time.
func rewritable(t *testing.T, path string) (bytes []byte, rewrite func([]byte)) {
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return bytes, func(bytes []byte) {
		if err := os.WriteFile(path, bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAChangedVoxelIsScanned: also where the file keeps its size and its time.
func TestAChangedVoxelIsScanned(t *testing.T) {
	keptIn(t)
	folder, config := placedSmall(t)
	first, _ := looked(t, folder, config)
	path := filepath.Join(folder, "train.npy")
	bytes, rewrite := rewritable(t, path)
	bytes[128+4*(6*blobSize+9)+1] ^= 1 // one bit of one voxel of a copy
	rewrite(bytes)
	if second, again := looked(t, folder, config); !again || second == first {
		t.Errorf("a changed voxel is not noticed (looked again: %v)", again)
	}
}

// TestOtherSettingsAreScanned: each way of preparing the same files has its own
// entry, and one that says what the files seem to hold.
func TestOtherSettingsAreScanned(t *testing.T) {
	entries := keptIn(t)
	folder, plain := placedSmall(t)
	want := 0
	configs := []string{
		plain,
		strings.Replace(plain, "  - model:", "  - normalize: {method: rescale, scale: 0.001}\n  - model:", 1),
		strings.Replace(plain, "  - model:", "  - normalize: {method: rescale, scale: 0.002}\n  - model:", 1),
		strings.Replace(plain, "  - model:", "  - normalize: {method: z_score, over: example}\n  - model:", 1),
	}
	var found []string
	for i, config := range configs {
		text, again := looked(t, folder, config)
		want += 2
		if !again || entries() != want {
			t.Errorf("config %d: looked %v, %d entries, want %d", i, again, entries(), want)
		}
		found = append(found, text)
	}
	for i, config := range configs {
		if text, again := looked(t, folder, config); again || text != found[i] {
			t.Errorf("config %d finds something else the second time (looked again: %v)", i, again)
		}
	}
	if reflect.DeepEqual(found[0], found[3]) {
		t.Error("the cases are too much alike to tell anything")
	}
}

// TestAnUnusableCacheIsNoError: a damaged entry, and a folder that cannot be.
func TestAnUnusableCacheIsNoError(t *testing.T) {
	entries := keptIn(t)
	folder, config := placedSmall(t)
	first, _ := looked(t, folder, config)
	cache := os.Getenv(store.CacheSwitch)
	names, err := os.ReadDir(cache)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(cache, name.Name()), []byte("something else"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if second, again := looked(t, folder, config); !again || second != first || entries() != 2 {
		t.Errorf("damaged entries: looked %v, %d entries", again, entries())
	}
	if _, again := looked(t, folder, config); again {
		t.Error("damaged entries are not written anew")
	}
	t.Setenv(store.CacheSwitch, filepath.Join(folder, "config.yaml", "below a file"))
	if third, again := looked(t, folder, config); !again || third != first {
		t.Errorf("a folder that cannot be: looked %v", again)
	}
}

// trainedOn runs a config and gives what it finds and the model's inputs as they
// are recorded, and whether the voxels were looked at again.
func trainedOn(t *testing.T, folder, config string) (found string, again bool) {
	t.Helper()
	path := filepath.Join(folder, "config.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	problems := &diag.List{}
	checked := pipeline.Resolve(t.Context(), pipeline.Build(spec.Load(path, spec.Options{}, problems), stages.Language(), problems), true, problems)
	record, err := store.In(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	pool := nn.NewPool(2)
	defer pool.Close()
	w := &recaller{}
	for _, o := range pipeline.Execute(t.Context(), checked, pipeline.Execution{Jobs: 1, Pool: pool, Record: record, Watch: w}, problems) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
	}
	inputs, err := os.ReadFile(filepath.Join(record.Dir(), "preprocessing.json"))
	if err != nil {
		t.Fatal(err)
	}
	history, err := os.ReadFile(filepath.Join(record.Dir(), "history.csv"))
	if err != nil {
		t.Fatal(err)
	}
	var records []diag.Record
	for _, d := range problems.All() {
		records = append(records, d.Record())
	}
	text, err := json.Marshal(records)
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + string(inputs) + string(history), len(w.times) == 0
}

// placedScaled is the small case with a step.
func placedScaled(t *testing.T) (folder, config string) {
	folder, config = placedSmall(t)
	return folder, strings.Replace(config, "  - model:", "  - normalize: {method: rescale, scale: 0.001}\n  - model:", 1)
}

// TestARunAndTheDoctorShareScans: what one found in the same voxels, the other
// need not look for.
func TestARunAndTheDoctorShareScans(t *testing.T) {
	entries := keptIn(t)
	folder, config := placedScaled(t)
	t.Run("a run after a run", func(t *testing.T) {
		first, again := trainedOn(t, folder, config)
		if !again || entries() != 2 || !strings.Contains(first, "DAT006") {
			t.Fatalf("looked %v, %d entries, found %s", again, entries(), first)
		}
		if second, again := trainedOn(t, folder, config); again || second != first {
			t.Errorf("looked again: %v; found\n%s\nand the first time\n%s", again, second, first)
		}
	})
	t.Run("the doctor after a run", func(t *testing.T) {
		if _, again := looked(t, folder, config); !again || entries() != 3 {
			t.Errorf("%d entries: what is fed is known, what is stored is one more", entries())
		}
		if _, again := looked(t, folder, config); again {
			t.Error("looked again")
		}
	})
	t.Run("the doctor after a run on voxels that nothing changed", func(t *testing.T) {
		keptIn(t)
		folder, config := placedSmall(t)
		trainedOn(t, folder, config)
		if _, again := looked(t, folder, config); again {
			t.Error("looked again")
		}
	})
	t.Run("a run after the doctor", func(t *testing.T) {
		keptIn(t)
		looked(t, folder, config)
		if _, again := trainedOn(t, folder, config); again {
			t.Error("looked again")
		}
	})
	t.Run("a run without a cache", func(t *testing.T) {
		kept, _ := trainedOn(t, folder, config)
		t.Setenv(store.CacheSwitch, "off")
		if without, again := trainedOn(t, folder, config); !again || without != kept {
			t.Errorf("looked %v; found\n%s\nwith a cache\n%s", again, without, kept)
		}
		t.Setenv(store.CacheSwitch, filepath.Join(folder, "config.yaml", "below a file"))
		if without, again := trainedOn(t, folder, config); !again || without != kept {
			t.Errorf("in a folder that cannot be: looked %v", again)
		}
	})
}

// TestARunLooksAtAChangedVoxel: also where the file keeps its size and its time, so
// that the content alone tells; and nothing wrong is kept of it.
func TestARunLooksAtAChangedVoxel(t *testing.T) {
	keptIn(t)
	folder, config := placedScaled(t)
	first, _ := trainedOn(t, folder, config)
	path := filepath.Join(folder, "train.npy")
	original, rewrite := rewritable(t, path)
	changed := append([]byte(nil), original...)
	for example := range 45 { // no copies are left
		changed[128+4*(example*blobSize+9)+2] ^= byte(example)
	}
	rewrite(changed)
	second, again := trainedOn(t, folder, config)
	if !again || second == first || strings.Contains(second, "DAT006") {
		t.Errorf("changed voxels are not noticed (looked again: %v): %s", again, second)
	}
	if third, again := trainedOn(t, folder, config); again || third != second {
		t.Errorf("what was found of the changed is not kept (looked again: %v)", again)
	}
	rewrite(original)
	if fourth, again := trainedOn(t, folder, config); !again || fourth != first {
		t.Errorf("the files of old: looked again %v", again)
	}
	t.Setenv(store.CacheSwitch, "off")
	if alone, _ := trainedOn(t, folder, config); alone != first {
		t.Error("something else is found without a cache")
	}
}

// TestARunTellsOfAHeavyTail: by percentiles of what the model is given, which scaling
// leaves where they are beside each other.
func TestARunTellsOfAHeavyTail(t *testing.T) {
	for step, want := range map[string]bool{
		"normalize: {method: min_max}":                 true,
		"normalize: {method: max, over: example}":      true,
		"normalize: {method: min_max, range: [-1, 1]}": true,
		"normalize: {method: percentile}":              false,
	} {
		debris := voxelCase{change: func(v []float64) {
			for i := range 60 {
				example(v, i)[7] = 300
			}
		}}
		folder, config := debris.placed(t)
		config = strings.Replace(config, "  - model:", "  - "+step+"\n  - model:", 1)
		if found, _ := trainedOn(t, folder, config); strings.Contains(found, "DAT004") != want {
			t.Errorf("%s: found %s", step, found)
		}
	}
}
