package stages

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// mostElements is how many numbers a layer may have, as weights or as its output
// for one example: 256 GiB of them. A slip of the keyboard gives more, and what is
// reckoned from such sizes takes long or does not fit an int.
const mostElements = 1 << 36

// boundless reports the first layer that is larger than any machine can hold; what
// lies below it is as large, for the same reason.
func boundless(c *pipeline.Check, m *pipeline.Model) bool {
	for i := range m.Graph.Nodes {
		n := &m.Graph.Nodes[i]
		trained, fixed := m.Graph.Weights(n)
		weights, _ := trained.Add(fixed).Known()
		output, _ := n.Output.Elements().Known()
		what := fmt.Sprintf("its output is %s", n.Output.Batch())
		if weights > mostElements {
			what = fmt.Sprintf("it has %d weights or more", weights)
		} else if output <= mostElements {
			continue
		}
		place := m.Layers[n.ID]
		at := place.Kind
		for _, setting := range []string{"padding", "size", "kernel_size", "units", "filters"} {
			if written := place.Setting(setting); written != place.Kind {
				at = written
			}
		}
		c.Report(diag.New(YML131, at, what).
			Note("a layer has at most 2³⁶ = %d weights, and as many values for an example", mostElements).
			Note("the input of this layer is %s", m.Graph.InputsOf(n)[0].Batch()).
			Suggest("write a smaller number"))
		return true
	}
	return false
}
