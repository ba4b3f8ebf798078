package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// mostMemory is what the volumes between the layers may take before it is worth
// a word whatever machine will train, in bytes: what a usual one has. What this machine
// has is compared before a run starts.
const mostMemory = 16 << 30

// TRN016 finds trainings that need more memory than usual machines have.
var TRN016 = &Rule{Code: trn016, Training: func(c *pipeline.Check, t *Training) {
	if t.Model.Graph.Refused() || !sized(t.Model) {
		return
	}
	need := nn.PlanMemory(t.Model.Graph, t.BatchSize, true).Total()
	if need <= mostMemory {
		return
	}
	c.Report(diag.New(trn016, c.At("batch_size"), fmt.Sprintf("a step needs about %.0f GiB", float64(need)/(1<<30))).
		And(t.Model.At.Span, "the volumes between these layers are kept for the way back").
		Suggest("use smaller batches: the memory grows with batch_size").
		Suggest("or pool earlier, or use fewer filters in the first layers"))
}}

// sized says whether all sizes of a model are known.
func sized(m *pipeline.Model) bool {
	if !known(m.Graph.Input) {
		return false
	}
	for i := range m.Graph.Nodes {
		if !known(m.Graph.Nodes[i].Output) {
			return false
		}
	}
	return true
}

// known says whether all sizes of a shape are.
func known(s shape.Shape) bool {
	_, ok := s.Sizes()
	return s != nil && ok
}

var trn016 = &diag.Code{
	ID: "TRN016", Severity: diag.Warning,
	Title: "a training that needs more memory than usual machines have",
	Means: "By the shapes a training step needs over 16 GiB. `pipe run` also compares the need with the machine's memory, and `pipe summary` shows it layer by layer.",
	Why:   "The process would be killed, after minutes of loading.",
	Ways:  []string{"a smaller `batch_size`, with `gradient_accumulation_steps` in the optimizer", "pooling or strides earlier", "fewer filters in the first layers", "`allow: {TRN016: reason}` beside the train stage, where the machine has the memory"},
	Fails: stages("load: {volumes: v.npy, labels: l.npy, shape: [40, 256, 256, 256, 1], dtype: float32, label_kind: class_id}", "model: {layers: [conv3d: {filters: 32, kernel_size: 3, padding: same, activation: relu}, conv3d: {filters: 32, kernel_size: 3, padding: same, activation: relu}, max_pool3d: {pool_size: 8}, global_average_pool3d, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, batch_size: 32}"),
	Mended: stages("load: {volumes: v.npy, labels: l.npy, shape: [40, 256, 256, 256, 1], dtype: float32, label_kind: class_id}", "model: {layers: [conv3d: {filters: 8, kernel_size: 3, strides: 2, padding: same, activation: relu}, conv3d: {filters: 16, kernel_size: 3, strides: 2, padding: same, activation: relu}, max_pool3d: {pool_size: 16}, global_average_pool3d, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, batch_size: 4}"),
}
