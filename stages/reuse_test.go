package stages_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/stages"
)

// array writes a .npy file; the shape is a Python tuple without its brackets.
func array(t *testing.T, path, dtype, shape string, values any) {
	t.Helper()
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", dtype, shape)
	header += strings.Repeat(" ", 118-len(header)-1) + "\n"
	file := bytes.NewBufferString("\x93NUMPY\x01\x00")
	for _, part := range []any{uint16(len(header)), []byte(header), values} {
		if err := binary.Write(file, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

const fromFiles = `version: 1
stages:
  - load: {volumes: volumes.npy, labels: labels.npy}
  - reshape: {expand_dims: -1}
  - split: {train: 0.5, test: 0.5, stratify: true}
  - normalize: {method: z_score}
  - label_encode: {classes: [healthy, tumour]}
  - model:
      layers:
        - conv3d: {filters: 4, kernel_size: 3, activation: relu}
        - global_average_pool3d
        - dense: {units: 2, activation: softmax}
  - train: {optimizer: adam, loss: categorical_crossentropy, metrics: [accuracy, auc], epochs: 2, batch_size: 4}
  - evaluate: {on: all}
  - predict: {output: all.npy}
`

// volumes writes twelve cubes with six voxels along each side, the brighter the
// higher their class, and their labels.
func volumes(t *testing.T, folder string) {
	t.Helper()
	const cubes, voxels = 12, 6 * 6 * 6
	values, labels := make([]float32, cubes*voxels), make([]int64, cubes)
	for i := range cubes {
		labels[i] = int64(i % 2)
		for k := range voxels {
			values[i*voxels+k] = 100 + 40*float32(i%2) + float32((i*7+k*13)%31)
		}
	}
	array(t, filepath.Join(folder, "volumes.npy"), "<f4", "12, 6, 6, 6", values)
	array(t, filepath.Join(folder, "labels.npy"), "<i8", "12,", labels)
}

// reusable runs a config on the volumes and completes its record, as the command
// does, with the resolved config and what marks it as a record.
func reusable(t *testing.T) (ran, string) {
	t.Helper()
	folder := t.TempDir()
	volumes(t, folder)
	return completed(t, runIn(t, t.Context(), folder, fromFiles, nil).done(t), fromFiles), folder
}

func completed(t *testing.T, r ran, config string) ran {
	t.Helper()
	for name, text := range map[string]string{"resolved.yaml": config, "run.json": "{}\n"} {
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func fileOf(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestARunCanBeUsedAgain(t *testing.T) {
	r, folder := reusable(t)
	reuse, err := stages.OpenRun(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	pool := nn.NewPool(1)
	defer pool.Close()
	predictions, err := reuse.Predict(t.Context(), filepath.Join(folder, "volumes.npy"), pool)
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := predictions.Write(&again, "again.npy"); err != nil {
		t.Fatal(err)
	}
	if again.String() != r.file(t, "all.npy") {
		t.Error("the same volumes, led through the run's preprocessing and model, give other predictions")
	}
	results, _, err := reuse.Evaluate(t.Context(), filepath.Join(folder, "volumes.npy"), filepath.Join(folder, "labels.npy"), pool)
	if err != nil {
		t.Fatal(err)
	}
	want := r.outcomes["evaluate"].Value.(*pipeline.Results).Numbers
	for i, n := range results.Numbers {
		if n != want[i] {
			t.Errorf("measured %v, in the run %v", n, want[i])
		}
	}
	var table bytes.Buffer
	if err := predictions.Write(&table, "again.csv"); err != nil || !strings.HasPrefix(table.String(), "example,class,probability_healthy,probability_tumour\n") {
		t.Errorf("%v, the table is\n%s", err, table.String())
	}
}

func TestOtherVolumesAreRefusedWithBothShapes(t *testing.T) {
	r, folder := reusable(t)
	reuse, err := stages.OpenRun(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	for shape, want := range map[string]string{
		"2, 6, 6, 7":    "examples of [6, 6, 7] are [6, 6, 7, 1] after the run's preprocessing; the model takes [6, 6, 6, 1]",
		"2, 6, 6, 6, 1": "an example has 4 axes, in training it had 3",
		"2, 6":          "an array of rank 2",
	} {
		n := 1
		for size := range strings.SplitSeq(shape, ", ") {
			var v int
			fmt.Sscan(size, &v)
			n *= v
		}
		path := filepath.Join(folder, "other.npy")
		array(t, path, "<f4", shape, make([]float32, n))
		if _, err := reuse.Predict(t.Context(), path, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("(%s): want %q, got %v", shape, want, err)
		}
	}
	if _, err := reuse.Predict(t.Context(), filepath.Join(folder, "missing.npy"), nil); err == nil || !strings.Contains(err.Error(), "missing.npy") {
		t.Errorf("a missing file: %v", err)
	}
	array(t, filepath.Join(folder, "strange.npy"), "<i8", "12,", []int64{0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2})
	if _, _, err := reuse.Evaluate(t.Context(), filepath.Join(folder, "volumes.npy"), filepath.Join(folder, "strange.npy"), nil); err == nil || !strings.Contains(err.Error(), "strange.npy: labels outside the 2 classes that the model knows: 2") {
		t.Errorf("labels of another class: %v", err)
	}
	array(t, filepath.Join(folder, "rows.npy"), "<i8", "12, 2", slices.Repeat([]int64{0, 1}, 12))
	if _, _, err := reuse.Evaluate(t.Context(), filepath.Join(folder, "volumes.npy"), filepath.Join(folder, "rows.npy"), nil); err == nil || !strings.Contains(err.Error(), "rows.npy holds one_hot labels; the run takes class_id or class_name labels") {
		t.Errorf("labels of another kind: %v", err)
	}
}

func TestARunWithoutAModelCannotBeUsed(t *testing.T) {
	r, _ := reusable(t)
	for file, want := range map[string]string{
		"model.safetensors":  "model.safetensors",
		"preprocessing.json": "the run ended before its model was trained",
		"run.json":           "run.json",
	} {
		kept := r.file(t, file)
		if err := os.Remove(filepath.Join(r.dir, file)); err != nil {
			t.Fatal(err)
		}
		if _, err := stages.OpenRun(r.dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("without %s: %v", file, err)
		}
		if err := os.WriteFile(filepath.Join(r.dir, file), []byte(kept), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMasksAreLearntVoxelByVoxel(t *testing.T) {
	folder := t.TempDir()
	volumes(t, folder)
	masks := make([]uint8, 12*6*6*6)
	for i := range masks {
		masks[i] = uint8(i / 7 % 2)
	}
	array(t, filepath.Join(folder, "masks.npy"), "|u1", "12, 6, 6, 6", masks)
	r := runIn(t, t.Context(), folder, `version: 1
stages:
  - load: {volumes: volumes.npy, labels: masks.npy}
  - reshape: {expand_dims: -1}
  - normalize: {method: z_score, over: example}
  - split: {train: 0.5, test: 0.5}
  - model: {layers: [{conv3d: {filters: 2, kernel_size: 3, padding: same, activation: softmax}}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 1, batch_size: 4}
  - evaluate: {metrics: [accuracy, confusion_matrix]}
  - predict: {on: test, output: masks.npy}
`, nil).done(t)
	table := r.outcomes["evaluate"].Value.(*pipeline.Results).Tables[0]
	sum := 0
	for _, row := range table.Counts {
		for _, n := range row {
			sum += n
		}
	}
	if sum != 6*6*6*6 {
		t.Errorf("%d voxels were measured, want those of six examples", sum)
	}
}

// What a run was given is compared with new volumes before its model says anything
// of them.
func TestVolumesThatAreNotLikeThoseOfTheTrainingAreRefused(t *testing.T) {
	const cubes, voxels = 16, 4 * 6 * 8
	folder := t.TempDir()
	// Two channels: bright and wide, dark and narrow.
	both := func(order ...int) []int16 {
		values := make([]int16, 0, cubes*voxels*2)
		for i := range cubes {
			for k := range voxels {
				pair := [2]int16{int16(900 + 40*(i%2) + (i*7+k*13)%311), int16(20 + i%3 + (i+k*5)%17)}
				values = append(values, pair[order[0]], pair[order[1]])
			}
		}
		return values
	}
	labels := make([]int64, cubes)
	for i := range labels {
		labels[i] = int64(i % 2)
	}
	array(t, filepath.Join(folder, "volumes.npy"), "<i2", "16, 4, 6, 8, 2", both(0, 1))
	array(t, filepath.Join(folder, "labels.npy"), "<i8", "16,", labels)
	config := `version: 1
stages:
  - load: {volumes: volumes.npy, labels: labels.npy}
  - split: {train: 0.75, test: 0.25, stratify: true}
  - normalize: {method: z_score, per_channel: true}
  - model: {layers: [{conv3d: {filters: 2, kernel_size: 3, activation: relu}}, global_average_pool3d, {dense: {units: 2, activation: softmax}}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 1, batch_size: 4}
`
	r := completed(t, runIn(t, t.Context(), folder, config, nil).done(t), config)
	reuse, err := stages.OpenRun(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	scaled := make([]float32, 0, cubes*voxels*2)
	for _, v := range both(0, 1) {
		scaled = append(scaled, float32(v)/1000)
	}
	same := make([]float32, 0, cubes*voxels*2)
	for _, v := range both(0, 1) {
		same = append(same, float32(v))
	}
	for _, c := range []struct {
		name, dtype, shape string
		values             any
		want               string
	}{
		{"the channels swapped", "<i2", "16, 4, 6, 8, 2", both(1, 0), "channel 1 is what channel 0 was in training"},
		{"the depth last", "<i2", "16, 8, 6, 4, 2", both(0, 1), "the axes are in another order: [8, 6, 4, 2], in training [4, 6, 8, 2]"},
		{"one channel", "<i2", "16, 4, 6, 8, 1", both(0, 1)[:cubes*voxels], "each voxel has 1 channel, in training it had 2"},
		{"no channel axis", "<i2", "16, 4, 6, 8", both(0, 1)[:cubes*voxels], "an example has 3 axes, in training it had 4"},
		{"another depth", "<i2", "8, 6, 6, 8, 2", both(0, 1)[:8*6*6*8*2], "are [6, 6, 8, 2] after the run's preprocessing"},
		{"scaled by somebody", "<f4", "16, 4, 6, 8, 2", scaled, "the voxels are float32, in training they were int16"},
		{"the same numbers as fractions", "<f4", "16, 4, 6, 8, 2", same, ""},
		{"the same", "<i2", "16, 4, 6, 8, 2", both(0, 1), ""},
	} {
		path := filepath.Join(folder, "new.npy")
		array(t, path, c.dtype, c.shape, c.values)
		_, err := reuse.Predict(t.Context(), path, nil)
		var failure *pipeline.Failure
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: refused: %v", c.name, err)
		case c.want != "" && (!errors.As(err, &failure) || failure.Diagnostic.Code.ID != "PRD001" || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: want %q, got %v", c.name, c.want, err)
		}
		if _, _, evaluated := reuse.Evaluate(t.Context(), path, filepath.Join(folder, "labels.npy"), nil); c.shape[:2] == "16" && (evaluated == nil) != (c.want == "") {
			t.Errorf("%s: evaluate says %v", c.name, evaluated)
		}
	}
}
