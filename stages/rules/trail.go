package rules

import (
	"fmt"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/pipeline"
)

// longestTrail is how many layers a trail names: those nearest to its end.
const longestTrail = 8

// Trail tells the shapes on the way from the input to a node and through it:
// "conv3d [N, 14, 14, 14, 32], flatten [N, 87808]". At a layer that joins
// branches it follows the first. Activations that belong to a layer are left
// out: they change no shape.
func Trail(m *pipeline.Model, node int) string {
	var steps []string
	for node != nn.FromInput {
		n := &m.Graph.Nodes[node]
		if !n.Attached && n.Output != nil {
			steps = append(steps, fmt.Sprintf("%s %s", n.ID, n.Output.Batch()))
		}
		if len(n.Inputs) == 0 {
			break
		}
		node = n.Inputs[0]
	}
	start := "input " + m.Graph.Input.Batch()
	if len(steps) > longestTrail {
		steps, start = steps[:longestTrail], start+", …"
	}
	text := start
	for i := len(steps) - 1; i >= 0; i-- {
		text += ", " + steps[i]
	}
	return text
}

// Sizes tells the sizes of one axis on the way from the input to a node and
// through it, equal ones once: "28-26-13-11-5-3-1".
func Sizes(m *pipeline.Model, node, axis int) string {
	var sizes []string
	add := func(size string) {
		if len(sizes) == 0 || sizes[len(sizes)-1] != size {
			sizes = append(sizes, size)
		}
	}
	for node != nn.FromInput {
		n := &m.Graph.Nodes[node]
		if axis >= len(n.Output) {
			break
		}
		add(n.Output[axis].String())
		if len(n.Inputs) == 0 {
			break
		}
		node = n.Inputs[0]
	}
	if axis < len(m.Graph.Input) {
		add(m.Graph.Input[axis].String())
	}
	for i, j := 0, len(sizes)-1; i < j; i, j = i+1, j-1 {
		sizes[i], sizes[j] = sizes[j], sizes[i]
	}
	return strings.Join(sizes, "-")
}
