package stages_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/weights"
	"github.com/voxelpipe/pipe/pipeline"
)

// pretrained writes the weights of a model with a body of two layers and a head
// of three classes.
func pretrained(t *testing.T) string {
	t.Helper()
	body := layers.New(func(r *layers.Repeat) {
		r.Times = 2
		r.Layers = []nn.Item{{ID: "conv3d", Unit: layers.New(func(c *layers.Conv3D) { c.Filters, c.KernelSize, c.Padding = 2, [3]int{3, 3, 3}, "same" })}}
	})
	graph, refusals := nn.Resolve(shape.New(8, 8, 8, 1), []nn.Item{
		{ID: "body", Unit: body},
		{ID: "norm", Unit: layers.New(func(*layers.BatchNorm) {})},
		{ID: "pool", Unit: layers.New(func(*layers.GlobalAveragePool3D) {})},
		{ID: "head", Unit: layers.New(func(d *layers.Dense) { d.Units = 3 })},
	})
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	path := filepath.Join(t.TempDir(), "pretrained.safetensors")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := weights.Write(file, nn.Build(graph, 99).Params(), nil); err != nil {
		t.Fatal(err)
	}
	return path
}

// from is a model of two classes that starts from a file, trained or as it is.
func from(weights, body, then string) string {
	return `version: 1
stages:
  - phantom: {samples: 24, size: [8, 8, 8]}
  - reshape: {expand_dims: -1}
  - model:
      weights: ` + weights + `
      layers:
        - repeat: {times: 2, layers: [conv3d: {filters: 2, kernel_size: 3, padding: same, activation: relu}]}
          id: ` + body + `
        - {batch_norm: {}, id: norm}
        - global_average_pool3d
        - {dense: {units: 2, activation: softmax}, id: head}
  - ` + then + "\n"
}

const trained = "train: {optimizer: sgd, loss: sparse_categorical_crossentropy, epochs: 1}"

