package onnx

import (
	"slices"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/onnx/wire"
)

// batchNorm is (x - mean) / √(variance + ε) · gamma + beta, the four of them
// arrays of the file.
func (c *converter) batchNorm() error {
	if c.int("training_mode", 0) != 0 {
		return c.refuse("the file was written for training (training_mode 1); write it for inference")
	}
	if c.int("spatial", 1) != 1 {
		return c.refuse("it has statistics for every voxel (spatial 0); the layer here for every channel")
	}
	x, err := c.value(0)
	if err != nil {
		return err
	}
	if len(x.axes) > 1 && x.axes[0] != len(x.axes)-1 {
		if x, err = c.first(0); err != nil {
			return err
		}
	}
	scale, err := c.weights(1)
	if err != nil {
		return err
	}
	n := scale.array.Len()
	if channels := x.sizes(); len(channels) > 0 && channels[0] != n {
		return c.refuse("it has %s; %d come in", count(n, "channel"), channels[0])
	}
	unit := layers.New(func(b *layers.BatchNorm) {
		b.Epsilon, b.Momentum = c.float("epsilon", 1e-5), min(max(c.float("momentum", 0.9), 0), 1)
	})
	if unit.Epsilon < 0 {
		return c.refuse("epsilon is %g", unit.Epsilon)
	}
	y := c.add(c.id(unit), unit, x)
	blocks := x.rows
	for i, name := range []string{"gamma", "beta", "moving_mean", "moving_variance"} {
		k, err := c.weights(1 + i)
		if err != nil {
			return err
		}
		err = c.weight(y, name, []int{n}, k, func(v []float32) []float32 { return placed(v, rowsOf(blocks), 1) })
		if err != nil {
			return err
		}
	}
	return c.give(y)
}

// instanceNorm brings every channel of each example to mean 0 and variance 1.
func (c *converter) instanceNorm() error {
	x, err := c.value(0)
	if err != nil {
		return err
	}
	if x.groups != nil {
		return c.groupNorm(x)
	}
	if x, err = c.first(0); err != nil {
		return err
	}
	unit := layers.New(func(l *layers.InstanceNorm) { l.Epsilon = c.float("epsilon", 1e-5) })
	y := c.add(c.id(unit), unit, x)
	if err := c.affine(y, x, 1, c.weight); err != nil {
		return err
	}
	return c.give(y)
}

// weighing is how the elements of an array become a weight.
type weighing func(v *value, name string, sizes []int, from *constant, turn func([]float32) []float32) error

// affine are gamma and beta of every channel, from the node's i-th input on.
func (c *converter) affine(y, x *value, i int, weight weighing) error {
	if len(x.shape) == 0 {
		return nil // it has been refused
	}
	channels, _ := x.shape[len(x.shape)-1].Known()
	for k, name := range []string{"gamma", "beta"} {
		w, err := c.weights(i + k)
		if err != nil {
			return err
		}
		if err := weight(y, name, []int{channels}, w, nil); err != nil {
			return err
		}
	}
	return nil
}

// grouped is a volume whose channels the file has cut into groups, to normalise
// each with what stands for instances: reshape to [N, groups, …], normalise,
// reshape back, and scale every channel.
type grouped struct {
	groups int
	// x is the volume before it was cut.
	x *value
}

// cut says that a reshape only serves to normalise groups of channels, and in how
// many.
func (c *converter) cut(x *value, sizes []int) (int, bool) {
	next := c.onlyUser(c.node.Outputs)
	if next == nil || next.Op != "InstanceNormalization" || len(x.axes) != 4 || len(sizes) < 2 {
		return 0, false
	}
	back := c.onlyUser(next.Outputs)
	return sizes[0], back != nil && back.Op == "Reshape"
}

