package optim

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

func number(v float64) *float64 { return &v }

// schedule gives a schedule with its defaults, changed.
func schedule[S any, P interface {
	*S
	Schedule
}](name string, change func(P)) Schedule {
	listed, ok := Schedules().New(name)
	if !ok {
		panic("no such schedule")
	}
	s := listed.(P)
	change(s)
	return s
}

// TestTorchSchedules follows PyTorch's schedulers; testdata/schedules.py made the
// rates.
func TestTorchSchedules(t *testing.T) {
	text, err := os.ReadFile("testdata/schedules.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden map[string][]float64
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	same := map[string]Schedule{
		"step":              schedule("step", func(s *Step) { s.StepSize, s.Gamma = number(7./5), 0.5 }),
		"boundaries":        schedule("step", func(s *Step) { s.Boundaries = []float64{1, 1.6} }),
		"exponential":       schedule("exponential", func(s *Exponential) { s.DecayRate, s.DecayEpochs = 0.8, 0.2 }),
		"cosine":            schedule("cosine", func(s *Cosine) {}),
		"cosine_to_a_tenth": schedule("cosine", func(s *Cosine) { s.Alpha = 0.1 }),
		"line":              schedule("polynomial", func(s *Polynomial) { s.EndLearningRate, s.DecayEpochs = 0.005, number(3) }),
		"square":            schedule("polynomial", func(s *Polynomial) { s.EndLearningRate, s.Power, s.DecayEpochs = 0, 2, number(3) }),
		"warm_cosine":       schedule("cosine", func(s *Cosine) { s.Rise = Rise{Warmup: 1, WarmupFrom: 0.02} }),
		"one_cycle":         schedule("one_cycle", func(s *OneCycle) {}),
		"one_cycle_of_lines": schedule("one_cycle", func(s *OneCycle) {
			s.AnnealStrategy, s.DivFactor, s.FinalDivFactor = "linear", 10, 100
		}),
		"late_cycle":   schedule("one_cycle", func(s *OneCycle) { s.Warmup = number(2) }),
		"latest_cycle": schedule("one_cycle", func(s *OneCycle) { s.Warmup = number(3.8) }),
	}
	for name, want := range golden {
		for step := range want {
			got := same[name].At(0.1, Clock{Step: step, PerEpoch: 5, Total: 20})
			if math.Abs(got-want[step]) > 1e-12 {
				t.Errorf("%s: the rate of step %d is %.15g, PyTorch has %.15g", name, step, got, want[step])
			}
		}
		delete(same, name)
	}
	for name := range same {
		t.Errorf("PyTorch has no rates for %s", name)
	}
}

// TestKerasSchedules is what Keras 3's tests say of its schedules
// (keras/src/optimizers/schedules/learning_rate_schedule_test.py). An epoch is
// one step here, so that epochs are Keras' steps.
func TestKerasSchedules(t *testing.T) {
	linear := func(end float64, cycle bool) Schedule {
		return schedule("polynomial", func(s *Polynomial) { s.EndLearningRate, s.DecayEpochs, s.Cycle = end, number(10), cycle })
	}
	root := func(end float64, cycle bool) Schedule {
		return schedule("polynomial", func(s *Polynomial) {
			s.EndLearningRate, s.DecayEpochs, s.Cycle, s.Power = end, number(10), cycle, 0.5
		})
	}
	cosine := func(steps, alpha, warmup float64) Schedule {
		return schedule("cosine", func(s *Cosine) { s.DecayEpochs, s.Alpha, s.Warmup = number(steps), alpha, warmup })
	}
	exponential := func(steps float64, staircase bool) Schedule {
		return schedule("exponential", func(s *Exponential) { s.DecayRate, s.DecayEpochs, s.Staircase = 0.96, steps, staircase })
	}
	for _, test := range []struct {
		name     string
		schedule Schedule
		rate     float64
		step     int
		want     float64
	}{
		{"LinearDecayTest.test_halfway", linear(0, false), 0.05, 5, 0.05 * 0.5},
		{"LinearDecayTest.test_end", linear(0.001, false), 0.05, 10, 0.001},
		{"LinearDecayTest.test_halfway_with_end", linear(0.001, false), 0.05, 5, (0.05 + 0.001) * 0.5},
		{"LinearDecayTest.test_beyond_end", linear(0.001, false), 0.05, 15, 0.001},
		{"LinearDecayTest.test_beyond_end_with_cycle", linear(0.001, true), 0.05, 15, (0.05-0.001)*0.25 + 0.001},
		{"SqrtDecayTest.test_halfway", root(0, false), 0.05, 5, 0.05 * math.Sqrt(0.5)},
		{"SqrtDecayTest.test_end", root(0.001, false), 0.05, 10, 0.001},
		{"SqrtDecayTest.test_halfway_with_end", root(0.001, false), 0.05, 5, (0.05-0.001)*math.Sqrt(0.5) + 0.001},
		{"SqrtDecayTest.test_beyond_end", root(0.001, false), 0.05, 15, 0.001},
		{"SqrtDecayTest.test_beyond_end_with_cycle", root(0.001, true), 0.05, 15, (0.05-0.001)*0.5 + 0.001},
		{"SqrtDecayTest.test_begin_with_cycle", schedule("polynomial", func(s *Polynomial) { s.DecayEpochs, s.Cycle = number(10), true }), 0.001, 0, 0.001},
		{"CosineDecayTest.test_decay", cosine(1000, 0, 0), 1, 250, 0.5 * (1 + math.Cos(math.Pi*0.25))},
		{"CosineDecayTest.test_decay", cosine(1000, 0, 0), 1, 750, 0.5 * (1 + math.Cos(math.Pi*0.75))},
		{"CosineDecayTest.test_decay", cosine(1000, 0, 0), 1, 1250, 0},
		{"CosineDecayTest.test_alpha", cosine(1000, 0.1, 0), 1, 250, 0.9*0.5*(1+math.Cos(math.Pi*0.25)) + 0.1},
		{"CosineDecayTest.test_alpha", cosine(1000, 0.1, 0), 1, 1250, 0.1},
		{"CosineDecayTest.test_warmup", cosine(10, 0, 1500), 10, 0, 0},
		{"CosineDecayTest.test_warmup", cosine(10, 0, 1500), 10, 1250, 10 * 1250. / 1500},
		{"CosineDecayTest.test_warmup_decay", cosine(1000, 0, 2000), 10, 1750, 10 * 1750. / 2000},
		{"CosineDecayTest.test_warmup_decay", cosine(1000, 0, 2000), 10, 2000, 10},
		{"CosineDecayTest.test_warmup_decay", cosine(1000, 0, 2000), 10, 2750, 10 * 0.5 * (1 + math.Cos(math.Pi*0.75))},
		{"ExponentialDecayTest.test_basic", exponential(3, false), 0.1, 7, 0.1 * math.Pow(0.96, 7./3)},
		{"ExponentialDecayTest.test_staircase", exponential(3, true), 0.1, 2, 0.1},
		{"ExponentialDecayTest.test_staircase", exponential(3, true), 0.1, 100, 0.1 * math.Pow(0.96, 33)},
		// Keras' boundary is the last step with the old value, PyTorch's, and ours, the
		// first with the new one.
		{"PiecewiseConstantDecayTest", schedule("step", func(s *Step) { s.Boundaries = []float64{100, 110, 120} }), 1, 105, 0.1},
		{"PiecewiseConstantDecayTest", schedule("step", func(s *Step) { s.Boundaries = []float64{100, 110, 120} }), 1, 999, 0.001},
	} {
		if got := test.schedule.At(test.rate, Clock{Step: test.step, PerEpoch: 1, Total: 4000}); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s: the rate of step %d is %.12g, Keras has %.12g", test.name, test.step, got, test.want)
		}
	}
}

