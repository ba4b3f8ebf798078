package train_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/train"
)

// TestOrigin: a training that stops being finite says where it began, on which
// examples, and leaves weights that are numbers.
func TestOrigin(t *testing.T) {
	huge := float32(math.MaxFloat32) / 3
	for name, c := range map[string]struct {
		x, y         []float32
		rate         float64
		where, layer string
		samples      []int
		recalled     int
	}{
		"an example":              {[]float32{1, 1, float32(math.NaN()), 1}, []float32{0, 0, 0, 0}, 0.1, train.InExamples, "", []int{2, 3}, -1},
		"the output of a layer":   {[]float32{1, 1, huge, 1}, []float32{0, 0, 0, 0}, 0.1, train.InForward, "b", []int{2, 3}, -1},
		"a step that is too long": {[]float32{1, 1, 1, 1}, []float32{1e15, 1e15, 1, 1}, 1e30, train.InUpdate, "", []int{2, 3}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			set := numbers(1, c.x, 1, c.y)
			net := network(t, 1, []int{1}, dense(1, nil), dense(1, layers.New(func(*layers.Linear) {})))
			for _, p := range net.Params() {
				for i := range p.Value {
					p.Value[i] = 2
				}
			}
			s := train.Settings{Loss: &loss.MeanSquaredError{}, Optimizer: sgd(c.rate), Epochs: 3, BatchSize: 2}
			_, err := train.Fit(context.Background(), net, set, nil, s, nil, nil)
			var diverged *train.Diverged
			if !errors.As(err, &diverged) {
				t.Fatalf("the error is %v", err)
			}
			o := diverged.Origin
			if o.Where != c.where || c.layer != "" && o.Layer != c.layer || !slices.Equal(o.Samples, c.samples) {
				t.Errorf("the origin is %+v: %s", *o, o)
			}
			if (o.Recalled != nil) != (c.recalled >= 0) || o.Recalled != nil && *o.Recalled != c.recalled {
				t.Errorf("recalled %v, want %d", o.Recalled, c.recalled)
			}
			for _, w := range weightsOf(net) {
				if !finite(float64(w)) {
					t.Errorf("the weights are %v", weightsOf(net))
				}
			}
		})
	}
}
