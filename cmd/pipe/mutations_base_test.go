package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// base is a healthy config of configs/ whose data are replaced by small synthetic
// ones of the same form.
type base struct {
	name string
	// swaps are the places that name the data: what stands there, what comes there.
	swaps [][2]string
	// recipes make the new data.
	recipes []string
}

// bases are all ready configs. The first one's phantoms are replaced by files, so
// that what is done to files can be done to it; the second one keeps its phantoms.
var bases = []base{
	{"mri", [][2]string{
		{"phantom: {samples: 200, size: [16, 32, 32], classes: 2}", "load: {volumes: volumes.npy, labels: labels.npy}"},
	}, []string{"blobs counts=100,100 scale=100 channel=0"}},
	{"keras_article", [][2]string{{"size: [10, 64, 64]", "size: [8, 12, 12]"}}, nil},
	{"adrenal", [][2]string{
		{"${vars.file}#train_images", "train_volumes.npy"}, {"${vars.file}#train_labels", "train_labels.npy"},
		{"${vars.file}#val_images", "validation_volumes.npy"}, {"${vars.file}#val_labels", "validation_labels.npy"},
		{"${vars.file}#test_images", "test_volumes.npy"}, {"${vars.file}#test_labels", "test_labels.npy"},
	}, []string{
		"blobs as=train counts=80,60 scale=255 dtype=uint8 label_dtype=uint8 channel=0 column=1",
		"blobs as=validation seed=1 counts=20,15 scale=255 dtype=uint8 label_dtype=uint8 channel=0 column=1",
		"blobs as=test seed=2 counts=20,15 scale=255 dtype=uint8 label_dtype=uint8 channel=0 column=1",
	}},
	{"hippocampus_patches", [][2]string{
		{"${vars.patches}/train_images.npy", "train_volumes.npy"}, {"${vars.patches}/train_labels.npy", "train_labels.npy"}, {"${vars.patches}/train_subject.npy", "train_groups.npy"},
		{"${vars.patches}/val_images.npy", "validation_volumes.npy"}, {"${vars.patches}/val_labels.npy", "validation_labels.npy"}, {"${vars.patches}/val_subject.npy", "validation_groups.npy"},
	}, []string{
		"blobs as=train counts=50,50,50 scale=100 channel=0 groups=3",
		"blobs as=validation seed=1 counts=12,12,12 scale=100 channel=0 groups=3 patient=100",
	}},
	{"hippocampus_segmentation", [][2]string{
		{"${vars.scans}#images", "volumes.npy"}, {"${vars.scans}#masks", "labels.npy"}, {"${vars.scans}#subject", "groups.npy"},
	}, []string{"sphere_mask samples=14 classes=3 scale=100 channel=0 groups=1"}},
}

// mutant is a base on the way to become faulty.
type mutant struct {
	base    string
	text    string
	recipes []string
	// then changes files once they are there.
	then func(t testing.TB, folder string)
}

// healthy is a base as it is.
func (b base) healthy(t testing.TB) *mutant {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "configs", b.name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	m := &mutant{base: b.name, text: string(text)}
	for _, swap := range b.swaps {
		if !m.swap(swap[0], swap[1]) {
			t.Fatalf("configs/%s.yaml does not hold %q", b.name, swap[0])
		}
	}
	m.recipes = append(m.recipes, b.recipes...)
	return m
}

// swap puts something in the place of something else; false where that is not.
func (m *mutant) swap(old, by string) bool {
	if !strings.Contains(m.text, old) {
		return false
	}
	m.text = strings.Replace(m.text, old, by, 1)
	return true
}

// line gives the first line that holds a text, with its newline; "" for none.
func (m *mutant) line(with string) string {
	for _, line := range strings.SplitAfter(m.text, "\n") {
		if strings.Contains(line, with) {
			return line
		}
	}
	return ""
}

// without takes the first line that holds a text out.
func (m *mutant) without(with string) bool {
	line := m.line(with)
	return line != "" && m.swap(line, "")
}

// behind puts lines behind the first line that holds a text, as far in as that is.
func (m *mutant) behind(with string, lines ...string) bool {
	line := m.line(with)
	if line == "" {
		return false
	}
	margin := line[:len(line)-len(strings.TrimLeft(line, " "))]
	more := ""
	for _, l := range lines {
		more += margin + l + "\n"
	}
	return m.swap(line, line+more)
}

// remake changes the recipe of the files with a prefix, "" for those without.
func (m *mutant) remake(as, keys string) bool {
	for i, recipe := range m.recipes {
		if prefixed := strings.Contains(recipe, "as="); !prefixed && as == "" || as != "" && strings.Contains(recipe, "as="+as) {
			m.recipes[i] = recipe + " " + keys
			return true
		}
	}
	return false
}

// training is the prefix of the files that are trained on.
func (m *mutant) training() string {
	if len(m.recipes) > 1 {
		return "train"
	}
	return ""
}

// lay writes the config and its files into a folder.
func (m *mutant) lay(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	config := filepath.Join(folder, m.base+".yaml")
	if err := os.WriteFile(config, []byte(m.text), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, text := range m.recipes {
		recipeOf(t, text).bake(t, folder)
	}
	if m.then != nil {
		m.then(t, folder)
	}
	return config
}
