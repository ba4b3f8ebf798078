package train

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Batch is some examples as a step takes them.
type Batch struct {
	// X are the inputs, Y the targets.
	X, Y *tensor.Tensor[float32]
	// Weights are how much they count in the loss.
	Weights loss.Weights
}

// ReadBatch reads some examples of a set into memory of their own, for a network
// that is trained with the settings. What a training would refuse is an error.
func ReadBatch(net *nn.Network[float32], set Set, examples []int, s Settings) (*Batch, error) {
	s = s.resolved()
	if err := set.fits(net, s.target()); err != nil {
		return nil, err
	}
	if err := s.weighs(net); err != nil {
		return nil, err
	}
	set.Examples = examples
	f := newFeed(net, set, len(examples), s.target(), s.ClassWeights, nil)
	b := &f.batches[0]
	b.x = tensor.New[float32](append([]int{len(examples)}, set.X.Shape()...)...)
	if err := f.read(b, examples); err != nil {
		return nil, err
	}
	return &Batch{X: b.x, Y: b.y, Weights: b.weights}, nil
}
