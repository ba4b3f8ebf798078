package stages_test

import (
	"bytes"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data/npy"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/stages"
)

// a task is a question that a model is asked, from the labels in a file to the
// predictions of new data.
type task struct {
	labels    storedArray
	load      string
	encode    string
	layers    string
	loss      string
	metrics   string
	kind      string // as the plan tells the labels
	trivial   string
	output    []int
	classless bool
}

const cubes, side = 12, 6

func asked(shape []int, dtype string, value func(i int) float64) storedArray {
	return storedArray{shape: append([]int{cubes}, shape...), dtype: dtype, value: value}
}

var (
	ofExamples = "{conv3d: {filters: 4, kernel_size: 3, activation: relu}}, global_average_pool3d, {dense: {units: %d%s}}"
	ofVoxels   = "{conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}, {conv3d: {filters: %d, kernel_size: 1%s}}"
	grid       = []int{side, side, side}
	// every third voxel but one in seven
	masked = func(i int) float64 { return float64(i / 3 % 7 % 3) }
)

var tasks = map[string]task{
	"one of three classes": {
		labels: asked(nil, "int64", func(i int) float64 { return float64(i % 3) }), encode: "label_encode: {classes: [a, b, c]}",
		layers: fmt.Sprintf(ofExamples, 3, ", activation: softmax"), loss: "categorical_crossentropy", metrics: "accuracy, auc",
		kind: "one_hot labels of 3 classes", trivial: "always a reaches accuracy 0.3333, auc 0.5000", output: []int{cubes, 3},
	},
	"one of three classes by ids in a column": {
		labels: asked([]int{1}, "uint8", func(i int) float64 { return float64(i % 3) }),
		layers: fmt.Sprintf(ofExamples, 3, ""), loss: "{sparse_categorical_crossentropy: {from_logits: true}}", metrics: "accuracy, balanced_accuracy",
		kind: "class_id labels", trivial: "always class 0 reaches accuracy 0.3333, balanced_accuracy 0.3333", output: []int{cubes, 3},
	},
	"one of two names": {
		labels: storedArray{shape: []int{cubes}, dtype: "text", text: func(i int) string { return []string{"ill", "well"}[min(i%3, 1)] }},
		encode: "label_encode: {form: class_id}",
		layers: fmt.Sprintf(ofExamples, 1, ", activation: sigmoid"), loss: "binary_crossentropy", metrics: "accuracy, f1",
		kind: "class_id labels of 2 classes", trivial: "always well reaches accuracy 0.6667, f1 0.8000", output: []int{cubes, 1},
	},
	"yes or no": {
		labels: asked(nil, "bool", func(i int) float64 { return float64(min(i%4, 1)) }),
		layers: fmt.Sprintf(ofExamples, 1, ""), loss: "{binary_crossentropy: {from_logits: true}}", metrics: "accuracy",
		kind: "class_id labels", trivial: "always 1 reaches accuracy 0.7500", output: []int{cubes, 1},
	},
	"tags": {
		labels: asked([]int{3}, "uint8", func(i int) float64 { return float64(i * 5 / 3 % 2) }), load: ", label_kind: multi_hot",
		layers: fmt.Sprintf(ofExamples, 3, ", activation: sigmoid"), loss: "binary_crossentropy", metrics: "accuracy, auc",
		kind: "multi_hot labels of 3 classes", trivial: "always each tag's commoner answer reaches accuracy 0.5000, auc 0.5000", output: []int{cubes, 3}, classless: true,
	},
	"a number": {
		labels:  asked(nil, "float32", func(i int) float64 { return float64(i) / 4 }),
		layers:  fmt.Sprintf(ofExamples, 1, ""),
		loss:    "mean_squared_error",
		metrics: "mean_absolute_error", kind: "real labels", trivial: "always the mean, 1.375 reaches mean_absolute_error 0.7500", output: []int{cubes, 1}, classless: true,
	},
	"two numbers": {
		labels: asked([]int{2}, "float64", func(i int) float64 { return float64(i%5) - 1 }),
		layers: fmt.Sprintf(ofExamples, 2, ""), loss: "mean_absolute_error", metrics: "mean_squared_error",
		kind: "real labels", trivial: "always the means reaches mean_squared_error", output: []int{cubes, 2}, classless: true,
	},
	"voxels by ids": {
		labels: asked(grid, "uint8", masked), encode: "label_encode: {classes: [a, b, c], form: class_id}",
		layers: fmt.Sprintf(ofVoxels, 3, ", activation: softmax"), loss: "sparse_categorical_crossentropy", metrics: "accuracy, dice",
		kind: "mask labels of 3 classes", trivial: "always a reaches accuracy 0.4", output: []int{cubes, side, side, side, 3},
	},
	"voxels by rows": {
		labels: asked(append(grid[:3:3], 1), "float32", masked), encode: "label_encode: {classes: 3}", load: ", label_kind: mask",
		layers: fmt.Sprintf(ofVoxels, 3, ""), loss: "{dice_crossentropy: {from_logits: true}}", metrics: "dice, iou",
		kind: "one-hot mask labels of 3 classes", trivial: "always 0 reaches dice", output: []int{cubes, side, side, side, 3},
	},
	"voxels as they are": {
		labels: asked(grid, "int32", masked),
		layers: fmt.Sprintf(ofVoxels, 3, ", activation: softmax"), loss: "dice", metrics: "iou",
		kind: "mask labels", trivial: "always class 0 reaches iou", output: []int{cubes, side, side, side, 3},
	},
	"one region": {
		labels: asked(grid, "bool", func(i int) float64 { return math.Min(masked(i), 1) }),
		layers: fmt.Sprintf(ofVoxels, 1, ", activation: sigmoid"), loss: "dice_crossentropy", metrics: "dice, accuracy",
		kind: "mask labels", trivial: "always 1 reaches dice", output: []int{cubes, side, side, side, 1},
	},
	"an atlas": {
		labels: asked(grid, "int16", func(i int) float64 { return []float64{0, 29, -500}[int(masked(i))] }), encode: "label_encode: {map: {0: 0, 29: 1, -500: 2}}",
		layers: fmt.Sprintf(ofVoxels, 3, ", activation: softmax"), loss: "categorical_crossentropy", metrics: "dice, confusion_matrix",
		kind: "one-hot mask labels of 3 classes", trivial: "always 0 reaches dice", output: []int{cubes, side, side, side, 3},
	},
}

