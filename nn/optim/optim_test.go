package optim

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

func param[T tensor.Float](name string, values ...T) *nn.Param[T] {
	return &nn.Param[T]{Name: name, Shape: []int{len(values)}, Value: values, Grad: make([]T, len(values)), Trainable: true}
}

// TestTorch follows the paths that PyTorch's optimizers take; testdata/goldens.py
// made them and says where Keras differs.
func TestTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Start, Target, Curvature               []float64
		SGD, Momentum, Nesterov, Adam, AMSGrad [][]float64
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name      string
		optimizer Optimizer
		path      [][]float64
	}{
		{"sgd", &SGD{LearningRate: 0.01}, golden.SGD},
		{"momentum", &SGD{LearningRate: 0.01, Momentum: 0.9}, golden.Momentum},
		{"nesterov", &SGD{LearningRate: 0.01, Momentum: 0.9, Nesterov: true}, golden.Nesterov},
		{"adam", &Adam{LearningRate: 0.1, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-18}, golden.Adam},
		{"amsgrad", &Adam{LearningRate: 0.1, Beta1: 0.8, Beta2: 0.9, Epsilon: 1e-18, AMSGrad: true}, golden.AMSGrad},
	} {
		w := param("w", slices.Clone(golden.Start)...)
		s := New(test.optimizer, []*nn.Param[float64]{w})
		if len(test.path) != 25 {
			t.Fatalf("%s: a path of %d steps", test.name, len(test.path))
		}
		for step, want := range test.path {
			for i := range w.Value {
				w.Grad[i] = 2 * golden.Curvature[i] * (w.Value[i] - golden.Target[i])
			}
			s.Step()
			for i, v := range w.Value {
				if math.Abs(v-want[i]) > 1e-12 {
					t.Fatalf("%s: weight %d is %.15g after step %d, PyTorch has %.15g", test.name, i, v, step+1, want[i])
				}
			}
		}
	}
}

// TestKeras checks numbers that Keras 3's own tests publish
// (keras/src/optimizers/adam_test.py and sgd_test.py), to the digits given there.
func TestKeras(t *testing.T) {
	near := func(name string, got []float32, want ...float64) {
		t.Helper()
		for i := range want {
			if math.Abs(float64(got[i])-want[i]) > 5e-4 {
				t.Errorf("%s: %v, Keras has %v", name, got, want)
				return
			}
		}
	}
	for _, test := range []struct {
		optimizer Optimizer
		want      []float64
	}{
		{&Adam{LearningRate: 0.5, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7}, []float64{0.5, 1.5, 2.5, 3.5}},
		{&SGD{LearningRate: 0.5}, []float64{0.5, -1, -0.5, 3}},
	} {
		w := param[float32]("w", 1, 2, 3, 4)
		copy(w.Grad, []float32{1, 6, 7, 2})
		New(test.optimizer, []*nn.Param[float32]{w}).Step()
		near("one step", w.Value, test.want...)
	}

	adam := &Adam{LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7, AMSGrad: true}
	w := param("w", slices.Repeat([]float32{1}, 10)...)
	s := New(adam, []*nn.Param[float32]{w})
	for i := range w.Grad {
		w.Grad[i] = 0.01
	}
	for _, want := range []float64{0.999, 0.9982, 0.9974, 0.9965, 0.9955} {
		s.Step()
		near("amsgrad", w.Value, slices.Repeat([]float64{want}, 10)...)
		for i := range w.Grad {
			w.Grad[i] = 0.1 * float32(i+1)
		}
	}
}

// TestEpsilon: two steps written out with Keras' epsilon, large enough to tell
// its place in the formula.
func TestEpsilon(t *testing.T) {
	const rate, b1, b2, epsilon, g1, g2 = 0.1, 0.9, 0.99, 0.5, 2.0, -1.0
	w := param("w", 1.0)
	s := New(&Adam{LearningRate: rate, Beta1: b1, Beta2: b2, Epsilon: epsilon}, []*nn.Param[float64]{w})
	w.Grad[0] = g1
	s.Step()
	m, v := (1-b1)*g1, (1-b2)*g1*g1
	want := 1 - rate*math.Sqrt(1-b2)/(1-b1)*m/(math.Sqrt(v)+epsilon)
	if math.Abs(w.Value[0]-want) > 1e-14 {
		t.Fatalf("after one step %.15g, want %.15g", w.Value[0], want)
	}
	w.Grad[0] = g2
	s.Step()
	m, v = b1*m+(1-b1)*g2, b2*v+(1-b2)*g2*g2
	want -= rate * math.Sqrt(1-b2*b2) / (1 - b1*b1) * m / (math.Sqrt(v) + epsilon)
	if math.Abs(w.Value[0]-want) > 1e-14 {
		t.Fatalf("after two steps %.15g, want %.15g", w.Value[0], want)
	}
}

var every = map[string]Optimizer{
	"sgd":      &SGD{LearningRate: 0.01},
	"nesterov": &SGD{LearningRate: 0.01, Momentum: 0.9, Nesterov: true},
	"adam":     &Adam{LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7},
	"amsgrad":  &Adam{LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7, AMSGrad: true},
}

