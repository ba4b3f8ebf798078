package nntest

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// rig is a layer alive behind inputs that the test holds in its hands.
type rig[T tensor.Float] struct {
	net    *nn.Network[T]
	pass   *nn.Pass[T]
	random func(shape []int) *tensor.Tensor[T]
	inputs []*tensor.Tensor[T]
	feeds  []*feed
	// dummy is what the network takes; the feeds do not look at it.
	dummy *tensor.Tensor[T]
	// y and grads are what the last passes gave.
	y     *tensor.Tensor[T]
	grads []*tensor.Tensor[T]
}

// graph lays out the case for inputs of the given shapes: a feed for each, and
// the layer behind them.
func (c *Case) graph(in []shape.Shape) (*nn.Graph, []*nn.Refusal) {
	layer := nn.Item{ID: "layer", Unit: c.Unit}
	var items []nn.Item
	for i, s := range in {
		id := "input_" + strconv.Itoa(i)
		items = append(items, nn.Item{ID: id, From: []string{nn.Outer}, Unit: &feed{shape: s}})
		layer.From = append(layer.From, id)
	}
	return nn.Resolve(shape.New(1), append(items, layer))
}

// newRig builds the case with weights that are not the initial ones, so that no
// bias is 0 and no gamma 1. The same case gives the same rig.
func newRig[T tensor.Float](c *Case, batch int) *rig[T] {
	graph, refusals := c.graph(c.shapes())
	if len(refusals) > 0 {
		panic(fmt.Sprintf("nntest: %s: %v", c.Kind, refusals[0]))
	}
	random := rand.New(rand.NewPCG(1, 2))
	r := &rig[T]{
		net:   build[T](graph),
		pass:  &nn.Pass[T]{Training: true, InputGrad: true, Seed: 3},
		dummy: tensor.New[T](batch, 1),
	}
	r.random = func(shape []int) *tensor.Tensor[T] {
		t := tensor.New[T](append([]int{}, shape...)...)
		for i := range t.Data {
			t.Data[i] = T(random.NormFloat64())
		}
		return t
	}
	for _, p := range r.net.Params() {
		for i := range p.Value {
			p.Value[i] += T(0.6*random.Float64() - 0.3)
		}
	}
	for i, sizes := range c.In {
		x := tensor.New[T](append([]int{batch}, sizes...)...)
		for j := range x.Data {
			x.Data[j] = T(c.Draw(random))
		}
		r.inputs = append(r.inputs, x)
		f := graph.Nodes[i].Spec.(*feed)
		f.give(x)
		r.feeds = append(r.feeds, f)
	}
	return r
}

func build[T tensor.Float](graph *nn.Graph) *nn.Network[T] {
	const seed = 5
	if net, ok := any(nn.Build(graph, seed)).(*nn.Network[T]); ok {
		return net
	}
	return any(nn.Build64(graph, seed)).(*nn.Network[T])
}

func (r *rig[T]) forward() *tensor.Tensor[T] {
	r.pass.Arena.Reset()
	r.y = r.net.Forward(r.pass, r.dummy, r.net.Len())
	return r.y
}

// backward gives the gradients by the inputs.
func (r *rig[T]) backward(dy *tensor.Tensor[T]) []*tensor.Tensor[T] {
	r.net.Backward(r.pass, dy, r.net.Len())
	r.grads = r.grads[:0]
	for _, f := range r.feeds {
		grad, _ := f.taken().(*tensor.Tensor[T])
		r.grads = append(r.grads, grad)
	}
	return r.grads
}

// step is a training step with the gradient dy = y, which is as good as any and
// the same in every rig.
func (r *rig[T]) step() {
	y := r.forward()
	r.backward(tensor.From(append([]T{}, y.Data...), y.Shape...))
}

// feed is a layer that gives a tensor of the test's and keeps the gradient that
// comes back.
type feed struct {
	shape  shape.Shape
	single source[float32]
	double source[float64]
}

func (f *feed) Frozen() bool                               { return false }
func (f *feed) Output([]shape.Shape) (shape.Shape, error)  { return f.shape, nil }
func (f *feed) Weights([]shape.Shape) []nn.Weight          { return nil }
func (f *feed) Build(nn.Site[float32]) nn.Layer[float32]   { return &f.single }
func (f *feed) Build64(nn.Site[float64]) nn.Layer[float64] { return &f.double }

func (f *feed) give(x any) {
	switch x := x.(type) {
	case *tensor.Tensor[float32]:
		f.single.x = x
	case *tensor.Tensor[float64]:
		f.double.x = x
	}
}

// taken is the gradient that came back, nil if none did.
func (f *feed) taken() any {
	if f.single.grad != nil {
		return f.single.grad
	}
	return f.double.grad
}

type source[T tensor.Float] struct{ x, grad *tensor.Tensor[T] }

func (s *source[T]) Forward(*nn.Pass[T], []*tensor.Tensor[T]) *tensor.Tensor[T] { return s.x }

func (s *source[T]) Backward(_ *nn.Pass[T], dy *tensor.Tensor[T], _ []bool) []*tensor.Tensor[T] {
	s.grad = dy
	return []*tensor.Tensor[T]{nil}
}
