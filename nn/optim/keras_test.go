package optim

import (
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
)

// The numbers that Keras 3's own tests publish (keras/src/optimizers/*_test.py),
// to the digits given there.

// kerasNear compares as Keras' tests do: within 5e-4 of the value, and 5e-4.
func kerasNear(t *testing.T, name string, got []float32, want ...float64) {
	t.Helper()
	for i := range want {
		if math.Abs(float64(got[i])-want[i]) > 5e-4*(1+math.Abs(want[i])) {
			t.Errorf("%s: %v, Keras has %v", name, got, want)
			return
		}
	}
}

// settings gives an optimizer with its defaults, changed.
func settings[O any, P interface {
	*O
	Optimizer
}](name string, change func(P)) Optimizer {
	listed, ok := Table().New(name)
	if !ok {
		panic("no such optimizer")
	}
	o := listed.(P)
	if change != nil {
		change(o)
	}
	return o
}

// TestKerasSingleStep is test_single_step of every optimizer.
func TestKerasSingleStep(t *testing.T) {
	for _, test := range []struct {
		name      string
		optimizer Optimizer
		want      []float64
	}{
		{"sgd", settings("sgd", func(o *SGD) { o.LearningRate = 0.5 }), []float64{0.5, -1, -0.5, 3}},
		{"adam", settings("adam", func(o *Adam) { o.LearningRate = 0.5 }), []float64{0.5, 1.5, 2.5, 3.5}},
		{"adamw", settings("adamw", func(o *AdamW) { o.LearningRate = 0.5 }), []float64{0.4980, 1.4960, 2.494, 3.492}},
		{"rmsprop", settings("rmsprop", func(o *RMSprop) { o.LearningRate = 0.5 }), []float64{-0.5811, 0.4189, 1.4189, 2.4189}},
		{"adagrad", settings("adagrad", func(o *Adagrad) { o.LearningRate = 0.5 }), []float64{0.5233, 1.5007, 2.5005, 3.5061}},
		{"nadam", settings("nadam", func(o *Nadam) { o.LearningRate = 0.5 }), []float64{0.4686, 1.4686, 2.4686, 3.4686}},
		{"lion", settings("lion", func(o *Lion) { o.LearningRate = 0.5 }), []float64{0.5, 1.5, 2.5, 3.5}},
	} {
		w := param[float32]("w", 1, 2, 3, 4)
		copy(w.Grad, []float32{1, 6, 7, 2})
		New(test.optimizer, []*nn.Param[float32]{w}).Step()
		kerasNear(t, test.name, w.Value, test.want...)
	}
}

// TestKerasGoldens is test_correctness_with_golden of every optimizer: ten ones,
// a first gradient of 0.01, then 0.1, 0.2, …, 1.
func TestKerasGoldens(t *testing.T) {
	same := func(values ...float64) [][]float64 {
		rows := make([][]float64, len(values))
		for i, v := range values {
			rows[i] = slices.Repeat([]float64{v}, 10)
		}
		return rows
	}
	for _, test := range []struct {
		name      string
		optimizer Optimizer
		want      [][]float64
	}{
		{"sgd", settings("sgd", func(o *SGD) { o.Nesterov = true }), [][]float64{
			{0.9999, 0.9999, 0.9999, 0.9999, 0.9999, 0.9999, 0.9999, 0.9999, 0.9999, 0.9999},
			{0.9989, 0.9979, 0.9969, 0.9959, 0.9949, 0.9939, 0.9929, 0.9919, 0.9909, 0.9899},
			{0.9979, 0.9959, 0.9939, 0.9919, 0.9899, 0.9879, 0.9859, 0.9839, 0.9819, 0.9799},
			{0.9969, 0.9939, 0.9909, 0.9879, 0.9849, 0.9819, 0.9789, 0.9759, 0.9729, 0.9699},
			{0.9959, 0.9919, 0.9879, 0.9839, 0.9799, 0.9759, 0.9719, 0.9679, 0.9639, 0.9599},
		}},
		{"adam", settings("adam", func(o *Adam) { o.AMSGrad = true }), same(0.999, 0.9982, 0.9974, 0.9965, 0.9955)},
		{"adamw", settings("adamw", func(o *AdamW) { o.LearningRate, o.WeightDecay, o.Epsilon = 1, 0.5, 2 }), [][]float64{
			{0.4998, 0.4998, 0.4998, 0.4998, 0.4998, 0.4998, 0.4998, 0.4998, 0.4998, 0.4998},
			{0.2486, 0.2475, 0.2463, 0.2451, 0.244, 0.2428, 0.2417, 0.2405, 0.2394, 0.2382},
			{0.1223, 0.1198, 0.1174, 0.1149, 0.1124, 0.11, 0.1075, 0.1051, 0.1027, 0.1003},
			{0.0586, 0.0549, 0.0512, 0.0475, 0.0439, 0.0402, 0.0366, 0.033, 0.0294, 0.0258},
			{0.0263, 0.0215, 0.0167, 0.012, 0.0073, 0.0026, -0.0021, -0.0067, -0.0113, -0.0159},
		}},
		{"rmsprop", settings("rmsprop", func(o *RMSprop) { o.Centered = true }), same(0.9967, 0.9933, 0.9908, 0.9885, 0.9864)},
		{"adagrad", settings("adagrad", func(o *Adagrad) { o.LearningRate, o.InitialAccumulatorValue, o.Epsilon = 0.2, 0.3, 1e-6 }), [][]float64{
			{0.9963, 0.9963, 0.9963, 0.9963, 0.9963, 0.9963, 0.9963, 0.9963, 0.9963, 0.9963},
			{0.9604, 0.9278, 0.9003, 0.8784, 0.8615, 0.8487, 0.8388, 0.8313, 0.8255, 0.8209},
			{0.9251, 0.8629, 0.8137, 0.7768, 0.7497, 0.7298, 0.7151, 0.704, 0.6956, 0.6891},
			{0.8903, 0.8012, 0.7342, 0.6862, 0.6521, 0.6277, 0.6099, 0.5967, 0.5867, 0.579},
			{0.856, 0.7422, 0.6604, 0.6037, 0.5644, 0.5367, 0.5168, 0.5021, 0.491, 0.4825},
		}},
		{"nadam", settings("nadam", func(o *Nadam) { o.LearningRate, o.Beta1, o.Beta2, o.Epsilon = 0.5, 0.5, 0.67, 1e-5 }), [][]float64{
			{0.4281, 0.4281, 0.4281, 0.4281, 0.4281, 0.4281, 0.4281, 0.4281, 0.4281, 0.4281},
			{-0.1738, -0.1731, -0.1726, -0.1723, -0.1721, -0.172, -0.1719, -0.1718, -0.1718, -0.1717},
			{-0.7115, -0.7103, -0.7096, -0.7092, -0.709, -0.7088, -0.7086, -0.7085, -0.7085, -0.7084},
			{-1.2335, -1.2322, -1.2313, -1.2309, -1.2306, -1.2304, -1.2302, -1.2301, -1.23, -1.2299},
			{-1.7492, -1.7478, -1.7469, -1.7464, -1.7461, -1.7459, -1.7457, -1.7456, -1.7455, -1.7454},
		}},
		{"lion", settings[Lion]("lion", nil), same(0.999, 0.998, 0.997, 0.996, 0.995)},
	} {
		w := param("w", slices.Repeat([]float32{1}, 10)...)
		s := New(test.optimizer, []*nn.Param[float32]{w})
		for i := range w.Grad {
			w.Grad[i] = 0.01
		}
		for step, want := range test.want {
			s.Step()
			kerasNear(t, test.name, w.Value, want...)
			if step == 0 {
				for i := range w.Grad {
					w.Grad[i] = 0.1 * float32(i+1)
				}
			}
		}
	}
}

