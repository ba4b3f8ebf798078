package loss

import (
	"math"
	"testing"

	"github.com/voxelpipe/pipe/nn/tensor"
)

// TestKeras checks numbers that Keras 3's own tests publish
// (keras/src/losses/losses_test.py), to the digits given there (some are cut off, not
// rounded) and to single precision; numbers that Keras compares to three places
// only may differ from its by 5e-4. Left out is what depends on 1 - 1e-7 being
// rounded to single precision.
func TestKeras(t *testing.T) {
	identity := []float64{1, 0, 0, 0, 1, 0, 0, 0, 1}
	probabilities := []float64{0.9, 0.05, 0.05, 0.5, 0.89, 0.6, 0.05, 0.01, 0.94}
	scores := []float64{8, 1, 1, 0, 9, 1, 2, 3, 5}
	marks := []float64{1, 0, 1, 0, 1, 1}
	tagScores := []float64{10, -10, 10, 10, 10, -10}
	numbers, wanted := []float64{4, 8, 12, 8, 1, 3}, []float64{1, 9, 2, -5, -2, 6}
	thirds := []float32{1.2, 3.4, 5.6}
	near, nearTruth := []float64{0.9, 0.2, 0.2, 0.8, 0.4, 0.6}, []float64{1, 0, 1, 1, 0, 0}
	// 16 pixels of three classes, which are sure and right but for three of them.
	pixels := []float64{
		1, 0, 0, 0, 1, 0, 0, 0, 1, 0.2, 0, 0.8, 0.7, 0.3, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0,
		1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0.5, 0.5, 0, 0, 1, 0,
	}
	pixelTruth := []float64{0, 1, 2, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 0, 1}
	focal := &Focal{Alpha: 0.25, Gamma: 2}
	focalScores := &Focal{Alpha: 0.25, Gamma: 2, Logits: true}
	each := func(l Loss) Loss { return In(l, tags) }
	for _, test := range []struct {
		name    string
		loss    Loss
		rows    int
		y, t    []float64
		weights []float32
		want    float64
		within  float64
	}{
		{"categorical", &CategoricalCrossentropy{}, 3, probabilities, identity, nil, 0.3239, 1e-4},
		{"categorical weighted", &CategoricalCrossentropy{}, 3, probabilities, identity, thirds, 1.0696, 5e-5},
		{"categorical scores", &CategoricalCrossentropy{Logits: true}, 3, scores, identity, nil, 0.0573, 1e-4},
		{"categorical scores weighted", &CategoricalCrossentropy{Logits: true}, 3, scores, identity, thirds, 0.31829, 5e-6},
		{"categorical smoothed", &CategoricalCrossentropy{Logits: true, LabelSmoothing: 0.1}, 1, []float64{100, -100, -100}, []float64{1, 0, 0}, nil, 400 * 0.1 / 3, 1e-9},
		{"sparse", &SparseCategoricalCrossentropy{}, 3, probabilities, []float64{0, 1, 2}, nil, 0.3239, 1e-4},
		{"sparse scores", &SparseCategoricalCrossentropy{Logits: true}, 3, scores, []float64{0, 1, 2}, nil, 0.0573, 1e-4},
		{"sparse, segmented", &SparseCategoricalCrossentropy{}, 16, pixels, pixelTruth, nil, -(math.Log(0.2) + math.Log(0.3) + math.Log(0.5)) / 16, 2e-7},
		{"binary", &BinaryCrossentropy{}, 3, []float64{0.9, 0.1, 0.2, 0.3, 0.8, 0.1, 0.1, 0.2, 0.7}, identity, nil, 0.20046903, 5e-7},
		{"binary scores", &BinaryCrossentropy{Logits: true}, 2, tagScores, marks, nil, 3.3333, 1e-4},
		{"binary scores weighted", &BinaryCrossentropy{Logits: true}, 2, tagScores, marks, []float32{4, 3}, 10, 5e-4},
		{"binary smoothed", &BinaryCrossentropy{Logits: true, LabelSmoothing: 0.1}, 1, []float64{10, -10, -10}, []float64{1, 0, 1}, nil, (10 + 5*0.1) / 3, 1e-4},
		{"huber", &Huber{Delta: 1}, 2, near, nearTruth, nil, 0.625 / 6, 1e-9},
		{"huber weighted", &Huber{Delta: 1}, 2, near, nearTruth, []float32{1.2, 3.4}, (0.345*1.2 + 0.28*3.4) / 6, 1e-7},
		{"huber sum", &Huber{Delta: 0.8, Reduction: Reduction{"sum"}}, 2, near, nearTruth, nil, 0.625 / 3, 1e-9},
		{"focal", focal, 3, probabilities, identity, nil, 0.02059, 1e-5},
		{"focal weighted", focal, 3, probabilities, identity, thirds, 0.06987, 1e-5},
		{"focal scores", focalScores, 3, scores, identity, nil, 0.000345, 1e-6},
		{"focal scores weighted", focalScores, 3, scores, identity, thirds, 0.001933, 1e-6},
		{"focal scores, the first", focalScores, 1, scores[:3], identity[:3], nil, 1.5096224e-09, 1e-14},
		{"focal scores, the second", focalScores, 1, scores[3:6], identity[3:6], nil, 2.4136547e-11, 1e-14},
		{"focal scores, the third", focalScores, 1, scores[6:], identity[6:], nil, 1.0360638e-03, 1e-9},
		{"focal smoothed", &Focal{Alpha: 0.25, Gamma: 2, Logits: true, LabelSmoothing: 0.1}, 1, []float64{4.9, -0.5, 2.05}, []float64{1, 0, 0}, nil, 0.06685, 1e-5},
		{"binary focal", each(&Focal{Gamma: 2}), 2, []float64{0.9, 0.8, 0.7, 0.2}, []float64{1, 0, 1, 0}, nil, 0.268, 5e-4},
		{"binary focal, the first", each(&Focal{Gamma: 2}), 1, []float64{0.9, 0.8}, []float64{1, 0}, nil, 0.515547, 1e-6},
		{"binary focal weighted", each(&Focal{Gamma: 2}), 2, []float64{0.9, 0.8, 0.7, 0.2}, []float64{1, 0, 1, 0}, []float32{1.2, 3.4}, 0.34415, 5e-4},
		{"binary focal scores", each(&Focal{Gamma: 3, Logits: true}), 2, []float64{1.5, -2.7, 2.9, -3.8, 1.2, -4.5}, []float64{1, 1, 0, 0, 1, 0}, nil, 0.799, 5e-4},
		{"binary focal scores weighted", each(&Focal{Gamma: 3, Logits: true}), 2, []float64{1.5, -2.7, 2.9, -3.8, 1.2, -4.5}, []float64{1, 1, 0, 0, 1, 0}, []float32{1.2, 3.4}, 0.95977, 5e-4},
		{"squared", &MeanSquaredError{}, 2, numbers, wanted, nil, 49.5, 1e-9},
		{"squared, every step weighted", &MeanSquaredError{}, 6, numbers, wanted, []float32{3, 6, 5, 0, 4, 2}, 587. / 6, 1e-9},
		{"squared weighted", &MeanSquaredError{}, 2, numbers, wanted, []float32{1.2, 3.4}, 767.8 / 6, 1e-5},
		{"squared sum", &MeanSquaredError{Reduction: Reduction{"sum"}}, 2, numbers, wanted, []float32{2.3, 2.3}, 227.69998, 2e-5},
		{"absolute", &MeanAbsoluteError{}, 2, numbers, wanted, nil, 5.5, 1e-9},
		{"absolute, every step weighted", &MeanAbsoluteError{}, 6, numbers, wanted, []float32{3, 6, 5, 0, 4, 2}, 83. / 6, 1e-9},
		{"absolute weighted", &MeanAbsoluteError{}, 2, numbers, wanted, []float32{1.2, 3.4}, 81.4 / 6, 1e-5},
		{"absolute sum", &MeanAbsoluteError{Reduction: Reduction{"sum"}}, 2, numbers, wanted, []float32{2.3, 2.3}, 25.29999, 2e-5},
	} {
		b := &Batch[float64]{Loss: test.loss, Scores: test.loss.FromLogits()}
		y := tensor.From(test.y, test.rows, len(test.y)/test.rows)
		targets := tensor.From(test.t, test.rows, len(test.t)/test.rows)
		if got := b.Compute(y, targets, Weights{Examples: test.weights}, nil); math.Abs(got-test.want) > test.within {
			t.Errorf("%s: %v, Keras has %v", test.name, got, test.want)
		}
	}
}

