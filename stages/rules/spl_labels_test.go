package rules_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSPL003FindsTornGroups(t *testing.T) {
	folder := labelled(t, 0, 1, 0, 1)
	groups := func(names ...string) {
		if err := os.WriteFile(filepath.Join(folder, "g.csv"), []byte("p\n"+strings.Join(names, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	load := "load: {volumes: volumes.npy, labels: labels.npy, groups: g.csv#p}"
	split := "split: {train: 0.5, test: 0.5, shuffle: false"
	groups("a", "b", "b", "c")
	said(t, rules.SPL003, folder, "1 of 3 groups have examples in several partitions.*b is in train and in test.*by: groups", load, split+"}")
	unsaid(t, rules.SPL003, folder, load, split+", by: groups}")
	apart := "load: {train: {volumes: volumes.npy, labels: labels.npy, groups: g.csv#p},\n      validation: {volumes: volumes.npy, labels: labels.npy, groups: g.csv#p}}"
	said(t, rules.SPL003, folder, "^4: 3 of 3 groups.*a is in train and in validation.*move the examples", apart)
	groups("a", "a", "b", "b")
	unsaid(t, rules.SPL003, folder, load, split+"}")
}

func TestSPL005ComparesTheMixtures(t *testing.T) {
	order := func(train, test string) []int64 {
		var ids []int64
		for _, r := range train + test {
			ids = append(ids, int64(r-'0'))
		}
		return ids
	}
	split := "split: {train: 8, test: 6, shuffle: false}"
	said(t, rules.SPL005, labelled(t, order("00001111", "000001")...), "83 % of test are 0, of train 50 %.*stratify: true", loadIDs, split)
	unsaid(t, rules.SPL005, labelled(t, order("00001111", "000011")...), loadIDs, split)
}

func TestSPL006FindsClassAfterClass(t *testing.T) {
	said(t, rules.SPL006, labelled(t, sorted(6, 6)...), "first 6 examples are all 0: in 3 batches of 2", loadIDs, twoUnits, onIDs+", shuffle: false}")
	unsaid(t, rules.SPL006, labelled(t, sorted(6, 6)...), loadIDs, twoUnits, onIDs+"}")
	unsaid(t, rules.SPL006, labelled(t, 0, 1, 0, 0, 1, 1), loadIDs, twoUnits, onIDs+", shuffle: false}")
}

func TestSPL007CountsTheValidation(t *testing.T) {
	split := "split: {train: 0.5, validation: 0.5, stratify: true}"
	said(t, rules.SPL007, labelled(t, sorted(19, 19)...), "19 examples.*one error more or less is 5.26 percentage points.*±22", loadIDs, split, twoUnits, onIDs+", metrics: [accuracy]}")
	unsaid(t, rules.SPL007, labelled(t, sorted(20, 20)...), loadIDs, split, twoUnits, onIDs+", metrics: [accuracy]}")
	unsaid(t, rules.SPL007, labelled(t, sorted(19, 19)...), loadIDs, split, twoUnits, onIDs+"}")
	folds := "split: {folds: 5, fold: 0, stratify: true}" // on every example once
	unsaid(t, rules.SPL007, labelled(t, sorted(10, 10)...), loadIDs, folds, twoUnits, onIDs+", metrics: [accuracy]}")
	said(t, rules.SPL007, labelled(t, sorted(10, 9)...), "validation partition has", loadIDs, folds, twoUnits, onIDs+", metrics: [accuracy]}")
}

func TestMET003KnowsWhatGuessingGives(t *testing.T) {
	said(t, rules.MET003, labelled(t, sorted(91, 9)...), "accuracy of 0.91 is reached by always saying 0.*balanced_accuracy", loadIDs, twoUnits, onIDs+", metrics: [accuracy]}")
	unsaid(t, rules.MET003, labelled(t, sorted(90, 10)...), loadIDs, twoUnits, onIDs+", metrics: [accuracy]}")
	unsaid(t, rules.MET003, labelled(t, sorted(91, 9)...), loadIDs, twoUnits, onIDs+", metrics: [accuracy, balanced_accuracy]}")
}

func TestOUT013WantsProbabilities(t *testing.T) {
	yes := "model: {layers: [global_average_pool3d, {dense: {units: 1, activation: sigmoid}}]}"
	train := "train: {optimizer: adam, epochs: 9, batch_size: 2, loss: binary_crossentropy}"
	said(t, rules.OUT013, labelled(t, 1, 2, 1, 2), `the labels are 1 to 2.*2 of 4 are outside.*map: \{1: 0, 2: 1\}`, loadIDs, yes, train)
	said(t, rules.OUT013, labelled(t, 0, 1, -1, 1), "if -1 is missing", strings.Replace(loadIDs, "}", ", label_kind: class_id}", 1), yes, train)
	said(t, rules.OUT013, reals(t, 0, 0.5, 1.5), "the labels are 0 to 1.5", loadIDs, yes, train)
	unsaid(t, rules.OUT013, reals(t, 0, 0.5, 1), loadIDs, yes, train)
	// A few others among zeros and ones are no third class; many are.
	stray := append(sorted(10, 9), 2)
	said(t, rules.OUT013, labelled(t, stray...), `the labels are 0 to 2.*1 of 20 are outside`, loadIDs, yes, train)
	unsaid(t, rules.OUT001, labelled(t, stray...), loadIDs, yes, train)
	said(t, rules.OUT001, labelled(t, append(stray, 2, 2)...), "one value tells two classes apart, not 3", loadIDs, yes, train)
	unsaid(t, rules.OUT013, labelled(t, append(stray, 2, 2)...), loadIDs, yes, train)
	unsaid(t, rules.OUT013, labelled(t, 0, 1, 0, 1), loadIDs, yes, train)
}

func TestOUT014ComparesTargetsWithTheActivation(t *testing.T) {
	ends := func(activation string) string {
		return "model: {layers: [global_average_pool3d, {dense: {units: 1, activation: " + activation + "}}]}"
	}
	said(t, rules.OUT014, reals(t, 20, 80, 50), "sigmoid gives 0 to 1.*the targets are 20 to 80.*example 0 is 20.*3 of 3", loadIDs, ends("sigmoid"), squared)
	said(t, rules.OUT014, reals(t, 1, 2, -0.5, 3), "relu gives nothing below 0.*the label of example 2 is -0.5", loadIDs, ends("relu"), squared)
	unsaid(t, rules.OUT014, reals(t, 0, 0.5, 1), loadIDs, ends("sigmoid"), squared)
	unsaid(t, rules.OUT014, reals(t, -1, 0.5, 1), loadIDs, ends("tanh"), squared)
	said(t, rules.OUT014, reals(t, -1, 0.5, 1.01), "tanh gives -1 to 1", loadIDs, ends("tanh"), squared)
	unsaid(t, rules.OUT014, reals(t, 1, 2, 0.5, 3), loadIDs, ends("relu"), squared)
	unsaid(t, rules.OUT014, reals(t, 20, -80, 50), loadIDs, ends("linear"), squared)
}

func TestOUT015CountsTheOnes(t *testing.T) {
	tags := func(rows ...int64) string {
		folder := labelled(t, 0, 0, 0, 0)
		array(t, filepath.Join(folder, "labels.npy"), "<i8", "4, 2", rows)
		return folder
	}
	load := "load: {volumes: volumes.npy, labels: labels.npy, label_kind: multi_hot}"
	train := "train: {optimizer: adam, epochs: 9, batch_size: 2, loss: categorical_crossentropy}"
	said(t, rules.OUT015, tags(1, 0, 1, 1, 0, 1, 0, 1), `1 of 4 rows \(25 %\) have two ones`, load, twoUnits, train)
	unsaid(t, rules.OUT015, tags(1, 0, 1, 0, 0, 1, 0, 1), load, twoUnits, train)
	// A loss that asks yes or no does not help a softmax.
	asked := "train: {optimizer: adam, epochs: 9, batch_size: 2, loss: binary_crossentropy}"
	said(t, rules.OUT015, tags(1, 0, 1, 1, 0, 1, 0, 1), `1 of 4 rows \(25 %\) have two ones`, load, twoUnits, asked)
	unsaid(t, rules.OUT015, tags(1, 0, 1, 1, 0, 1, 0, 1), load, "model: {layers: [flatten, {dense: {units: 2, activation: sigmoid}}]}", asked)
}
