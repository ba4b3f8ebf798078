package loss

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/voxelpipe/pipe/nn/tensor"
)

// everyLoss is each loss with the settings that change its formula.
var everyLoss = map[string]Loss{
	"categorical":               &CategoricalCrossentropy{Reduction: mean},
	"categorical smoothed":      &CategoricalCrossentropy{LabelSmoothing: 0.1, Reduction: mean},
	"categorical sum":           &CategoricalCrossentropy{Reduction: Reduction{"sum"}},
	"sparse categorical":        &SparseCategoricalCrossentropy{Reduction: mean},
	"binary":                    &BinaryCrossentropy{Reduction: mean},
	"binary smoothed":           &BinaryCrossentropy{LabelSmoothing: 0.2, Reduction: mean},
	"squared":                   &MeanSquaredError{Reduction: mean},
	"squared sum":               &MeanSquaredError{Reduction: Reduction{"sum"}},
	"absolute":                  &MeanAbsoluteError{Reduction: mean},
	"huber":                     &Huber{Delta: 1.5, Reduction: mean},
	"focal":                     &Focal{Alpha: 0.25, Gamma: 2, Reduction: mean},
	"focal smoothed":            &Focal{Alpha: 0.3, Gamma: 1.7, LabelSmoothing: 0.1, Reduction: mean},
	"focal of ids":              In(&Focal{Alpha: 0.25, Gamma: 0.5, Reduction: mean}, ids),
	"focal of tags":             In(&Focal{Alpha: 0.25, Gamma: 2, Reduction: mean}, tags),
	"focal balanced":            In(&Focal{Alpha: 0.3, Gamma: 3, ApplyClassBalancing: true, LabelSmoothing: 0.2, Reduction: mean}, tags),
	"dice":                      &Dice{Regions: regions, Reduction: mean},
	"dice of ids":               In(&Dice{Regions: Regions{Smooth: 1}, Reduction: mean}, ids),
	"dice of tags":              In(&Dice{Regions: regions, Reduction: Reduction{"sum"}}, tags),
	"dice crossentropy":         &DiceCrossentropy{DiceWeight: 0.7, CrossentropyWeight: 0.4, Regions: regions, Reduction: mean},
	"dice crossentropy of ids":  In(&DiceCrossentropy{DiceWeight: 1, CrossentropyWeight: 2, Reduction: Reduction{"sum"}}, ids),
	"dice crossentropy of tags": In(&DiceCrossentropy{DiceWeight: 1, CrossentropyWeight: 1, Regions: regions, Reduction: mean}, tags),
	"tversky":                   &Tversky{Alpha: 0.3, Beta: 0.9, Regions: regions, Reduction: mean},
	"tversky of ids":            In(&Tversky{Alpha: 1, Beta: 1, Regions: Regions{Smooth: 0.1}, Reduction: mean}, ids),
	"tversky of tags":           In(&Tversky{Alpha: 0.3, Beta: 0.7, Regions: regions, Reduction: mean}, tags),
}

var (
	ids  = Form{Softmax, ClassID}
	tags = Form{Sigmoid, Binary}
)

// example draws outputs, targets and weights for some positions of n examples.
func example(random *rand.Rand, l Loss, scores bool, shape ...int) (y, t *tensor.Tensor[float64], weights Weights) {
	y = tensor.New[float64](shape...)
	outputs := shape[len(shape)-1]
	for i := range y.Data {
		switch {
		case scores || l.Head() == Linear:
			y.Data[i] = random.NormFloat64() * 3
		default:
			y.Data[i] = 0.05 + 0.9*random.Float64() // rows need not sum to one
		}
	}
	targetShape := append([]int(nil), shape...)
	targetShape[len(shape)-1] = l.Target().Width(outputs)
	t = tensor.New[float64](targetShape...)
	for i := range len(y.Data) / outputs {
		row := t.Data[i*l.Target().Width(outputs):][:l.Target().Width(outputs)]
		switch l.Target() {
		case OneHot:
			row[random.IntN(outputs)] = 1
		case ClassID:
			row[0] = float64(random.IntN(outputs))
		case Binary:
			for k := range row {
				row[k] = random.Float64()
			}
		case Real:
			for k := range row {
				row[k] = random.NormFloat64()
			}
		}
	}
	for range shape[0] {
		weights.Examples = append(weights.Examples, random.Float32()*2)
	}
	for range len(y.Data) / outputs {
		weights.Positions = append(weights.Positions, random.Float32()*2)
	}
	return y, t, weights
}

