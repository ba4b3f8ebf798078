package nn

import (
	"math/rand/v2"

	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Unit is one item of a list of layers: a Spec, an Alias of one, a Composite of
// further items, or the Entrance of the list.
type Unit interface {
	// Frozen says whether training must leave the weights as they are.
	Frozen() bool
}

// Spec is a layer as written: its settings. It holds no weights.
type Spec interface {
	Unit
	// Output is the shape rule: one example's output shape from those of its
	// inputs. It is pure. A refusal is a *shape.Mismatch. Sizes may be symbols; an
	// input of unknown rank (nil) gives what can be said without it.
	Output(in []shape.Shape) (shape.Shape, error)
	// Weights lists what the layer holds, in the order in which Build gets it.
	// The input shapes have passed Output.
	Weights(in []shape.Shape) []Weight
	// Build makes the layer alive, for inputs whose sizes are all known.
	Build(site Site[float32]) Layer[float32]
	// Build64 is Build in double precision, for proofs.
	Build64(site Site[float64]) Layer[float64]
}

// Merger is a Spec that takes several inputs.
type Merger interface{ Merges() }

// Activated is a Spec whose settings ask for an activation behind it. The
// network runs it as a node of its own, so that every activation exists once
// and a loss can be computed from the scores in front of the last one.
type Activated interface {
	// Activation is the activation's Spec, nil for none.
	Activation() Spec
}

// Alias is written as one item and is another layer: it stands in the graph as
// that one, under its own id.
type Alias interface {
	Unit
	Means() Spec
}

// Entrance is an item that names the input of its list and does nothing to it.
// It stands at the head of the list.
type Entrance interface {
	Unit
	Enters()
}

// Costed is a Spec that multiplies: MACs counts the multiply-adds of one
// example's forward pass.
type Costed interface {
	MACs(in []shape.Shape, out shape.Shape) shape.Dim
}

// Composite is written as one item and stands for several.
type Composite interface {
	Unit
	// Expand gives the items, the last of which gives the output. In From, Outer
	// is the composite's own input; items without From take the one above, the
	// first one Outer.
	Expand(in shape.Shape) ([]Item, error)
}

// Outer names the input of a composite among the items it expands to. No id can
// be written like it.
const Outer = "^"

// Weight is an array that a layer holds.
type Weight struct {
	// Name is the last part of its full name: "kernel", "bias", "gamma", …
	Name string
	// Shape is its layout, Keras'.
	Shape shape.Shape
	// Init fills it.
	Init Initializer
	// Regularizer adds to the loss; nil adds nothing.
	Regularizer Regularizer
	// State marks what the layer updates by itself (moving averages) and no
	// optimizer may touch.
	State bool
}

// Initializer fills a weight before training.
type Initializer interface {
	// Fill sets every element of w, which has the given shape in Keras' layout.
	Fill(w []float64, shape []int, random *rand.Rand)
}

// Regularizer is a penalty on each element of a weight.
type Regularizer interface {
	// Penalty is what w adds to the loss, and its derivative.
	Penalty(w float64) (value, slope float64)
}

// Param is a weight alive.
type Param[T tensor.Float] struct {
	// Name is the full name: "<layer id>/kernel".
	Name string
	// Shape is the layout, Keras'.
	Shape []int
	// Value and Grad have the product of Shape elements. Grad is nil where
	// nothing is trained, and until something is.
	Value, Grad []T
	// Trainable says whether an optimizer updates it.
	Trainable   bool
	Regularizer Regularizer
}

// Site is where a layer is built: the sizes of one example at its inputs and
// its output, and its weights in the order of Spec.Weights.
type Site[T tensor.Float] struct {
	In     [][]int
	Out    []int
	Params []*Param[T]
	// Frozen says that the item or one around it has trainable: false.
	Frozen bool
}

// Layer is a layer alive. It may keep what its backward pass needs between one
// training pass and the next; tensors from the pass's arena live that long.
type Layer[T tensor.Float] interface {
	// Forward computes the output for a batch. It never writes to its inputs.
	Forward(p *Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T]
	// Backward follows a Forward in training mode: from the gradient of the loss
	// by the output it adds to the gradients of the params and gives those by the
	// inputs, nil where need is false. It never writes to dy; what it returns may
	// share dy's elements.
	Backward(p *Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T]
}

// Pool is a set of workers. Results never depend on their number.
type Pool = kernel.Pool

// NewPool makes a pool of so many threads; 0 means one for each processor.
func NewPool(threads int) *Pool { return kernel.NewPool(threads) }

// Pass is one step's surroundings.
type Pass[T tensor.Float] struct {
	// Training turns on dropout and batch statistics, and keeps what Backward
	// needs.
	Training bool
	// InputGrad asks Backward for the gradient by the network's input.
	InputGrad bool
	// Seed and Step decide every random number drawn in the pass.
	Seed, Step uint64
	// Pool runs the kernels; nil runs them on the caller.
	Pool *Pool
	// Arena gives the memory. Reset it between steps.
	Arena tensor.Arena[T]
	// Scratch gives the kernels workspace that nobody reads after the call.
	Scratch kernel.Scratch[T]
	// Seen, if set, is shown what each node gives on the way forward, where nodes are
	// worked together the last of them. It may not keep the tensor.
	Seen func(node int, y *tensor.Tensor[T])

	node uint64
}

// Key is the number from which the running layer derives its random numbers: the
// same for the same seed, step and place in the network, whatever else is drawn.
// Keys of different places or steps have nothing in common.
func (p *Pass[T]) Key() uint64 { return p.KeyFrom(p.Seed ^ 0x9e3779b97f4a7c15*(p.node+1)) }

// KeyFrom is such a number from a seed of the layer's own: the same for the same
// step, wherever in whichever network the layer stands.
func (p *Pass[T]) KeyFrom(seed uint64) uint64 {
	var random rand.PCG
	random.Seed(seed, p.Step)
	return random.Uint64()
}
