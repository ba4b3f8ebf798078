package stages

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/pipeline"
)

func masksOf(t *testing.T, v *pipeline.Volumes) []float32 {
	t.Helper()
	return values(t, &pipeline.Volumes{Source: v.Masks})
}

func TestMasksLieOnTheirVolumes(t *testing.T) {
	p := newProject(t)
	p.write("v.npy", saved("|u1", []int{2, 3, 4, 5}))
	p.write("v5.npy", saved("|u1", []int{2, 3, 4, 5, 2}))
	p.write("v4.npy", saved("|u1", []int{2, 4, 3, 4, 5}))
	for name, shape := range map[string][]int{
		"m": {2, 3, 4, 5}, "m1": {2, 3, 4, 5, 1}, "front": {2, 1, 3, 4, 5},
		"turned": {2, 5, 4, 3}, "other": {2, 3, 4, 6}, "rows": {2, 3, 4, 5, 3}, "before": {2, 3, 3, 4, 5}, "flat": {2, 60},
	} {
		p.write(name+".npy", saved("|u1", shape, 0, 1))
	}
	for stage, want := range map[string]string{
		"load: {volumes: v.npy, labels: m.npy}":                                                                        "[3, 4, 5]",
		"load: {volumes: v.npy, labels: m1.npy}":                                                                       "[3, 4, 5]",
		"load: {volumes: v5.npy, labels: m.npy}":                                                                       "[3, 4, 5]",
		"load: {volumes: v5.npy, labels: m1.npy}":                                                                      "[3, 4, 5]",
		"load: {volumes: v4.npy, labels: front.npy, axes: [sample, channel, depth, height, width]}":                    "[3, 4, 5]",
		"load: {volumes: v4.npy, labels: m.npy, axes: [sample, channel, depth, height, width], label_kind: mask}":      "[3, 4, 5]",
		"load: {train: {volumes: v.npy, labels: m.npy}, test: {volumes: v.npy, labels: m1.npy}, label_kind: mask}":     "[3, 4, 5]",
		"load: {volumes: v5.npy, labels: m.npy, shape: [2, 3, 4, 5, 2], dtype: uint8, label_kind: mask, modality: ct}": "[3, 4, 5]",
	} {
		d := p.gives(true, stage)
		if d.Labels.Kind != pipeline.Mask || d.Labels.Shape.String() != want {
			t.Errorf("%s: %s %s, want %s", stage, d.Labels.Kind, d.Labels.Shape, want)
		}
		if c := d.Facts.Masks; !slices.Equal(c.Values, []int64{0, 1}) || !slices.Equal(c.Of[1], []int{30, 30}) {
			t.Errorf("%s: counted %+v", stage, c)
		}
		p.runs(stage)
	}
	for stage, pattern := range map[string]string{
		"load: {volumes: v.npy, labels: turned.npy}":                                         `a mask: \[5, 4, 3\] \| \[3: a volume: \[depth 3, height 4, width 5\]\].*the same in another order`,
		"load: {volumes: v.npy, labels: other.npy}":                                          `it would be \[3, 4, 5\]`,
		"load: {volumes: v.npy, labels: rows.npy}":                                           `the last axis, of 3.*argmax\(axis=-1\)`,
		"load: {volumes: v.npy, labels: before.npy}":                                         `the first axis, of 3.*argmax\(axis=1\)`,
		"load: {volumes: v5.npy, labels: m.npy, axes: [sample, depth, height, width, echo]}": `if the echo holds several values of one voxel.*channel`,
		"load: {train: {volumes: v.npy, labels: m.npy}, test: {volumes: v.npy, labels: m.npy}, axes: [sample, height, depth, echo]}": "", // any names will do
	} {
		if pattern == "" {
			p.gives(true, stage)
			continue
		}
		p.refuses(true, "SHP017", pattern, stage)
	}
	if d := p.gives(false, "load: {volumes: v.npy, labels: m.npy, label_kind: mask, shape: [N, 3, 4, 5, 2]}"); d.Labels.Shape.String() != "[3, 4, 5]" {
		t.Errorf("declared: %s", d.Labels.Shape)
	}
}