// TestKerasRegions checks the numbers of regions in the same file, DiceTest and
// TverskyTest. Keras sums over the whole batch or, with an axis, over each
// example; one example and a single region give the same numbers as ours, but
// for its epsilon of 1e-7 in the denominator.
func TestKerasRegions(t *testing.T) {
	cube, cubeTruth := []float64{0, 1, 0, 1, 0.4, 0, 0, 0.9}, []float64{1, 1, 0, 0, 1, 1, 0, 0}
	square := []float64{0, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 1}
	squareTruth := []float64{1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1}
	large, largeTruth := []float64{4, 1, 6, 1}, []float64{1, 2, 1, 2}
	even, uneven := &Tversky{Alpha: 0.5, Beta: 0.5}, &Tversky{Alpha: 0.2, Beta: 0.8}
	for _, test := range []struct {
		name     string
		loss     Loss
		examples int
		y, t     []float64
		want     float64
	}{
		{"dice", &Dice{}, 1, large, largeTruth, -0.55555546},
		{"dice of a square", &Dice{}, 1, square, squareTruth, 0.77777773},
		{"dice of a cube", &Dice{}, 1, cube[:4], cubeTruth[:4], 0.5},
		{"dice of another cube", &Dice{}, 1, cube[4:], cubeTruth[4:], 0.75757575},
		{"dice of both", &Dice{Reduction: mean}, 2, cube, cubeTruth, (0.5 + 0.75757575) / 2},
		{"tversky", even, 1, large, largeTruth, -0.55555558},
		{"tversky uneven", uneven, 1, large, largeTruth, -0.94444442},
		{"tversky of a square", even, 1, square, squareTruth, 0.77777779},
		{"tversky of a square, uneven", uneven, 1, square, squareTruth, 0.76190472},
		{"tversky of a cube, uneven", uneven, 1, cube[:4], cubeTruth[:4], 0.5},
		{"tversky of another cube, uneven", uneven, 1, cube[4:], cubeTruth[4:], 0.78494626},
	} {
		b := &Batch[float64]{Loss: In(test.loss, tags)}
		voxels := len(test.y) / test.examples
		got := b.Compute(tensor.From(test.y, test.examples, voxels, 1), tensor.From(test.t, test.examples, voxels), Weights{}, nil)
		if math.Abs(got-test.want) > 2e-7 {
			t.Errorf("%s: %v, Keras has %v", test.name, got, test.want)
		}
	}
}