// Every task goes the whole way: checked without its data, planned, run, and its
// record used again for the same data, which gives the same.
func TestTasks(t *testing.T) {
	for name, task := range tasks {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			voxels := storedArray{shape: []int{cubes, side, side, side}, dtype: "float32", value: func(i int) float64 { return float64(i*7%31+i/216%3*20) / 10 }}
			place(t, folder, "volumes.npy", voxels.encoded())
			place(t, folder, "labels.npy", task.labels.encoded())
			var ids string
			if !task.classless {
				ids = "\n  - predict: {output: ids.npy, form: class_id}"
			}
			encode := ""
			if task.encode != "" {
				encode = "\n  - " + task.encode
			}
			config := fmt.Sprintf(`version: 1
seed: 4
stages:
  - load: {volumes: volumes.npy, labels: labels.npy%s}
  - transpose: {order: [width, depth, height]}
  - reshape: {expand_dims: -1}%s
  - split: {train: 0.75, test: 0.25, shuffle: false}
  - normalize: {method: z_score}
  - model: {layers: [%s]}
  - train: {optimizer: adam, loss: %s, metrics: [%s], epochs: 2, batch_size: 4}
  - evaluate: {on: all, metrics: [%s]}
  - predict: {output: answers.npy}%s
  - export
`, task.load, encode, task.layers, task.loss, task.metrics, task.metrics, ids)
			if _, found := checked(t, config); len(found) > 0 {
				t.Errorf("without its data: %s", summaries(found))
			}
			r := runIn(t, t.Context(), folder, config, nil).done(t)
			if got := pipeline.Summarize(r.outcomes["normalize"].Value.Type()); !strings.Contains(got, task.kind+",") {
				t.Errorf("the labels are %s, want %s", got, task.kind)
			}
			if !strings.Contains(r.watch.text(), "evaluate: all: "+task.trivial) {
				t.Errorf("%q is not told:\n%s", task.trivial, r.watch.text())
			}
			usedAgain(t, r, folder, config, task)
		})
	}
}

