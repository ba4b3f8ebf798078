package train

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// batch is the examples of one step, in memory that is used again.
type batch struct {
	x, y    *tensor.Tensor[float32]
	weights loss.Weights
	err     error
}

// feed gives the batches of a set. While one is computed with, the next one is
// read; unless the examples are in memory: to read those, a processor that
// computes would have to stop.
type feed struct {
	set    Set
	size   int
	target loss.Target
	// units is the size of the network's last axis, positions the number of positions
	// of one example, which lie along so many axes.
	units, positions, axes int
	// classWeights, one for each class, multiply weights; nil is all ones.
	classWeights []float32
	// readers is how many examples are read at the same time.
	readers int
	// two batches: one in use, one being read.
	batches  [2]batch
	failures []error
	// held are the examples, if they are in memory; gathered is room for a batch
	// of them, and pool copies.
	held     *data.Memory
	gathered []float32
	pool     *nn.Pool
}

func newFeed(net *nn.Network[float32], set Set, size int, target loss.Target, classWeights []float32, pool *nn.Pool) *feed {
	output := net.Graph.Output().MustSizes()
	units := output[len(output)-1]
	f := &feed{
		set: set, size: size, target: target, units: units, positions: data.Elements(output) / units, axes: len(output) - 1,
		classWeights: classWeights, readers: pool.Threads(), pool: pool,
	}
	f.held, _ = set.X.(*data.Memory)
	batches := f.batches[:]
	if f.held != nil {
		batches = batches[:1]
	}
	for i := range batches {
		most := min(size, len(set.Examples))
		shape := append([]int{most}, set.X.Shape()...)
		if f.held != nil {
			f.batches[i].x = &tensor.Tensor[float32]{Shape: shape}
		} else {
			f.batches[i].x = tensor.New[float32](shape...)
		}
		if set.Y != nil {
			f.batches[i].y = tensor.New[float32](append([]int{most}, set.Y.Shape()...)...)
		}
		f.batches[i].weights = f.roomForWeights(most)
	}
	return f
}

// each calls use with one batch after the other, in the given order of
// examples. It ends at the first error, that of a batch which could not be read
// included, and between batches if ctx does. A batch is valid during the call.
func (f *feed) each(ctx context.Context, order []int, use func(step int, b *batch) error) error {
	if f.held != nil {
		return f.eachHeld(ctx, order, use)
	}
	ctx, stop := context.WithCancel(ctx)
	// Both channels have room for every batch, so that nobody waits to hand one on.
	read, free := make(chan *batch, len(f.batches)), make(chan *batch, len(f.batches))
	for i := range f.batches {
		free <- &f.batches[i]
	}
	var reader sync.WaitGroup
	reader.Go(func() {
		for rest := order; len(rest) > 0; {
			var b *batch
			select {
			case b = <-free:
			case <-ctx.Done():
				return
			}
			n := min(f.size, len(rest))
			b.err = f.read(b, rest[:n])
			rest = rest[n:]
			read <- b
		}
	})
	defer reader.Wait()
	defer stop()
	for step, left := 0, len(order); left > 0; step, left = step+1, left-f.size {
		var b *batch
		select {
		case b = <-read:
		case <-ctx.Done():
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if b.err != nil {
			return b.err
		}
		if err := use(step, b); err != nil {
			return err
		}
		free <- b
	}
	return nil
}

// eachHeld is each for examples in memory. Those that follow each other there are
// used where they are.
func (f *feed) eachHeld(ctx context.Context, order []int, use func(step int, b *batch) error) error {
	b := &f.batches[0]
	for step := 0; len(order) > 0; step++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		examples := order[:min(f.size, len(order))]
		order = order[len(examples):]
		f.gather(b.x, examples)
		if err := f.readLabels(b, examples); err != nil {
			return err
		}
		if err := use(step, b); err != nil {
			return err
		}
	}
	return nil
}

