package nn_test

import (
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/penalty"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// branched is a network in which one output is taken three times, gradients
// meet, and one branch is frozen.
func branched(t *testing.T) *nn.Graph {
	t.Helper()
	tanh := func(units int) *layers.Dense {
		d := dense(units)
		d.Then = layers.New(func(*layers.Tanh) {})
		return d
	}
	frozen := tanh(4)
	frozen.Trainable = false
	graph, refusals := nn.Resolve(shape.New(3), []nn.Item{
		{ID: "stem", Unit: tanh(4)},
		{ID: "left", Unit: tanh(4)},
		{ID: "right", From: []string{"stem"}, Unit: frozen},
		{ID: "sum", From: []string{"left", "right", "stem"}, Unit: layers.New(func(*layers.Add) {})},
		{ID: "out", Unit: dense(2)},
	})
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	return graph
}

func ramp[T tensor.Float](shape ...int) *tensor.Tensor[T] {
	x := tensor.New[T](shape...)
	for i := range x.Data {
		x.Data[i] = T(math.Sin(float64(i + 1)))
	}
	return x
}

// The gradient by the input and by every weight is the network's slope, also
// where branches meet.
func TestBackwardThroughBranches(t *testing.T) {
	net := nn.Build64(branched(t), 1)
	pass := &nn.Pass[float64]{Training: true, InputGrad: true}
	x, dy := ramp[float64](2, 3), ramp[float64](2, 2)
	loss := func() float64 {
		pass.Arena.Reset()
		var sum float64
		for i, v := range net.Forward(pass, x, net.Len()).Data {
			sum += v * dy.Data[i]
		}
		return sum
	}
	check := func(name string, values, grads []float64) {
		for i, v := range values {
			values[i] = v + 1e-5
			above := loss()
			values[i] = v - 1e-5
			below := loss()
			values[i] = v
			if slope := (above - below) / 2e-5; math.Abs(slope-grads[i]) > 1e-8 {
				t.Errorf("the gradient by %s[%d] is %g, the slope %g", name, i, grads[i], slope)
			}
		}
	}
	loss()
	dx := slices.Clone(net.Backward(pass, dy, net.Len()).Data)
	check("x", x.Data, dx)
	for _, p := range net.Params() {
		if frozen := p.Name == "right/kernel" || p.Name == "right/bias"; frozen != (p.Grad == nil) || frozen == p.Trainable {
			t.Errorf("%s: trainable %v, %d gradients", p.Name, p.Trainable, len(p.Grad))
		}
		if p.Trainable {
			check(p.Name, p.Value, slices.Clone(p.Grad))
		}
	}
	net.ClearGrads()
	for _, p := range net.Params() {
		if slices.ContainsFunc(p.Grad, func(g float64) bool { return g != 0 }) {
			t.Errorf("%s keeps its gradient", p.Name)
		}
	}
}

// A loss that computes the last activation itself stops in front of it.
func TestForwardAndBackwardOfSomeNodes(t *testing.T) {
	out := dense(2)
	out.Then = layers.New(func(*layers.Softmax) {})
	graph, _ := nn.Resolve(shape.New(3), []nn.Item{{ID: "out", Unit: out}})
	net := nn.Build(graph, 1)
	pass := &nn.Pass[float32]{Training: true}
	x := ramp[float32](2, 3)
	scores := slices.Clone(net.Forward(pass, x, net.Len()-1).Data)
	for i, v := range net.Forward(pass, x, net.Len()).Data {
		pair := scores[i/2*2:]
		if want := 1 / (1 + math.Exp(float64(pair[1-i%2]-pair[i%2]))); math.Abs(float64(v)-want) > 1e-6 {
			t.Errorf("probability %d is %g, from the scores %g", i, v, want)
		}
	}
	net.Forward(pass, x, net.Len()-1)
	if dx := net.Backward(pass, ramp[float32](2, 2), net.Len()-1); dx != nil {
		t.Error("the gradient by the input was not asked for")
	}
	if bias := net.Params()[1]; math.Abs(float64(bias.Grad[0])-math.Sin(1)-math.Sin(3)) > 1e-6 {
		t.Errorf("the gradient by the bias is %v", bias.Grad)
	}
}

// A weight's stream of random numbers hangs on its name and the seed alone.
func TestWeightsDoNotDependOnOtherLayers(t *testing.T) {
	build := func(seed uint64, ids ...string) map[string]float32 {
		var items []nn.Item
		for _, id := range ids {
			items = append(items, nn.Item{ID: id, Unit: dense(3)})
		}
		graph, _ := nn.Resolve(shape.New(3), items)
		first := make(map[string]float32)
		for _, p := range nn.Build(graph, seed).Params() {
			first[p.Name] = p.Value[0]
		}
		return first
	}
	short, long, other := build(1, "a", "c"), build(1, "a", "b", "c"), build(2, "a", "c")
	for _, name := range []string{"a/kernel", "c/kernel"} {
		if short[name] != long[name] {
			t.Errorf("%s changes with a layer between", name)
		}
		if short[name] == other[name] {
			t.Errorf("%s does not change with the seed", name)
		}
	}
	if short["a/kernel"] == short["c/kernel"] {
		t.Error("two layers start with the same weights")
	}
}

// A twin sees what its network learns, and both run at the same time; a copy
// stays as it was.
func TestTwinAndCopy(t *testing.T) {
	net := nn.Build(branched(t), 1)
	x := ramp[float32](64, 3)
	twin, copied := net.Twin(), net.Copy()
	run := func(n *nn.Network[float32]) []float32 {
		return slices.Clone(n.Forward(&nn.Pass[float32]{}, x, n.Len()).Data)
	}
	before := run(net)
	net.Params()[0].Value[0] += 1
	var beside []float32
	var running sync.WaitGroup
	running.Go(func() { beside = run(twin) })
	after := run(net)
	running.Wait()
	switch {
	case slices.Equal(before, after):
		t.Fatal("the weight changes nothing")
	case !slices.Equal(after, beside):
		t.Error("the twin has other weights")
	case !slices.Equal(before, run(copied)):
		t.Error("the copy has changed with its network")
	}
	for _, n := range []*nn.Network[float32]{net, twin, copied} {
		n.ClearGrads()
	}
	net.Params()[0].Grad[0] = 1
	if twin.Params()[0].Grad[0] != 0 || copied.Params()[0].Grad[0] != 0 {
		t.Error("gradients are shared")
	}
}

func TestPenalty(t *testing.T) {
	regular := dense(2)
	regular.KernelRegularizer = &penalty.L2{Factor: 0.5}
	frozen := dense(2)
	frozen.KernelRegularizer, frozen.Trainable = regular.KernelRegularizer, false
	graph, _ := nn.Resolve(shape.New(2), []nn.Item{{ID: "regular", Unit: regular}, {ID: "frozen", Unit: frozen}})
	net := nn.Build64(graph, 1)
	kernel := net.Params()[0]
	copy(kernel.Value, []float64{1, -2, 3, 0})
	if got := net.Penalty(); got != 7 {
		t.Errorf("the penalty of a network that is only measured is %g, want 7", got)
	}
	net.ClearGrads()
	kernel.Grad[0] = 10
	if got := net.Penalty(); got != 7 {
		t.Errorf("the penalty is %g, want 0.5·(1+4+9), nothing for the frozen layer", got)
	}
	if want := []float64{11, -2, 3, 0}; !slices.Equal(kernel.Grad, want) {
		t.Errorf("the gradient is %v, want %v", kernel.Grad, want)
	}
}

// A step of the whole network takes nothing from the system but a few small
// objects of its layers.
func TestStepTakesLittleMemory(t *testing.T) {
	net := nn.Build(branched(t), 1)
	pass := &nn.Pass[float32]{Training: true}
	x, dy := ramp[float32](64, 3), ramp[float32](64, 2)
	step := func() {
		pass.Arena.Reset()
		net.Forward(pass, x, net.Len())
		net.Backward(pass, dy, net.Len())
	}
	step()
	if each := testing.AllocsPerRun(20, step) / float64(net.Len()); each > 12 {
		t.Errorf("a step takes memory %g times for each layer", each)
	}
}

func TestKeysAreTheirOwn(t *testing.T) {
	seen := make(map[uint64]bool)
	for seed := range uint64(10) {
		for step := range uint64(100) {
			seen[(&nn.Pass[float32]{Seed: seed, Step: step}).Key()] = true
		}
	}
	if len(seen) != 1000 {
		t.Errorf("1000 steps have %d keys", len(seen))
	}
}
