package stages_test

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/stages"
)

// The volumes of these tests: blobs in noise, brighter by class, 0 to 1.
const (
	blobSamples = 60
	blobSide    = 8
	blobSize    = blobSide * blobSide * blobSide
)

func blobs() []float64 {
	random := rand.New(rand.NewPCG(3, 4))
	values := make([]float64, blobSamples*blobSize)
	for i := range blobSamples {
		x, y, z := 2+4*random.Float64(), 2+4*random.Float64(), 2+4*random.Float64()
		for k := range blobSize {
			d := math.Pow(float64(k/64)-x, 2) + math.Pow(float64(k/8%8)-y, 2) + math.Pow(float64(k%8)-z, 2)
			bright := math.Exp(-d/(2+float64(i%3))) + 0.1*random.Float64()
			values[i*blobSize+k] = min(bright, 1.1) / 1.1
		}
	}
	return values
}

// each changes every voxel.
func each(change func(v float64) float64) func([]float64) {
	return func(values []float64) {
		for i, v := range values {
			values[i] = change(v)
		}
	}
}

func example(values []float64, i int) []float64 { return values[i*blobSize : (i+1)*blobSize] }

// voxelCase is a dataset, the steps it goes through, and what is found.
type voxelCase struct {
	name, dtype string
	change      func(values []float64)
	steps       string
	want        []string
}

// TestFaultsInVoxels: faults that somebody once had, and healthy data that looks
// wrong to rules of thumb.
func TestFaultsInVoxels(t *testing.T) {
	for _, c := range []voxelCase{
		{name: "healthy"},
		{name: "standardized values reach beyond ±1", steps: "normalize: {method: z_score, over: example}"},
		{name: "NaN voxels in two files", steps: "normalize: {method: z_score, over: example}", want: []string{"DAT001"},
			change: func(v []float64) { v[3*blobSize+70], v[11*blobSize] = math.NaN(), math.NaN() }},
		{name: "NaN voxels that a step would learn from", steps: "normalize: {method: z_score}", want: []string{"DAT001"},
			change: func(v []float64) { v[3*blobSize+70] = math.NaN() }},
		{name: "an empty volume", change: func(v []float64) { clear(example(v, 4)) }, want: []string{"DAT002"}},
		{name: "float32 from 0 to 255 as it is", change: each(func(v float64) float64 { return 255 * v }), want: []string{"DAT003"}},
		{name: "raw intensities up to 3000", change: each(func(v float64) float64 { return 3000 * v }), want: []string{"DAT003"}},
		{name: "debris decides the scale", dtype: "uint16", steps: "normalize: {method: max, over: example}", want: []string{"DAT004"},
			change: func(v []float64) {
				each(func(v float64) float64 { return math.Round(800 * v) })(v)
				for i := range blobSamples {
					v[i*blobSize+9*i%blobSize] = 60000
				}
			}},
		{name: "scaled once more", steps: "normalize: {method: rescale, scale: 0.00392156862745098}", want: []string{"DAT005"}},
		{name: "the same example twice in training", change: func(v []float64) { copy(example(v, 6), example(v, 3)) }, want: []string{"DAT006"}},
		{name: "the same volume as two classes", change: func(v []float64) { copy(example(v, 7), example(v, 3)) }, want: []string{"DAT007"}},
		{name: "uint16 saved as int16", dtype: "int16", steps: "normalize: {method: z_score, over: example}", want: []string{"DAT008"},
			change: each(func(v float64) float64 { return float64(int16(uint16(60000 * v))) })},
		{name: "a window for CT on MRI", steps: "clip: {range: [-175, 250]}\n  - normalize: {method: min_max}", want: []string{"DAT013"},
			change: each(func(v float64) float64 { return 4000 * (v + 0.1) })},
		{name: "a copy with a little noise", want: []string{"DAT015"},
			change: func(v []float64) { copy(example(v, 6), example(v, 3)); example(v, 6)[9] += 0.001 }},
		{name: "a training example is validated on", change: func(v []float64) { copy(example(v, 57), example(v, 3)) }, want: []string{"SPL004"}},
		{name: "brighter in validation", want: []string{"SPL012"},
			change: func(v []float64) {
				for i := 45 * blobSize; i < len(v); i++ {
					v[i] += 0.6
				}
			}},
		{name: "mostly background", steps: "normalize: {method: z_score, over: example}", want: []string{"PRE017"},
			change: each(func(v float64) float64 { return max(v-0.2, 0) })},
		{name: "another padding in another class", want: []string{"DAT012"},
			change: func(v []float64) {
				for i := range v {
					if corner := i % blobSize; corner%8%7 == 0 && corner/8%8%7 == 0 && corner/64%7 == 0 {
						v[i] = float64(i/blobSize%3) / 10
					}
				}
			}},
		{name: "brightness alone tells the classes apart", change: func(v []float64) { brighten(v) }},
		{name: "a background that is left out", steps: "normalize: {method: z_score, over: example, mask: nonzero}",
			change: each(func(v float64) float64 { return max(v-0.2, 0) })},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder, config := c.placed(t)
			found, _ := examined(t, folder, config)
			var codes []string
			for _, d := range found {
				if d.Severity != diag.Info && !strings.HasPrefix(d.Code.ID, "RUN") && !strings.HasPrefix(d.Code.ID, "FPR") && !strings.HasPrefix(d.Code.ID, "PRE002") {
					codes = append(codes, d.Code.ID)
				}
			}
			if !slices.Equal(codes, c.want) {
				t.Errorf("found %v, want %v:\n%s", codes, c.want, summaries(found))
			}
		})
	}
}