// weights are two arrays with pieces that do not end together, and one that is
// not trained.
func weights() []*nn.Param[float32] {
	frozen := param[float32]("frozen", 1, 2, 3)
	frozen.Trainable = false
	return []*nn.Param[float32]{
		param("a", make([]float32, 2*pieceElements+17)...), frozen, param("b", make([]float32, 5)...),
	}
}

func stepRandomly(s *State[float32], params []*nn.Param[float32], random *rand.Rand, steps int) {
	for range steps {
		for _, p := range params {
			for i := range p.Grad {
				p.Grad[i] = float32(random.NormFloat64())
			}
		}
		s.Step()
	}
}

// TestThreads: the same bits for any number, and nothing that is not trainable
// moves.
func TestThreads(t *testing.T) {
	for name, o := range every {
		var want []*nn.Param[float32]
		for _, threads := range []int{1, 2, 3, 8} {
			pool := nn.NewPool(threads)
			params := weights()
			s := New(o, params)
			s.Pool = pool
			stepRandomly(s, params, rand.New(rand.NewPCG(1, 1)), 3)
			pool.Close()
			if want == nil {
				want = params
			}
			for i := range params {
				if !slices.Equal(params[i].Value, want[i].Value) {
					t.Errorf("%s: %s differs on %d threads", name, params[i].Name, threads)
				}
			}
			if !slices.Equal(params[1].Value, []float32{1, 2, 3}) {
				t.Errorf("%s: a weight that is not trainable has moved", name)
			}
		}
	}
}

// TestAlone: a weight moves the same way, whatever other weights there are.
func TestAlone(t *testing.T) {
	for name, o := range every {
		both := []*nn.Param[float64]{param("a", 1.0, 2), param("b", 3.0, 4)}
		alone := param("b", 3.0, 4)
		for _, s := range []*State[float64]{New(o, both), New(o, []*nn.Param[float64]{alone})} {
			for step := range 3 {
				both[0].Grad[0], both[0].Grad[1] = 100, -7
				for _, p := range []*nn.Param[float64]{both[1], alone} {
					p.Grad[0], p.Grad[1] = float64(step)-0.5, 0.25
				}
				s.Step()
			}
		}
		if !slices.Equal(both[1].Value, alone.Value) {
			t.Errorf("%s: beside another weight it is %v, alone %v", name, both[1].Value, alone.Value)
		}
	}
}

// TestContinue: six steps are three steps, stored and taken up again by another
// optimizer, and three more.
func TestContinue(t *testing.T) {
	for name, o := range every {
		whole := weights()
		stepRandomly(New(o, whole), whole, rand.New(rand.NewPCG(2, 2)), 6)

		random, parts := rand.New(rand.NewPCG(2, 2)), weights()
		before := New(o, parts)
		stepRandomly(before, parts, random, 3)
		after := New(o, parts)
		after.Steps = before.Steps
		if len(after.Slots()) != 2*len(o.Slots()) {
			t.Errorf("%s keeps %d arrays for 2 weights, want %d for each", name, len(after.Slots()), len(o.Slots()))
		}
		for i, slot := range after.Slots() {
			if slot.Name != before.Slots()[i].Name {
				t.Errorf("%s: array %d is named %s, then %s", name, i, before.Slots()[i].Name, slot.Name)
			}
			copy(slot.Value, before.Slots()[i].Value)
		}
		stepRandomly(after, parts, random, 3)
		for i := range whole {
			if !slices.Equal(whole[i].Value, parts[i].Value) {
				t.Errorf("%s: %s differs from a training that was not interrupted", name, whole[i].Name)
			}
		}
	}
}

func TestSlotNames(t *testing.T) {
	s := New(every["amsgrad"], []*nn.Param[float32]{param[float32]("dense/kernel", 1)})
	var names []string
	for _, slot := range s.Slots() {
		names = append(names, slot.Name)
	}
	if want := []string{"dense/kernel/mean", "dense/kernel/square", "dense/kernel/largest_square"}; !slices.Equal(names, want) {
		t.Errorf("arrays are named %v, want %v", names, want)
	}
}

// TestRate: a changed learning rate acts on the next step.
func TestRate(t *testing.T) {
	w := param("w", 1.0)
	s := New(&SGD{LearningRate: 0.5}, []*nn.Param[float64]{w})
	w.Grad[0] = 1
	s.Step()
	s.Rate = 0.25
	s.Step()
	if w.Value[0] != 0.25 {
		t.Errorf("1 - 0.5 - 0.25 is %v", w.Value[0])
	}
}

func TestNoMemory(t *testing.T) {
	params := weights()
	s := New(every["adam"], params)
	if n := testing.AllocsPerRun(5, s.Step); n > 1 {
		t.Errorf("a step takes memory %v times", n)
	}
}

func TestManuals(t *testing.T) {
	for _, k := range Table().Kinds() {
		if _, err := Table().Manual(k.Name); err != nil {
			t.Error(err)
		}
		if _, ok := k.New().(Optimizer); !ok {
			t.Errorf("%s is no Optimizer", k.Name)
		}
	}
}
