package nntest

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// scaler multiplies by a learnt number, and makes the mistake that it is told
// to make.
type scaler struct{ mistake string }

func (s *scaler) Frozen() bool { return false }

func (s *scaler) Output(in []shape.Shape) (shape.Shape, error) {
	if s.mistake == "promises another shape" && in[0] != nil {
		return append(shape.New(1), in[0]...), nil
	}
	if s.mistake == "refuses symbols" && in[0] != nil {
		if _, known := in[0].Sizes(); !known {
			return nil, &shape.Mismatch{Fault: shape.Setting, Input: in[0]}
		}
	}
	return in[0], nil
}

func (s *scaler) Weights([]shape.Shape) []nn.Weight {
	return []nn.Weight{{Name: "factor", Shape: shape.New(1), Init: half{}}}
}

type half struct{}

func (half) Fill(w []float64, _ []int, _ *rand.Rand) { w[0] = 0.5 }

func (s *scaler) Build(site nn.Site[float32]) nn.Layer[float32] {
	return &scaling[float32]{mistake: s.mistake, factor: site.Params[0]}
}

func (s *scaler) Build64(site nn.Site[float64]) nn.Layer[float64] {
	return &scaling[float64]{mistake: s.mistake, factor: site.Params[0]}
}

type scaling[T tensor.Float] struct {
	mistake string
	factor  *nn.Param[T]
	x       *tensor.Tensor[T]
}

var drawn float64

func (l *scaling[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	l.x = x[0]
	y := p.Arena.New(l.x.Batch(), l.x.Shape[1:]...)
	for i, v := range l.x.Data {
		y.Data[i] = v * l.factor.Value[0]
	}
	switch l.mistake {
	case "mixes examples":
		y.Data[0] += l.x.Data[len(l.x.Data)-1]
	case "writes to its input":
		l.x.Data[0] = 0
	case "draws without a seed":
		drawn++
		y.Data[0] += T(drawn)
	case "asks for the threads":
		y.Data[0] += T(p.Pool.Threads())
	case "takes memory":
		y = tensor.From(append([]T{}, y.Data...), y.Shape...)
	}
	return y
}

func (l *scaling[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	var slope T
	for i, g := range dy.Data {
		slope += g * l.x.Data[i]
	}
	switch l.mistake {
	case "forgets a weight's gradient":
		slope = 0
	case "overwrites gradients":
		l.factor.Grad[0] = 0
	case "needs the input's gradient":
		if !need[0] {
			slope = 0
		}
	case "writes to dy":
		dy.Data[0] = 0
	}
	l.factor.Grad[0] += slope
	if !need[0] {
		return []*tensor.Tensor[T]{nil}
	}
	dx := p.Arena.New(dy.Batch(), dy.Shape[1:]...)
	for i, g := range dy.Data {
		dx.Data[i] = g * l.factor.Value[0]
	}
	if l.mistake == "gives a wrong gradient" {
		dx.Data[len(dx.Data)-1] *= 1.001
	}
	return []*tensor.Tensor[T]{dx}
}

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Fatalf(string, ...any) { r.failed = true; runtime.Goexit() }

func TestSuiteFindsEveryMistake(t *testing.T) {
	for mistake, finder := range map[string]string{
		"":                            "",
		"promises another shape":      "shape",
		"refuses symbols":             "unknown sizes",
		"gives a wrong gradient":      "gradients",
		"forgets a weight's gradient": "gradients",
		"overwrites gradients":        "accumulation",
		"needs the input's gradient":  "needless input gradient",
		"mixes examples":              "examples apart",
		"draws without a seed":        "seed",
		"asks for the threads":        "threads",
		"writes to its input":         "untouched",
		"writes to dy":                "untouched",
		"takes memory":                "memory",
	} {
		c := Case{Kind: "scaler", Unit: &scaler{mistake: mistake}, In: [][]int{{5, 4}}, Batch: 3, Draw: (*rand.Rand).NormFloat64}
		found := false
		for _, a := range asked {
			r := &recorder{TB: t}
			done := make(chan struct{})
			go func() {
				defer close(done)
				a.check(&c, r)
			}()
			<-done
			found = found || r.failed && a.name == finder
			if r.failed && mistake == "" {
				t.Errorf("%s fails for a layer without a mistake", a.name)
			}
		}
		if !found && mistake != "" {
			t.Errorf("%s does not find that a layer %s", finder, mistake)
		}
	}
}