// TestGradients compares the derivative of every loss with central differences.
func TestGradients(t *testing.T) {
	for name, l := range everyLoss {
		for _, scores := range []bool{false, true} {
			for _, shape := range [][]int{{4, 3}, {2, 2, 3, 2, 4}, {3, 1}} {
				t.Run(fmt.Sprintf("%s/scores=%t/%v", name, scores, shape), func(t *testing.T) {
					y, targets, weights := example(rand.New(rand.NewPCG(7, 1)), l, scores, shape...)
					b := Batch[float64]{Loss: l, Scores: scores}
					dy := tensor.New[float64](shape...)
					b.Compute(y, targets, weights, dy)
					const h = 1e-5
					for i, v := range y.Data {
						y.Data[i] = v + h
						above := b.Compute(y, targets, weights, nil)
						y.Data[i] = v - h
						below := b.Compute(y, targets, weights, nil)
						y.Data[i] = v
						want := (above - below) / (2 * h)
						if math.Abs(dy.Data[i]-want) > 1e-8*max(1, math.Abs(want)) {
							t.Fatalf("derivative by output %d is %.10g, differences give %.10g", i, dy.Data[i], want)
						}
					}
				})
			}
		}
	}
}

// TestScoresAgreeWithProbabilities: the loss of scores is the loss of what the
// head makes of them.
func TestScoresAgreeWithProbabilities(t *testing.T) {
	for name, l := range everyLoss {
		if l.Head() == Linear {
			continue
		}
		y, targets, weights := example(rand.New(rand.NewPCG(3, 3)), l, true, 5, 2, 3)
		fromScores := (&Batch[float64]{Loss: l, Scores: true}).Compute(y, targets, weights, nil)
		Apply(nil, l.Head(), 3, y.Data)
		fromProbabilities := (&Batch[float64]{Loss: l}).Compute(y, targets, weights, nil)
		if math.Abs(fromScores-fromProbabilities) > 1e-12 {
			t.Errorf("%s: %.15g from scores, %.15g from probabilities", name, fromScores, fromProbabilities)
		}
	}
}

// TestExtremeScores: no score is large enough for a loss or derivative that is
// not finite, and the loss is what the difference of scores says.
func TestExtremeScores(t *testing.T) {
	for name, l := range everyLoss {
		for _, top := range []float32{1e4, -1e4} {
			y := tensor.From([]float32{top, -top}, 1, 2)
			targets := tensor.From([]float32{0, 1}, 1, 2)
			if l.Target() == ClassID {
				targets = tensor.From([]float32{1}, 1)
			}
			dy := tensor.New[float32](1, 2)
			got := (&Batch[float32]{Loss: l, Scores: true}).Compute(y, targets, Weights{}, dy)
			if math.IsNaN(got) || math.IsInf(got, 0) {
				t.Errorf("%s of ±1e4 is %v", name, got)
			}
			for _, d := range dy.Data {
				if math.IsNaN(float64(d)) || math.IsInf(float64(d), 0) {
					t.Errorf("%s of ±1e4 has the derivative %v", name, dy.Data)
				}
			}
		}
	}
	wrong := tensor.From([]float32{1e4, -1e4}, 1, 2)
	got := (&Batch[float32]{Loss: &CategoricalCrossentropy{}, Scores: true}).Compute(wrong, tensor.From([]float32{0, 1}, 1, 2), Weights{}, nil)
	if got != 2e4 {
		t.Errorf("a wrong answer by 20000 costs %v, want 20000", got)
	}
}

// TestProbabilitiesOfZero: clipped, with Keras' epsilon, and no derivative where
// clipped.
func TestProbabilitiesOfZero(t *testing.T) {
	y := tensor.From([]float64{0, 1}, 1, 2)
	dy := tensor.New[float64](1, 2)
	got := (&Batch[float64]{Loss: &CategoricalCrossentropy{}}).Compute(y, tensor.From([]float64{1, 0}, 1, 2), Weights{}, dy)
	if want := -math.Log(1e-7); math.Abs(got-want) > 1e-12 {
		t.Errorf("a probability of 0 costs %v, want -ln 1e-7 = %v", got, want)
	}
	if dy.Data[0] != 0 || dy.Data[1] != 0 {
		t.Errorf("its derivative is %v, want none", dy.Data)
	}
	got = (&Batch[float64]{Loss: &BinaryCrossentropy{}}).Compute(y, tensor.From([]float64{1, 0}, 1, 2), Weights{}, dy)
	if want := -math.Log(1e-7); math.Abs(got-want) > 1e-6 {
		t.Errorf("two wrong certainties cost %v, want -ln 1e-7 = %v", got, want)
	}
}

// TestNaN: a broken output is never a good one.
func TestNaN(t *testing.T) {
	for name, l := range everyLoss {
		for _, scores := range []bool{false, true} {
			y := tensor.From([]float64{math.NaN(), 0.5}, 1, 2)
			targets := tensor.From([]float64{1, 0}, 1, 2)
			if l.Target() == ClassID {
				targets = tensor.From([]float64{0}, 1)
			}
			if got := (&Batch[float64]{Loss: l, Scores: scores}).Compute(y, targets, Weights{}, nil); !math.IsNaN(got) {
				t.Errorf("%s of NaN (scores: %t) is %v", name, scores, got)
			}
		}
	}
}

