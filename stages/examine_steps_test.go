package stages_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// The volumes of these tests: a bright ball in noise, whose place tells the class.
const (
	ballSamples = 60
	ballSide    = 8
	ballSize    = ballSide * ballSide * ballSide
)

func balls(noise float64) []float64 {
	random := rand.New(rand.NewPCG(5, 6))
	places := [3][3]float64{{2, 2, 2}, {5, 5, 5}, {2, 5, 4}}
	values := make([]float64, ballSamples*ballSize)
	for i := range ballSamples {
		at := places[i%3]
		for k := range ballSize {
			off := 0.0
			for axis, v := range [3]int{k / 64, k / 8 % 8, k % 8} {
				off += (float64(v) - at[axis]) * (float64(v) - at[axis])
			}
			v := 0.1 + noise*random.NormFloat64()
			if off < 4 {
				v += 0.8
			}
			values[i*ballSize+k] = min(max(v, 0), 1)
		}
	}
	return values
}

// stepCase is a network, how it is trained, and which codes of first steps are to
// be among what is found.
type stepCase struct {
	change func(values []float64)
	model  string
	train  string
	want   []string
	at     string
}

const (
	ballConv = "{conv3d: {filters: 8, kernel_size: 3, padding: same, activation: relu}}, max_pool3d, {conv3d: {filters: 8, kernel_size: 3, padding: same, activation: relu}}, "
	ballHead = "global_average_pool3d, {dense: {units: 3, activation: softmax}}"
	adamOf   = "optimizer: {adam: {learning_rate: 1e-3}}"
	ballLoss = ", loss: sparse_categorical_crossentropy"
)

// TestFaultsInFirstSteps: faults that somebody once had, and trainings that look
// wrong to rules of thumb.
func TestFaultsInFirstSteps(t *testing.T) {
	scaled := func(by float64) func([]float64) { return each(func(v float64) float64 { return by * v }) }
	activated := func(name string, times int) string {
		return strings.Repeat("{dense: {units: 16, activation: "+name+"}}, ", times)
	}
	const chain = "{conv3d: {filters: 4, kernel_size: 3, activation: sigmoid, padding: same}}, {conv3d: {filters: 4, kernel_size: 3, activation: sigmoid, padding: same}}, "
	for name, c := range map[string]stepCase{
		"healthy":                     {model: ballConv + ballHead, train: adamOf + ballLoss},
		"healthy, flattened":          {model: ballConv + "flatten, {dense: {units: 32, activation: relu}}, {dropout: {rate: 0.5}}, {dense: {units: 3, activation: softmax}}", train: adamOf + ballLoss},
		"healthy, with batch norm":    {model: "{conv3d: {filters: 8, kernel_size: 3, use_bias: false}}, {batch_norm: {momentum: 0.9}}, relu, max_pool3d, flatten, {dense: {units: 3, activation: softmax}}", train: adamOf + ballLoss},
		"healthy, by sgd":             {model: ballConv + "flatten, {dense: {units: 3, activation: softmax}}", train: "optimizer: {sgd: {learning_rate: 0.05, momentum: 0.9}}" + ballLoss},
		"healthy, scores":             {model: ballConv + "flatten, {dense: {units: 3}}", train: adamOf + ", loss: {sparse_categorical_crossentropy: {from_logits: true}}"},
		"healthy, large batches":      {model: ballConv + ballHead, train: "optimizer: {adam: {gradient_accumulation_steps: 4}}" + ballLoss},
		"negative and positive init":  {change: scaled(-255), model: inited("{random_uniform: {minval: 0, maxval: 0.05}}", "zeros"), train: "optimizer: {sgd: {learning_rate: 0.01}}" + ballLoss, want: []string{"RUN005", "RUN006"}, at: "relu"},
		"biases of -5":                {model: inited("glorot_uniform", "{constant: {value: -5}}"), train: "optimizer: {sgd: {learning_rate: 0.01}}" + ballLoss, want: []string{"RUN005", "RUN006"}, at: "relu"},
		"biases of -0.3":              {model: inited("glorot_uniform", "{constant: {value: -0.3}}"), train: "optimizer: {sgd: {learning_rate: 0.01}}" + ballLoss, want: []string{"RUN006"}, at: "relu"},
		"units killed by long steps":  {model: ballConv + ballHead, train: "optimizer: {adam: {learning_rate: 0.5}}" + ballLoss, want: []string{"RUN005", "RUN006", "RUN020"}, at: "0.5"},
		"steps that are too short":    {model: ballConv + ballHead, train: "optimizer: {sgd: {learning_rate: 2e-5}}" + ballLoss, want: []string{"RUN010", "RUN020"}, at: "2e-5"},
		"steps shorter than a digit":  {model: ballConv + ballHead, train: "optimizer: {adam: {learning_rate: 1e-12}}" + ballLoss, want: []string{"RUN010", "RUN011", "RUN020"}, at: "1e-12"},
		"slow moving statistics":      {model: "{conv3d: {filters: 8, kernel_size: 3}}, {batch_norm: {momentum: 0.999}}, relu, max_pool3d, flatten, {dense: {units: 3, activation: softmax}}", train: adamOf + ballLoss, want: []string{"RUN017"}, at: "0.999"},
		"raw values and wide weights": {change: scaled(255), model: ballConv + "flatten, {dense: {units: 64, activation: relu, kernel_initializer: {random_normal: {stddev: 0.1}}}}, {dense: {units: 3, activation: softmax, kernel_initializer: {random_normal: {stddev: 0.1}}}}", train: adamOf + ballLoss, want: []string{"FPR014", "RUN007"}},
		"a chain of sigmoids":         {model: chain + "max_pool3d, " + chain + "flatten, " + activated("sigmoid", 3) + "{dense: {units: 3, activation: softmax}}", train: adamOf + ballLoss, want: []string{"RUN008"}, at: "conv3d"},
		"a sum that is too much":      {model: ballConv + "flatten, {dense: {units: 3, activation: softmax}}", train: "optimizer: {sgd: {learning_rate: 0.4}}, loss: {sparse_categorical_crossentropy: {reduction: sum}}", want: []string{"FPR014"}, at: "sum"},
		"a layer nobody listens to": {
			model: "{input: {}, id: start}, {conv3d: {filters: 4, kernel_size: 3, activation: relu}, id: aside}, {conv3d: {filters: 8, kernel_size: 3, activation: relu}, from: [start]}, flatten, {dense: {units: 3, activation: softmax}}",
			train: adamOf + ballLoss, want: []string{"RUN011"}, at: "conv3d",
		},
	} {
		t.Run(name, func(t *testing.T) {
			found, config := c.examined(t)
			var codes []string
			for _, d := range found {
				if of := d.Code.ID[:3]; d.Severity != diag.Info && (of == "RUN" || of == "FPR") && !slices.Contains(codes, d.Code.ID) {
					codes = append(codes, d.Code.ID)
				}
			}
			slices.Sort(codes)
			for _, want := range c.want {
				if !slices.Contains(codes, want) {
					t.Errorf("found %v, want %s among it:\n%s", codes, want, summaries(found))
				}
			}
			if len(c.want) == 0 && len(codes) > 0 {
				t.Errorf("found %v in a healthy training:\n%s", codes, summaries(found))
			}
			if c.at != "" && !slices.ContainsFunc(found, func(d diag.Diagnostic) bool {
				return slices.Contains(c.want, d.Code.ID) && marked(config, d.Primary.Span) == c.at
			}) {
				t.Errorf("nothing of it points at %s:\n%s", c.at, summaries(found))
			}
		})
	}
}

