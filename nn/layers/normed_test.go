package layers

import (
	"testing"

	"github.com/voxelpipe/pipe/nn"
)

// TestNormed: which runs are worked like this, and what they keep in between. That
// they give the same numbers as apart is shown with the blocks.
func TestNormed(t *testing.T) {
	conv := New(func(c *Conv3D) { c.Filters, c.KernelSize = 2, [3]int{1, 1, 1} })
	batch, relu, leaky, silu := New(func(*BatchNorm) {}), New(func(*ReLU) {}), New(func(*LeakyReLU) {}), New(func(*Silu) {})
	instance, pool := New(func(*InstanceNorm) {}), New(func(*MaxPool3D) {})
	softmax := New(func(*Softmax) {})
	deep := New(func(g *GroupNorm) { g.Groups, g.Axis = 1, 1 })
	const volume = 3 * 4 * 5 * 2
	for _, c := range []struct {
		name          string
		units         []nn.Unit
		length, front int
		inside        int
	}{
		{"batch_norm, relu is a block", []nn.Unit{conv, batch, relu}, 0, 1, 0},
		{"batch_norm, max_pool3d is a block", []nn.Unit{conv, batch, pool, leaky}, 0, 1, 0},
		{"batch_norm alone", []nn.Unit{conv, batch, softmax}, 0, 1, 0},
		{"conv3d, batch_norm, leaky_relu", []nn.Unit{conv, batch, leaky}, 3, 1, volume},
		{"conv3d, batch_norm, silu", []nn.Unit{conv, batch, silu}, 0, 1, 0},
		{"conv3d, batch_norm, leaky_relu, relu", []nn.Unit{conv, batch, leaky, relu}, 3, 1, volume},
		{"conv3d, instance_norm, leaky_relu", []nn.Unit{conv, instance, leaky}, 3, 1, volume},
		{"conv3d, instance_norm, relu", []nn.Unit{conv, instance, relu, pool}, 3, 1, volume},
		{"conv3d, instance_norm, softmax", []nn.Unit{conv, instance, softmax}, 2, 1, volume},
		{"conv3d, group_norm along the depth", []nn.Unit{conv, deep, leaky}, 0, 1, 0},
		{"conv3d, instance_norm, silu", []nn.Unit{conv, instance, silu}, 2, 1, volume},
		{"instance_norm, silu", []nn.Unit{instance, silu}, 0, 0, 0},
		{"instance_norm, leaky_relu", []nn.Unit{instance, leaky}, 2, 0, 0},
		{"instance_norm, softmax", []nn.Unit{instance, softmax}, 0, 0, 0},
	} {
		fused, _ := graphs(t, []int{3, 4, 5, 2}, run(c.units...))
		length := normedLength(fused.Nodes, c.front)
		if length != c.length {
			t.Errorf("%s: %d layers are worked together, want %d", c.name, length, c.length)
		}
		if length == 0 {
			continue
		}
		worked := fused.Nodes[:length]
		if s := normedSpace(worked, c.front, true, nil); s.Inside != c.inside || s.ForgetsOutput != (length == c.front+1) {
			t.Errorf("%s: %d values in between are kept, want %d; the output is forgotten: %t", c.name, s.Inside, c.inside, s.ForgetsOutput)
		}
		if s := normedSpace(worked, c.front, false, nil); s.Inside != 0 {
			t.Errorf("%s: %d values in between are kept without training", c.name, s.Inside)
		}
	}
}