func TestMasksHoldClasses(t *testing.T) {
	p := newProject(t)
	p.write("v.npy", saved("|u1", []int{2, 3, 4, 5}))
	image := make([]any, 60*2)
	for i := range image {
		image[i] = i * 37
	}
	many := make([]any, 2*2000)
	for i := range many {
		many[i] = i
	}
	p.write("wide.npy", saved("|u1", []int{2, 10, 10, 20}))
	p.write("many.npy", saved("<i8", []int{2, 10, 10, 20}, many...))
	p.write("image.npy", saved("<i8", []int{2, 3, 4, 5}, image...))
	p.write("half.npy", saved("<f4", []int{2, 3, 4, 5}, 0.0, 1.0, 0.5))
	p.write("scaled.npy", saved("<f4", []int{2, 3, 4, 5}, 0.0, 1.0/255, 2.0/255))
	shades := make([]any, 2*2000)
	for i := range shades {
		shades[i] = float64(i) / 100
	}
	p.write("shades.npy", saved("<f4", []int{2, 10, 10, 20}, shades...))
	p.write("huge.npy", saved("<i8", []int{2, 3, 4, 5}, 0, 1<<30))
	p.write("nan.npy", saved("<f4", []int{2, 3, 4, 5}, append(slices.Repeat([]any{0.0}, 119), "nan")...))
	p.write("text.npy", saved("<U9", []int{2, 3, 4, 5}, "a"))
	load := func(mask string) string { return "load: {volumes: v.npy, labels: " + mask + ".npy}" }
	p.refuses(true, "PRE005", `the mask of sample 0 holds 0, 0.5, 1 .*whole numbers`, load("half"))
	p.refuses(true, "PRE005", `the mask of sample 0 holds 0, 0.003922, 0.007843 .*times 255 they are 0, 1, 2`, load("scaled"))
	p.refuses(true, "LBL018", `a voxel of sample 0 is 0.01.*whole numbers`, "load: {volumes: wide.npy, labels: shades.npy}")
	p.refuses(true, "LBL018", `a voxel of sample 0 is 1.073741824e\+09.*up to 16777216`, load("huge"))
	p.refuses(true, "LBL018", `more than 1024 different values`, "load: {volumes: wide.npy, labels: many.npy}")
	p.refuses(true, "DAT011", `text.npy holds text`, load("text"))
	p.refuses(true, "LBL018", `there are 2 classes, the masks have 120 different values`, load("image"), "label_encode: {classes: 2}")
	p.refuses(true, "LBL018", `the masks have 120 different values, from 0 to 4403.*tells 2 classes apart`, load("image"), "split: {train: 1, validation: 1}", "normalize: {method: min_max}", "reshape: {expand_dims: -1}",
		"model: {layers: [{conv3d: {filters: 2, kernel_size: 1, activation: softmax}}]}", "train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 200}")
}

