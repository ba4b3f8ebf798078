package stages

import (
	"errors"
	"math"
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
)

func TestAllFinite(t *testing.T) {
	values := make([]float32, 3*4)
	source := data.NewMemory([]int{2, 2}, values)
	if err := allFinite(source); err != nil {
		t.Errorf("zeros: %v", err)
	}
	values[9], values[10] = float32(math.NaN()), float32(math.Inf(-1))
	var fault *notFinite
	if err := allFinite(source); !errors.As(err, &fault) || *fault != (notFinite{example: 2, wrong: 2, of: 4}) {
		t.Errorf("got %v", err)
	}
}
