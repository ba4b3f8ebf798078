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

// goldens are the paths in testdata; goldens.py made them and says how.
type goldens struct {
	Start, Target, Curvature []float64

	SGD, Momentum, Nesterov, Adam, AMSGrad, AdamW, RMSprop, Adagrad [][]float64

	RMSpropMomentum [][]float64 `json:"rmsprop_momentum"`
	RMSpropCentered [][]float64 `json:"rmsprop_centered"`
	// Keras has paths under its rules, with a learning rate that falls.
	Keras map[string][][]float64
}

func readGoldens(t *testing.T) goldens {
	t.Helper()
	text, err := os.ReadFile("testdata/goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden goldens
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	return golden
}

// follow compares the path of an optimizer with a golden one; rate gives the
// learning rate of a step, counted from 0.
func (g goldens) follow(t *testing.T, name string, o Optimizer, path [][]float64, rate func(step int) float64) {
	t.Helper()
	w := param("w", slices.Clone(g.Start)...)
	s := New(o, []*nn.Param[float64]{w})
	if len(path) != 25 {
		t.Fatalf("%s: a path of %d steps", name, len(path))
	}
	for step, want := range path {
		for i := range w.Value {
			w.Grad[i] = 2 * g.Curvature[i] * (w.Value[i] - g.Target[i])
		}
		s.Rate = rate(step)
		s.Step()
		for i, v := range w.Value {
			if math.Abs(v-want[i]) > 1e-12 {
				t.Fatalf("%s: weight %d is %.15g after step %d, want %.15g", name, i, v, step+1, want[i])
			}
		}
	}
}

// TestTorch follows the paths that PyTorch's optimizers take.
func TestTorch(t *testing.T) {
	golden := readGoldens(t)
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
		{"adamw", &AdamW{Adam{LearningRate: 0.1, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-18, Common: decaying(0.3)}}, golden.AdamW},
		{"rmsprop", &RMSprop{LearningRate: 0.1, Rho: 0.9, Epsilon: 1e-18}, golden.RMSprop},
		{"rmsprop with momentum", &RMSprop{LearningRate: 0.1, Rho: 0.9, Momentum: 0.5, Epsilon: 1e-18}, golden.RMSpropMomentum},
		{"rmsprop, centered", &RMSprop{LearningRate: 0.1, Rho: 0.8, Momentum: 0.5, Epsilon: 1e-18, Centered: true}, golden.RMSpropCentered},
		{"adagrad", &Adagrad{LearningRate: 0.1, InitialAccumulatorValue: 0.1, Epsilon: 1e-18}, golden.Adagrad},
	} {
		golden.follow(t, test.name, test.optimizer, test.path, func(int) float64 { return test.optimizer.Rate() })
	}
}

// TestKerasRules follows the paths under Keras' rules written out.
func TestKerasRules(t *testing.T) {
	golden, decay := readGoldens(t), decaying(0.05)
	tested := map[string]Optimizer{
		"momentum":         &SGD{Momentum: 0.9, Common: decay},
		"nesterov":         &SGD{Momentum: 0.9, Nesterov: true, Common: decay},
		"adam":             &Adam{Beta1: 0.9, Beta2: 0.99, Epsilon: 0.1, Common: decay},
		"amsgrad":          &Adam{Beta1: 0.9, Beta2: 0.99, Epsilon: 0.1, AMSGrad: true, Common: decay},
		"rmsprop":          &RMSprop{Rho: 0.8, Epsilon: 0.1, Common: decay},
		"rmsprop_centered": &RMSprop{Rho: 0.8, Epsilon: 0.1, Momentum: 0.5, Centered: true, Common: decay},
		"adagrad":          &Adagrad{InitialAccumulatorValue: 0.3, Epsilon: 0.1, Common: decay},
		"nadam":            &Nadam{Beta1: 0.9, Beta2: 0.99, Epsilon: 0.1, Common: decay},
		"lion":             &Lion{Beta1: 0.9, Beta2: 0.8, Common: decay},
	}
	for name, path := range golden.Keras {
		golden.follow(t, name, tested[name], path, func(step int) float64 { return 0.1 * (1 - float64(step)/50) })
		delete(tested, name)
	}
	for name := range tested {
		t.Errorf("no path is that of %s", name)
	}
}

// every is the optimizers in all their forms: as listed, and with what changes
// their arrays.
var every = func() map[string]Optimizer {
	all := map[string]Optimizer{
		"nesterov": &SGD{LearningRate: 0.01, Momentum: 0.9, Nesterov: true},
		"amsgrad":  &Adam{LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7, AMSGrad: true},
		"centered": &RMSprop{LearningRate: 1e-3, Rho: 0.9, Momentum: 0.9, Epsilon: 1e-7, Centered: true},
	}
	for _, k := range Table().Kinds() {
		all[k.Name] = k.New().(Optimizer)
		averaged := k.New().(Optimizer)
		*averaged.common() = everything()
		all[k.Name+" with all that is common"] = averaged
	}
	return all
}()

// everything is all common settings at work.
func everything() Common {
	often := 2
	return Common{
		WeightDecay: 0.1, ExcludeFromWeightDecay: []string{"b"}, UseEMA: true, EMAMomentum: 0.5, EMAOverwriteFrequency: &often,
		GradientAccumulationSteps: 2,
	}
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
		if len(after.Slots()) != 2*len(Slots(o)) {
			t.Errorf("%s keeps %d arrays for 2 weights, want %d for each", name, len(after.Slots()), len(Slots(o)))
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
	for name, o := range every {
		s := New(o, params)
		if n := testing.AllocsPerRun(5, s.Step); n > 1 {
			t.Errorf("%s: a step takes memory %v times", name, n)
		}
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
