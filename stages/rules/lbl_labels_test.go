package rules_test

import (
	"path/filepath"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// reals is a folder with as many small volumes as there are real labels.
func reals(t *testing.T, values ...float32) string {
	t.Helper()
	folder := labelled(t, make([]int64, len(values))...)
	array(t, filepath.Join(folder, "labels.npy"), "<f4", sizeOf(values), values)
	return folder
}

func sizeOf(values []float32) string { return string(rune('0'+len(values))) + "," }

const (
	oneNumber = "model: {layers: [global_average_pool3d, {dense: {units: 1}}]}"
	squared   = "train: {optimizer: adam, epochs: 9, batch_size: 2, loss: mean_squared_error}"
)

func TestLBL008FindsASingleLabel(t *testing.T) {
	said(t, rules.LBL008, labelled(t, 0, 0, 0, 0), "all 4 labels are 0", loadIDs, twoUnits, onIDs+"}")
	said(t, rules.LBL008, labelled(t, 0, 0, 0, 0), "all 4 labels are 0", loadIDs, "split: {train: 0.5, validation: 0.5}", twoUnits, onIDs+"}")
	said(t, rules.LBL008, reals(t, 2, 2, 2), "all 3 labels are 2", loadIDs, oneNumber, squared)
	said(t, rules.LBL008, masked(t, 0), "every voxel of all 4 masks is 0", "load: {volumes: volumes.npy, labels: masks.npy}",
		"model: {layers: [{conv3d: {filters: 2, kernel_size: 3, padding: same, activation: softmax}}]}", onIDs+"}")
	halves := "split: {train: 0.5, validation: 0.5, shuffle: false}"
	said(t, rules.LBL008, named(t, "CN", "CN", "CN"), `all 3 labels are "CN"`, loadNames, "label_encode")
	said(t, rules.LBL008, labelled(t, 0, 0, 0, 0, 0, 1, 0, 1), `all 4 examples of train are 0.*validation: 0 2, 1 2`, loadIDs, halves)
	unsaid(t, rules.LBL005, labelled(t, 0, 0, 0, 0, 0, 1, 0, 1), loadIDs, halves)
	// A single example is no class that all have.
	unsaid(t, rules.LBL008, labelled(t, 0, 0, 1, 1), loadIDs, "split: {train: 1, validation: 3, shuffle: false}")
	said(t, rules.LBL008, reals(t, 2, 2, 2, 1, 2, 3), "all 3 labels are 2", loadIDs, halves, oneNumber, squared)
	unsaid(t, rules.LBL008, reals(t, 1, 2, 2, 2), loadIDs, halves, oneNumber, squared)
	unsaid(t, rules.LBL008, labelled(t, 0, 0, 0, 1), loadIDs, twoUnits, onIDs+"}")
	unsaid(t, rules.LBL008, reals(t, 2, 2, 2.5), loadIDs, oneNumber, squared)
}

func TestLBL014TellsMissingLabelsFromOtherNumbers(t *testing.T) {
	said(t, rules.LBL014, labelled(t, 0, 1, -1, -1), `2 labels are negative.*-1 \(2 times, first in sample 2\)`, loadIDs, twoUnits, onIDs+"}")
	unsaid(t, rules.LBL005, labelled(t, 0, 1, 0, 1, 0, 1, -1), loadIDs, "split: {train: 4, test: 3, shuffle: false}", twoUnits, onIDs+"}") // -1 is no class
	said(t, rules.LBL014, labelled(t, 0, 1, -1, 1), "a label is negative", loadIDs, "label_encode: {classes: 2}")
	unsaid(t, rules.LBL014, labelled(t, 0, 1, -1, 7), loadIDs, twoUnits, onIDs+"}") // LBL001
	said(t, rules.LBL014, labelled(t, 0, 1, -1, 1), "a label is negative.*-1 ", loadIDs, "label_encode")
	unsaid(t, rules.LBL014, labelled(t, 0, 2, -1, 2), loadIDs, "label_encode") // LBL004
	loadMasks := "load: {volumes: volumes.npy, labels: masks.npy}"
	perVoxel := "model: {layers: [{conv3d: {filters: 2, kernel_size: 3, padding: same, activation: softmax}}]}"
	marks := func(values ...int64) string {
		folder := masked(t, 0)
		voxels := make([]int64, 256)
		for i := range voxels {
			voxels[i] = values[i%len(values)]
		}
		array(t, filepath.Join(folder, "masks.npy"), "<i8", "4, 4, 4, 4", voxels)
		return folder
	}
	unseen := `128 voxels of the masks are negative.*-1 \(128 voxels\).*map: \{-1: 0, 0: 0, 1: 1\}`
	said(t, rules.LBL014, marks(0, -1, 1, -1), unseen, loadMasks, perVoxel, onIDs+"}")
	said(t, rules.LBL014, marks(0, -1, 1, -1), unseen, loadMasks, "label_encode: {classes: 2}")
	said(t, rules.LBL014, marks(0, -1, 1, -1), unseen, loadMasks, "label_encode")
	unsaid(t, rules.LBL014, marks(0, -1, 7, -1), loadMasks, perVoxel, onIDs+"}") // LBL001
	unsaid(t, rules.LBL014, marks(0, -1, 1, -1), loadMasks, "label_encode: {form: class_id, map: {-1: 0, 0: 0, 1: 1}}", perVoxel, onIDs+"}")
	unsaid(t, rules.LBL014, labelled(t, -1, 1, -1, 1), loadIDs, "label_encode: {map: {-1: 0, 1: 1}}")
}

func TestLBL016MeasuresTheTargets(t *testing.T) {
	said(t, rules.LBL016, reals(t, 100, 302, 100, 302), `the targets are 100 to 302.*standard deviation 101`, loadIDs, oneNumber, squared)
	unsaid(t, rules.LBL016, reals(t, 100, 300, 100, 300), loadIDs, oneNumber, squared)
}

func TestLBL017ComparesTheMapWithTheLabels(t *testing.T) {
	said(t, rules.LBL017, labelled(t, 1, 2, 1, 2), "names the label 3, which no example has.*found are: 1, 2", loadIDs, "label_encode: {map: {1: 0, 2: 1, 3: 1}}")
	said(t, rules.LBL017, named(t, "AD", "CN"), "the labels MCI, NC,.*found are: AD, CN", loadNames, "label_encode: {map: {AD: 0, CN: 1, MCI: 0, NC: 1}}")
	planned(t, rules.LBL017, diag.Error, labelled(t, 1, 2, 1, 4), `1 label belongs to none of the 2 classes.*4 \(once, first in sample 3\).*add them to the map`, loadIDs, "label_encode: {map: {1: 0, 2: 1}}")
	unsaid(t, rules.LBL017, labelled(t, 1, 2, 1, 2), loadIDs, "label_encode: {map: {1: 0, 2: 1}}")
	unsaid(t, rules.LBL017, labelled(t, 1, 2, 1, 2), loadIDs, "label_encode: {map: {1: 0, 2: 1, 3: 2}}")
}

// loadApart loads the partitions from files of their own.
const loadApart = "load: {train: {volumes: volumes.npy, labels: labels.npy}, validation: {volumes: v.npy, labels: l.npy}}"

// apart is a folder with a training and a validation partition.
func apart(t *testing.T, train, validation []int64) string {
	t.Helper()
	folder, other := labelled(t, train...), labelled(t, validation...)
	for from, to := range map[string]string{"volumes.npy": "v.npy", "labels.npy": "l.npy"} {
		copyFile(t, filepath.Join(other, from), filepath.Join(folder, to))
	}
	return folder
}

func TestLBL013FindsOtherNumbersForTheSameClasses(t *testing.T) {
	said(t, rules.LBL013, apart(t, sorted(4, 4, 4), sorted(0, 4, 4, 4)), "validation has the classes 1 to 3, train has 0 to 2", loadApart)
	unsaid(t, rules.LBL013, apart(t, sorted(4, 4, 4), sorted(0, 4, 4)), loadApart) // LBL005: class 0 is missing
	names := "load: {train: {volumes: volumes.npy, labels: labels.csv#dx}, validation: {volumes: volumes.npy, labels: other.csv#dx}}"
	folder := named(t, "AD", "CN")
	copyFile(t, filepath.Join(named(t, "AD", "cn "), "labels.csv"), filepath.Join(folder, "other.csv"))
	said(t, rules.LBL013, folder, `validation calls a class "cn ?", train calls it "CN"`, names)
	copyFile(t, filepath.Join(named(t, "AD", "MCI"), "labels.csv"), filepath.Join(folder, "other.csv"))
	said(t, rules.LBL013, folder, "validation has class MCI, which train has not; train has class CN, which validation has not", names)
	unsaid(t, rules.LBL005, folder, names)
	unsaid(t, rules.OUT001, folder, names, "label_encode: {form: class_id}", twoUnits, onIDs+"}")
	copyFile(t, filepath.Join(named(t, "AD", "AD"), "labels.csv"), filepath.Join(folder, "other.csv"))
	unsaid(t, rules.LBL013, folder, names)
	copyFile(t, filepath.Join(named(t, "MCI", "HC"), "labels.csv"), filepath.Join(folder, "other.csv"))
	unsaid(t, rules.LBL013, folder, names) // SPL001
	// Classes that are counted twice are not too few outputs.
	three := "model: {layers: [global_average_pool3d, {dense: {units: 3, activation: softmax}}]}"
	unsaid(t, rules.OUT001, apart(t, sorted(4, 4, 4), sorted(0, 4, 4, 4)), loadApart, three, onIDs+"}")
	said(t, rules.OUT001, apart(t, sorted(4, 4, 4, 4), sorted(0, 4, 4, 4)), "ends in 3 values", loadApart, three, onIDs+"}")
	unsaid(t, rules.OUT001, labelled(t, 0, 0, 0), loadIDs, three, onIDs+"}") // LBL008
	copyFile(t, filepath.Join(named(t, "ad", "cn"), "labels.csv"), filepath.Join(folder, "other.csv"))
	unsaid(t, rules.OUT001, folder, names, "label_encode: {form: class_id}", twoUnits, onIDs+"}")
}

func TestSPL011ComparesLoadedPartitions(t *testing.T) {
	said(t, rules.SPL011, apart(t, sorted(50, 50), sorted(9, 1)), "90 % of validation are 0, of train 50 %", loadApart)
	unsaid(t, rules.SPL011, apart(t, sorted(50, 50), sorted(3, 1)), loadApart)
	unsaid(t, rules.SPL011, apart(t, sorted(50, 50), sorted(2, 1)), loadApart)
}