// brighten makes the classes differ in their level.
func brighten(values []float64) {
	for i := range values {
		values[i] = values[i]/10 + float64(i/blobSize%3)
	}
}

// TestALevelThatIsTakenAway: it is said, not warned of, and only where each example
// is scaled by itself.
func TestALevelThatIsTakenAway(t *testing.T) {
	for over, want := range map[string]bool{"example": true, "dataset": false} {
		folder, config := voxelCase{change: brighten, steps: "normalize: {method: z_score, over: " + over + "}"}.placed(t)
		found, _ := examined(t, folder, config)
		is := slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code.ID == "PRE016" && d.Severity == diag.Info })
		if is != want {
			t.Errorf("over %s: %s", over, summaries(found))
		}
	}
}

// placed writes the files of a case: classes in turn, 45 examples for training and
// 15 for validation.
func (c voxelCase) placed(t *testing.T) (folder, config string) {
	t.Helper()
	if c.dtype == "" {
		c.dtype = "float32"
	}
	values := blobs()
	if c.change != nil {
		c.change(values)
	}
	folder = t.TempDir()
	for name, part := range map[string][2]int{"train": {0, 45}, "validation": {45, 60}} {
		count := part[1] - part[0]
		own := values[part[0]*blobSize:]
		volumes := storedArray{shape: []int{count, blobSide, blobSide, blobSide, 1}, dtype: c.dtype, value: func(i int) float64 { return own[i] }}
		labels := storedArray{shape: []int{count}, dtype: "int64", value: func(i int) float64 { return float64(i % 3) }}
		place(t, folder, name+".npy", volumes.encoded())
		place(t, folder, name+"_labels.npy", labels.encoded())
	}
	steps := ""
	if c.steps != "" {
		steps = "  - " + c.steps + "\n"
	}
	return folder, `version: 1
stages:
  - load:
      label_kind: class_id
      train: {volumes: train.npy, labels: train_labels.npy}
      validation: {volumes: validation.npy, labels: validation_labels.npy}
` + steps + `  - model: {layers: [{conv3d: {filters: 8, kernel_size: 3, activation: relu}}, global_average_pool3d, {dense: {units: 3, activation: softmax}}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 2, batch_size: 8}
`
}

