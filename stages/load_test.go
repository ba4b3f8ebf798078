package stages

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

func TestLoadSaysWhatIsDeclared(t *testing.T) {
	p := newProject(t)
	for _, c := range []struct{ stage, want string }{
		{"load: {volumes: v.npy}", "N examples of [?], no labels"},
		{"load: {volumes: v.npy, labels: l.npy}", "N examples of [?], raw labels"},
		{"load: {volumes: v.npy, shape: [120, 31, 32, 33], dtype: uint8}", "120 examples of [31, 32, 33], uint8, values 0..255, no labels"},
		{"load: {volumes: v.npy, shape: [N, 31, 32, 33, 2], dtype: float32}", "N examples of [31, 32, 33, 2], float32, no labels"},
		{"load: {volumes: v.npy, shape: [-1, depth, 32, 33]}", "N examples of [depth, 32, 33], no labels"},
		{"load: {volumes: v.npy, shape: [31, 32, 33]}", "N examples of [31, 32, 33], no labels"},
		{"load: {volumes: v.npy, shape: [31, 32, 33, 1]}", "N examples of [31, 32, 33, 1], no labels"},
		{"load: {volumes: v.npy, shape: [cases, 32, 33, 1]}", "cases examples of [32, 33, 1], no labels"},
		{"load: {volumes: v.npy, axes: [sample, depth, height, width]}", "N examples of [depth, height, width], no labels"},
		{"load: {volumes: v.npy, axes: [sample, depth, height, width, channel], shape: [8, 9, 10, 2]}", "N examples of [8, 9, 10, 2], no labels"},
		{"load: {volumes: v.npy, axes: [depth, height, width, channel], shape: [8, 9, 10, 20]}", "N examples of [8, 9, 10, 20], no labels"},
		{`load: {volumes: "v*.npy", shape: [8, 9, 10, 20]}`, "N examples of [8, 9, 10, 20], no labels"},
		{"load: {volumes: file, table: t.csv, shape: [8, 9, 10]}", "N examples of [8, 9, 10], no labels"},
		{"load: {volumes: v.npy, labels: l.npy, label_kind: one_hot}", "N examples of [?], one_hot labels"},
		{
			"load: {train: {volumes: a.npy}, test: {volumes: b.npy}, shape: [N, 8, 9, 10]}",
			"2×N examples of [8, 9, 10], no labels, train N / test N",
		},
		{"load: {train: {volumes: a.npy}, test: {volumes: b.npy}}", "N_test+N_train examples of [?], no labels, train N_train / test N_test"},
	} {
		if got := pipeline.Summarize(p.gives(false, c.stage)); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.stage, got, c.want)
		}
	}
	if entries, _ := os.ReadDir(p.folder); len(entries) != 1 {
		t.Errorf("the folder has %d files", len(entries))
	}
}

func TestLoadRefusesSettings(t *testing.T) {
	p := newProject(t)
	p.refuses(false, "SHP002", `\[N, 16, 32, 32, 1\] has 5 sizes \| \[3: 4 axes are named here\]`,
		"load: {volumes: v.npy, axes: [sample, depth, height, width], shape: [N, 16, 32, 32, 1]}")
	p.refuses(false, "YML122", "an array of rank 2", "load: {volumes: v.npy, shape: [100, 100]}")
	p.refuses(false, "SHP002", "an array of rank 6", "load: {volumes: v.npy, shape: [100, 2, 3, 4, 5, 6]}")
}

// Settings that cannot be read at all.
func TestLoadRefusesWords(t *testing.T) {
	p := newProject(t)
	for stage, want := range map[string]string{
		"load: {volumes: v.npy, axes: [batch, depth, height, width]}":  "no axis is called batch; did you mean sample?",
		"load: {volumes: v.npy, axes: [sample, depth, heigth, width]}": "no axis is called heigth; did you mean height?",
		"load: {volumes: v.npy, axes: [depth, sample]}":                "the axis sample has to be the first one",
		"load: {volumes: v.npy, axes: [depth, depth]}":                 "the axis depth is named twice",
		"load: {volumes: v.npy, axes: []}":                             "want the names of the axes",
		"load: {volumes: v.npy, shape: [0, 3, 3]}":                     "want a size of at least 1, a name such as N, or -1, got 0",
		`load: {volumes: v.npy, shape: ["3", 3, 3]}`:                   "want a size of at least 1",
		"load: {volumes: v.npy, shape: 3}":                             "want the sizes of the array",
	} {
		_, problems := p.resolve(false, stage)
		if all := problems.All(); len(all) != 1 || !slices.ContainsFunc(all, func(d diag.Diagnostic) bool { return strings.Contains(told(d), want) }) {
			t.Errorf("%s: %v, want %s", stage, all, want)
		}
	}
	for _, stage := range []string{"load: {labels: l.npy}", "load: {volumes: v.npy, train: {volumes: a.npy}}", "load: {train: {labels: l.npy}}", "load: {volumes: v.npy, dtype: uint12}"} {
		if _, problems := p.resolve(false, stage); problems.Errors() != 1 {
			t.Errorf("%s: %v", stage, problems.All())
		}
	}
}

