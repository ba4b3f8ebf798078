package layers

import (
	"github.com/voxelpipe/pipe/nn"
)

// Backbone is what the presets have in common: what stands behind each
// convolution, and how kernels begin.
type Backbone struct {
	// What brings the values behind each convolution to a common scale: "batch" for
	// batch_norm, "instance" for instance_norm, "group" for group_norm, "none" for
	// nothing, and a bias in each convolution instead.
	Normalization string `yaml:"normalization" validate:"oneof=none batch instance group"`
	// The momentum of each batch_norm: how much of its moving averages stays at each
	// step.
	Momentum float64 `yaml:"momentum" validate:"gte=0,lte=1"`
	// The groups of each group_norm; where they do not divide the channels, the
	// greatest common divisor of both.
	Groups int `yaml:"groups" validate:"min=1"`
	// The activation behind each normalization.
	Then Activation `yaml:"activation"`
	// How the kernels are filled before training.
	KernelInitializer nn.Initializer `yaml:"kernel_initializer" validate:"required"`
	// What the size of the kernels adds to the loss; none adds nothing.
	KernelRegularizer nn.Regularizer `yaml:"kernel_regularizer"`
}

// The normalizations of the presets.
const (
	plainly   = "none"
	batchwise = "batch"
	eachwise  = "instance"
	groupwise = "group"
)

// Top is the end of a preset that classifies: from a map of features to one
// example's classes.
type Top struct {
	// The number of classes: the preset then ends in a pooling over all voxels and a
	// dense layer of so many units. Without it the preset ends in its features, for
	// layers of your own.
	Classes *int `yaml:"classes" validate:"omitempty,min=1"`
	// The activation behind the last dense layer: softmax for classes of which one
	// is right, sigmoid for several or for a single unit.
	Classifier Activation `yaml:"classifier_activation"`
	// Without classes, what becomes of the map of features: "none" leaves it
	// [D, H, W, C], "avg" takes the mean of each channel, "max" its largest value.
	Pooling string `yaml:"pooling" validate:"oneof=none avg max"`
	// The share of the features that a dropout in front of the last dense layer sets
	// to zero while training.
	Dropout float64 `yaml:"dropout" validate:"gte=0,lt=1"`
}

// layout is the layers of a preset as they are laid out, one behind the other
// unless they name what they take.
type layout struct {
	*Backbone
	items []nn.Item
}

// add appends a layer and gives its id.
func (l *layout) add(id string, unit nn.Unit, from ...string) string {
	l.items = append(l.items, nn.Item{ID: id, From: from, Unit: unit})
	return id
}

// last is the id of the layer laid out last, nn.Outer before the first.
func (l *layout) last() string {
	if len(l.items) == 0 {
		return nn.Outer
	}
	return l.items[len(l.items)-1].ID
}

// conv appends a convolution that keeps sizes but for its strides.
func (l *layout) conv(id string, filters int, size, strides [3]int, from ...string) string {
	return l.add(id, New(func(c *Conv3D) {
		c.Filters, c.KernelSize, c.Strides, c.Padding = filters, size, strides, same
		c.UseBias = l.Normalization == plainly
		c.KernelInitializer, c.KernelRegularizer = l.KernelInitializer, l.KernelRegularizer
	}), from...)
}

// norm appends a normalization of so many channels, if there is to be one.
func (l *layout) norm(id string, channels int) {
	switch l.Normalization {
	case batchwise:
		l.add(id, New(func(b *BatchNorm) { b.Momentum = l.Momentum }))
	case eachwise:
		l.add(id, New(func(*InstanceNorm) {}))
	case groupwise:
		l.add(id, New(func(g *GroupNorm) { g.Groups = commonDivisor(channels, l.Groups) }))
	}
}

// activate appends an activation, if there is to be one.
func (l *layout) activate(id string) {
	if spec := specOf(l.Then); spec != nil {
		l.add(id, spec)
	}
}

// whole appends a convolution, its normalization and its activation.
func (l *layout) whole(prefix, number string, filters int, size, strides [3]int) {
	l.conv(prefix+"_conv"+number, filters, size, strides)
	l.norm(prefix+"_norm"+number, filters)
	l.activate(prefix + "_activation" + number)
}

// drop appends a dropout, if there is to be one.
func (l *layout) drop(id string, rate float64) {
	if rate > 0 {
		l.add(id, New(func(d *Dropout) { d.Rate = rate }))
	}
}

// end appends the end of a network that classifies, behind a map of features.
func (l *layout) end(t *Top) {
	if t.Classes == nil {
		switch t.Pooling {
		case "avg":
			l.add("pool", New(func(*GlobalAveragePool3D) {}))
		case "max":
			l.add("pool", New(func(*GlobalMaxPool3D) {}))
		}
		return
	}
	l.add("pool", New(func(*GlobalAveragePool3D) {}))
	l.drop("dropout", t.Dropout)
	l.classify(t)
}

// classify appends the dense layer that gives the classes.
func (l *layout) classify(t *Top) {
	l.add(classifier, New(func(d *Dense) { d.Units, d.Then = *t.Classes, t.Classifier }))
}

// classifier is the layer of a preset that gives the classes.
const classifier = "classifier"

// Decides names the setting of a preset that decides a setting of a layer inside
// of it, "" for none.
func (*Top) Decides(layer, setting string) string {
	if layer != classifier {
		return ""
	}
	return map[string]string{"units": "classes", "filters": "classes", "activation": "classifier_activation"}[setting]
}

// The sizes and strides that the presets are made of.
var (
	ones   = [3]int{1, 1, 1}
	twos   = [3]int{2, 2, 2}
	threes = [3]int{3, 3, 3}
)