// examined is what a look at the inputs of a config's stages finds.
func examined(t *testing.T, folder, config string) ([]diag.Diagnostic, []pipeline.Outcome) {
	t.Helper()
	path := filepath.Join(folder, "config.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	problems := &diag.List{}
	checked := pipeline.Resolve(t.Context(), pipeline.Build(spec.Load(path, spec.Options{}, problems), stages.Language(), problems), true, problems)
	if problems.Errors() > 0 {
		t.Fatal(summaries(problems.All()))
	}
	pool := nn.NewPool(2)
	defer pool.Close()
	outcomes := pipeline.Examine(t.Context(), checked, pipeline.Execution{Jobs: 1, Pool: pool, Watch: &watcher{}}, problems)
	return problems.All(), outcomes
}

// TestFaultsInARun: what cannot be learnt from ends a run before its first step, and
// the rest is told.
func TestFaultsInARun(t *testing.T) {
	epochs := 0
	folder, config := voxelCase{change: func(v []float64) { v[3*blobSize+70] = math.NaN() }}.placed(t)
	r := runIn(t, t.Context(), folder, config, func() { epochs++ })
	if epochs > 0 || r.outcomes["train"].Err == nil || r.problems[0].Code.ID != "DAT001" {
		t.Errorf("%d epochs, then %v", epochs, summaries(r.problems))
	}
	folder, config = voxelCase{change: func(v []float64) { copy(example(v, 57), example(v, 3)) }}.placed(t)
	r = runIn(t, t.Context(), folder, config, func() { epochs++ })
	if epochs != 2 || len(r.problems) != 1 || r.problems[0].Code.ID != "SPL004" || r.problems[0].Severity != diag.Warning {
		t.Errorf("%d epochs, and %v", epochs, summaries(r.problems))
	}
}

// TestMasksBesideTheImage: a mask that marks the empty space is of another volume.
func TestMasksBesideTheImage(t *testing.T) {
	for _, beside := range []bool{false, true} {
		folder := t.TempDir()
		inside := func(i int) bool { return i%8 > 2 && i%8 < 6 && i/8%8 > 2 && i/8%8 < 6 && i/64%8 > 2 && i/64%8 < 6 }
		volumes := storedArray{shape: []int{12, 8, 8, 8, 1}, dtype: "float32", value: func(i int) float64 {
			if inside(i) {
				return 0.5 + float64(i*7919%101)/200
			}
			return 0
		}}
		masks := storedArray{shape: []int{12, 8, 8, 8}, dtype: "uint8", value: func(i int) float64 {
			if beside && i%8 == 7 || !beside && inside(i) {
				return 1
			}
			return 0
		}}
		place(t, folder, "volumes.npy", volumes.encoded())
		place(t, folder, "masks.npy", masks.encoded())
		found, _ := examined(t, folder, `version: 1
stages:
  - load: {volumes: volumes.npy, labels: masks.npy, label_kind: mask}
  - model: {layers: [{conv3d: {filters: 2, kernel_size: 3, padding: same, activation: softmax}}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 2, batch_size: 4}
`)
		is := slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code.ID == "DAT016" })
		if is != beside {
			t.Errorf("beside the image %v: %s", beside, summaries(found))
		}
	}
}

// TestMasksThatAreTheVolumes: a file of volumes named twice, scaled on one of its
// ways, is no file of masks. One voxel that differs makes it one.
func TestMasksThatAreTheVolumes(t *testing.T) {
	for _, differs := range []bool{false, true} {
		folder := t.TempDir()
		value := func(i int) float64 { return float64(i * 7919 % 101 % 4) }
		volumes := storedArray{shape: []int{12, 8, 8, 8, 1}, dtype: "uint8", value: value}
		masks := storedArray{shape: []int{12, 8, 8, 8}, dtype: "uint8", value: func(i int) float64 {
			if differs && i%512 == 77 {
				return 3 - value(i)
			}
			return value(i)
		}}
		place(t, folder, "volumes.npy", volumes.encoded())
		place(t, folder, "masks.npy", masks.encoded())
		found, _ := examined(t, folder, `version: 1
stages:
  - load: {volumes: volumes.npy, labels: masks.npy, label_kind: mask}
  - normalize: {method: z_score}
  - model: {layers: [{conv3d: {filters: 4, kernel_size: 3, padding: same, activation: softmax}}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 2, batch_size: 4}
`)
		is := slices.ContainsFunc(found, func(d diag.Diagnostic) bool {
			return d.Code.ID == "LBL018" && strings.Contains(d.Primary.Label, "samples 0, 1, 2, 3, 4, 5 and 6 others are the volumes themselves")
		})
		if is == differs {
			t.Errorf("one voxel differs: %v: %s", differs, summaries(found))
		}
	}
}
