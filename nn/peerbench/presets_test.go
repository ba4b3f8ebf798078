package main

import (
	"slices"
	"testing"
)

// The presets are what peers can be told about, and of the sizes of the configs
// they are named after.
func TestPresetNetworks(t *testing.T) {
	var names []string
	for _, p := range presetNetworks() {
		names = append(names, p.name)
		s, err := p.subject()
		if err != nil {
			t.Fatal(err)
		}
		nodes, err := describe(s.alive())
		if err != nil {
			t.Errorf("%s: %v", p.name, err)
			continue
		}
		if last := nodes[len(nodes)-1].Op; last != "dense" && last != "conv3d" {
			t.Errorf("%s ends in a %s, want scores for the loss", p.name, last)
		}
		ops := map[string]bool{}
		var behind int
		for _, n := range nodes {
			ops[n.Op] = true
			if n.Behind != nil {
				behind++
			}
		}
		for _, want := range map[string][]string{
			"resnet3d": {"add", "batch_norm"}, "unet3d": {"conv3d_transpose", "concatenate", "instance_norm", "leaky_relu"},
			"vgg3d": {"flatten", "max_pool3d"}, "densenet3d": {"average_pool3d", "concatenate"},
		}[p.name] {
			if !ops[want] {
				t.Errorf("%s has no %s", p.name, want)
			}
		}
		// 28 → 14 and 14 → 7 by windows of 3 leave a border behind alone.
		if p.name == "resnet3d" && behind != 2 {
			t.Errorf("%s has %d windows with more zeros behind than in front, want 2", p.name, behind)
		}
	}
	if want := []string{"resnet3d", "unet3d", "vgg3d", "densenet3d"}; !slices.Equal(names, want) {
		t.Errorf("the presets are %q, want %q", names, want)
	}
}

func TestDimensions(t *testing.T) {
	if got := dimensions([]int{40, 56, 40, 1}); got != "40×56×40×1" {
		t.Errorf("the sizes are %s", got)
	}
}