func TestMasksAreEncoded(t *testing.T) {
	p := newProject(t)
	p.write("v.npy", saved("|u1", []int{2, 1, 2, 3}))
	p.write("m.npy", saved("|u1", []int{2, 1, 2, 3}, 0, 2, 1, 1, 0, 0, 1, 1, 1, 2, 2, 1))
	p.write("atlas.npy", saved("<i8", []int{2, 1, 2, 3}, 0, 29, 500, 500, 0, 0, -3, 29, 29, 500, 500, 0))
	p.write("white.npy", saved("|u1", []int{2, 1, 2, 3}, 0, 255))
	p.write("empty.npy", saved("|u1", []int{2, 1, 2, 3}, 0))
	load := func(mask string) string { return "load: {volumes: v.npy, labels: " + mask + ".npy}" }
	for _, c := range []struct {
		mask, stage, shape string
		want               []float32
		counts             []int
	}{
		{"m", "label_encode: {form: class_id}", "[1, 2, 3]", []float32{0, 2, 1, 1, 0, 0, 1, 1, 1, 2, 2, 1}, []int{3, 6, 3}},
		{"m", "label_encode: {classes: [air, grey, white, bone], form: class_id}", "[1, 2, 3]", []float32{0, 2, 1, 1, 0, 0, 1, 1, 1, 2, 2, 1}, []int{3, 6, 3, 0}},
		{"atlas", "label_encode: {map: {0: 0, 29: 1, 500: 2, -3: 2}, form: class_id}", "[1, 2, 3]", []float32{0, 1, 2, 2, 0, 0, 2, 1, 1, 2, 2, 0}, []int{4, 3, 5}},
		{"white", "label_encode: {map: {0: 0, 255: 1}}", "[1, 2, 3, 2]", slices.Repeat([]float32{1, 0, 0, 1}, 6), []int{6, 6}},
		{"m", "label_encode: {classes: 3}", "[1, 2, 3, 3]", []float32{
			1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0,
			0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0,
		}, []int{3, 6, 3}},
	} {
		v := p.runs(load(c.mask), c.stage)
		if got := masksOf(t, v); !slices.Equal(got, c.want) || v.Is.Labels.Shape.String() != c.shape {
			t.Errorf("%s: %v of %s, want %v of %s", c.stage, got, v.Is.Labels.Shape, c.want, c.shape)
		}
		if got := v.Is.Facts.Masks.All(); !slices.Equal(got, c.counts) {
			t.Errorf("%s: counted %v, want %v", c.stage, got, c.counts)
		}
	}
	p.refuses(true, "LBL001", `outside the 2 classes: 3 voxels.*2 \(3 voxels in 2 samples, first in sample 0\); samples count from 0.*classes: 3`, load("m"), "label_encode: {classes: 2}")
	p.refuses(true, "LBL017", `outside the 3 classes: 1 voxel .*-3 \(1 voxel in 1 sample, first in sample 1\).*add them to the map`, load("atlas"), "label_encode: {map: {0: 0, 29: 1, 500: 2}}")
	p.refuses(true, "LBL004", `4 values are found: -3, 0, 29, 500.*map: \{-3: 0, 0: 1, 29: 2, 500: 3\}`, load("atlas"), "label_encode")
	p.refuses(true, "LBL007", `the voxels are 0 and 255.*map: \{0: 0, 255: 1\}`, load("white"), "label_encode")
	p.refuses(true, "LBL007", `the voxels are 0 and 255.*map: \{0: 0, 255: 1\}`, load("white"), "label_encode: {classes: [no, yes]}")
	p.refuses(true, "LBL008", `all voxels are 0`, load("empty"), "label_encode")
	p.refuses(true, "PRE012", `made one-hot rows here`, load("m"), "label_encode", "label_encode")
	p.refuses(false, "LBL001", `2 classes: ids 0 to 1`, "phantom: {labels: mask, classes: 3}", "label_encode: {classes: 2}")
}

// Volumes that are their own masks show whether both are moved alike.
func TestMasksMoveWithTheirVolumes(t *testing.T) {
	p := newProject(t)
	content := make([]any, 2*2*3*4)
	for i := range content {
		content[i] = i % 11
	}
	p.write("m.npy", saved("|u1", []int{2, 2, 3, 4}, content...))
	p.write("m1.npy", saved("|u1", []int{2, 2, 3, 4, 1}, content...))
	p.write("front.npy", saved("|u1", []int{2, 1, 2, 3, 4}, content...))
	load := "load: {volumes: m.npy, labels: m.npy}"
	for _, stages := range [][]string{
		{load, "transpose: {order: [width, depth, height]}"},
		{load, "transpose: {order: [2, 0, 1]}", "reshape: {expand_dims: -1}"},
		{load, "reshape: {expand_dims: 0}", "transpose: {order: [1, 3, 2, 0]}"},
		{load, "reshape: {expand_dims: -1}", "reshape: {squeeze: 3}"},
		{load, "reshape: {to: [6, 4, 1]}"},
		{load, "reshape: {to: [4, 2, 3, 1]}\n    allow: [SHP011]", "transpose: {order: [1, 2, 0, 3]}"},
		{load, "reshape: {to: [24]}"},
		{load, "reshape: {expand_dims: 1}", "transpose: {order: [3, 1, 0, 2]}", "reshape: {squeeze: 1}"},
		{"load: {volumes: m1.npy, labels: m1.npy}", "transpose: {order: [width, height, depth, channel]}", "reshape: {to: [4, 6, 1]}"},
		{"load: {volumes: front.npy, labels: front.npy, axes: [sample, channel, depth, height, width]}", "transpose: {order: [height, width, channel, depth]}"},
	} {
		v := p.runs(stages...)
		if got, want := masksOf(t, v), values(t, v); !slices.Equal(got, want) {
			t.Errorf("%v: masks %v\nvolumes %v", stages, got, want)
		}
		for form, classes := range map[string]int{"class_id": 1, "one_hot": 11} {
			rows := p.runs(append([]string{stages[0], "label_encode: {form: " + form + "}"}, stages[1:]...)...)
			if shape := rows.Is.Labels.Shape.MustSizes(); data.Elements(shape) != 24*classes {
				t.Errorf("%v of %s: %v", stages, form, shape)
			}
			got := masksOf(t, rows)
			for i, id := range masksOf(t, v) {
				if form == "class_id" && got[i] != id || form == "one_hot" && got[i*classes+int(id)] != 1 {
					t.Fatalf("%v: voxel %d is not of class %g in the form %s", stages, i, id, form)
				}
			}
			again := &preprocessing{Steps: rows.Steps}
			raw := p.runs(stages[0])
			restored, err := again.apply(raw)
			if err != nil || !slices.Equal(masksOf(t, restored), got) || !slices.Equal(values(t, restored), values(t, rows)) {
				t.Errorf("%v: restored otherwise than they ran (%v)", stages, err)
			}
		}
	}
	p.write("two.npy", saved("|u1", []int{2, 2, 3, 4, 2}))
	two := "load: {volumes: two.npy, labels: m.npy}"
	p.refuses(true, "YML122", `2 values of each voxel would become 1; only whole voxels`, two, "reshape: {to: [4, 3, 4, 1]}")
	p.refuses(false, "YML122", `1 values of each voxel would become 2`, "load: {volumes: m.npy, labels: m.npy, shape: [2, 2, 3, 4], label_kind: mask}", "reshape: {to: [2, 3, 2, 2]}")
	p.runs(two, "reshape: {to: [6, 2, 2, 2]}")
}