// groupNorm normalises groups. Its own scale and shift, one for each group, go
// into those of the channels.
func (c *converter) groupNorm(v *value) error {
	x, groups := v.groups.x, v.groups.groups
	channels, _ := x.shape[3].Known()
	gamma, err := c.weights(1)
	if err != nil {
		return err
	}
	beta, err := c.weights(2)
	if err != nil {
		return err
	}
	if gamma.array.Len() != groups || beta.array.Len() != groups || channels%groups != 0 {
		return c.refuse("it has %d scales for %s of %s", gamma.array.Len(), count(groups, "group"), count(channels, "channel"))
	}
	reshape := c.onlyUser(c.node.Outputs)
	users := c.users[c.node.Outputs[0]]
	c.joined[users[0]] = true
	outputs := reshape.Outputs
	affine := []channelwise{{by: gamma, groups: groups, multiply: true}, {by: beta, groups: groups}}
	for {
		next := c.onlyUser(outputs)
		if next == nil || next.Op != "Mul" && next.Op != "Add" || len(next.Inputs) != 2 || len(next.Outputs) == 0 {
			break
		}
		other := next.Inputs[0]
		if other == outputs[0] {
			other = next.Inputs[1]
		}
		k := c.constants[other]
		if k == nil || k.readable() != nil || !perChannel(k.array, channels) {
			break
		}
		affine = append(affine, channelwise{by: k, groups: channels, multiply: next.Op == "Mul"})
		c.joined[c.users[outputs[0]][0]] = true
		outputs = next.Outputs
	}
	unit := layers.New(func(l *layers.GroupNorm) { l.Groups, l.Epsilon = groups, c.float("epsilon", 1e-5) })
	y := c.add(c.id(unit), unit, x)
	if !c.stopped {
		c.made.Weights = append(c.made.Weights,
			Weight{Name: y.from + "/gamma", Shape: []int{channels}, read: func() ([]float32, error) { g, _, err := together(affine, channels); return g, err }},
			Weight{Name: y.from + "/beta", Shape: []int{channels}, read: func() ([]float32, error) { _, b, err := together(affine, channels); return b, err }},
		)
	}
	if len(outputs) == 0 {
		return c.refuse("it has no output")
	}
	c.values[outputs[0]] = y
	return nil
}

// perChannel says whether an array has one number for each channel of a volume
// with its channels first: [C, 1, 1, 1], with or without the batch.
func perChannel(t *wire.Tensor, channels int) bool {
	dims := t.Dims
	if len(dims) == 5 && dims[0] == 1 {
		dims = dims[1:]
	}
	return len(dims) == 4 && dims[0] == int64(channels) && dims[1] == 1 && dims[2] == 1 && dims[3] == 1
}

// channelwise multiplies every channel by a number, or adds one to it: those of
// an array, each for a group of neighbours.
type channelwise struct {
	by       *constant
	groups   int
	multiply bool
}

// together are the factor and the shift of every channel that several steps come
// to.
func together(steps []channelwise, channels int) (gamma, beta []float32, err error) {
	gamma, beta = slices.Repeat([]float32{1}, channels), make([]float32, channels)
	for _, s := range steps {
		values, err := s.by.floats()
		if err != nil {
			return nil, nil, err
		}
		for i := range channels {
			if v := values[i/(channels/s.groups)]; s.multiply {
				gamma[i], beta[i] = gamma[i]*v, beta[i]*v
			} else {
				beta[i] += v
			}
		}
	}
	return gamma, beta, nil
}

// layerNorm brings the values along the last axes of the file to mean 0 and
// variance 1.
func (c *converter) layerNorm() error {
	x, err := c.value(0)
	if err != nil {
		return err
	}
	scale, err := c.weights(1)
	if err != nil {
		return err
	}
	biased := c.input(2) != ""
	rank := len(x.axes) + 1
	axis := int(c.int("axis", -1))
	if axis < 0 {
		axis += rank
	}
	if axis < 1 || axis >= rank || x.pooled {
		return c.refuse("it starts at axis %d of %d, the first of them the batch", axis, rank)
	}
	// The axes here, in their order; order is where the file has each of them.
	var own layers.Axes
	for _, a := range x.axes[axis-1:] {
		own = append(own, a+1)
	}
	there := slices.Clone(own)
	slices.Sort(own)
	order, sizes := make([]int, len(own)), make([]int, len(own))
	dims := make([]int, len(own))
	for i, a := range own {
		order[i] = slices.Index(there, a)
		sizes[i], _ = x.shape[a-1].Known()
		dims[order[i]] = sizes[i]
	}
	if len(own) == 1 && own[0] == rank-1 {
		own = layers.Axes{-1}
	}
	unit := layers.New(func(l *layers.LayerNorm) { l.Axis, l.Epsilon, l.Center = own, c.float("epsilon", 1e-5), biased })
	y := c.add(c.id(unit), unit, x)
	blocks := x.rows
	turn := func(v []float32) []float32 {
		if len(dims) == 1 {
			return placed(v, rowsOf(blocks), 1)
		}
		return moved(v, dims, order)
	}
	if err := c.weight(y, "gamma", sizes, scale, turn); err != nil {
		return err
	}
	if biased {
		shift, err := c.weights(2)
		if err != nil {
			return err
		}
		if err := c.weight(y, "beta", sizes, shift, turn); err != nil {
			return err
		}
	}
	return c.give(y)
}
