package main

import (
	"fmt"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
)

// outline tells about a network in a few words: its input, and each convolution
// and pooling on the way, as
//
//	18×9×22×3 → c3³·17 → c3×1×5·33/2 → p2³ → 5
func outline(graph *nn.Graph) string {
	input := graph.Input.MustSizes()
	words := []string{fmt.Sprintf("%d×%d×%d×%d", input[0], input[1], input[2], input[3])}
	for i := range graph.Nodes {
		switch spec := graph.Nodes[i].Spec.(type) {
		case *layers.Conv3D:
			word := "c" + window(spec.KernelSize) + fmt.Sprintf("·%d", spec.Filters)
			if spec.Strides != [3]int{1, 1, 1} {
				word += "/" + window(spec.Strides)
			}
			if spec.DilationRate != [3]int{1, 1, 1} {
				word += " dilated " + window(spec.DilationRate)
			}
			if spec.Groups > 1 {
				word += fmt.Sprintf(" in %d groups", spec.Groups)
			}
			words = append(words, word)
		case *layers.MaxPool3D:
			words = append(words, "p"+window(spec.PoolSize))
		case *layers.AveragePool3D:
			words = append(words, "a"+window(spec.PoolSize))
		}
	}
	output := graph.Output().MustSizes()
	return strings.Join(append(words, fmt.Sprint(output[len(output)-1])), " → ")
}

// window is three sizes, short where they are the same.
func window(size [3]int) string {
	if size[0] == size[1] && size[1] == size[2] {
		return fmt.Sprintf("%d³", size[0])
	}
	return fmt.Sprintf("%d×%d×%d", size[0], size[1], size[2])
}
