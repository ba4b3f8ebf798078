package probe

import (
	"math"

	"github.com/voxelpipe/pipe/nn/layers"
)

// Modes compares what a network says of the same examples while it is trained and
// afterwards, with the moving statistics that batch norm has at the end of the
// whole training.
type Modes struct {
	// Training and After are the losses; TrainingRight and AfterRight the shares of
	// right answers, NaN for numbers.
	Training, After           float64
	TrainingRight, AfterRight float64
	// Layer is the batch norm with the slowest moving statistics, Momentum is its
	// setting, and Stays how much of what they start from is left at the end of the
	// training; "" and 0 without any.
	Layer           string
	Momentum, Stays float64
	// Updates is how many steps the whole training has.
	Updates int
}

// modes looks at the weights that have learnt some examples by heart.
func (w *workshop) modes(found *Found) error {
	if len(found.Fits) == 0 {
		return nil
	}
	of := &found.Fits[len(found.Fits)-1]
	if !of.Done {
		of = &found.Fits[0] // which may have learnt, too late for the training
	}
	m := &Modes{Updates: w.steps()}
	moving := make(map[string]float64)
	differs := false
	for i := range w.Net.Graph.Nodes {
		node := &w.Net.Graph.Nodes[i]
		switch spec := node.Spec.(type) {
		case *layers.Dropout, *layers.SpatialDropout3D, *layers.GaussianNoise:
			differs = true
		case *layers.BatchNorm:
			if node.Frozen {
				continue
			}
			differs = true
			moving[node.ID] = spec.Momentum
			if stays := math.Pow(spec.Momentum, float64(m.Updates)); m.Layer == "" || stays > m.Stays {
				m.Layer, m.Momentum, m.Stays = node.ID, spec.Momentum, stays
			}
		}
	}
	if !differs || !of.Done {
		return nil
	}
	before := valuesOf(of.trial.net.Params())
	y := of.trial.forward(of.batch, true)
	m.Training = of.trial.loss.Compute(y, of.batch.Y, of.batch.Weights, nil)
	m.TrainingRight = of.trial.right(y, of.batch)
	for k, p := range of.trial.net.Params() {
		momentum, moves := moving[layerOf(p.Name)]
		if !moves || p.Trainable || momentum >= 1 {
			continue
		}
		start, stays := w.Net.Params()[k].Value, math.Pow(momentum, float64(m.Updates))
		for j, now := range p.Value {
			// That pass moved the statistics from what they were towards the batch's.
			batch := (float64(now) - momentum*float64(before[k][j])) / (1 - momentum)
			p.Value[j] = float32(stays*float64(start[j]) + (1-stays)*batch)
		}
	}
	m.After, y = of.trial.measure(of.batch, false)
	m.AfterRight = of.trial.right(y, of.batch)
	found.Modes = m
	return nil
}

// steps is how many steps the whole training has.
func (w *workshop) steps() int {
	size := max(w.Settings.BatchSize, 1)
	each := (len(w.Training.Examples) + size - 1) / size
	return max(w.Settings.Epochs*each, 1)
}