// TestKerasWeightDecay is test_weight_decay: without a gradient only the decay
// moves a weight, and none that is excluded.
func TestKerasWeightDecay(t *testing.T) {
	for _, k := range Table().Kinds() {
		o := k.New().(Optimizer)
		o.common().WeightDecay, o.common().ExcludeFromWeightDecay = 0.004, []string{"exclude"}
		a, b := param[float32]("w", 2), param[float32]("exclude", 2)
		s := New(o, []*nn.Param[float32]{a, b})
		s.Rate = 1
		s.Step()
		// 2 - 2·0.004; Keras' tests have 1.9760959, which is three such steps, to 6
		// decimals.
		s.Step()
		s.Step()
		if math.Abs(float64(a.Value[0])-1.9760959) > 5e-7 || b.Value[0] != 2 {
			t.Errorf("%s: %v and %v, Keras has 1.9760959 and 2", k.Name, a.Value, b.Value)
		}
	}
}

// TestKerasEMA is test_ema of optimizer_test.py: the average begins at the weight
// after the first step, and every third step it becomes the weight.
func TestKerasEMA(t *testing.T) {
	third := 3
	o := settings("sgd", func(o *SGD) {
		o.LearningRate, o.UseEMA, o.EMAMomentum, o.EMAOverwriteFrequency = 1, true, 0.9, &third
	})
	w := param[float32]("w", 3, 4, 5, 6)
	s := New(o, []*nn.Param[float32]{w})
	for _, want := range []struct{ weights, averages []float64 }{
		{[]float64{2, 3, 4, 5}, []float64{2, 3, 4, 5}},
		{[]float64{1, 2, 3, 4}, []float64{1.9, 2.9, 3.9, 4.9}},
		{[]float64{1.71, 2.71, 3.71, 4.71}, []float64{1.71, 2.71, 3.71, 4.71}},
	} {
		for i := range w.Grad {
			w.Grad[i] = 1
		}
		s.Step()
		for i := range w.Value {
			if math.Abs(float64(w.Value[i])-want.weights[i]) > 1e-6 || math.Abs(float64(s.Slots()[0].Value[i])-want.averages[i]) > 1e-6 {
				t.Fatalf("weights %v and averages %v, Keras has %v and %v", w.Value, s.Slots()[0].Value, want.weights, want.averages)
			}
		}
	}
}

// TestKerasAccumulation is test_gradient_accumulation of optimizer_test.py.
func TestKerasAccumulation(t *testing.T) {
	o := settings("sgd", func(o *SGD) { o.LearningRate, o.GradientAccumulationSteps = 1, 3 })
	w := param[float32]("w", 1, 2, 3, 4)
	s := New(o, []*nn.Param[float32]{w})
	for _, want := range []struct{ weight, sum float32 }{{1, 1}, {1, 2}, {0, 0}, {0, 1}} {
		for i := range w.Grad {
			w.Grad[i] = 1
		}
		s.Step()
		for i := range w.Value {
			if w.Value[i] != want.weight+float32(i) || s.Slots()[0].Value[i] != want.sum {
				t.Fatalf("after %d steps the weights are %v and the sums %v, Keras has %v… and %v", s.Steps, w.Value, s.Slots()[0].Value, want.weight, want.sum)
			}
		}
	}
}