// usedAgain evaluates and predicts with the record of a run.
func usedAgain(t *testing.T, r ran, folder, config string, task task) {
	t.Helper()
	for name, text := range map[string]string{"resolved.yaml": config, "run.json": "{}\n"} {
		place(t, r.dir, name, []byte(text))
	}
	reuse, err := stages.OpenRun(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	pool := nn.NewPool(1)
	defer pool.Close()
	results, _, err := reuse.Evaluate(t.Context(), filepath.Join(folder, "volumes.npy"), filepath.Join(folder, "labels.npy"), pool)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range r.outcomes["evaluate"].Value.(*pipeline.Results).Numbers {
		if results.Numbers[i] != n {
			t.Errorf("used again the model measures %v, in the run %v", results.Numbers[i], n)
		}
	}
	predictions, err := reuse.Predict(t.Context(), filepath.Join(folder, "volumes.npy"), pool)
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := predictions.Write(&again, "again.npy"); err != nil || again.String() != r.file(t, "answers.npy") {
		t.Errorf("used again the model predicts something else (%v)", err)
	}
	outputs := floatsIn(t, again.String(), task.output)
	if reuse.TellsClasses() == task.classless {
		t.Errorf("chooses classes: %t", reuse.TellsClasses())
	}
	if task.classless {
		return
	}
	again.Reset()
	if err := predictions.InIDs().Write(&again, "ids.npy"); err != nil || again.String() != r.file(t, "ids.npy") {
		t.Errorf("used again the model chooses other classes (%v)", err)
	}
	last := len(task.output) - 1
	for i, id := range floatsIn(t, again.String(), task.output[:last]) {
		scores := outputs[i*task.output[last] : (i+1)*task.output[last]]
		best := 0
		for k, score := range scores {
			if score > scores[best] {
				best = k
			}
		}
		if len(scores) == 1 {
			middle := float32(0.5)
			if strings.Contains(task.loss, "from_logits") {
				middle = 0
			}
			if scores[0] > middle {
				best = 1
			}
		}
		if int(id) != best {
			t.Fatalf("place %d is of class %g, its outputs are %v", i, id, scores)
		}
	}
}

// floatsIn reads an array, which has to have the shape.
func floatsIn(t *testing.T, text string, shape []int) []float32 {
	t.Helper()
	array, err := npy.Open(strings.NewReader(text), int64(len(text)), "answers.npy")
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(array.Shape) != fmt.Sprint(shape) {
		t.Fatalf("the array is %v, want %v", array.Shape, shape)
	}
	values := make([]float32, array.Elements())
	if err := array.Rows(0, array.Len(), values); err != nil {
		t.Fatal(err)
	}
	return values
}

func TestMasksFitNoTable(t *testing.T) {
	config := `version: 1
stages:
  - phantom: {samples: 4, size: [4, 4, 4], labels: mask}
  - reshape: {expand_dims: -1}
  - model: {layers: [{conv3d: {filters: 2, kernel_size: 1, activation: softmax}}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 1, batch_size: 2}
  - predict: {output: masks.csv}
`
	_, found := checked(t, config)
	if len(found) != 1 || found[0].Code.ID != "YML132" || !strings.Contains(found[0].Primary.Label, "a row for each of its voxels") {
		t.Errorf("a table of masks: %s", summaries(found))
	}
	tags := strings.NewReplacer("labels: mask", "labels: class_id", "filters: 2", "filters: 3", "activation: softmax}}]", "activation: sigmoid}}, global_average_pool3d]").Replace(config)
	tags = strings.Replace(tags, "  - phantom: {samples: 4, size: [4, 4, 4], labels: class_id}", "  - load: {volumes: v.npy, labels: l.npy, shape: [4, 4, 4, 4], dtype: float32, label_kind: multi_hot}", 1)
	tags = strings.NewReplacer("sparse_categorical_crossentropy", "binary_crossentropy", "masks.csv", "tags.npy, form: class_id").Replace(tags)
	if _, found = checked(t, tags); len(found) != 1 || found[0].Code.ID != "YML132" || !strings.Contains(found[0].Primary.Label, "no choice of a class") {
		t.Errorf("classes of tags: %s", summaries(found))
	}
}

// A weight multiplies the loss of what it stands beside: an example, or a voxel.
func TestSampleWeightsMultiplyTheLoss(t *testing.T) {
	folder := t.TempDir()
	place(t, folder, "v.npy", asked(grid, "float32", func(i int) float64 { return float64(i*7%31) / 10 }).encoded())
	place(t, folder, "l.npy", asked(nil, "uint8", func(i int) float64 { return float64(i % 2) }).encoded())
	place(t, folder, "m.npy", asked(grid, "uint8", func(i int) float64 { return float64(i / 3 % 2) }).encoded())
	place(t, folder, "twice.npy", asked(nil, "float32", func(int) float64 { return 2 }).encoded())
	place(t, folder, "half.npy", asked(grid, "float32", func(int) float64 { return 0.5 }).encoded())
	place(t, folder, "first.npy", asked(nil, "uint8", func(i int) float64 { return float64(min(i, 1)) }).encoded())
	losses := func(labels, weights, layers string) (training, evaluated float64) {
		r := runIn(t, t.Context(), folder, fmt.Sprintf(`version: 1
stages:
  - load: {volumes: v.npy, labels: %s%s}
  - reshape: {expand_dims: -1}
  - model: {layers: [%s]}
  - train: {optimizer: {sgd: {learning_rate: 1e-30}}, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 1, batch_size: 12}
  - evaluate: {on: all}
`, labels, weights, layers), nil).done(t)
		numbers := r.outcomes["evaluate"].Value.(*pipeline.Results).Numbers
		return r.outcomes["train"].Value.(*pipeline.TrainedNetwork).History.Rows[0][0], numbers[0].Value
	}
	for _, c := range []struct {
		labels, weights, layers string
		factor                  float64
	}{
		{"l.npy", ", sample_weight: twice.npy", fmt.Sprintf(ofExamples, 2, ", activation: softmax"), 2},
		{"m.npy", ", sample_weight: twice.npy", fmt.Sprintf(ofVoxels, 2, ", activation: softmax"), 2},
		{"m.npy", ", sample_weight: half.npy", fmt.Sprintf(ofVoxels, 2, ", activation: softmax"), 0.5},
	} {
		plain, evaluated := losses(c.labels, "", c.layers)
		training, again := losses(c.labels, c.weights, c.layers)
		if math.Abs(training-c.factor*plain) > 1e-9 || math.Abs(again-c.factor*evaluated) > 1e-9 {
			t.Errorf("%s%s: the loss is %g and %g, without weights %g and %g", c.labels, c.weights, training, again, plain, evaluated)
		}
	}
	layers := fmt.Sprintf(ofExamples, 2, ", activation: softmax")
	if without, _ := losses("l.npy", ", sample_weight: first.npy", layers); without == 0 {
		t.Error("eleven examples of twelve have no loss")
	}
}
