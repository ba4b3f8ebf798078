package loss

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/tensor"
)

// Stretch is some positions of a batch, one after the other, as a pointwise loss
// sees them.
type Stretch[T tensor.Float] struct {
	// Outputs is the number of values of a position in Y, P and DY.
	Outputs int
	// Y are the network's outputs; scores, if Scores is set.
	Y      []T
	Scores bool
	// P is what the head makes of scores. LogSum is, for a softmax, ln Σ eʸ of each
	// position; Tail is, for a sigmoid, ln(1 + e^-|y|) of each output. All three are
	// there for scores only.
	P      []T
	LogSum []float64
	Tail   []T
	// Targets has, for each position, as many values as the loss' target.
	Targets []T
	// Weights has one weight for each position.
	Weights []float64
	// DY takes the derivative by Y, nil if it is not asked for: that of the loss at
	// each position, multiplied by its weight and by Scale.
	DY    []T
	Scale float64

	// truth is room for the target of one position.
	truth []float64
}

// at gives the values of position i in a row of s.
func at[T tensor.Float](row []T, i, outputs int) []T {
	return row[i*outputs : (i+1)*outputs : (i+1)*outputs]
}

// distribution gives the target of position i as shares of the classes, of which
// some is spread evenly over all. It panics if there is no such class: labels are
// checked before training.
func (s *Stretch[T]) distribution(i int, ids bool, smoothing float64) []float64 {
	t, spread := s.truth[:s.Outputs], smoothing/float64(s.Outputs)
	if !ids {
		for k, v := range at(s.Targets, i, s.Outputs) {
			t[k] = float64(v)*(1-smoothing) + spread
		}
		return t
	}
	class := classOf(s.Targets[i], s.Outputs)
	for k := range t {
		t[k] = spread
	}
	t[class] += 1 - smoothing
	return t
}

func classOf[T tensor.Float](target T, classes int) int {
	class := int(target)
	if class < 0 || class >= classes || T(class) != target {
		panic(fmt.Sprintf("loss: class %v of %d", target, classes))
	}
	return class
}

// slope writes the derivative at position i, by output k.
func (s *Stretch[T]) slope(i, k int, value float64) {
	s.DY[i*s.Outputs+k] = T(value * s.Weights[i] * s.Scale)
}
