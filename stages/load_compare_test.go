package stages

import "testing"

func TestLoadComparesWithTheFile(t *testing.T) {
	p := newProject(t)
	p.write("v.npy", saved("|u1", []int{6, 2, 3, 4}))
	p.write("c.npy", saved("|u1", []int{6, 3, 3, 3, 1}))
	p.write("series.npy", saved("|u1", []int{2, 2, 3, 4, 24}))
	p.write("few.npy", saved("|u1", []int{2, 2, 3, 4, 23}))
	for _, stage := range []string{
		"load: {volumes: v.npy, shape: [6, 2, 3, 4], dtype: uint8}",
		"load: {volumes: v.npy, shape: [N, 2, -1, w]}",
		"load: {volumes: v.npy, shape: [2, 3, 4]}",
		"load: {volumes: c.npy, shape: [3, 3, 3, 1]}",
		"load: {volumes: c.npy, shape: [6, 3, 3, 3, 1]}",
		"load: {volumes: c.npy, axes: [sample, depth, height, width, time]}",
	} {
		p.gives(true, stage)
	}
	for _, c := range []struct{ stage, code, want string }{
		{"load: {volumes: v.npy, dtype: float32}", "SHP002", `declared float32 \| \[3: v.npy holds uint8\]`},
		{"load: {volumes: v.npy, shape: [6, 2, 3, 5]}", "SHP002", `declared \[6, 2, 3, 5\] \| \[3: v.npy holds \[6, 2, 3, 4\]\] \| help: write shape: \[6, 2, 3, 4\]`},
		{"load: {volumes: v.npy, shape: [7, 2, 3, 5]}", "SHP002", `declared \[7, 2, 3, 5\]`},
		{"load: {volumes: v.npy, shape: [6, 2, 3, 1]}", "SHP002", `\[6, 2, 3, 1\] is read as one example's shape; an example of the file is \[2, 3, 4\]`},
		{"load: {volumes: v.npy, shape: [7, 2, 3, 4], axes: [sample, depth, height, width]}", "SHP002", `declared are 7 examples, there are 6`},
		{"load: {volumes: v.npy, shape: [N, 4, 3, 2, 1]}", "SHP002", `declared \[N, 4, 3, 2, 1\]`},
		{"load: {volumes: v.npy, shape: [4, 3, 2]}", "SHP002", `in another order: the depth of 4 is axis 2 of an example in the file, the width of 2 is axis 0`},
		{"load: {volumes: v.npy, shape: [N, 2, 3, 4, 1]}", "SHP002", `declared is an axis of size 1 at place 3 .*expand_dims: 3`},
		{"load: {volumes: c.npy, shape: [3, 3, 3]}", "SHP002", `the file has an axis of size 1 at place 3 of an example that is not declared`},
		{"load: {volumes: c.npy, shape: [6, 3, 3, 3], axes: [sample, depth, height, width]}", "SHP002", `4 axes are named .* holds \[6, 3, 3, 3, 1\].* axes: \[sample, depth, height, width, channel\]`},
		{"load: {volumes: c.npy, shape: [6, 3, 3, 30]}", "SHP004", `\[6, 3, 3, 30\] begins with the number of examples .* an example has 4 axes: \[3, 3, 3, 1\]`},
		{"load: {volumes: v.npy, shape: [6, 2, 3]}", "SHP004", `write the whole shape of the file: \[6, 2, 3, 4\]`},
		{"load: {volumes: v.npy, axes: [depth, height, width]}", "SHP002", `3 axes are named .* axes: \[sample, depth, height, width\]`},
		{"load: {volumes: series.npy, shape: [2, 2, 3, 4, 1]}", "SHP013", `volumes of one channel .* holds \[2, 2, 3, 4, 24\].*the last axis has 24 entries`},
		{"load: {volumes: series.npy, shape: [2, 2, 3, 5, 1]}", "SHP002", `declared \[2, 2, 3, 5, 1\]`},
		{"load: {volumes: few.npy, shape: [2, 2, 3, 4, 1]}", "SHP002", `declared \[2, 2, 3, 4, 1\]`},
	} {
		p.refuses(true, c.code, c.want, c.stage)
	}
}

// Partitions whose volumes differ, and ones that differ from what is declared.
func TestLoadComparesPartitions(t *testing.T) {
	p := newProject(t)
	p.write("a.npy", saved("|u1", []int{6, 2, 3, 4}))
	p.write("b.npy", saved("|u1", []int{2, 2, 3, 5}))
	p.write("c.npy", saved("<f4", []int{2, 2, 3, 4}))
	p.refuses(true, "SHP016", `examples of \[2, 3, 5\] \| \[3: examples of \[2, 3, 4\]\]`, "load: {train: {volumes: a.npy}, test: {volumes: b.npy}}")
	if d := p.gives(true, "load: {train: {volumes: a.npy}, test: {volumes: c.npy}, shape: [2, 3, 4]}"); d.DType != "float32" || d.Range != nil {
		t.Errorf("%s %v", d.DType, d.Range)
	}
}