func TestAModelStartsFromAFile(t *testing.T) {
	file := pretrained(t)
	config := from("{file: "+file+", freeze: [backbone, norm], skip: [head], rename: {body: backbone}}", "backbone", trained)
	r := run(t, t.Context(), config, nil).done(t)
	m := r.outcomes["model"].Value.(*pipeline.Network)
	var fates []string
	for _, l := range m.Is.Start.Plan.Layers {
		fates = append(fates, l.Node.ID+" "+string(l.Fate()))
	}
	if want := []string{"backbone__1__conv3d loads", "backbone__2__conv3d loads", "norm loads", "head skipped"}; !slices.Equal(fates, want) {
		t.Errorf("the layers are %q, want %q", fates, want)
	}
	// What is frozen has, after the training, what the file has.
	net := r.outcomes["train"].Value.(*pipeline.TrainedNetwork).Net
	stored, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer stored.Close()
	info, err := stored.Stat()
	if err != nil {
		t.Fatal(err)
	}
	header, err := weights.ReadHeader(stored, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, p := range net.Params() {
		if trains := strings.HasPrefix(p.Name, "head/"); p.Trainable != trains {
			t.Errorf("%s: trainable is %t", p.Name, p.Trainable)
		}
		for i := range header.Tensors {
			if tensor := &header.Tensors[i]; strings.Replace(tensor.Name, "body", "backbone", 1) == p.Name && p.Name[:4] != "head" {
				values := make([]float32, tensor.Elements())
				if err := tensor.Read(stored, values); err != nil || !slices.Equal(values, p.Value) {
					t.Errorf("%s is %v, in the file %v, %v", p.Name, p.Value, values, err)
				}
				compared++
			}
		}
	}
	if compared != 8 {
		t.Errorf("%d arrays were compared", compared)
	}
}

func TestWhatAFileDoesNotGiveIsSaid(t *testing.T) {
	file := pretrained(t)
	evaluated := "evaluate: {on: all}"
	for _, c := range []struct {
		name, weights, body, then string
		// code is what is reported, in front of the text that it points at; "" for
		// nothing.
		code, note, help string
	}{
		{"all fits but the head", file, "body", trained, "PRD004 " + file,
			"head/kernel is [2, 3] in the file, [2, 2] in the model", "or let them start at random: skip: [head]"},
		{"the head is skipped", "{file: " + file + ", skip: [he*d]}", "body", trained, "", "", ""},
		{"used as it is", "{file: " + file + ", skip: [head]}", "body", evaluated, "PRD004 " + file,
			"left at their random start: head (skipped)", "name the file that a run of this model wrote"},
		{"other names, used as it is", "{file: " + file + ", skip: [head]}", "other", evaluated, "PRD004 " + file,
			"left at their random start: other (missing), head (skipped)", "lead what the file has beside to them with rename: it has body"},
		{"nothing fits", "{file: " + file + ", skip: [head, norm]}", "other", trained, "PRD004 " + file,
			"the model has other", "name the file of a model with these layers, or lead its names to them with rename"},
		{"a pattern for nothing", "{file: " + file + ", freeze: [boddy, head]}", "body", trained, "GRA137 boddy", "", "did you mean body?"},
		{"a pattern for a layer without weights", "{file: " + file + ", skip: [head, global*]}", "body", trained, "GRA137 global*", "", "name one of the layers with weights: body, norm, head"},
		{"a rename of nothing", "{file: " + file + ", skip: [head], rename: {bdy: body}}", "body", trained, "GRA137 body", "the file has ", "write on the left a name that the file has, or a pattern that fits one"},
		{"a rename to nothing", "{file: " + file + ", skip: [head], rename: {norm: nrm}}", "body", trained, "GRA137 nrm", "", "did you mean norm?"},
		{"two of one name", "{file: " + file + ", skip: [head], rename: {body__1: body__2}}", "body", trained, "GRA137 {body__1: body__2}", "the names are body__2__conv3d/bias, body__2__conv3d/kernel", "give each array a name of its own"},
		{"frozen at random", "{file: " + file + ", skip: [head], freeze: [\"*\"]}", "body", trained, `GRA138 "*"`, "not from the file: head", "lead the file's names to these layers with rename, or freeze others"},
		{"no such file", "none.safetensors", "body", trained, "FIL101 none.safetensors", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := from(c.weights, c.body, c.then)
			found := planned(t, config)
			if c.code == "" {
				if len(found) > 0 {
					t.Errorf("got %v", summaries(found))
				}
				return
			}
			if len(found) != 1 {
				t.Fatalf("want one problem, got %v", summaries(found))
			}
			d := found[0]
			line := strings.Split(config, "\n")[d.Primary.Span.Start.Line-1]
			at := line[d.Primary.Span.Start.Column-1 : d.Primary.Span.End.Column-1]
			if got := d.Code.ID + " " + at; got != c.code {
				t.Errorf("got %s, want %s", got, c.code)
			}
			if c.note != "" && !strings.Contains(strings.Join(d.Notes, "\n"), c.note) {
				t.Errorf("the notes are %q", d.Notes)
			}
			if c.help != "" && (len(d.Help) == 0 || !strings.HasPrefix(d.Help[0].Text, c.help) && (len(d.Help) < 2 || d.Help[1].Text != c.help)) {
				t.Errorf("the help is %v", d.Help)
			}
		})
	}
}

// Two stages that use a model of which the file gives only a part are one cause.
func TestAPartialStartIsReportedOnce(t *testing.T) {
	found := planned(t, from("{file: "+pretrained(t)+", skip: [head]}", "body", "evaluate: {on: all}\n  - predict: {output: out.npy}"))
	if len(found) != 1 || found[0].Code.ID != "PRD004" {
		t.Errorf("got %v", summaries(found))
	}
}

// A file that becomes another one between the plan and the run is refused.
func TestAFileThatChangesBehindThePlan(t *testing.T) {
	file := pretrained(t)
	config := from("{file: "+file+", skip: [head]}", "body", trained)
	net := nn.Build(&nn.Graph{Input: shape.New(1)}, 1)
	r := runBetween(t, config, func() {
		other, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		if err := weights.Write(other, net.Params(), nil); err != nil {
			t.Fatal(err)
		}
	})
	if err := r.outcomes["model"].Err; err == nil || !strings.Contains(err.Error(), "changed since the pipeline was planned") {
		t.Errorf("got %v", err)
	}
}
