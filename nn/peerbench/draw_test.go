package main

import (
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/layers"
)

func outlines(t *testing.T, seed uint64) []string {
	t.Helper()
	subjects, err := draw(seed, 8)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, s := range subjects {
		list = append(list, outline(s.graph))
	}
	return list
}

// What is drawn depends on the seed alone, and so can be measured again.
func TestDrawIsRepeatable(t *testing.T) {
	first := outlines(t, 1)
	if again := outlines(t, 1); !slices.Equal(first, again) {
		t.Errorf("the same seed gives\n%v\nand\n%v", first, again)
	}
	if other := outlines(t, 2); slices.Equal(first, other) {
		t.Error("another seed gives the same networks")
	}
}

// The twenty networks that are measured by default have everything that a tuned
// engine would rather not meet, and a peer can be told about each.
func TestDrawnNetworks(t *testing.T) {
	subjects, err := draw(1, 20)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, s := range subjects {
		if _, err := describe(s.alive()); err != nil {
			t.Error(err)
		}
		if cost := float64(macs(s.graph) * s.batch); cost < leastMACs || cost > mostMACs {
			t.Errorf("%s costs %g multiply-adds", outline(s.graph), cost)
		}
		seen[s.name]++
		for i := range s.graph.Nodes {
			switch spec := s.graph.Nodes[i].Spec.(type) {
			case *layers.Conv3D:
				for what, there := range map[string]bool{
					"strides": spec.Strides != [3]int{1, 1, 1}, "dilation": spec.DilationRate != [3]int{1, 1, 1},
					"groups": spec.Groups > 1, "odd channels": spec.Filters%2 == 1,
					"uneven kernels": spec.KernelSize[0] != spec.KernelSize[2], "no padding": spec.Padding == "valid",
				} {
					if there {
						seen[what]++
					}
				}
			case *layers.Add:
				seen["sums"]++
			case *layers.Concatenate:
				seen["concatenations"]++
			}
		}
		if len(s.label) == 3 {
			seen["classes of voxels"]++
		}
	}
	for _, what := range []string{
		"plain", "residual", "branched", "skips", "strides", "dilation", "groups", "odd channels", "uneven kernels",
		"no padding", "sums", "concatenations", "classes of voxels",
	} {
		if seen[what] == 0 {
			t.Errorf("among 20 networks there is none with: %s", what)
		}
	}
}

// The weights after a step of training have the same bits on any number of
// threads, whatever the network.
func TestDrawnNetworksHaveTheSameBitsOnAnyThreads(t *testing.T) {
	subjects, err := draw(17, 16)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range subjects {
		s.batch = min(s.batch, 3)
		s.examples = s.batch
		same, err := s.sameBits(1, 2, 3, 8)
		if err != nil {
			t.Fatal(err)
		}
		if same != "yes" {
			t.Errorf("network %d, %s: %s", i+1, s.name, outline(s.graph))
		}
	}
}
