package probe

import (
	"math"
	"slices"

	"github.com/voxelpipe/pipe/nn/tensor"
)

// Mixed is whether the examples of a batch are looked at one by one.
type Mixed struct {
	// Others is how far the outputs of the other examples move when the first one is
	// changed, Own how far its own do, and Scale the largest output.
	Others, Own, Scale float64
}

// mixed changes the first example of a batch, as the network is used after
// training: batch norm looks at whole batches before.
func (w *workshop) mixed(found *Found) error {
	b, err := w.read(w.balanced[:min(4, len(w.balanced))])
	if err != nil || b.X.Batch() < 2 {
		return err
	}
	t := w.trial(false)
	before := slices.Clone(t.forward(b, false).Data)
	changed := *b
	changed.X = tensor.From(slices.Clone(b.X.Data), b.X.Shape...)
	for k := range changed.X.Example(0) {
		changed.X.Data[k] = -changed.X.Data[k] + 1
	}
	y := t.forward(&changed, false)
	each := y.Stride()
	for k, v := range y.Data {
		off := math.Abs(float64(v) - float64(before[k]))
		if k < each {
			found.Mixed.Own = max(found.Mixed.Own, off)
		} else {
			found.Mixed.Others = max(found.Mixed.Others, off)
		}
		found.Mixed.Scale = max(found.Mixed.Scale, math.Abs(float64(before[k])))
	}
	return nil
}
