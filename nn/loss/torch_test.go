package loss

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/voxelpipe/pipe/nn/tensor"
)

// TestTorch compares losses and derivatives with PyTorch's; testdata/goldens.py
// made them. PyTorch averages a derivative and a loss over the same positions,
// except that its binary and mean errors average over all elements, which is the
// same number.
func TestTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Loss      string
		Scores    bool
		Smoothing float64
		Shape     []int
		Y, T, DY  []float64
		Value     float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 28 {
		t.Fatalf("%d cases, want 28", len(cases))
	}
	for _, c := range cases {
		l, ok := everyLoss[c.Loss]
		if !ok {
			settings, _ := Table().New(c.Loss)
			l = settings.(Loss)
		}
		if categorical, ok := l.(*CategoricalCrossentropy); ok {
			categorical.LabelSmoothing = c.Smoothing
		}
		b := &Batch[float64]{Loss: l, Scores: c.Scores}
		dy := tensor.New[float64](c.Shape...)
		got := b.Compute(tensor.From(c.Y, c.Shape...), tensor.From(c.T, c.Shape[0], len(c.T)/c.Shape[0]), Weights{}, dy)
		if math.Abs(got-c.Value) > 1e-12*c.Value {
			t.Errorf("%s %v: %.15g, PyTorch has %.15g", c.Loss, c.Shape, got, c.Value)
		}
		for i, d := range dy.Data {
			if math.Abs(d-c.DY[i]) > 1e-12 {
				t.Fatalf("%s %v: derivative %d is %.15g, PyTorch has %.15g", c.Loss, c.Shape, i, d, c.DY[i])
			}
		}
	}
}