// gather sets x to examples in memory.
func (f *feed) gather(x *tensor.Tensor[float32], examples []int) {
	first, each := examples[0], data.Elements(x.Shape[1:])
	x.Shape[0] = len(examples)
	if followEachOther(examples) {
		x.Data = f.held.Values()[first*each : (first+len(examples))*each]
		return
	}
	if f.gathered == nil {
		f.gathered = make([]float32, f.size*each)
	}
	x.Data = f.gathered[:len(examples)*each]
	f.pool.Run(len(examples), func(i int) { copy(x.Example(i), f.held.Example(examples[i])) })
}

func followEachOther(examples []int) bool {
	for i, example := range examples {
		if example != examples[0]+i {
			return false
		}
	}
	return true
}

// readLabels fills the labels and weights of a batch.
func (f *feed) readLabels(b *batch, examples []int) error {
	f.resizeLabels(b, len(examples))
	for i, example := range examples {
		if err := f.readLabel(b, i, example); err != nil {
			return err
		}
	}
	return nil
}

// resizeLabels makes room for the labels and weights of so many examples.
func (f *feed) resizeLabels(b *batch, examples int) {
	if b.y != nil {
		resize(b.y, examples)
	}
	if b.weights.Examples != nil {
		b.weights.Examples = b.weights.Examples[:examples]
	}
	if b.weights.Positions != nil {
		b.weights.Positions = b.weights.Positions[:examples*f.positions]
	}
}

// read fills a batch. Its error is that of the first example, in order, that has
// one.
func (f *feed) read(b *batch, examples []int) error {
	resize(b.x, len(examples))
	f.resizeLabels(b, len(examples))
	f.failures = slices.Grow(f.failures[:0], len(examples))[:len(examples)]
	if f.readers == 1 {
		for i, example := range examples {
			f.failures[i] = f.readExample(b, i, example)
		}
	} else {
		var next atomic.Int64
		var readers sync.WaitGroup
		for range min(f.readers, len(examples)) {
			readers.Go(func() {
				for i := next.Add(1) - 1; i < int64(len(examples)); i = next.Add(1) - 1 {
					f.failures[i] = f.readExample(b, int(i), examples[i])
				}
			})
		}
		readers.Wait()
	}
	for _, err := range f.failures {
		if err != nil {
			return err
		}
	}
	return nil
}

// readExample fills the i-th place of a batch.
func (f *feed) readExample(b *batch, i, example int) error {
	if err := f.set.X.Read(example, b.x.Example(i)); err != nil {
		return err
	}
	return f.readLabel(b, i, example)
}

// readLabel fills the i-th place of a batch's labels and weights.
func (f *feed) readLabel(b *batch, i, example int) error {
	if b.y == nil {
		return nil
	}
	if err := f.set.Y.Read(example, b.y.Example(i)); err != nil {
		return err
	}
	if err := f.check(example, b.y.Example(i)); err != nil {
		return err
	}
	return f.weigh(b, i, example)
}

// check refuses labels that would be taken for something else: a loss can't
// tell a class that does not exist, and one NaN spoils every weight.
func (f *feed) check(example int, labels []float32) error {
	classes := float32(f.units)
	for _, v := range labels {
		switch {
		case v != v:
			return fmt.Errorf("the label of example %d is NaN", example)
		case f.target == loss.Real:
		case f.target == loss.ClassID:
			if v < 0 || v >= classes || v != float32(int(v)) {
				return fmt.Errorf("the label of example %d is %v, but the model has %d classes: 0 to %d", example, v, f.units, f.units-1)
			}
		case v < 0 || v > 1:
			return fmt.Errorf("the label of example %d has the value %v; want %s", example, v, f.target)
		}
	}
	return nil
}

// resize makes room for so many examples in memory that has held more.
func resize(t *tensor.Tensor[float32], examples int) {
	t.Shape[0] = examples
	t.Data = t.Data[:examples*data.Elements(t.Shape[1:])]
}

// shuffled puts examples in the order of an epoch, counted from 0. It depends on
// the seed and the epoch only, so that a training can be continued from any
// epoch.
func shuffled(into, examples []int, seed uint64, epoch int) []int {
	into = append(into[:0], examples...)
	random := rand.New(rand.NewPCG(seed, 0x5bd1e995<<32|uint64(epoch)))
	random.Shuffle(len(into), func(i, j int) { into[i], into[j] = into[j], into[i] })
	return into
}
