package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/shape"
)

// The networks that are drawn cost this much in multiply-adds of a batch's forward
// pass: enough for a step to take a few times as long as any overhead, and little
// enough to measure many of them. Their outputs hold at most mostValues.
const (
	leastMACs, mostMACs = 150e6, 2500e6
	mostValues          = 40e6
)

// draw gives so many networks, always the same ones for a seed. Nothing is tuned
// to them: sizes, channels, kernels, strides, dilations and groups are whatever
// the numbers say. Every fourth one is plain, residual, branched or has long
// skips.
//
// They never pad unevenly, since PyTorch can't but by copying.
func draw(seed uint64, count int) ([]*subject, error) {
	families := []struct {
		name  string
		build func(*drawing)
	}{{"plain", (*drawing).plain}, {"residual", (*drawing).residual}, {"branched", (*drawing).branched}, {"skips", (*drawing).skips}}
	var subjects []*subject
	for i := range count {
		family := families[i%len(families)]
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		for {
			d := &drawing{Rand: random}
			d.input = []int{d.between(7, 40), d.between(7, 40), d.between(7, 40), d.between(1, 5)}
			batch := d.between(1, 24)
			family.build(d)
			if !d.fits(batch) {
				continue
			}
			s, err := newSubject(family.name, d.input, d.items, batch, batch)
			if err != nil {
				return nil, err
			}
			subjects = append(subjects, s)
			break
		}
	}
	return subjects, nil
}

// drawing is a network that is being drawn.
type drawing struct {
	*rand.Rand
	input []int
	items []nn.Item
}

// fits says whether the network costs neither too little nor too much.
func (d *drawing) fits(batch int) bool {
	graph, _ := nn.Resolve(shape.New(d.input...), d.items)
	values := 0
	for i := range graph.Nodes {
		elements, _ := graph.Nodes[i].Output.Elements().Known()
		values += elements * batch
	}
	cost := macs(graph) * batch
	return cost >= leastMACs && cost <= mostMACs && values <= mostValues
}

// macs counts the multiply-adds of an example's forward pass.
func macs(graph *nn.Graph) int {
	sum := 0
	for i := range graph.Nodes {
		cost, _ := graph.MACs(&graph.Nodes[i]).Known()
		sum += cost
	}
	return sum
}

// between draws a number from least to most.
func (d *drawing) between(least, most int) int { return least + d.IntN(most-least+1) }

// chance is true in so many of a hundred cases.
func (d *drawing) chance(percent int) bool { return d.IntN(100) < percent }

// add appends a layer and gives its id. Without from it takes the one above.
func (d *drawing) add(unit nn.Unit, from ...string) string {
	id := fmt.Sprintf("layer%d", len(d.items)+1)
	d.items = append(d.items, nn.Item{ID: id, From: from, Unit: unit})
	return id
}

// sizes is the shape of an example behind the last layer.
func (d *drawing) sizes() []int { return sizesBehind(d.input, d.items) }

func sizesBehind(input []int, items []nn.Item) []int {
	graph, refusals := nn.Resolve(shape.New(input...), items)
	if len(refusals) > 0 {
		panic(fmt.Sprintf("peerbench: a layer was drawn that does not fit: %v", refusals[0]))
	}
	if graph.Last() == nil {
		return input
	}
	return graph.Output().MustSizes()
}

// plain is a sequence of convolutions and poolings.
func (d *drawing) plain() {
	for range d.between(1, 4) {
		d.add(d.convolution(d.sizes(), d.filters(), false))
		d.behind()
		d.pool()
	}
	d.classify()
}

// residual is a sequence of residual blocks with poolings between them.
func (d *drawing) residual() {
	d.add(d.convolution(d.sizes(), d.filters(), false))
	d.behind()
	for range d.between(1, 3) {
		filters, shortcut := d.sizes()[3], "identity"
		if d.chance(50) {
			filters, shortcut = d.filters(), "projection"
		}
		inner := &drawing{Rand: d.Rand, input: d.sizes()}
		inner.add(inner.convolution(inner.input, d.filters(), true))
		inner.behind()
		inner.add(inner.convolution(inner.sizes(), filters, true))
		if d.chance(60) {
			inner.add(layers.New(func(*layers.BatchNorm) {}))
		}
		d.add(layers.New(func(r *layers.Residual) { r.Layers, r.Shortcut = inner.items, shortcut }))
		d.add(d.activation())
		d.pool()
	}
	d.classify()
}

