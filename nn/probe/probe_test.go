package probe_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/initial"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/probe"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
	"github.com/voxelpipe/pipe/nn/train"
)

func relu() layers.Activation { return layers.New(func(*layers.ReLU) {}) }

func conv(set func(*layers.Conv3D)) nn.Unit {
	return layers.New(func(c *layers.Conv3D) {
		c.Filters, c.KernelSize, c.Padding, c.Then = 4, [3]int{3, 3, 3}, "same", relu()
		if set != nil {
			set(c)
		}
	})
}

// head ends a network in a softmax over two classes.
func head() []nn.Unit {
	return []nn.Unit{layers.New(func(*layers.Flatten) {}), layers.New(func(d *layers.Dense) {
		d.Units, d.Then = 2, layers.New(func(s *layers.Softmax) { s.Axis = -1 })
	})}
}

// subject is a network and two classes of volumes, of which one has a bright
// corner.
func subject(t *testing.T, units ...nn.Unit) probe.Subject {
	t.Helper()
	items := make([]nn.Item, len(units))
	for i, u := range units {
		items[i] = nn.Item{ID: string(rune('a' + i)), Unit: u}
	}
	graph, refusals := nn.Resolve(shape.New(4, 6, 5, 1), items)
	for _, r := range refusals {
		t.Fatal(r)
	}
	random := rand.New(rand.NewPCG(9, 9))
	const n, voxels = 40, 4 * 6 * 5
	x, y, examples := make([]float32, n*voxels), make([]float32, n), make([]int, n)
	for i := range x {
		x[i] = float32(random.NormFloat64()) / 2
	}
	for i := range n {
		examples[i], y[i] = i, float32(i%2)
		x[i*voxels] += 4 * y[i]
		x[i*voxels+1] += 4 * y[i]
	}
	adam, _ := optim.Table().New("adam")
	sparse, _ := loss.Table().New("sparse_categorical_crossentropy")
	return probe.Subject{
		Net:      nn.Build(graph, 1),
		Training: train.Set{X: data.NewMemory([]int{4, 6, 5, 1}, x), Y: data.NewMemory(nil, y), Examples: examples},
		Settings: train.Settings{
			Loss: sparse.(loss.Loss), Optimizer: adam.(optim.Optimizer), Epochs: 5, BatchSize: 8, Seed: 3,
			Task: metric.Task{Kind: metric.MultiClass, Outputs: 2, Target: loss.ClassID},
		},
	}
}

