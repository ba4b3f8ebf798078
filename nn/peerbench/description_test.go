package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
)

func TestDescribe(t *testing.T) {
	var lines []string
	for _, s := range small(t) {
		nodes, err := describe(s.alive())
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range nodes {
			var weights []string
			for name, w := range n.Weights {
				weights = append(weights, fmt.Sprint(name, w.Shape))
			}
			slices.Sort(weights)
			line := fmt.Sprint(n.Op, n.Inputs)
			for _, part := range []struct {
				name   string
				values []int
			}{{"size", n.Size}, {"strides", n.Strides}, {"dilation", n.Dilation}, {"pad", n.Pad}, {"behind", n.Behind}, {"volume", n.Volume}} {
				if part.values != nil {
					line += fmt.Sprint(" ", part.name, part.values)
				}
			}
			if n.Groups > 1 {
				line += fmt.Sprint(" groups ", n.Groups)
			}
			if n.InPlace {
				line += " in place"
			}
			lines = append(lines, strings.TrimSpace(line+" "+strings.Join(weights, " ")))
		}
	}
	want := `conv3d[-1] size[3 3 3] strides[1 1 1] dilation[1 1 1] pad[1 1 1] groups 2 kernel[3 3 3 1 6]
batch_norm[0] beta[6] gamma[6] moving_mean[6] moving_variance[6]
relu[1] in place
conv3d[2] size[3 3 3] strides[2 2 2] dilation[1 1 1] pad[1 1 1] bias[4] kernel[3 3 3 6 4]
leaky_relu[3] in place
conv3d[4] size[3 3 3] strides[1 1 1] dilation[1 1 1] pad[1 1 1] bias[3] kernel[3 3 3 4 3]
silu[5]
conv3d[6] size[3 3 3] strides[1 1 1] dilation[2 2 2] pad[2 2 2] bias[5] kernel[3 3 3 3 5]
conv3d[4] size[1 1 1] strides[1 1 1] dilation[1 1 1] pad[0 0 0] bias[5] kernel[1 1 1 4 5]
add[8 7]
max_pool3d[9] size[1 2 2] strides[1 2 2] dilation[1 1 1] pad[0 0 0]
flatten[10]
dense[11] volume[5 2 3 5] bias[7] kernel[150 7]
tanh[12]
dense[13] bias[3] kernel[7 3]
conv3d[-1] size[3 3 3] strides[1 1 1] dilation[1 1 1] pad[1 1 1] bias[3] kernel[3 3 3 1 3]
elu[0] in place
conv3d[1] size[3 3 3] strides[1 1 1] dilation[2 2 2] pad[2 2 2] bias[5] kernel[3 3 3 3 5]
concatenate[1 2]
conv3d[3] size[3 3 3] strides[1 1 1] dilation[1 1 1] pad[1 1 1] bias[4] kernel[3 3 3 8 4]
average_pool3d[-1] size[3 3 3] strides[1 1 1] dilation[1 1 1] pad[1 1 1]
global_average_pool3d[0]
dense[1] bias[2] kernel[3 2]
conv3d[-1] size[3 3 3] strides[2 2 2] dilation[1 1 1] pad[0 0 0] behind[1 1 1] bias[4] kernel[3 3 3 1 4]
instance_norm[0] beta[4] gamma[4]
leaky_relu[1] in place
max_pool3d[2] size[2 2 2] strides[2 2 2] dilation[1 1 1] pad[0 0 0] behind[1 1 1]
conv3d_transpose[3] size[2 2 2] strides[2 2 2] bias[3] kernel[2 2 2 3 4]`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("the networks are described as\n%s\nwant\n%s", got, want)
	}
}

func TestDescribeRefuses(t *testing.T) {
	even := convolution(2, "same")
	even.KernelSize = [3]int{2, 2, 2}
	overlapping := layers.New(func(c *layers.Conv3DTranspose) {
		c.Filters, c.KernelSize, c.Strides, c.Padding = 2, [3]int{3, 3, 3}, [3]int{2, 2, 2}, "same"
	})
	for _, c := range []struct {
		problem string
		unit    nn.Unit
	}{
		{"pads unevenly", even},
		{"settings that PyTorch can only follow by copying", overlapping},
		{"no peer knows", layers.New(func(*layers.Softplus) {})},
	} {
		s, err := newSubject("odd", []int{4, 4, 4, 2}, []nn.Item{{ID: "one", Unit: c.unit}}, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.request(layouts); err == nil || !strings.Contains(err.Error(), c.problem) {
			t.Errorf("the error is %v, want one that says %q", err, c.problem)
		}
	}
}
