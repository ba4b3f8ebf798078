package stages_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/pipetest"
	"github.com/voxelpipe/pipe/stages"
)

// TestHealthyConfigsAreLeftAlone reads configs that look wrong to somebody who
// knows rules of thumb only. Nothing may be said of them, with and without their
// files.
func TestHealthyConfigsAreLeftAlone(t *testing.T) {
	labels := map[string]storedArray{
		"two_softmax_units": ids(60, 60), "mild_imbalance": ids(72, 48),
		"regression": {shape: []int{120}, dtype: "float32", value: func(i int) float64 { return float64(i%41) / 41 }},
	}
	for name, config := range configsIn(t, "testdata/healthy", 8) {
		t.Run(name, func(t *testing.T) {
			pipetest.CheckFile(t, stages.Language(), config)
			dtype := "float32"
			if name == "bytes_cast_and_scaled" {
				dtype = "uint8"
			}
			own, special := labels[name]
			if !special {
				own = ids(40, 40, 40)
			}
			pipetest.PlanFile(t, stages.Language(), withFiles(t, config, volumesOf(dtype, 120, 16, 16, 16, 1), own))
		})
	}
}

// TestFaultsAreFound reads configs with a fault that somebody once had, each
// named after the rule that has to find it. Some faults are
// in the files.
func TestFaultsAreFound(t *testing.T) {
	atlas := ids(20, 20, 20)
	atlas.value = func(i int) float64 { return []float64{0, 29, 50}[i/20] }
	inFiles := map[string]storedArray{
		"spl001_sorted_and_cut":                  ids(10, 10),
		"spl001_last_fifth":                      rows(ids(8, 8, 8, 8, 8), 5),
		"lbl005_one_class_to_validate_on":        ids(20, 60),
		"lbl004_values_of_an_old_atlas":          atlas,
		"lbl001_counting_from_one":               ids(0, 10, 10, 10, 10, 10, 10, 10),
		"shp002_one_axis_too_many":               ids(50, 50),
		"shp004_number_of_examples_in_the_shape": ids(30, 33),
		"lbl001_two_classes_named_1_and_2":       ids(0, 60, 60),
		"lbl006_background_only":                 {shape: []int{12, 8, 8, 8}, dtype: "uint8", value: func(i int) float64 { return float64(i % 512 / 511) }},
		"lbl016_targets_to_50000":                {shape: []int{120}, dtype: "float32", value: func(i int) float64 { return float64(i%41) * 1250 }},
		"out014_relu_and_negative_targets":       {shape: []int{120}, dtype: "float32", value: func(i int) float64 { return float64(i%41)/20 - 1 }},
		"out015_tags_behind_softmax":             {shape: []int{120, 5}, dtype: "uint8", value: func(i int) float64 { return float64((i%5 + i/5) % 3 / 2) }},
		"out001_three_units_for_26_letters": ids(
			10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10),
	}
	for name, config := range configsIn(t, "testdata/faults", 25) {
		t.Run(name, func(t *testing.T) {
			own, files := inFiles[name]
			if !files {
				pipetest.CheckFile(t, stages.Language(), config)
				return
			}
			shape := []int{own.shape[0], 8, 8, 8, 1}
			if strings.Contains(config, "lbl016") || strings.Contains(config, "out014") || strings.Contains(config, "out015") {
				shape = []int{own.shape[0], 16, 16, 16, 1}
			}
			if name == "shp002_one_axis_too_many" {
				shape = append(shape, 1)
			}
			pipetest.PlanFile(t, stages.Language(), withFiles(t, config, volumesOf("float32", shape...), own))
		})
	}
}

// configsIn lists the configs of a folder by their names; at least so many.
func configsIn(t *testing.T, folder string, least int) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(paths) < least {
		t.Fatalf("%s has %d configs, want %d: %v", folder, len(paths), least, err)
	}
	configs := make(map[string]string)
	for _, path := range paths {
		name := filepath.Base(path)
		configs[name[:len(name)-len(".yaml")]] = path
	}
	return configs
}

// withFiles copies a config into a folder with the files that it names.
func withFiles(t *testing.T, config string, volumes, labels storedArray) string {
	t.Helper()
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	place(t, folder, "config.yaml", text)
	place(t, folder, "volumes.npy", volumes.encoded())
	place(t, folder, "labels.npy", labels.encoded())
	return filepath.Join(folder, "config.yaml")
}

// volumesOf is an array of zeros: the plan reads no voxel.
func volumesOf(dtype string, shape ...int) storedArray {
	return storedArray{shape: shape, dtype: dtype, value: func(int) float64 { return 0 }}
}

// ids are class ids in order, so many of class 0, so many of class 1, …
func ids(counts ...int) storedArray {
	var list []float64
	for class, count := range counts {
		list = append(list, slices.Repeat([]float64{float64(class)}, count)...)
	}
	return storedArray{shape: []int{len(list)}, dtype: "int64", value: func(i int) float64 { return list[i] }}
}

// rows are class ids as one-hot rows.
func rows(ids storedArray, classes int) storedArray {
	return storedArray{shape: []int{ids.shape[0], classes}, dtype: "uint8", value: func(i int) float64 {
		if ids.value(i/classes) == float64(i%classes) {
			return 1
		}
		return 0
	}}
}
