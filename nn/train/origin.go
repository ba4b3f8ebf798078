package train

import (
	"fmt"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Where numbers can stop being finite.
const (
	// InExamples: in what is trained on.
	InExamples = "examples"
	// InUpdate: in a weight, which the step before changed.
	InUpdate = "update"
	// InForward: in what a layer gives for finite inputs and weights.
	InForward = "forward"
	// InLoss: in the loss, or a penalty, of finite outputs.
	InLoss = "loss"
)

// Origin is where numbers stopped being finite first.
type Origin struct {
	// Where is one of the above.
	Where string
	// Layer is the layer's full name, Weight the weight's: "" where there is none.
	Layer, Weight string
	// Wrong of its values are NaN or infinite.
	Wrong, Of int
	// Recalled is the epoch whose weights the network was given back because its own
	// are no numbers any more, 0 for those it began with; nil if it has its own.
	Recalled *int
	// Samples are the examples of the batch.
	Samples []int
}

// String says it as part of a sentence.
func (o *Origin) String() string {
	count := fmt.Sprintf("%d of %d values", o.Wrong, o.Of)
	switch o.Where {
	case InExamples:
		return fmt.Sprintf("in the examples themselves (%s)", count)
	case InUpdate:
		return fmt.Sprintf("in the weight %s, which the step before changed (%s)", o.Weight, count)
	case InForward:
		return fmt.Sprintf("in the output of layer %s, whose inputs and weights are finite (%s)", o.Layer, count)
	}
	return "in the loss itself; all outputs of layers are finite"
}

// OriginOf finds where a step went wrong whose loss is not finite: it looks at
// the examples, the weights, and then at what one layer after the other gives,
// each worked by itself.
func OriginOf(net *nn.Network[float32], pass nn.Pass[float32], x *tensor.Tensor[float32]) *Origin {
	if wrong := notFiniteIn(x.Data); wrong > 0 {
		return &Origin{Where: InExamples, Wrong: wrong, Of: len(x.Data)}
	}
	for _, p := range net.Params() {
		if wrong := notFiniteIn(p.Value); wrong > 0 {
			layer, _, _ := strings.Cut(p.Name, "/")
			return &Origin{Where: InUpdate, Layer: layer, Weight: p.Name, Wrong: wrong, Of: len(p.Value)}
		}
	}
	graph := *net.Graph
	graph.Apart = true
	apart := nn.Build(&graph, 0)
	for i, p := range apart.Params() {
		copy(p.Value, net.Params()[i].Value)
	}
	again := nn.Pass[float32]{Seed: pass.Seed, Step: pass.Step, Pool: pass.Pool, Training: true}
	for nodes := 1; nodes <= apart.Len(); nodes++ {
		y := apart.Forward(&again, x, nodes)
		if wrong := notFiniteIn(y.Data); wrong > 0 {
			return &Origin{Where: InForward, Layer: graph.Nodes[nodes-1].ID, Wrong: wrong, Of: len(y.Data)}
		}
	}
	return &Origin{Where: InLoss}
}

// notFiniteIn counts the values that are NaN or infinite.
func notFiniteIn(values []float32) int {
	wrong := 0
	for _, v := range values {
		if v-v != 0 { // NaN for NaN and for the infinities
			wrong++
		}
	}
	return wrong
}

// remember keeps the weights as they are at the end of an epoch.
func (f *fitting) remember(epoch int) {
	params := f.net.Params()
	if f.good == nil {
		f.good = make([][]float32, len(params))
		for i, p := range params {
			f.good[i] = make([]float32, len(p.Value))
		}
	}
	for i, p := range params {
		copy(f.good[i], p.Value)
	}
	f.goodEpoch = epoch
}

// recall gives the network its last good weights, if those it has are not.
func (f *fitting) recall(o *Origin) {
	if o.Where != InUpdate {
		return
	}
	for i, p := range f.net.Params() {
		copy(p.Value, f.good[i])
	}
	recalled := f.goodEpoch
	o.Recalled = &recalled
}