// inited is a network whose convolutions start from something else.
func inited(kernel, bias string) string {
	conv := "{conv3d: {filters: 8, kernel_size: 3, padding: same, activation: relu, kernel_initializer: " + kernel + ", bias_initializer: " + bias + "}}, "
	return conv + "max_pool3d, " + conv + ballHead
}

// marked is the text that a span in one line covers.
func marked(config string, s diag.Span) string {
	lines := strings.Split(config, "\n")
	if s.Start.Line < 1 || s.Start.Line > len(lines) || s.Start.Line != s.End.Line {
		return ""
	}
	return lines[s.Start.Line-1][s.Start.Column-1 : s.End.Column-1]
}

// examined writes the files and looks at them.
func (c stepCase) examined(t *testing.T) ([]diag.Diagnostic, string) {
	t.Helper()
	values := balls(0.1)
	if c.change != nil {
		c.change(values)
	}
	folder := t.TempDir()
	place(t, folder, "volumes.npy", storedArray{shape: []int{ballSamples, ballSide, ballSide, ballSide, 1}, dtype: "float32", value: func(i int) float64 { return values[i] }}.encoded())
	place(t, folder, "labels.npy", storedArray{shape: []int{ballSamples}, dtype: "int64", value: func(i int) float64 { return float64(i % 3) }}.encoded())
	config := `version: 1
stages:
  - load: {volumes: volumes.npy, labels: labels.npy, label_kind: class_id}
  - split: {train: 0.8, validation: 0.2, stratify: true}
  - model: {layers: [` + c.model + `]}
  - train: {epochs: 20, batch_size: 12, ` + c.train + `}
`
	found, _ := examined(t, folder, config)
	return found, config
}