// TestSinglePrecision: the build that trains gives the numbers of the one whose
// derivatives are proved, to what float32 holds.
func TestSinglePrecision(t *testing.T) {
	for name, l := range everyLoss {
		for _, scores := range []bool{false, true} {
			y, targets, weights := example(rand.New(rand.NewPCG(8, 8)), l, scores, 3, 5, 7, 11, 4)
			dy := tensor.New[float64](y.Shape...)
			want := (&Batch[float64]{Loss: l, Scores: scores}).Compute(y, targets, weights, dy)
			single := tensor.New[float32](y.Shape...)
			got := (&Batch[float32]{Loss: l, Scores: scores}).Compute(narrow(y), narrow(targets), weights, single)
			if math.Abs(got-want) > 1e-6*want {
				t.Errorf("%s (scores: %t): %v, in double precision %v", name, scores, got, want)
			}
			largest := 0.0
			for _, d := range dy.Data {
				largest = max(largest, math.Abs(d))
			}
			for i, d := range single.Data {
				if math.Abs(float64(d)-dy.Data[i]) > 1e-6*largest {
					t.Fatalf("%s (scores: %t): derivative %d is %v, in double precision %v", name, scores, i, d, dy.Data[i])
				}
			}
		}
	}
}

func narrow(t *tensor.Tensor[float64]) *tensor.Tensor[float32] {
	single := tensor.New[float32](t.Shape...)
	for i, v := range t.Data {
		single.Data[i] = float32(v)
	}
	return single
}

// TestEmptyMasks: a class that an example does not have costs nothing if none of
// it is predicted, nearly 1 if some of it is, and never breaks a number.
func TestEmptyMasks(t *testing.T) {
	l := In(&Dice{Regions: Regions{Smooth: 1e-5}, Reduction: mean}, ids)
	background := tensor.New[float64](1, 2, 2, 2)
	for _, test := range []struct {
		score, want, within float64
	}{
		{-1e4, 0, 0},                    // no probability at all: s/s
		{0, 1 - 1e-5/(4+1e-5), 1e-12},   // 8 voxels of one half
		{1e4, 1 - 1e-5/(8+1e-5), 1e-12}, // all of them
	} {
		y, dy := tensor.New[float64](1, 2, 2, 2, 2), tensor.New[float64](1, 2, 2, 2, 2)
		for i := range 8 {
			y.Data[2*i+1] = test.score
		}
		got := (&Batch[float64]{Loss: l, Scores: true}).Compute(y, background, Weights{}, dy)
		if math.Abs(got-test.want) > test.within {
			t.Errorf("an empty class with scores of %v costs %v, want %v", test.score, got, test.want)
		}
		for _, d := range dy.Data {
			if math.IsNaN(d) || math.IsInf(d, 0) {
				t.Errorf("an empty class with scores of %v has the derivative %v", test.score, dy.Data)
			}
		}
	}
	// Nothing to compare and nothing to add: both sides of the fraction are 0.
	nothing := In(&Dice{Reduction: mean}, tags)
	y, dy := tensor.New[float64](1, 2, 2, 2, 1), tensor.New[float64](1, 2, 2, 2, 1)
	if got := (&Batch[float64]{Loss: nothing}).Compute(y, background, Weights{}, dy); got != 0 || dy.Data[0] != 0 {
		t.Errorf("nothing compared with nothing costs %v, with the derivative %v", got, dy.Data)
	}
}

// TestVoxelWeights: a voxel of weight 0 is as good as not there, also for a loss
// of regions.
func TestVoxelWeights(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	for name, l := range everyLoss {
		y, targets, _ := example(random, l, true, 1, 10, 3)
		weights := make([]float32, 10)
		for i := range 6 {
			weights[i] = 1
		}
		got := (&Batch[float64]{Loss: l, Scores: true}).Compute(y, targets, Weights{Positions: weights}, nil)
		width := l.Target().Width(3)
		want := (&Batch[float64]{Loss: l, Scores: true}).Compute(tensor.From(y.Data[:18], 1, 6, 3), tensor.From(targets.Data[:6*width], 1, 6*width), Weights{}, nil)
		_, points := l.(Pointwise)
		_, regions := l.(Regional)
		switch {
		case points && regions:
			continue // the one part is the mean over 10 voxels, the other the sum over 6
		case points && l.Averages():
			want *= 0.6
		}
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: %v with 4 of 10 voxels weighed by 0, without them %v", name, got, want)
		}
	}
}
