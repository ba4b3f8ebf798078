// Package nntest is a test kit for layers: what every layer must do, whatever it
// computes.
package nntest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Case is a layer in one configuration.
type Case struct {
	// Kind is the layer's name in its table, Name what is special here.
	Kind, Name string
	// Unit is the layer as written.
	Unit nn.Unit
	// In are the sizes of one example at each input.
	In [][]int
	// Batch is the number of examples in the gradient check; 0 means 3.
	Batch int
	// Draw gives the inputs' values; nil draws them from a standard normal
	// distribution. The gradient check differs a little from each value, so a
	// function with a kink needs values that keep away from it.
	Draw func(random *rand.Rand) float64
}

// Conform puts a layer through everything that is asked of all layers: its shape
// rule tells the truth, its gradients are those of its function, examples do not
// influence one another outside training, the same seed gives the same bits for
// any number of threads, nothing that belongs to others is written to, and a
// step takes no memory after the first.
func Conform(t *testing.T, c Case) {
	if c.Batch == 0 {
		c.Batch = 3
	}
	if c.Draw == nil {
		c.Draw = (*rand.Rand).NormFloat64
	}
	for _, a := range asked {
		t.Run(a.name, func(t *testing.T) { a.check(&c, t) })
	}
}

// asked is what is asked of every layer.
var asked = []struct {
	name  string
	check func(*Case, testing.TB)
}{
	{"shape", (*Case).shape},
	{"unknown sizes", (*Case).unknown},
	{"gradients", (*Case).gradients},
	{"accumulation", (*Case).accumulation},
	{"needless input gradient", (*Case).needless},
	{"examples apart", (*Case).apart},
	{"seed", (*Case).seed},
	{"threads", (*Case).threads},
	{"untouched", (*Case).untouched},
	{"memory", (*Case).memory},
}

// shape: the output and the gradients have the shapes that the rule promises.
func (c *Case) shape(t testing.TB) {
	r := newRig[float32](c, c.Batch)
	y := r.forward()
	want := r.net.Graph.Output().MustSizes()
	if y.Batch() != c.Batch || !slices.Equal(y.Shape[1:], want) || len(y.Data) != tensor.Elements(y.Shape) {
		t.Errorf("output is %v with %d elements, the shape rule gives %v for %d examples", y.Shape, len(y.Data), want, c.Batch)
	}
	for i, dx := range r.backward(r.random(y.Shape)) {
		if dx == nil {
			t.Errorf("there is no gradient by input %d", i)
		} else if !slices.Equal(dx.Shape, r.inputs[i].Shape) || len(dx.Data) != len(r.inputs[i].Data) {
			t.Errorf("the gradient by input %d is %v, the input %v", i, dx.Shape, r.inputs[i].Shape)
		}
	}
}

// unknown: whichever sizes are symbols, the rule does not refuse what fits, and
// every number it gives is the real one.
func (c *Case) unknown(t testing.TB) {
	real := c.resolve(t, c.shapes()).MustSizes()
	c.resolve(t, make([]shape.Shape, len(c.In))) // of unknown rank
	rank := len(c.In[0])
	for hidden := range 1 << rank {
		in := c.shapes()
		for i := range in {
			for axis := range in[i] {
				if hidden>>axis&1 == 1 {
					in[i][axis] = shape.Symbol(fmt.Sprintf("s%d", axis))
				}
			}
		}
		out := c.resolve(t, in)
		if out == nil {
			continue
		}
		if out.Rank() != len(real) {
			t.Errorf("%v gives %v, the numbers %v", in, out, real)
			continue
		}
		for axis, d := range out {
			if n, known := d.Known(); known && n != real[axis] {
				t.Errorf("%v gives %v, the numbers %v", in, out, real)
			}
		}
	}
}

func (c *Case) shapes() []shape.Shape {
	in := make([]shape.Shape, len(c.In))
	for i, sizes := range c.In {
		in[i] = shape.New(sizes...)
	}
	return in
}

func (c *Case) resolve(t testing.TB, in []shape.Shape) shape.Shape {
	t.Helper()
	graph, refusals := c.graph(in)
	for _, r := range refusals {
		t.Errorf("input %v is refused: %v", in, r)
	}
	return graph.Output()
}

// gradients: those by the inputs and by every weight agree with differences of
// the function itself, in double precision.
func (c *Case) gradients(t testing.TB) {
	r := newRig[float64](c, c.Batch)
	weights := r.random(r.forward().Shape).Data
	// The loss is a random weighing of the output.
	loss := func() float64 {
		var sum float64
		for i, v := range r.forward().Data {
			sum += weights[i] * v
		}
		return sum
	}
	loss()
	grads := r.backward(tensor.From(slices.Clone(weights), r.y.Shape...))
	check := func(name string, values, slopes []float64) {
		slopes = slices.Clone(slopes)
		for i, v := range values {
			const step = 1e-5
			values[i] = v + step
			above := loss()
			values[i] = v - step
			below := loss()
			values[i] = v
			difference := (above - below) / (2 * step)
			if math.Abs(difference-slopes[i]) > 1e-6*max(1, math.Abs(difference)) {
				t.Fatalf("the gradient by %s[%d] is %.9g, but the function's slope %.9g", name, i, slopes[i], difference)
			}
		}
	}
	params := make([][]float64, 0, len(r.net.Params()))
	for _, p := range r.net.Params() {
		params = append(params, slices.Clone(p.Grad))
	}
	inputs := make([][]float64, 0, len(grads))
	for _, g := range grads {
		inputs = append(inputs, slices.Clone(g.Data))
	}
	for i, g := range inputs {
		check(fmt.Sprintf("input %d", i), r.inputs[i].Data, g)
	}
	for i, p := range r.net.Params() {
		if p.Trainable {
			check(p.Name, p.Value, params[i])
		}
	}
}

