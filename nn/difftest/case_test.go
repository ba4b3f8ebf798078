package difftest

import (
	"bufio"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
	"github.com/voxelpipe/pipe/nn/train"
)

// goldenCase is a line of the file that testdata/make.py writes: a network, what it
// is given and asked, and what PyTorch computes.
type goldenCase struct {
	// Input is the shape of the examples, the batch in front.
	Input        []int
	Layers, Loss json.RawMessage
	Head, Target string
	ClassWeights []float32 `json:"class_weights"`
	// WeightsOf says what is weighed by the arrays: "examples", "positions" or
	// nothing.
	WeightsOf string `json:"weights_of"`
	BatchSize int    `json:"batch_size"`
	Training  []training
	Arrays    map[string]values
	Weights   map[string]struct {
		Shape  []int
		Values values
	}
	// Results are the loss, the outputs in training (y) and outside of it (plain), the
	// gradients by the input and each weight ("d x", "d conv3d/kernel"), and each
	// weight after the k-th training ("0 conv3d/kernel").
	Results map[string]values
}

type training struct {
	Optimizer    json.RawMessage
	GradientClip struct {
		Norm, Value float64
		NormEach    float64 `json:"norm_each"`
	} `json:"gradient_clip"`
}

// values are numbers in single precision.
type values []float32

// UnmarshalJSON reads base64 of little-endian numbers.
func (v *values) UnmarshalJSON(text []byte) error {
	var encoded string
	if err := json.Unmarshal(text, &encoded); err != nil {
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return err
	}
	*v = make(values, len(raw)/4)
	for i := range *v {
		(*v)[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return nil
}

// goldens reads the cases.
func goldens(t *testing.T) []goldenCase {
	t.Helper()
	path := "testdata/goldens.gz"
	if other := os.Getenv("PIPE_DIFFTEST"); other != "" {
		path = other
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []goldenCase
	lines := bufio.NewScanner(unpacked)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c goldenCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return cases
}

var (
	headNames   = map[string]loss.Head{"linear": loss.Linear, "sigmoid": loss.Sigmoid, "softmax": loss.Softmax}
	targetNames = map[string]loss.Target{"one_hot": loss.OneHot, "class_id": loss.ClassID, "binary": loss.Binary, "real": loss.Real}
)

// graph lays out the network.
func (c *goldenCase) graph(t *testing.T) *nn.Graph {
	t.Helper()
	items, err := itemsOf(c.Layers)
	if err != nil {
		t.Fatal(err)
	}
	g, refusals := nn.Resolve(shape.New(c.Input[1:]...), items)
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	return g
}

// task is what the network is asked.
func (c *goldenCase) task(g *nn.Graph) metric.Task {
	output := g.Output().MustSizes()
	task := metric.Task{Outputs: output[len(output)-1], PerVoxel: len(output) > 1, Target: targetNames[c.Target]}
	switch {
	case c.Target == "real":
		task.Kind = metric.Regression
	case c.Head == "softmax":
		task.Kind = metric.MultiClass
	case task.Outputs > 1:
		task.Kind = metric.MultiLabel
	default:
		task.Kind = metric.Binary
	}
	return task
}

// loss is what training lowers.
func (c *goldenCase) loss(t *testing.T) loss.Loss {
	t.Helper()
	settings, err := kindOf(loss.Table(), c.Loss)
	if err != nil {
		t.Fatal(err)
	}
	return loss.In(settings.(loss.Loss), loss.Form{Head: headNames[c.Head], Target: targetNames[c.Target]})
}

// set fills a network's weights with the case's.
func set[T tensor.Float](t *testing.T, c *goldenCase, net *nn.Network[T]) *nn.Network[T] {
	t.Helper()
	if len(net.Params()) != len(c.Weights) {
		t.Fatalf("the network has %d weights, want %d", len(net.Params()), len(c.Weights))
	}
	for _, p := range net.Params() {
		w, known := c.Weights[p.Name]
		if !known || !slices.Equal(w.Shape, p.Shape) {
			t.Fatalf("%s has shape %v, want %v", p.Name, p.Shape, w.Shape)
		}
		copy(p.Value, converted[T](w.Values))
	}
	return net
}

func converted[T tensor.Float](from []float32) []T {
	to := make([]T, len(from))
	for i, v := range from {
		to[i] = T(v)
	}
	return to
}

// weights are how much the examples and positions count, that of the classes
// included.
func (c *goldenCase) weights(g *nn.Graph) loss.Weights {
	var w loss.Weights
	if c.WeightsOf == "examples" {
		w.Examples = c.Arrays["examples"]
	}
	if c.WeightsOf == "positions" {
		w.Positions = c.Arrays["positions"]
	}
	if c.ClassWeights == nil {
		return w
	}
	labels := c.Arrays["t"]
	width := len(labels) / len(c.Arrays["positions"])
	w.Positions = slices.Clone(c.Arrays["positions"])
	for i := range w.Positions {
		t := labels[i*width : (i+1)*width]
		class := 0
		switch {
		case c.Target == "class_id" || width == 1:
			class = int(t[0])
		default:
			for k, v := range t {
				if v > t[class] {
					class = k
				}
			}
		}
		w.Positions[i] *= c.ClassWeights[class]
	}
	return w
}

// fit trains the network as the k-th training says, for as many steps as make.py.
func (c *goldenCase) fit(t *testing.T, net *nn.Network[float32], k int) {
	t.Helper()
	const steps = 20
	settings, err := kindOf(optim.Table(), c.Training[k].Optimizer)
	if err != nil {
		t.Fatal(err)
	}
	n := c.Input[0]
	output := net.Graph.Output().MustSizes()
	set := train.Set{X: data.NewMemory(c.Input[1:], c.Arrays["x"]), Y: data.NewMemory([]int{len(c.Arrays["t"]) / n}, c.Arrays["t"])}
	for i := range n {
		set.Examples = append(set.Examples, i)
	}
	switch c.WeightsOf {
	case "examples":
		set.W = data.NewMemory(nil, c.Arrays["examples"])
	case "positions":
		set.W = data.NewMemory(output[:len(output)-1], c.Arrays["positions"])
	}
	clip := c.Training[k].GradientClip
	each := (n + c.BatchSize - 1) / c.BatchSize
	_, err = train.Fit(t.Context(), net, set, nil, train.Settings{
		Loss: c.loss(t), Optimizer: settings.(optim.Optimizer), Task: c.task(net.Graph),
		Epochs: steps / each, BatchSize: c.BatchSize, ClassWeights: c.ClassWeights,
		ClipNorm: clip.Norm, ClipNormEach: clip.NormEach, ClipValue: clip.Value,
	}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
}

// name says what the case is about.
func (c *goldenCase) name(i int) string {
	var l map[string]json.RawMessage
	if json.Unmarshal(c.Loss, &l) != nil || len(l) != 1 {
		return fmt.Sprint(i)
	}
	for name := range l {
		return fmt.Sprintf("%d %s", i, name)
	}
	panic("unreachable")
}
