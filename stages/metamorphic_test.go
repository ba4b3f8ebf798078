package stages_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/pipeline/store"
	"github.com/voxelpipe/pipe/stages"
)

// result is what a run gave, and the files that it left behind.
type result struct {
	outcomes []pipeline.Outcome
	files    map[string][]byte
}

// carryOut runs a config in a folder, until a stage if one is named.
func carryOut(t *testing.T, folder, config string, jobs, threads int, until string) result {
	t.Helper()
	place(t, folder, "config.yaml", []byte(config))
	problems := &diag.List{}
	file := spec.Load(filepath.Join(folder, "config.yaml"), spec.Options{}, problems)
	if file == nil {
		t.Fatal(listed(problems.All()))
	}
	checked := pipeline.Resolve(t.Context(), pipeline.Build(file, stages.Language(), problems), true, problems)
	record, err := store.In(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	pool := nn.NewPool(threads)
	defer pool.Close()
	how := pipeline.Execution{Jobs: jobs, Until: until, Pool: pool, Record: record, Watch: &watcher{}}
	r := result{files: make(map[string][]byte)}
	if problems.Errors() == 0 {
		r.outcomes = pipeline.Execute(t.Context(), checked, how, problems)
	}
	if problems.Errors() > 0 {
		t.Fatalf("%s\n%s", listed(problems.All()), config)
	}
	err = fs.WalkDir(os.DirFS(record.Dir()), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.Contains(name, "tfevents") { // which say when
			return err
		}
		r.files[name], err = os.ReadFile(filepath.Join(record.Dir(), name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// same fails unless two runs left the same files behind, bit by bit.
func (r result) same(t *testing.T, how string, other result) {
	t.Helper()
	if !slices.Equal(slices.Sorted(maps.Keys(r.files)), slices.Sorted(maps.Keys(other.files))) {
		t.Errorf("%s: the files are %v, they were %v", how, slices.Sorted(maps.Keys(other.files)), slices.Sorted(maps.Keys(r.files)))
	}
	for name, content := range r.files {
		if !bytes.Equal(formless(content), formless(other.files[name])) {
			t.Errorf("%s: %s is another one", how, name)
		}
	}
}

// formless is a file without the type of number that the volumes were stored as, which
// preprocessing.json keeps for whoever gives it new ones.
func formless(content []byte) []byte {
	return regexp.MustCompile(`"dtype": "[a-z0-9]+"`).ReplaceAll(content, nil)
}

// forked is a pipeline with two models that are trained side by side.
const forked = `version: 1
seed: 5
stages:
  - phantom: {samples: 30, size: [9, 11, 10], classes: 3}
  - split: {train: 0.6, validation: 0.2, test: 0.2, stratify: true}
  - normalize: {method: z_score, per_channel: false}
    id: scaled
  - reshape: {expand_dims: -1}
  - label_encode: {classes: 3}
  - model:
      layers:
        - {conv3d: {filters: 6, kernel_size: 3, activation: relu}, id: first}
        - batch_norm
        - max_pool3d
        - dropout: {rate: 0.2}
        - residual: {layers: [{conv3d: {filters: 6, kernel_size: 3, padding: same}}, relu]}
        - flatten
        - dense: {units: 3, activation: softmax}
    id: convolutional
  - model: {layers: [average_pool3d, flatten, {dense: {units: 16, activation: gelu}}, {dense: {units: 3, activation: softmax}}]}
    id: dense
  - train: {optimizer: adam, loss: categorical_crossentropy, metrics: [accuracy, auc], epochs: 2, batch_size: 5}
    id: one
    from: convolutional
  - train: {optimizer: {sgd: {momentum: 0.9}}, loss: categorical_crossentropy, epochs: 2, batch_size: 7, class_weight: balanced}
    id: other
    from: dense
  - evaluate: {on: test, metrics: [accuracy, confusion_matrix]}
    from: one
  - evaluate: {on: validation}
    from: other
  - predict: {on: all, output: one.npy}
    from: one
  - predict: {on: train, output: other.csv}
    from: other
  - export: {output: one.safetensors}
    from: one
`

func TestJobsAndThreadsChangeNothing(t *testing.T) {
	configs := map[string]string{t.TempDir(): forked}
	for seed := uint64(0); len(configs) < 7; seed++ {
		a := newAuthor(t, rand.NewPCG(seed, 1))
		if config := a.pipeline(); !a.bold && !a.strange {
			configs[a.folder] = config
		}
	}
	for folder, config := range configs {
		place(t, folder, "config.yaml", []byte(config))
		if _, refusals := errorsIn(t, filepath.Join(folder, "config.yaml"), true); len(refusals) > 0 {
			continue
		}
		alone := carryOut(t, folder, config, 1, 1, "")
		for _, n := range []struct{ jobs, threads int }{{2, 2}, {8, 3}, {1, 8}} {
			alone.same(t, fmt.Sprintf("%d jobs, %d threads", n.jobs, n.threads), carryOut(t, folder, config, n.jobs, n.threads, ""))
		}
		if t.Failed() {
			t.Fatal(config)
		}
	}
}

// However the same numbers are stored, they train the same model.
func TestTheFormOfAFileChangesNothing(t *testing.T) {
	voxels := storedArray{shape: []int{12, 5, 6, 4}, dtype: "int16", value: func(i int) float64 { return float64(i*i%211 + 40*(i/120%2)) }}
	labels := storedArray{shape: []int{12}, dtype: "uint8", value: func(i int) float64 { return float64(i % 2) }}
	config := func(file string) string {
		return fmt.Sprintf(`version: 1
stages:
  - load: {volumes: "%s", labels: labels.npy}
  - cast: {dtype: float32}
  - reshape: {expand_dims: -1}
  - split: {train: 8, test: 4}
  - normalize: {method: percentile}
  - model: {layers: [{conv3d: {filters: 3, kernel_size: 3, activation: relu}}, flatten, {dense: {units: 2, activation: softmax}}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 2, batch_size: 3}
  - predict: {output: all.npy}
`, file)
	}
	folder := t.TempDir()
	place(t, folder, "labels.npy", labels.encoded())
	place(t, folder, "plain.npy", voxels.encoded())
	plain := carryOut(t, folder, config("plain.npy"), 2, 2, "")
	variant := func(how string, change func(*storedArray)) storedArray {
		v := voxels
		change(&v)
		place(t, folder, how+".npy", v.encoded())
		plain.same(t, how, carryOut(t, folder, config(how+".npy"), 2, 2, ""))
		return v
	}
	variant("fortran", func(v *storedArray) { v.fortran = true })
	variant("big", func(v *storedArray) { v.big, v.version = true, 2 })
	variant("utf8", func(v *storedArray) { v.version = 3 })
	for _, dtype := range []string{"uint16", "uint32", "int32", "uint64", "int64", "float16", "float32", "float64"} {
		variant(dtype, func(v *storedArray) { v.dtype = dtype })
	}
	odd := variant("fortran_big_double", func(v *storedArray) { v.fortran, v.big, v.dtype = true, true, "float64" })
	for _, compressed := range []bool{false, true} {
		place(t, folder, "archive.npz", archive(t, compressed, map[string]storedArray{"odd": odd, "other": labels}))
		plain.same(t, fmt.Sprintf("archive, compressed %t", compressed), carryOut(t, folder, config("archive.npz#odd"), 2, 2, ""))
	}
	for i := range 12 {
		one := voxels.part(i, 1)
		one.shape = one.shape[1:]
		place(t, folder, fmt.Sprintf("scans/%02d.npy", i), one.encoded())
	}
	plain.same(t, "a file for each example", carryOut(t, folder, config("scans/*.npy"), 2, 2, ""))
}

// What runs until a stage is what a whole run has there.
func TestUntilIsAPrefix(t *testing.T) {
	folder := t.TempDir()
	whole := carryOut(t, folder, forked, 2, 2, "")
	for _, until := range []string{"phantom", "split", "scaled", "label_encode"} {
		part := carryOut(t, folder, forked, 2, 2, until)
		for i, o := range part.outcomes {
			full := whole.outcomes[i]
			if (o.Value != nil) != o.Wanted {
				t.Errorf("until %s: %s has a value: %t", until, o.Node.ID, o.Value != nil)
			}
			if o.Value == nil {
				continue
			}
			a, b := o.Value.(*pipeline.Volumes), full.Value.(*pipeline.Volumes)
			if !slices.Equal(voxelsOf(t, a), voxelsOf(t, b)) || pipeline.Summarize(a.Is) != pipeline.Summarize(b.Is) {
				t.Errorf("until %s: %s gives something else", until, o.Node.ID)
			}
		}
	}
	trained := carryOut(t, folder, forked, 2, 2, "one")
	if len(trained.files) != 3 {
		t.Errorf("until a train stage, the files are %v", slices.Sorted(maps.Keys(trained.files)))
	}
	for name, content := range trained.files {
		if !bytes.Equal(content, whole.files[name]) {
			t.Errorf("until a train stage, %s is another one", name)
		}
	}
}

func voxelsOf(t *testing.T, v *pipeline.Volumes) []float32 {
	t.Helper()
	m, err := data.Load(t.Context(), v.Source, 2)
	if err != nil {
		t.Fatal(err)
	}
	return m.Values()
}

// redone lets the record of a run predict the volumes it was made of, and wants
// the same bits. The author knows the file.
func redone(t *testing.T, a *author, record, config string) {
	for name, text := range map[string]string{"resolved.yaml": config, "run.json": "{}\n"} {
		place(t, record, name, []byte(text))
	}
	reuse, err := stages.OpenRun(record)
	if err != nil {
		t.Fatalf("the run cannot be used again: %v", err)
	}
	pool := nn.NewPool(1)
	defer pool.Close()
	predictions, err := reuse.Predict(t.Context(), filepath.Join(a.folder, a.volumes), pool)
	if err != nil {
		t.Fatalf("the run cannot predict its own volumes: %v", err)
	}
	var again bytes.Buffer
	if err := predictions.Write(&again, a.answers); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(filepath.Join(record, a.answers))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, again.Bytes()) {
		t.Errorf("used again, the run predicts something else than in %s", a.answers)
	}
}
