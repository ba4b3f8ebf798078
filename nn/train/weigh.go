package train

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/loss"
)

// A weight of an example is kept apart from those of its positions: a loss that
// looks at regions multiplies with the one and sums up with the others.

// perPosition says that the set has a weight for each position. Where a volume is a
// single voxel, the shape of the weights tells that they are of voxels.
func (f *feed) perPosition() bool {
	if f.set.W == nil || f.axes == 0 {
		return false
	}
	return data.Elements(f.set.W.Shape()) > 1 || len(f.set.W.Shape()) == f.axes && f.axes > 1
}

// roomForWeights makes room for those of so many examples.
func (f *feed) roomForWeights(examples int) loss.Weights {
	var w loss.Weights
	if f.set.W != nil && !f.perPosition() {
		w.Examples = make([]float32, examples)
	}
	if f.perPosition() || f.classWeights != nil {
		w.Positions = make([]float32, examples*f.positions)
	}
	return w
}

// weigh fills the weights of the i-th place of a batch, whose labels are there.
func (f *feed) weigh(b *batch, i, example int) error {
	var positions []float32
	if b.weights.Positions != nil {
		positions = b.weights.Positions[i*f.positions : (i+1)*f.positions]
	}
	switch {
	case f.perPosition():
		if err := f.readWeights(example, positions); err != nil {
			return err
		}
	case f.set.W != nil:
		if err := f.readWeights(example, b.weights.Examples[i:i+1]); err != nil {
			return err
		}
		fallthrough
	default:
		for p := range positions {
			positions[p] = 1
		}
	}
	if f.classWeights != nil {
		f.weighClasses(positions, b.y.Example(i))
	}
	return nil
}

// readWeights refuses weights that would make a loss mean something else.
func (f *feed) readWeights(example int, into []float32) error {
	if err := f.set.W.Read(example, into); err != nil {
		return err
	}
	for _, w := range into {
		if !(w >= 0) || math.IsInf(float64(w), 1) {
			return fmt.Errorf("the weight of example %d is %v; want a number from 0 up", example, w)
		}
	}
	return nil
}

// weighClasses multiplies the weight of each position with that of its class.
func (f *feed) weighClasses(weights, labels []float32) {
	width := f.target.Width(f.units)
	for p := range weights {
		t := labels[p*width : (p+1)*width]
		class := 0
		switch {
		case f.target == loss.ClassID:
			class = int(t[0])
		case len(t) == 1:
			if t[0] >= 0.5 {
				class = 1
			}
		default:
			for k, v := range t {
				if v > t[class] {
					class = k
				}
			}
		}
		weights[p] *= f.classWeights[class]
	}
}
