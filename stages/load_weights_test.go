package stages

import (
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
)

func weightsOf(t *testing.T, v *pipeline.Volumes) []float32 {
	t.Helper()
	return values(t, &pipeline.Volumes{Source: v.Weights})
}

func TestLoadReadsWeights(t *testing.T) {
	p := newProject(t)
	p.write("v.npy", saved("|u1", []int{4, 2, 2, 2}))
	p.write("l.npy", saved("<i8", []int{4}, 0, 1))
	p.write("w.npy", saved("<f4", []int{4}, 1.0, 0.5, 0.0, 2.0))
	p.write("column.npy", saved("<i8", []int{4, 1}, 1, 2, 3, 4))
	p.write("t.csv", []byte("file,label,weight\none/0.npy,0,1\none/1.npy,1,0.5\none/2.npy,0,0\none/3.npy,1,2\n"))
	for i, name := range []string{"0", "1", "2", "3"} {
		p.write("one/"+name+".npy", saved("|u1", []int{2, 2, 2}, i))
	}
	want := []float32{1, 0.5, 0, 2}
	for stage, want := range map[string][]float32{
		"load: {volumes: v.npy, labels: l.npy, sample_weight: w.npy}":                                              want,
		"load: {volumes: v.npy, labels: l.npy, sample_weight: column.npy}":                                         {1, 2, 3, 4},
		"load: {volumes: v.npy, labels: l.npy, sample_weight: t.csv#weight}":                                       want,
		"load: {table: t.csv, volumes: file, labels: label, sample_weight: weight}":                                want,
		`load: {volumes: "one/*.npy", labels: t.csv#label, sample_weight: "t.csv#weight"}`:                         want,
		"load: {train: {volumes: v.npy, sample_weight: w.npy}, test: {volumes: v.npy, sample_weight: column.npy}}": {1, 0.5, 0, 2, 1, 2, 3, 4},
	} {
		for _, read := range []bool{false, true} {
			if d := p.gives(read, stage); !d.Weighted || d.WeightsAt.Span.Start.Line != 3 {
				t.Errorf("%s: weighted %t at %v", stage, d.Weighted, d.WeightsAt)
			}
		}
		v := p.runs(stage)
		if got := weightsOf(t, v); !slices.Equal(got, want) || len(v.Weights.Shape()) != 0 {
			t.Errorf("%s: %v of %v, want %v", stage, got, v.Weights.Shape(), want)
		}
	}
	if v := p.runs("load: {volumes: v.npy}"); v.Weights != nil || v.Is.Weighted {
		t.Error("weights from nowhere")
	}
}

func TestLoadRefusesWeights(t *testing.T) {
	p := newProject(t)
	p.write("v.npy", saved("|u1", []int{4, 2, 2, 2}))
	p.write("l.npy", saved("<i8", []int{4}, 0, 1))
	p.write("m.npy", saved("|u1", []int{4, 2, 2, 2}, 0, 1))
	p.write("three.npy", saved("<f4", []int{3}, 1.0))
	p.write("negative.npy", saved("<f4", []int{4}, 1.0, -0.5, math.NaN(), 1.0))
	p.write("nothing.npy", saved("<f4", []int{4}, 0.0))
	p.write("rows.npy", saved("<f4", []int{4, 2}, 1.0))
	p.write("names.csv", []byte("w\nheavy\nlight\nheavy\nlight\n"))
	p.write("turned.npy", saved("<f4", []int{4, 2, 2, 3}, 1.0))
	load := func(labels, weights string) string {
		return "load: {volumes: v.npy, labels: " + labels + ".npy, sample_weight: " + weights + "}"
	}
	p.refuses(true, "SHP012", `3 weights \| \[3: 4 volumes\]`, load("l", "three.npy"))
	p.refuses(true, "YML122", `2 of 4 weights are no numbers from 0 up.*rows 1, 2, counting from 0; the first is -0.5`, load("l", "negative.npy"))
	p.refuses(true, "YML122", `all weights are 0`, load("l", "nothing.npy"))
	p.refuses(true, "YML122", `rows.npy holds float32 \[4, 2\]`, load("l", "rows.npy"))
	p.refuses(true, "YML122", `names.csv#w holds texts, such as "heavy"`, load("l", "names.csv"))
	p.refuses(true, "YML122", `the weights are of voxels: \[2, 2, 2\] \| \[3: the labels are no masks\]`, load("l", "m.npy"))
	p.refuses(true, "SHP017", `the weights of a volume: \[2, 2, 3\] \| \[3: a volume: .*name the weights of these volumes`, load("m", "turned.npy"))
	p.refuses(true, "FIL101", `no file`, load("m", "absent.npy"))
	p.refuses(true, "YML122", `weights of another kind`, "load: {train: {volumes: v.npy, labels: m.npy, sample_weight: m.npy}, test: {volumes: v.npy, labels: m.npy, sample_weight: l.npy}}")
	p.refuses(true, "YML121", `test has no sample_weight`, "load: {train: {volumes: v.npy, sample_weight: l.npy}, test: {volumes: v.npy}}")
}

// Weights of voxels move with their volumes, and with their masks.
func TestWeightsOfVoxelsMove(t *testing.T) {
	p := newProject(t)
	content := make([]any, 2*2*3*4)
	for i := range content {
		content[i] = i % 13
	}
	p.write("m.npy", saved("|u1", []int{2, 2, 3, 4}, content...))
	load := "load: {volumes: m.npy, labels: m.npy, sample_weight: m.npy}"
	for _, stages := range [][]string{
		{load}, {load, "transpose: {order: [width, depth, height]}"}, {load, "reshape: {to: [6, 4, 1]}"},
		{load, "label_encode", "transpose: {order: [2, 1, 0]}", "reshape: {expand_dims: -1}"},
	} {
		v := p.runs(stages...)
		if got, want := weightsOf(t, v), values(t, v); !slices.Equal(got, want) {
			t.Errorf("%v: weights %v\nvolumes %v", stages, got, want)
		}
	}
}