func TestLoadReads(t *testing.T) {
	p := newProject(t)
	p.write("v.npy", saved("|u1", []int{5, 2, 3, 4}))
	p.write("l.npy", saved("<i8", []int{5}, 0, 2, 1, 0, 1))
	p.write("g.npy", saved("<i8", []int{5, 1}, 7, 7, 8, 9, 9))
	stage := "load: {volumes: v.npy, labels: l.npy, groups: g.npy, modality: ct}"
	d := p.gives(true, stage)
	if got := pipeline.Summarize(d); got != "5 examples of [2, 3, 4], uint8, values 0..255, class_id labels" || !d.Grouped || d.Modality != "ct" {
		t.Errorf("%s, %+v", got, d)
	}
	if !slices.Equal(d.Facts.Labels.Ints, []int64{0, 2, 1, 0, 1}) || !slices.Equal(d.Facts.Groups, []string{"7", "7", "8", "9", "9"}) {
		t.Errorf("%+v %v", d.Facts.Labels, d.Facts.Groups)
	}
	v := p.runs(stage)
	for i, got := range values(t, v) {
		if want := float32(i % 7); got != want {
			t.Fatalf("voxel %d is %v, want %v", i, got, want)
		}
	}
}

func TestLoadReadsArchivesAndPartitions(t *testing.T) {
	p := newProject(t)
	p.write("all.npz", archived(p, map[string][]byte{
		"train_images": saved("|u1", []int{4, 2, 2, 2}, 1), "train_labels": saved("|u1", []int{4, 1}, 0, 1, 1, 0),
		"test_images": saved("|u1", []int{2, 2, 2, 2}, 2), "test_labels": saved("|u1", []int{2, 1}, 1, 0),
	}))
	stage := "load: {train: {volumes: all.npz#train_images, labels: all.npz#train_labels}, test: {volumes: all.npz#test_images, labels: all.npz#test_labels}}"
	d := p.gives(true, stage)
	if got := pipeline.Summarize(d); got != "6 examples of [2, 2, 2], uint8, values 0..255, class_id labels, train 4 / test 2" {
		t.Error(got)
	}
	if !slices.Equal(d.Facts.Members["test"], []int{4, 5}) || !slices.Equal(d.Facts.Labels.Ints, []int64{0, 1, 1, 0, 1, 0}) || len(d.Labels.Shape) != 0 {
		t.Errorf("%+v", d.Facts)
	}
	v := p.runs(stage)
	if got := values(t, v); got[0] != 1 || got[len(got)-1] != 2 || len(got) != 6*8 {
		t.Errorf("%v", got)
	}
	if !slices.Equal(v.Members("test"), []int{4, 5}) {
		t.Errorf("test is %v", v.Members("test"))
	}
	p.refuses(true, "SHP012", `4 labels \| \[3: 2 volumes\] \| there are 4 volumes in train \| help: .* may be those of train`,
		"load: {train: {volumes: all.npz#train_images, labels: all.npz#train_labels}, test: {volumes: all.npz#test_images, labels: all.npz#train_labels}}")
	p.refuses(true, "YML121", `test has no labels`,
		"load: {train: {volumes: all.npz#train_images, labels: all.npz#train_labels}, test: {volumes: all.npz#test_images}}")
	p.refuses(true, "DAT011", `all.npz: it holds 4 arrays`, "load: {volumes: all.npz}")
	p.refuses(true, "DAT011", `all.npz: it has no member "images"`, "load: {volumes: all.npz#images}")
}