func run(t *testing.T, s probe.Subject) *probe.Found {
	t.Helper()
	found, err := probe.Run(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAHealthyNetwork(t *testing.T) {
	s := subject(t, append([]nn.Unit{conv(nil)}, head()...)...)
	before := append([]float32(nil), s.Net.Params()[0].Value...)
	found := run(t, s)
	if !reflect.DeepEqual(before, s.Net.Params()[0].Value) {
		t.Error("the network itself was changed")
	}
	f := found.First
	if math.Abs(f.Uniform-math.Ln2) > 1e-6 || math.Abs(f.Loss-math.Ln2) > 0.3 || f.Batch != 8 || f.Penalty != 0 || !(f.Prior <= f.Uniform+1e-6) {
		t.Errorf("the first loss: %+v", f)
	}
	few := found.Few
	if few.Steps != 10 || few.Examples != 16 || few.NotFinite != nil || few.Apart < 0.01 || len(few.Flows) != 2 {
		t.Errorf("the first steps: %+v", few)
	}
	for _, flow := range few.Flows {
		if !flow.Moved || !flow.Reached || flow.First == 0 || flow.Update < 1e-4 || flow.Update > 0.1 {
			t.Errorf("the weights of %s: %+v", flow.Layer, flow)
		}
	}
	if few.Before[1].Dead > 0 || !few.Before[1].Counts || few.Before[1].Units != 4 || few.Before[0].Counts {
		t.Errorf("the relu: %+v", few.Before[1])
	}
	if len(found.Fits) != 1 || !found.Fits[0].Done || found.Blank == nil || found.Blank.Last < 0.9*math.Ln2 {
		t.Errorf("learnt by heart: %+v, and zeros: %+v", found.Fits, found.Blank)
	}
	if found.Sweep == nil || found.Sweep.Steepest < 1e-4 || found.Sweep.Steepest > 0.3 {
		t.Errorf("the learning rates: %+v", found.Sweep)
	}
	if found.Modes != nil || found.Mixed.Others != 0 || found.Mixed.Own == 0 {
		t.Errorf("%+v, %+v", found.Modes, found.Mixed)
	}
	if s := found.Slopes; s == nil || s.Checked < 4 || s.Worst > 1e-3 {
		t.Errorf("the gradients: %+v", s)
	}
	if s := found.Shuffled; s == nil || s.Real > 0.9*s.Other {
		t.Errorf("shuffled labels: %+v", s)
	}
	if len(found.Left) > 0 {
		t.Errorf("left out: %v", found.Left)
	}
}

// TestThreadsChangeNothing: what is found depends on the seed alone.
func TestThreadsChangeNothing(t *testing.T) {
	numbers := func(threads int) [][]float64 {
		s := subject(t, append([]nn.Unit{conv(nil), layers.New(func(d *layers.Dropout) { d.Rate = 0.3 })}, head()...)...)
		s.Pool = nn.NewPool(threads)
		defer s.Pool.Close()
		f := run(t, s)
		return [][]float64{f.Few.Losses, f.Sweep.Losses, f.Fits[0].Losses, {f.First.Loss, f.Blank.Last, f.Shuffled.Real, f.Shuffled.Other, f.Modes.After}}
	}
	one := numbers(1)
	for _, threads := range []int{2, 3} {
		if more := numbers(threads); !reflect.DeepEqual(one, more) {
			t.Errorf("%d threads found other numbers:\n%v\n%v", threads, one, more)
		}
	}
}

func TestDeadUnits(t *testing.T) {
	found := run(t, subject(t, append([]nn.Unit{conv(func(c *layers.Conv3D) { c.BiasInitializer = &initial.Constant{Value: -50} })}, head()...)...))
	few := found.Few
	if few.Before[1].Dead != 4 || few.After[1].Dead != 4 {
		t.Errorf("%d of 4 are dead, and %d in the end", few.Before[1].Dead, few.After[1].Dead)
	}
	if few.Apart != 0 || few.Flows[0].Moved || few.Flows[0].Reached || !few.Flows[1].Reached {
		t.Errorf("nothing should come through: %+v", few)
	}
	if !few.Hopeless || len(found.Fits) != 1 || found.Fits[0].Steps > 60 {
		t.Errorf("time is spent on what cannot be learnt: %+v", found.Fits)
	}
	for _, f := range found.Fits {
		if f.Done {
			t.Errorf("a constant was learnt by heart: %+v", f)
		}
	}
}

// TestSaturation: tanh of sums that are far too large.
func TestSaturation(t *testing.T) {
	found := run(t, subject(t, append([]nn.Unit{conv(func(c *layers.Conv3D) {
		c.Then, c.KernelInitializer = layers.New(func(*layers.Tanh) {}), &initial.RandomNormal{Deviation: 30}
	})}, head()...)...))
	if share := found.Few.Before[1].Saturated; share < 0.8 {
		t.Errorf("%.2f of the values lie beyond ±5", share)
	}
	if !math.IsNaN(found.Few.Before[0].Saturated) {
		t.Error("a convolution is not saturated")
	}
}

// TestMovingStatistics: with a momentum of 0.999 the moving statistics of a short
// training stay where they began, with 0.5 they arrive.
func TestMovingStatistics(t *testing.T) {
	for momentum, lost := range map[float64]bool{0.999: true, 0.5: false} {
		s := subject(t, append([]nn.Unit{
			conv(func(c *layers.Conv3D) { c.Then = nil }),
			layers.New(func(b *layers.BatchNorm) { b.Momentum = momentum }), relu(),
		}, head()...)...)
		for i, v := range s.Training.X.(*data.Memory).Values() {
			s.Training.X.(*data.Memory).Values()[i] = 20*v + 100 // far from mean 0 and variance 1
		}
		m := run(t, s).Modes
		if m == nil || m.Layer != "b" || m.Momentum != momentum || m.Updates != 25 {
			t.Fatalf("momentum %g: %+v", momentum, m)
		}
		if gap := m.TrainingRight-m.AfterRight > 0.2; gap != lost {
			t.Errorf("momentum %g: right in training %.2f, afterwards %.2f; losses %.3f, %.3f", momentum, m.TrainingRight, m.AfterRight, m.Training, m.After)
		}
	}
}

// mixing is a layer that does what none may: it adds to every example the first
// one's values.
type mixing struct{ layers.Training }

func (mixing) Output(in []shape.Shape) (shape.Shape, error) { return in[0], nil }
func (mixing) Weights([]shape.Shape) []nn.Weight            { return nil }
func (mixing) Build(nn.Site[float32]) nn.Layer[float32]     { return mixed[float32]{} }
func (mixing) Build64(nn.Site[float64]) nn.Layer[float64]   { return mixed[float64]{} }

type mixed[T tensor.Float] struct{}

func (mixed[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	y := p.Arena.New(x[0].Batch(), x[0].Shape[1:]...)
	for i := range y.Batch() {
		for k, v := range x[0].Example(i) {
			y.Example(i)[k] = v + x[0].Example(0)[k]
		}
	}
	return y
}

// Backward forgets that the first example was added, so that gradients are wrong,
// too.
func (mixed[T]) Backward(_ *nn.Pass[T], dy *tensor.Tensor[T], _ []bool) []*tensor.Tensor[T] {
	return []*tensor.Tensor[T]{dy}
}

func TestExamplesThatSeeEachOther(t *testing.T) {
	found := run(t, subject(t, append([]nn.Unit{conv(nil), mixing{layers.Training{Trainable: true}}}, head()...)...))
	if found.Mixed.Others < 0.01 {
		t.Errorf("others move by %g", found.Mixed.Others)
	}
	if found.Slopes.Worst < 0.1 || found.Slopes.Weight[:2] != "a/" {
		t.Errorf("a gradient that forgets the first example is off by %g in %s", found.Slopes.Worst, found.Slopes.Weight)
	}
}

// TestPenalties: they are told apart from the loss, with the layer that costs most.
func TestPenalties(t *testing.T) {
	f := run(t, subject(t, append([]nn.Unit{conv(func(c *layers.Conv3D) { c.KernelRegularizer = square{} })}, head()...)...)).First
	if f.Heaviest != "a" || f.Penalty < 1 || math.Abs(f.Loss-math.Ln2) > 0.3 {
		t.Errorf("%+v", f)
	}
}

type square struct{}

func (square) Penalty(w float64) (value, slope float64) { return w * w, 2 * w }

// TestCost: what a step costs decides how many are made.
func TestCost(t *testing.T) {
	graph, _ := nn.Resolve(shape.New(64, 64, 64, 1), []nn.Item{
		{ID: "a", Unit: conv(func(c *layers.Conv3D) { c.Filters = 32 })}, {ID: "b", Unit: conv(func(c *layers.Conv3D) { c.Filters = 64 })},
		{ID: "c", Unit: layers.New(func(*layers.GlobalAveragePool3D) {})},
		{ID: "d", Unit: layers.New(func(d *layers.Dense) { d.Units, d.Then = 2, layers.New(func(s *layers.Softmax) { s.Axis = -1 }) })},
	})
	if cost := probe.CostOf(graph); cost < 14e9 || cost > 16e9 {
		t.Errorf("64·64·64·27·(32+32·64) multiply-adds, and what elements cost: %g", cost)
	}
}