// TestWarmup: every schedule begins where it was told, rises evenly, and is at
// the optimizer's rate when the warm-up is over.
func TestWarmup(t *testing.T) {
	rise := Rise{Warmup: 1.5, WarmupFrom: 0.1}
	for name, s := range map[string]Schedule{
		"constant":    &Constant{rise},
		"step":        &Step{StepSize: number(100), Gamma: 0.1, Rise: rise},
		"exponential": &Exponential{DecayRate: 0.5, DecayEpochs: 1, Rise: rise},
		"cosine":      &Cosine{Rise: rise},
		"polynomial":  &Polynomial{Power: 1, Rise: rise},
	} {
		for step, want := range []float64{0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1} {
			if got := s.At(1, Clock{Step: step, PerEpoch: 4, Total: 20}); math.Abs(got-want) > 1e-12 {
				t.Errorf("%s: the rate of step %d is %v, want %v", name, step, got, want)
			}
		}
		if got := s.WarmsUp(5); got != 1.5 {
			t.Errorf("%s warms up for %v epochs", name, got)
		}
	}
	if got := (&OneCycle{}).WarmsUp(10); got != 3 {
		t.Errorf("one_cycle warms up for %v of 10 epochs", got)
	}
}

// TestShortTrainings: whatever the lengths, a rate is a number between 0 and
// the highest.
func TestShortTrainings(t *testing.T) {
	for _, epochs := range []float64{0, 0.3, 1, 2, 7} {
		rise := Rise{Warmup: epochs}
		for name, s := range map[string]Schedule{
			"constant":    &Constant{rise},
			"step":        &Step{Boundaries: []float64{1}, Gamma: 0.1, Rise: rise},
			"exponential": &Exponential{DecayRate: 0.5, DecayEpochs: 0.01, Staircase: true, Rise: rise},
			"cosine":      &Cosine{Rise: rise},
			"polynomial":  &Polynomial{Power: 0.5, Rise: rise, Cycle: true},
			"one_cycle":   &OneCycle{Warmup: &epochs, DivFactor: 25, FinalDivFactor: 1e4},
		} {
			for _, perEpoch := range []int{1, 2, 3} {
				for step := range 2 * perEpoch {
					got := s.At(0.5, Clock{Step: step, PerEpoch: perEpoch, Total: 2 * perEpoch})
					if !(got >= 0 && got <= 0.5) {
						t.Errorf("%s with a warm-up of %v: the rate of step %d of %d is %v", name, epochs, step, 2*perEpoch, got)
					}
				}
			}
		}
	}
}

// TestStepsAreWhole: rounding does not put off a step.
func TestStepsAreWhole(t *testing.T) {
	for _, test := range []struct {
		epochs   float64
		perEpoch int
		want     float64
	}{{0.07, 100, 7}, {0.57, 100, 57}, {0.5, 5, 2.5}, {1. / 3, 3, 1}} {
		if got := (Clock{PerEpoch: test.perEpoch}).steps(test.epochs); got != test.want {
			t.Errorf("%v epochs of %d steps are %v steps", test.epochs, test.perEpoch, got)
		}
	}
}

func TestScheduleManuals(t *testing.T) {
	for _, k := range Schedules().Kinds() {
		if _, err := Schedules().Manual(k.Name); err != nil {
			t.Error(err)
		}
		if _, ok := k.New().(Schedule); !ok {
			t.Errorf("%s is no Schedule", k.Name)
		}
	}
}