// Every file of a pattern is one example; there may be more than a process may
// have open.
func TestLoadReadsPatterns(t *testing.T) {
	p := newProject(t)
	for i, name := range []string{"a.npy", "b10.npy", "b2.npy"} {
		p.write("scans/"+name, saved("<f4", []int{2, 2, 2}, i))
		p.write("masks/"+name, saved("|u1", []int{2, 2, 2, 1}, 2*i))
	}
	stage := `load: {volumes: "scans/*.npy", labels: "masks/*.npy"}`
	if got := pipeline.Summarize(p.gives(true, stage)); got != "3 examples of [2, 2, 2], float32, mask labels" {
		t.Error(got)
	}
	v := p.runs(stage)
	if got := values(t, v); got[0] != 0 || got[8] != 1 || got[16] != 2 {
		t.Errorf("%v", got)
	}
	if got := values(t, &pipeline.Volumes{Source: v.Masks}); got[0] != 0 || got[8] != 2 || got[16] != 4 {
		t.Errorf("%v", got)
	}
	p.write("scans/c.npy", saved("<f4", []int{2, 2, 3}))
	p.refuses(true, "SHP016", `4 files hold examples of 2 sizes.*\[2, 2, 2\]: 3 files, the first is a.npy.*\[2, 2, 3\]: 1 files, the first is c.npy`, `load: {volumes: "scans/*.npy"}`)
	if err := v.Source.Read(0, make([]float32, 8)); err != nil {
		t.Error(err)
	}
	p.write("scans/a.npy", saved("<f4", []int{2, 2, 3}))
	if err := v.Source.Read(0, make([]float32, 8)); err == nil {
		t.Error("a file that was changed was read")
	}
	p.refuses(true, "FIL101", "no file fits the pattern", `load: {volumes: "scans/*.nii"}`)
}

// A file without a sample axis is one example.
func TestLoadReadsOneExample(t *testing.T) {
	p := newProject(t)
	p.write("scan.npy", saved("<f4", []int{2, 3, 4}))
	if got := pipeline.Summarize(p.gives(true, "load: {volumes: scan.npy, axes: [depth, height, width]}")); got != "1 examples of [2, 3, 4], float32, no labels" {
		t.Error(got)
	}
	if got := len(values(t, p.runs("load: {volumes: scan.npy, axes: [depth, height, width]}"))); got != 24 {
		t.Errorf("%d voxels", got)
	}
	p.refuses(true, "YML122", "an array of rank 3", "load: {volumes: scan.npy}")
}

func TestLoadFindsBadFiles(t *testing.T) {
	p := newProject(t)
	good := saved("<f4", []int{2, 2, 2, 2})
	p.write("volumes.npy", good)
	p.write("empty.npy", nil)
	p.write("cut.npy", good[:len(good)-1])
	p.write("text.npy", []byte("not an array\n"))
	p.write("names.npy", saved("<U9", []int{2, 1, 1, 1}, "a", "b"))
	p.write("secret.npy", good)
	if err := os.Mkdir(p.path("folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	p.refuses(true, "FIL101", `there is no file .*volume.npy \| help: did you mean volumes.npy`, "load: {volumes: volume.npy}")
	p.refuses(true, "FIL102", `is a folder`, "load: {volumes: folder}")
	p.refuses(true, "DAT011", `empty.npy: it is empty: 0 bytes`, "load: {volumes: empty.npy}")
	p.refuses(true, "DAT011", `cut.npy: it is shorter than its header says: .* = 64 bytes after the header, there are 63`, "load: {volumes: cut.npy}")
	p.refuses(true, "DAT011", `text.npy: it is not a .npy file but looks like text`, "load: {volumes: text.npy}")
	p.refuses(true, "DAT011", `names.npy holds text`, "load: {volumes: names.npy}")
	p.refuses(true, "DAT011", `names a member, but a .npy file holds one array`, "load: {volumes: volumes.npy#x}")
	if os.Getuid() == 0 {
		t.Log("permissions are not tested: root may read everything")
		return
	}
	if err := os.Chmod(p.path("secret.npy"), 0); err != nil {
		t.Fatal(err)
	}
	p.refuses(true, "FIL103", "may not be read", "load: {volumes: secret.npy}")
}

func TestMissingNamesTheReason(t *testing.T) {
	if got := missing("x.npy", os.ErrPermission).code; got != FIL103 {
		t.Errorf("no permission is %s", got.ID)
	}
	if got := missing("x.npy", errors.New("the disk burns")); got.code != FIL102 || got.note != "the disk burns" {
		t.Errorf("%+v", got)
	}
}

// A folder whose name looks like a pattern.
func TestLoadPathIsNoPattern(t *testing.T) {
	p := newProject(t)
	p.folder += "/run [1]"
	p.write("v.npy", saved("<f4", []int{2, 2, 2, 2}))
	if got := pipeline.Summarize(p.gives(true, "load: {volumes: v.npy}")); got != "2 examples of [2, 2, 2], float32, no labels" {
		t.Error(got)
	}
}
