package stages

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// gridKept refuses a stage that moves or resizes the volume's axes of a dataset
// whose labels are masks: the masks would no longer lie on their volumes.
func gridKept(n *pipeline.Node, d *pipeline.Dataset, after []pipeline.Axis) *diag.Diagnostic {
	if d.Labels.Kind != pipeline.Mask || d.Axes == nil || after == nil {
		return nil
	}
	before, now := grid(d.Axes), grid(after)
	same := len(before) == len(now)
	for i := range min(len(before), len(now)) {
		same = same && before[i].Name == now[i].Name && !before[i].Size.Differs(now[i].Size)
	}
	if same {
		return nil
	}
	return refuse(diag.New(YML122, n.Item.KindSpan, fmt.Sprintf("this changes the grid of the volumes from %s to %s", named(before), named(now))).
		And(d.Labels.At.Span, "the labels are masks on the grid as it was").
		Suggest("bring the volumes and the masks into this form before loading them"))
}

// grid is the axes of an example without the channel.
func grid(axes []pipeline.Axis) []pipeline.Axis {
	if len(axes) > 0 && axes[len(axes)-1].Name == "channel" {
		return axes[:len(axes)-1]
	}
	return axes
}

// named shows axes with their names: "[depth 16, height 32, width 32]".
func named(axes []pipeline.Axis) string {
	text := ""
	for i, axis := range axes {
		if i > 0 {
			text += ", "
		}
		text += axis.Name + " " + axis.Size.String()
	}
	return "[" + text + "]"
}
