package main

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
)

// small are networks with every layer that peers are told about.
func small(t *testing.T) []*subject {
	t.Helper()
	activated := func(c *layers.Conv3D, then layers.Activation) *layers.Conv3D {
		c.Then = then
		return c
	}
	grouped := convolution(6, "same")
	grouped.Groups, grouped.UseBias = 2, false
	strided := convolution(4, "same")
	strided.Strides = [3]int{2, 2, 2}
	dilated := convolution(5, "same")
	dilated.DilationRate = [3]int{2, 2, 2}
	block := layers.New(func(r *layers.Residual) {
		r.Shortcut = "projection"
		r.Layers = []nn.Item{
			{ID: "a", Unit: activated(convolution(3, "same"), layers.New(func(*layers.Silu) {}))},
			{ID: "b", Unit: dilated},
		}
	})
	hidden := dense(7)
	hidden.Then = layers.New(func(*layers.Tanh) {})
	classifier, err := newSubject("classifier", []int{9, 7, 11, 2}, []nn.Item{
		{ID: "grouped", Unit: grouped},
		{ID: "norm", Unit: layers.New(func(*layers.BatchNorm) {})},
		{ID: "relu", Unit: layers.New(func(*layers.ReLU) {})},
		{ID: "strided", Unit: activated(strided, layers.New(func(*layers.LeakyReLU) {}))},
		{ID: "block", Unit: block},
		{ID: "pool", Unit: layers.New(func(p *layers.MaxPool3D) { p.PoolSize = [3]int{1, 2, 2} })},
		{ID: "flatten", Unit: layers.New(func(*layers.Flatten) {})},
		{ID: "hidden", Unit: hidden},
		{ID: "out", Unit: dense(3)},
	}, 5, 3)
	if err != nil {
		t.Fatal(err)
	}
	voxels, err := newSubject("voxels", []int{4, 5, 6, 1}, []nn.Item{
		{ID: "left", Unit: activated(convolution(3, "same"), layers.New(func(*layers.Elu) {}))},
		{ID: "right", Unit: dilated},
		{ID: "both", From: []string{"left", "right"}, Unit: layers.New(func(*layers.Concatenate) {})},
		{ID: "out", Unit: convolution(4, "same")},
	}, 3, 3)
	if err != nil {
		t.Fatal(err)
	}
	averaged, err := newSubject("averaged", []int{5, 6, 7, 3}, []nn.Item{
		{ID: "pool", Unit: layers.New(func(p *layers.AveragePool3D) {
			p.PoolSize, p.Strides, p.Padding = [3]int{3, 3, 3}, [3]int{1, 1, 1}, "same"
		})},
		{ID: "mean", Unit: layers.New(func(*layers.GlobalAveragePool3D) {})},
		{ID: "out", Unit: dense(2)},
	}, 4, 4)
	if err != nil {
		t.Fatal(err)
	}
	strided = convolution(4, "same")
	strided.Strides = [3]int{2, 2, 2}
	uneven, err := newSubject("uneven", []int{10, 10, 10, 1}, []nn.Item{
		{ID: "strided", Unit: strided},
		{ID: "norm", Unit: layers.New(func(*layers.InstanceNorm) {})},
		{ID: "leaky", Unit: layers.New(func(*layers.LeakyReLU) {})},
		{ID: "pool", Unit: layers.New(func(p *layers.MaxPool3D) { p.Padding = "same" })},
		{ID: "out", Unit: layers.New(func(c *layers.Conv3DTranspose) {
			c.Filters, c.KernelSize, c.Strides, c.Padding = 3, [3]int{2, 2, 2}, [3]int{2, 2, 2}, "same"
		})},
	}, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	return []*subject{classifier, voxels, averaged, uneven}
}

// The reference networks are what other programs are given under these names.
func TestReferenceNetworks(t *testing.T) {
	for _, c := range []struct {
		of      func() (*subject, error)
		weights int
		outline string
	}{
		{shallow, 27*32 + 32 + 4*31*31*32*2 + 2, "10×64×64×1 → c3³·32 → p2³ → 2"},
		{deep, 27*(32+32*64+64*128) + 3*(32+64+128) + 27*128*11 + 11, "28×28×28×1 → c3³·32 → p2³ → c3³·64 → p2³ → c3³·128 → p2³ → 11"},
	} {
		s, err := c.of()
		if err != nil {
			t.Fatal(err)
		}
		if got := trained(s.alive()); got != c.weights {
			t.Errorf("%s has %d weights, want %d", s.name, got, c.weights)
		}
		if got := outline(s.graph); got != c.outline {
			t.Errorf("%s is %s, want %s", s.name, got, c.outline)
		}
	}
}

func TestNewSubjectRefuses(t *testing.T) {
	_, err := newSubject("flat", []int{3}, []nn.Item{{ID: "conv", Unit: convolution(2, "same")}}, 1, 1)
	if err == nil || !strings.Contains(err.Error(), "flat: layer conv") {
		t.Errorf("a convolution of a vector gives %v", err)
	}
}

func TestEncoded(t *testing.T) {
	if got, want := encoded([]float32{1, -2}), "AACAPwAAAMA="; got != want {
		t.Errorf("the floats are %s, want %s", got, want)
	}
}

// A training of so many epochs or steps has that many times, without those to
// warm up, and the weights do not depend on the threads.
func TestMeasuringASubject(t *testing.T) {
	for _, s := range small(t) {
		net := s.alive()
		if seconds, err := s.epochs(net, nil, 1, 2); err != nil || len(seconds) != 2 {
			t.Errorf("%s: epochs of %v s, %v", s.name, seconds, err)
		}
		if seconds, err := s.steps(net, nil, 2, 3); err != nil || len(seconds) != 3 || seconds[0] <= 0 {
			t.Errorf("%s: steps of %v s, %v", s.name, seconds, err)
		}
		if seconds, err := s.infer(net, nil)(1, 2); err != nil || len(seconds) != 2 {
			t.Errorf("%s: inference in %v s, %v", s.name, seconds, err)
		}
		if same, err := s.sameBits(1, 3); err != nil || same != "yes" {
			t.Errorf("%s: the same bits: %s, %v", s.name, same, err)
		}
	}
}
