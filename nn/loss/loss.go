// Package loss says how wrong a network's outputs are, and in which direction
// they should move. Names, settings, defaults and meanings are those of Keras 3.
//
// The last axis of the outputs holds the values of one position (its classes),
// all axes before it count positions. A classifier has one position for each
// example; a network that says something about every voxel, [N, D, H, W, K], has
// D·H·W of them. A loss looks at one position at a time ([Pointwise]), or at the
// region that each class covers in an example ([Regional]), or at both.
package loss

import "fmt"

// Head is an activation that a loss can compute itself: from the scores in
// front of it the loss is exact where, from probabilities, a logarithm of zero
// would have to be avoided.
type Head uint8

// The heads. Linear is none.
const (
	Linear Head = iota
	Sigmoid
	Softmax
)

func (h Head) String() string {
	switch h {
	case Linear:
		return "linear"
	case Sigmoid:
		return "sigmoid"
	case Softmax:
		return "softmax"
	}
	panic(fmt.Sprintf("loss: no head %d", h))
}

// Target is what a loss compares outputs with.
type Target uint8

// The kinds of targets.
const (
	// OneHot is a row of K numbers that sum to one, for K outputs.
	OneHot Target = iota
	// ClassID is one number from 0 to K-1, for K outputs.
	ClassID
	// Binary is a number from 0 to 1 for each output.
	Binary
	// Real is any number for each output.
	Real
)

func (t Target) String() string {
	switch t {
	case OneHot:
		return "one-hot rows"
	case ClassID:
		return "class ids"
	case Binary:
		return "a 0 or 1 for each output"
	case Real:
		return "a number for each output"
	}
	panic(fmt.Sprintf("loss: no target %d", t))
}

// Width is the number of target values of one position with so many outputs.
func (t Target) Width(outputs int) int {
	if t == ClassID {
		return 1
	}
	return outputs
}

// Loss is a loss as written. It holds no state and is safe for concurrent use.
// Each loss is Pointwise or Regional, or both, and is then the sum of the two.
type Loss interface {
	// Target is what the loss compares outputs with.
	Target() Target
	// Head is the activation that belongs in front of the loss.
	Head() Head
	// FromLogits says that the network ends in scores: its outputs have not been
	// through the head.
	FromLogits() bool
	// Averages says that the batch's loss is the mean over all positions, or over
	// all examples, not their sum.
	Averages() bool
}

// Pointwise is a loss that looks at one position at a time.
type Pointwise interface {
	Loss
	// Points is the sum of the losses at some positions, each multiplied by its
	// weight. It writes the derivatives, if they are asked for.
	Points(s *Stretch[float32]) float64
	// Points64 is the same in double precision.
	Points64(s *Stretch[float64]) float64
}

// Regional is a loss that looks at how the regions of the classes overlap in an
// example.
type Regional interface {
	Loss
	// Region is the loss of one example, given what each class sums up to over its
	// positions. The derivative by each sum is written to slopes, which is as long
	// as sums; that by True is not asked for.
	Region(sums, slopes []Overlap) float64
}

// Overlap is what the probabilities p of one class and its labels t sum up to
// over the positions of an example.
type Overlap struct {
	// Both is Σ p·t, Predicted Σ p, True Σ t.
	Both, Predicted, True float64
}

// Reduction is the setting that all losses share.
type Reduction struct {
	// Reduction makes one number of a batch: `sum_over_batch_size` is the mean over
	// all examples and, where the model says something about each voxel, over all
	// their voxels; `sum` is the sum. With `sum` the step that an optimizer takes
	// grows with the batch size. A mean divides by the number of examples or voxels
	// whatever their weights, as in Keras; PyTorch's CrossEntropyLoss divides by the sum
	// of the weights of their classes.
	Reduction string `yaml:"reduction" validate:"oneof=sum_over_batch_size sum"`
}

// Averages says that the batch's loss is a mean.
func (r *Reduction) Averages() bool { return r.Reduction != "sum" }

var mean = Reduction{Reduction: "sum_over_batch_size"}

// epsilon is how far Keras keeps probabilities away from 0 and 1.
const epsilon = 1e-7

// clip keeps a probability away from 0 and 1, and says whether it moved it: the
// derivative of what is moved is 0.
func clip(p float64) (clipped float64, moved bool) {
	switch {
	case p < epsilon:
		return epsilon, true
	case p > 1-epsilon:
		return 1 - epsilon, true
	}
	return p, false
}
