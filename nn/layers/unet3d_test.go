package layers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

// The steps up take what the steps down had at their sizes, and give as many
// filters.
func TestUNetJoinsTheStepsOfOneSize(t *testing.T) {
	limit := 6
	graph := laid(t, shape.New(8, 8, 8, 1), "net", New(func(u *UNet3D) {
		u.Filters, u.MaxFilters, u.Convolutions, u.Normalization, u.Then = 2, &limit, 1, plainly, nil
	}))
	var text []string
	for _, n := range graph.Nodes {
		line := strings.TrimPrefix(n.ID, "net__")
		for _, from := range n.Inputs {
			if from != nn.FromInput {
				line += " " + strings.TrimPrefix(graph.Nodes[from].ID, "net__")
			}
		}
		text = append(text, fmt.Sprint(line, " ", n.Output))
	}
	want := []string{
		"down1_conv1 [8, 8, 8, 2]", "down1_pool down1_conv1 [4, 4, 4, 2]",
		"down2_conv1 down1_pool [4, 4, 4, 4]", "down2_pool down2_conv1 [2, 2, 2, 4]",
		"down3_conv1 down2_pool [2, 2, 2, 6]", "down3_pool down3_conv1 [1, 1, 1, 6]",
		"bottom_conv1 down3_pool [1, 1, 1, 6]",
		"up3_transpose bottom_conv1 [2, 2, 2, 6]", "up3_concatenate down3_conv1 up3_transpose [2, 2, 2, 12]", "up3_conv1 up3_concatenate [2, 2, 2, 6]",
		"up2_transpose up3_conv1 [4, 4, 4, 4]", "up2_concatenate down2_conv1 up2_transpose [4, 4, 4, 8]", "up2_conv1 up2_concatenate [4, 4, 4, 4]",
		"up1_transpose up2_conv1 [8, 8, 8, 2]", "up1_concatenate down1_conv1 up1_transpose [8, 8, 8, 4]", "up1_conv1 up1_concatenate [8, 8, 8, 2]",
	}
	if !slices.Equal(text, want) {
		t.Errorf("the layers are\n%s\nwant\n%s", strings.Join(text, "\n"), strings.Join(want, "\n"))
	}
}

func TestUNetRefusesSizesThatDoNotDivide(t *testing.T) {
	depth := shape.Symbol("depth")
	for _, c := range []struct {
		in                 shape.Shape
		halvings           int
		arithmetic, remedy string
	}{
		{shape.New(84, 96, 70, 1), 4, "the depth 84 is not a multiple of 16 (4 halvings), the width 70 is not a multiple of 16 (4 halvings)",
			"pad the volumes to [96, 96, 80, 1] or crop them to [80, 96, 64, 1], in front of the model; or use depth: 1"},
		{shape.New(7, 8, 8, 1), 1, "the depth 7 is not a multiple of 2 (1 halving)", "pad the volumes to [8, 8, 8, 1] or crop them to [6, 8, 8, 1], in front of the model"},
		{shape.New(4, 8, 8, 1), 3, "the depth 4 is not a multiple of 8 (3 halvings)", "pad the volumes to [8, 8, 8, 1], in front of the model; or use depth: 2"},
		{shape.Shape{depth, shape.Of(20), shape.Of(16), shape.Of(1)}, 3, "the height 20 is not a multiple of 8 (3 halvings)", "pad the volumes to [depth, 24, 16, 1] or crop them to [depth, 16, 16, 1], in front of the model"},
	} {
		_, refusals := nn.Resolve(c.in, []nn.Item{{ID: "net", Unit: New(func(u *UNet3D) { u.Depth = c.halvings })}})
		if len(refusals) != 1 {
			t.Fatalf("%v: the refusals are %v", c.in, refusals)
		}
		m := refusals[0].Err.(*shape.Mismatch)
		if m.Fault != shape.Halving || m.Arithmetic != c.arithmetic || m.Remedy != c.remedy {
			t.Errorf("%v: %s; %s", c.in, m.Arithmetic, m.Remedy)
		}
	}
}
