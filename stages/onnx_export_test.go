package stages

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/onnx/onnxtest"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
)

// drawnStep is a step of a kind, for examples of the sizes in.
func drawnStep(kind, settings, learnt string, in ...int) pipeline.Fitted {
	if learnt == "" {
		learnt = "null"
	}
	return pipeline.Fitted{Stage: kind, Kind: kind, Settings: settings, Learnt: json.RawMessage(learnt), In: in}
}

// drawnCases are lists of steps, each with what it learnt.
func drawnCases() map[string][]pipeline.Fitted {
	cases := map[string][]pipeline.Fitted{
		"none":               nil,
		"reshape":            {drawnStep("reshape", "{expand_dims: -1}", "", 3, 4, 5)},
		"transpose":          {drawnStep("transpose", "{order: [2, 0, 1]}", "[2, 0, 1]", 3, 4, 5)},
		"clip range":         {drawnStep("clip", "{range: [-1, 1.5]}", "", 3, 4, 5)},
		"clip percentiles":   {drawnStep("clip", "{percentiles: [5, 95]}", "[-0.5, 2]", 3, 4, 5)},
		"label_encode":       {drawnStep("label_encode", "{}", `{"classes": 2}`, 3, 4, 5)},
		"several":            {drawnStep("reshape", "{expand_dims: -1}", "", 3, 4, 5), drawnStep("normalize", "{method: max}", `{"max": [4]}`, 3, 4, 5, 1), drawnStep("transpose", "{order: [2, 1, 0, 3]}", "[2, 1, 0, 3]", 3, 4, 5, 1)},
		"normalize channels": {drawnStep("normalize", "{method: z_score, per_channel: true}", `{"mean": [1, 2], "deviation": [0.3, 0]}`, 3, 4, 5, 2)},
	}
	for _, dtype := range []string{"bool", "uint8", "int16", "int32", "uint64", "float16", "float32"} {
		cases["cast "+dtype] = []pipeline.Fitted{drawnStep("cast", "{dtype: "+dtype+"}", "", 3, 4, 5)}
	}
	learnt := map[string]string{
		"min_max": `{"min": [-3], "max": [7]}`, "z_score": `{"mean": [10000], "deviation": [3]}`, "max": `{"max": [0]}`,
		"percentile": `{"low": [-2], "high": [3]}`, "rescale": "",
	}
	for method, numbers := range learnt {
		more := ""
		switch method {
		case "rescale":
			more = ", scale: 0.5, offset: 3"
		case "percentile":
			more = ", range: [-1, 1], percentiles: [10, 85]"
		}
		for _, mask := range []string{"none", "nonzero"} {
			settings := fmt.Sprintf("method: %s%s, mask: %s", method, more, mask)
			cases["normalize "+settings] = []pipeline.Fitted{drawnStep("normalize", "{"+settings+"}", numbers, 3, 4, 5)}
			if method == "rescale" {
				continue
			}
			cases["normalize own "+settings] = []pipeline.Fitted{drawnStep("normalize", "{"+settings+", over: example}", "", 3, 4, 5)}
			cases["normalize own channels "+settings] = []pipeline.Fitted{drawnStep("normalize", "{"+settings+", over: example, per_channel: true}", "", 3, 4, 5, 2)}
		}
	}
	return cases
}

// raws are examples that try a step: ordinary ones with blank voxels, one that is
// all blank, one of equal values.
func raws(sizes []int) *data.Memory {
	random := rand.New(rand.NewPCG(1, 2))
	n := data.Elements(sizes)
	values := make([]float32, 4*n)
	for i := range values {
		if values[i] = float32(random.NormFloat64() * 4); random.IntN(4) == 0 {
			values[i] = 0
		}
	}
	values[3], values[4], values[5] = 300.7, -70000.2, 65519
	for i := range n {
		values[2*n+i], values[3*n+i] = 0, 2.5
	}
	return data.NewMemory(sizes, values)
}

// TestDraw: what a step adds to a graph does to raw volumes what the step does.
func TestDraw(t *testing.T) {
	var jobs []onnxtest.Job
	for name, steps := range drawnCases() {
		p := &preprocessing{Steps: steps, Input: []int{3, 4, 5}}
		raw := raws(p.raw())
		v, err := p.apply(&pipeline.Volumes{Is: &pipeline.Dataset{}, Source: raw})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		source := v.Source
		p.Input = source.Shape()
		graph, _ := nn.Resolve(shape.New(p.Input...), []nn.Item{{ID: "linear", Unit: layers.New(func(*layers.Linear) {})}})
		model := &pipeline.Network{Is: &pipeline.Model{Graph: graph, Dataset: &pipeline.Dataset{}}, Net: nn.Build(graph, 1)}
		var file bytes.Buffer
		if err := writeONNX(&file, model, p); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		// Each example in a file of its own, so that none hides behind another's size.
		for i := range raw.Len() {
			want := make([]float32, data.Elements(p.Input))
			if err := source.Read(i, want); err != nil {
				t.Fatal(err)
			}
			jobs = append(jobs, onnxtest.Job{
				Name: fmt.Sprintf("%s, example %d", name, i), File: file.Bytes(),
				InSizes: append([]int{1}, p.raw()...), In: raw.Example(i), OutSizes: append([]int{1}, p.Input...), Out: want,
			})
		}
		all, err := data.Load(t.Context(), source, 1)
		if err != nil {
			t.Fatal(err)
		}
		var in, out []float32
		for i := range raw.Len() {
			in, out = append(in, raw.Example(i)...), append(out, all.Example(i)...)
		}
		jobs = append(jobs, onnxtest.Job{
			Name: name, File: file.Bytes(),
			InSizes: append([]int{raw.Len()}, p.raw()...), In: in, OutSizes: append([]int{raw.Len()}, p.Input...), Out: out,
		})
	}
	onnxtest.Run(t, jobs)
}

// TestWriteONNXRefuses: steps whose raw sizes are unknown, or that no longer give
// what the model takes.
func TestWriteONNXRefuses(t *testing.T) {
	graph, _ := nn.Resolve(shape.New(3, 4, 5), []nn.Item{{ID: "linear", Unit: layers.New(func(*layers.Linear) {})}})
	model := &pipeline.Network{Is: &pipeline.Model{Graph: graph, Dataset: &pipeline.Dataset{}}, Net: nn.Build(graph, 1)}
	for want, p := range map[string]*preprocessing{
		"run the pipeline again": {Input: []int{3, 4, 5}, Steps: []pipeline.Fitted{drawnStep("cast", "{dtype: uint8}", "")}},
		"the model takes":        {Input: []int{3, 4, 5}, Steps: []pipeline.Fitted{drawnStep("cast", "{dtype: uint8}", "", 3, 4)}},
		"no step resize_all":     {Input: []int{3, 4, 5}, Steps: []pipeline.Fitted{drawnStep("resize_all", "{}", "", 3, 4, 5)}},
	} {
		err := writeONNX(&bytes.Buffer{}, model, p)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// Classes go with the file.
func TestWriteONNXNamesClasses(t *testing.T) {
	graph, _ := nn.Resolve(shape.New(2), []nn.Item{{ID: "softmax", Unit: layers.New(func(*layers.Softmax) {})}})
	d := &pipeline.Dataset{Labels: pipeline.Labels{Names: []string{"healthy", "tumour"}}}
	var file bytes.Buffer
	if err := writeONNX(&file, &pipeline.Network{Is: &pipeline.Model{Graph: graph, Dataset: d}, Net: nn.Build(graph, 1)}, nil); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(file.String(), `["healthy","tumour"]`) {
		t.Error("the file does not name the classes")
	}
}