// accumulation: gradients are added to what is there.
func (c *Case) accumulation(t testing.TB) {
	once, twice := newRig[float64](c, c.Batch), newRig[float64](c, c.Batch)
	once.step()
	for range 2 {
		twice.pass.Step = once.pass.Step
		twice.step()
	}
	for i, p := range once.net.Params() {
		for j, g := range p.Grad {
			if got := twice.net.Params()[i].Grad[j]; math.Abs(got-2*g) > 1e-9*max(1, math.Abs(g)) {
				t.Fatalf("after two passes the gradient by %s[%d] is %g, after one %g", p.Name, j, got, g)
			}
		}
	}
}

// needless: without the inputs' gradients, those of the weights are the same.
func (c *Case) needless(t testing.TB) {
	with, without := newRig[float32](c, c.Batch), newRig[float32](c, c.Batch)
	without.pass.InputGrad = false
	with.step()
	without.step()
	sameParams(t, with, without)
}

// apart: outside training a batch gives what its examples give one by one.
func (c *Case) apart(t testing.TB) {
	batch := newRig[float64](c, c.Batch)
	batch.pass.Training = false
	y := batch.forward()
	for n := range c.Batch {
		single := newRig[float64](c, 1)
		single.pass.Training = false
		for i := range single.inputs {
			copy(single.inputs[i].Data, batch.inputs[i].Example(n))
		}
		for i, v := range single.forward().Data {
			if got := y.Example(n)[i]; math.Abs(got-v) > 1e-12*max(1, math.Abs(v)) {
				t.Fatalf("element %d of example %d is %g in a batch, %g alone", i, n, got, v)
			}
		}
	}
}

// seed: two networks of one seed do the same, bit for bit.
func (c *Case) seed(t testing.TB) {
	a, b := newRig[float32](c, c.Batch), newRig[float32](c, c.Batch)
	for range 2 {
		a.step()
		b.step()
		sameBits(t, "output", a.y.Data, b.y.Data)
		sameParams(t, a, b)
	}
}

// threads: any number of threads gives the same bits, for a batch that is large
// enough to be shared out.
func (c *Case) threads(t testing.TB) {
	elements := 0
	for _, in := range c.In {
		elements += tensor.Elements(in)
	}
	size := max(2, 40000/max(1, elements))
	alone := newRig[float32](c, size)
	alone.step()
	for _, threads := range []int{1, 2, 3, 8} {
		pool := nn.NewPool(threads)
		shared := newRig[float32](c, size)
		shared.pass.Pool = pool
		shared.step()
		pool.Close()
		sameBits(t, fmt.Sprintf("output of %d threads", threads), alone.y.Data, shared.y.Data)
		for i := range alone.grads {
			sameBits(t, fmt.Sprintf("input gradient of %d threads", threads), alone.grads[i].Data, shared.grads[i].Data)
		}
		sameParams(t, alone, shared)
	}
}

// untouched: neither the inputs nor the gradient of the output are written to.
func (c *Case) untouched(t testing.TB) {
	r := newRig[float32](c, c.Batch)
	inputs := make([][]float32, len(r.inputs))
	for i, x := range r.inputs {
		inputs[i] = slices.Clone(x.Data)
	}
	dy := r.random(r.forward().Shape)
	before := slices.Clone(dy.Data)
	r.backward(dy)
	sameBits(t, "gradient of the output", before, dy.Data)
	for i, x := range r.inputs {
		sameBits(t, fmt.Sprintf("input %d", i), inputs[i], x.Data)
	}
}

// memory: once a first step has shown what is needed, a step takes no more than
// small objects, such as kernels' notes on the piece of work at hand, for each of
// the nodes that a composite stands for; no copy of an input could hide among
// them.
func (c *Case) memory(t testing.TB) {
	r := newRig[float32](c, 64)
	dy := r.random(r.forward().Shape)
	step := func() {
		r.pass.Arena.Reset()
		r.net.Forward(r.pass, r.dummy, r.net.Len())
		r.net.Backward(r.pass, dy, r.net.Len())
	}
	step()
	step()
	held := r.pass.Arena.Bytes()
	const steps = 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range steps {
		step()
	}
	runtime.ReadMemStats(&after)
	if now := r.pass.Arena.Bytes(); now != held {
		t.Errorf("the arena grew from %d to %d bytes", held, now)
	}
	var inputs uint64
	for _, x := range r.inputs {
		inputs += 4 * uint64(len(x.Data))
	}
	notes := max(4096, 1024*uint64(r.net.Len()))
	if each := (after.TotalAlloc - before.TotalAlloc) / steps; each > max(notes, inputs/2) {
		t.Errorf("a step takes %d bytes from the system, the inputs have %d", each, inputs)
	}
}

func sameParams[T tensor.Float](t testing.TB, a, b *rig[T]) {
	t.Helper()
	for i, p := range a.net.Params() {
		q := b.net.Params()[i]
		sameBits(t, p.Name, p.Value, q.Value)
		sameBits(t, "gradient by "+p.Name, p.Grad, q.Grad)
	}
}

func sameBits[T tensor.Float](t testing.TB, name string, a, b []T) {
	t.Helper()
	if len(a) != len(b) {
		t.Fatalf("%s: %d elements and %d", name, len(a), len(b))
	}
	for i := range a {
		if math.Float64bits(float64(a[i])) != math.Float64bits(float64(b[i])) {
			t.Fatalf("%s[%d] is %v and %v", name, i, a[i], b[i])
		}
	}
}