// branched has convolutions of different kernels beside one another, whose
// channels are put together.
func (d *drawing) branched() {
	above := d.add(d.convolution(d.sizes(), d.filters(), false))
	for range d.between(1, 2) {
		in := d.sizes()
		var branches []string
		for range d.between(2, 3) {
			branch := d.add(d.convolution(in, d.filters(), true), above)
			if d.chance(50) {
				branch = d.add(d.activation())
			}
			branches = append(branches, branch)
		}
		if d.chance(40) {
			branches = append(branches, above)
		}
		d.add(layers.New(func(*layers.Concatenate) {}), branches...)
		if d.chance(60) {
			d.add(layers.New(func(*layers.BatchNorm) {}))
		}
		above = d.pool()
	}
	d.classify()
}

// skips is a U at full resolution: what goes down is dilated more and more, and on
// the way up each level meets what it was on the way down. It gives a class for
// each voxel.
func (d *drawing) skips() {
	var down []string
	for level := range d.between(2, 3) {
		c := d.convolution(d.sizes(), d.filters(), true)
		c.KernelSize, c.DilationRate = [3]int{3, 3, 3}, [3]int{1 << level, 1 << level, 1 << level}
		d.add(c)
		down = append(down, d.behind())
	}
	for level := len(down) - 2; level >= 0; level-- {
		d.add(layers.New(func(*layers.Concatenate) {}), d.items[len(d.items)-1].ID, down[level])
		d.add(d.convolution(d.sizes(), d.filters(), true))
		d.behind()
	}
	d.add(layers.New(func(c *layers.Conv3D) { c.Filters, c.KernelSize = d.between(2, 5), [3]int{1, 1, 1} }))
}

// filters draws a number of channels, small ones more often than large ones.
func (d *drawing) filters() int { return d.between(3, d.between(9, 70)) }

// convolution draws one that fits the sizes in front of it; keep keeps depth,
// height and width.
func (d *drawing) convolution(in []int, filters int, keep bool) *layers.Conv3D {
	for {
		c := layers.New(func(c *layers.Conv3D) { c.Filters, c.UseBias = filters, d.chance(70) })
		for axis := range c.KernelSize {
			c.KernelSize[axis] = []int{1, 2, 3, 3, 3, 3, 5}[d.IntN(7)]
		}
		if d.chance(50) {
			c.KernelSize = [3]int{3, 3, 3}
		}
		if keep || d.chance(60) {
			c.Padding = "same"
		}
		switch {
		case d.chance(15):
			stretch := d.between(2, 3)
			c.DilationRate = [3]int{stretch, stretch, stretch}
		case !keep && d.chance(25):
			c.Strides = [3]int{d.between(1, 2), 2, 2}
		}
		if d.chance(20) {
			c.Groups = commonDivisor(in[3], filters)
		}
		out, err := c.Output([]shape.Shape{shape.New(in...)})
		if err != nil {
			continue
		}
		if new(node).slide(c.KernelSize, c.Strides, c.DilationRate, c.Padding, in, out.MustSizes()) {
			return c
		}
	}
}

func commonDivisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// behind puts a batch norm, perhaps, and an activation behind a convolution, and
// gives the last one's id.
func (d *drawing) behind() string {
	if d.chance(60) {
		d.add(layers.New(func(*layers.BatchNorm) {}))
	}
	return d.add(d.activation())
}

func (d *drawing) activation() nn.Unit {
	switch d.IntN(8) {
	case 0:
		return layers.New(func(*layers.LeakyReLU) {})
	case 1:
		return layers.New(func(*layers.Elu) {})
	case 2:
		return layers.New(func(*layers.Silu) {})
	case 3:
		return layers.New(func(*layers.Tanh) {})
	}
	return layers.New(func(*layers.ReLU) {})
}

// pool puts a pooling behind the last layer where there is room for one, mostly,
// and gives the id of the last layer.
func (d *drawing) pool() string {
	window := [3]int{d.between(1, 3), 2, 2}
	sizes := d.sizes()
	if !d.chance(60) || sizes[0] < window[0] || sizes[1] < 4 || sizes[2] < 4 {
		return d.items[len(d.items)-1].ID
	}
	if d.chance(25) {
		return d.add(layers.New(func(p *layers.AveragePool3D) { p.PoolSize = window }))
	}
	return d.add(layers.New(func(p *layers.MaxPool3D) { p.PoolSize = window }))
}

// classify ends the network in a score for each of a few classes.
func (d *drawing) classify() {
	const mostFeatures = 20_000
	sizes := d.sizes()
	if features := sizes[0] * sizes[1] * sizes[2] * sizes[3]; features <= mostFeatures && d.chance(50) {
		d.add(layers.New(func(*layers.Flatten) {}))
	} else {
		d.add(layers.New(func(*layers.GlobalAveragePool3D) {}))
	}
	if d.chance(40) {
		d.add(dense(d.between(5, 70)))
		d.add(layers.New(func(*layers.ReLU) {}))
	}
	d.add(dense(d.between(2, 12)))
}
