package probe

import (
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/tensor"
	"github.com/voxelpipe/pipe/nn/train"
)

// Slopes compares gradients with differences of the loss, which are worked out in
// double precision.
type Slopes struct {
	// Checked is how many weights were changed a little. Worst is the largest
	// disagreement of a gradient, beside the largest gradient of its array, in the
	// array Weight.
	Checked int
	Worst   float64
	Weight  string
}

const (
	slopesBudget = 4e9
	slopesEach   = 2
)

// slopes compares in training mode, with the same random numbers.
func (w *workshop) slopes(found *Found) error {
	trained := 0
	for _, p := range w.Net.Params() {
		if p.Trainable {
			trained++
		}
	}
	// Double precision has plain kernels, which take far longer.
	const plain = 8
	n := min(2, len(w.balanced))
	if w.cost*float64(n*3*slopesEach*trained*plain) > slopesBudget*plain || trained == 0 {
		w.leave("gradients were not compared with differences")
		return nil
	}
	b, err := w.read(w.balanced[:n])
	if err != nil {
		return err
	}
	t := w.trial(false)
	if value, _ := t.backward(b); !finite(value) {
		return nil
	}
	double := nn.Build64(w.Net.Graph, w.Settings.Seed)
	for i, p := range double.Params() {
		for k, v := range w.Net.Params()[i].Value {
			p.Value[k] = float64(v)
		}
	}
	s := &Slopes{}
	lossAt := w.doubleLoss(double, b)
	for i, p := range t.net.Params() {
		if !p.Trainable {
			continue
		}
		largest, at := 0.0, 0
		for k, g := range p.Grad {
			if size := math.Abs(float64(g)); size > largest {
				largest, at = size, k
			}
		}
		if largest < 1e-6 {
			continue // nothing that differences could see
		}
		for _, k := range [slopesEach]int{at, (at + len(p.Grad)/2) % len(p.Grad)} {
			value := double.Params()[i].Value
			kept := value[k]
			step := 1e-5 * max(1, math.Abs(kept))
			here := lossAt()
			value[k] = kept + step
			above := lossAt()
			value[k] = kept - step
			below := lossAt()
			value[k] = kept
			if math.Abs(above+below-2*here)/step > 1e-3*largest {
				continue // a bend: such as background that is exactly 0 in front of a ReLU
			}
			s.Checked++
			if off := math.Abs((above-below)/(2*step)-float64(p.Grad[k])) / largest; off > s.Worst {
				s.Worst, s.Weight = off, p.Name
			}
			if err := w.ctx.Err(); err != nil {
				return err
			}
		}
	}
	found.Slopes = s
	return nil
}

// doubleLoss gives the loss of a batch for the weights as they are.
func (w *workshop) doubleLoss(net *nn.Network[float64], b *train.Batch) func() float64 {
	pass := nn.Pass[float64]{Seed: w.Settings.Seed, Training: true, Pool: w.Pool}
	head, nodes := train.HeadOf(net.Graph, w.Settings.Loss), net.Len()
	if head != loss.Linear {
		nodes--
	}
	l := loss.Batch[float64]{Loss: w.Settings.Loss, Scores: w.task.Logits || head != loss.Linear, Pool: w.Pool}
	x, y := doubled(b.X), doubled(b.Y)
	return func() float64 {
		pass.Arena.Reset()
		return l.Compute(net.Forward(&pass, x, nodes), y, b.Weights, nil)
	}
}

func doubled(t *tensor.Tensor[float32]) *tensor.Tensor[float64] {
	d := tensor.New[float64](t.Shape...)
	for i, v := range t.Data {
		d.Data[i] = float64(v)
	}
	return d
}