func TestMasksThatCannotBeRestored(t *testing.T) {
	for _, c := range []struct {
		stage MaskMover
		does  string
		in    []int
	}{
		{&Transpose{}, `"x"`, []int{2, 3, 4}},
		{&Transpose{}, `[2, 1, 0]`, []int{2, 3}},
		{&Reshape{}, `"x"`, []int{2, 3, 4}},
		{&Reshape{}, `[7, 5]`, []int{2, 3, 4}},
	} {
		if _, err := c.stage.RestoreMask(json.RawMessage(c.does), c.in); err == nil {
			t.Errorf("%T: %s is restored for masks of %v", c.stage, c.does, c.in)
		}
	}
	if _, err := (&LabelEncode{}).Remask(json.RawMessage(`null`), &pipeline.MaskCounts{}); err == nil {
		t.Error("classes are restored from nothing")
	}
}

// Masks above the limit are not read by the plan, and counted by the run.
func TestLargeMasksWaitForTheRun(t *testing.T) {
	p := newProject(t)
	p.write("m.npy", saved("|u1", []int{2, 2, 3, 4}, 0, 1, 2))
	checked, _ := p.resolve(true, "load: {volumes: m.npy, labels: m.npy}")
	stage := checked.Nodes[0].Stage.(*Load)
	for most, counted := range map[int]bool{47: false, 48: true} {
		l := loading{Node: checked.Nodes[0], settings: stage, resolve: p.path, mostVoxels: most}
		read := l.read(t.Context())
		if read == nil || (read.dataset.Facts.Masks != nil) != counted {
			t.Errorf("up to %d voxels: %+v", most, read)
		}
	}
}

func TestPhantomMasks(t *testing.T) {
	p := newProject(t)
	stage := "phantom: {samples: 12, size: [8, 16, 16], classes: 3, labels: mask, noise: 0}"
	if got := pipeline.Summarize(p.gives(false, stage)); got != "12 examples of [8, 16, 16], float32, values 0..1, mask labels of 3 classes" {
		t.Error(got)
	}
	v := p.runs(stage)
	counts := v.Is.Facts.Masks
	if !slices.Equal(counts.Values, []int64{0, 1, 2}) || !slices.Equal(v.Is.Labels.Names, []string{"background", "lesion_1", "lesion_2"}) {
		t.Fatalf("%v %v", counts.Values, v.Is.Labels.Names)
	}
	masks, volumes := masksOf(t, v), values(t, v)
	const voxels = 8 * 16 * 16
	for i := range 12 {
		lesions := 0
		var inside, outside float64
		for k, class := range masks[i*voxels : (i+1)*voxels] {
			if class > 0 {
				lesions++
				inside += float64(volumes[i*voxels+k])
				continue
			}
			outside += float64(volumes[i*voxels+k])
		}
		if lesions == 0 || (counts.Of[i][1] > 0) == (counts.Of[i][2] > 0) {
			t.Errorf("example %d has %d voxels in lesions, by class %v", i, lesions, counts.Of[i])
		}
		if inside/float64(lesions) < outside/float64(voxels-lesions)+0.1 {
			t.Errorf("example %d: the lesion is not brighter than the rest", i)
		}
	}
}
