package probe

import (
	"math/rand/v2"
	"slices"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/train"
)

// mostDrawn bounds how many labels are read to find examples of every class.
const mostDrawn = 4096

// draw puts the examples in an order of the seed, and finds their classes.
func (w *workshop) draw() error {
	w.order = slices.Clone(w.Training.Examples)
	random := rand.New(rand.NewPCG(w.Settings.Seed, 0x9e3779b97f4a7c15))
	random.Shuffle(len(w.order), func(i, j int) { w.order[i], w.order[j] = w.order[j], w.order[i] })
	w.order = w.order[:min(len(w.order), mostDrawn)]
	w.balanced = w.order
	if !w.classified() {
		return nil
	}
	w.class = make(map[int]int, len(w.order))
	label := make([]float32, data.Elements(w.Training.Y.Shape()))
	var queues [][]int
	for _, i := range w.order {
		if err := w.Training.Y.Read(i, label); err != nil {
			return err
		}
		class := w.classOf(label)
		w.class[i] = class
		for len(queues) <= class {
			queues = append(queues, nil)
		}
		queues[class] = append(queues[class], i)
	}
	w.balanced = make([]int, 0, len(w.order))
	for turn := 0; len(w.balanced) < len(w.order); turn++ {
		for _, queue := range queues {
			if turn < len(queue) {
				w.balanced = append(w.balanced, queue[turn])
			}
		}
	}
	return nil
}

// classOf is the class that a label names.
func (w *workshop) classOf(label []float32) int {
	switch {
	case w.task.Target == loss.ClassID:
		return max(int(label[0]), 0)
	case len(label) == 1:
		if label[0] >= 0.5 {
			return 1
		}
		return 0
	}
	return slices.Index(label, slices.Max(label))
}

// read reads examples.
func (w *workshop) read(examples []int) (*train.Batch, error) {
	if err := w.ctx.Err(); err != nil {
		return nil, err
	}
	return train.ReadBatch(w.Net, w.Training, examples, w.Settings)
}
