package loss

import (
	"math"
	"testing"

	"github.com/voxelpipe/pipe/nn/tensor"
)

// TestKeras checks numbers that Keras 3's own tests publish
// (keras/src/losses/losses_test.py), to the digits given there (some are cut off, not
// rounded) and to single precision. Left out is what
// depends on 1 - 1e-7 being rounded to single precision.
func TestKeras(t *testing.T) {
	identity := []float64{1, 0, 0, 0, 1, 0, 0, 0, 1}
	probabilities := []float64{0.9, 0.05, 0.05, 0.5, 0.89, 0.6, 0.05, 0.01, 0.94}
	scores := []float64{8, 1, 1, 0, 9, 1, 2, 3, 5}
	tags := []float64{1, 0, 1, 0, 1, 1}
	tagScores := []float64{10, -10, 10, 10, 10, -10}
	numbers, wanted := []float64{4, 8, 12, 8, 1, 3}, []float64{1, 9, 2, -5, -2, 6}
	thirds := []float32{1.2, 3.4, 5.6}
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
		{"binary", &BinaryCrossentropy{}, 3, []float64{0.9, 0.1, 0.2, 0.3, 0.8, 0.1, 0.1, 0.2, 0.7}, identity, nil, 0.20046903, 5e-7},
		{"binary scores", &BinaryCrossentropy{Logits: true}, 2, tagScores, tags, nil, 3.3333, 1e-4},
		{"binary scores weighted", &BinaryCrossentropy{Logits: true}, 2, tagScores, tags, []float32{4, 3}, 10, 5e-4},
		{"binary smoothed", &BinaryCrossentropy{Logits: true, LabelSmoothing: 0.1}, 1, []float64{10, -10, -10}, []float64{1, 0, 1}, nil, (10 + 5*0.1) / 3, 1e-4},
		{"squared", &MeanSquaredError{}, 2, numbers, wanted, nil, 49.5, 1e-9},
		{"squared weighted", &MeanSquaredError{}, 2, numbers, wanted, []float32{1.2, 3.4}, 767.8 / 6, 1e-5},
		{"squared sum", &MeanSquaredError{Reduction: Reduction{"sum"}}, 2, numbers, wanted, []float32{2.3, 2.3}, 227.69998, 2e-5},
		{"absolute", &MeanAbsoluteError{}, 2, numbers, wanted, nil, 5.5, 1e-9},
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
