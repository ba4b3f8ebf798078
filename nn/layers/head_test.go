package layers

import (
	"testing"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/shape"
)

// TestHead: a loss takes the last axis for the classes, so only a softmax over
// that one can be computed together with it.
func TestHead(t *testing.T) {
	volume, vector := shape.New(4, 5, 6, 2), shape.New(3)
	for _, test := range []struct {
		axis    int
		example shape.Shape
		want    loss.Head
	}{
		{-1, vector, loss.Softmax}, {1, vector, loss.Softmax},
		{-1, volume, loss.Softmax}, {4, volume, loss.Softmax}, {3, volume, loss.Linear}, {1, volume, loss.Linear}, {-2, volume, loss.Linear},
	} {
		if got := (&Softmax{Axis: test.axis}).Head(test.example); got != test.want {
			t.Errorf("softmax over axis %d of %s is the head %s, want %s", test.axis, test.example, got, test.want)
		}
	}
	if got := (&Sigmoid{}).Head(volume); got != loss.Sigmoid {
		t.Errorf("sigmoid is the head %s", got)
	}
}
