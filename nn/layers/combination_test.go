package layers

import (
	"fmt"
	"math"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Merges of inputs that are repeated do what their definition says for each
// element of the output.
func TestMergesRepeatInputs(t *testing.T) {
	of := map[string]struct {
		unit nn.Spec
		join func(values []float64) float64
	}{
		"add":      {New(func(*Add) {}), func(v []float64) float64 { return v[0] + v[1] }},
		"subtract": {New(func(*Subtract) {}), func(v []float64) float64 { return v[0] - v[1] }},
		"multiply": {New(func(*Multiply) {}), func(v []float64) float64 { return v[0] * v[1] }},
		"average":  {New(func(*Average) {}), func(v []float64) float64 { return (v[0] + v[1]) / 2 }},
		"maximum":  {New(func(*Maximum) {}), func(v []float64) float64 { return math.Max(v[0], v[1]) }},
	}
	const batch = 3
	for name, c := range of {
		for _, in := range [][][]int{
			{{4, 3, 5, 6}, {1, 1, 1, 6}}, {{4, 3, 5, 6}, {6}}, {{6}, {4, 3, 5, 6}}, {{4, 3, 5, 6}, {4, 3, 5, 1}}, {{4, 1, 5, 1}, {1, 3, 1, 6}},
			{{4, 3, 5, 6}, {}}, {{5, 1}, {4, 1, 5, 6}}, {{1, 1}, {1, 1}}, {{2, 1, 1}, {1, 1, 7}},
		} {
			t.Run(fmt.Sprint(name, in), func(t *testing.T) {
				out, err := c.unit.Output([]shape.Shape{shape.New(in[0]...), shape.New(in[1]...)})
				if err != nil {
					t.Fatal(err)
				}
				sizes := out.MustSizes()
				x := make([]*tensor.Tensor[float64], 2)
				for i := range x {
					x[i] = tensor.New[float64](append([]int{batch}, in[i]...)...)
					wave(x[i].Data, 1, float64(i))
				}
				layer := c.unit.Build64(nn.Site[float64]{In: in, Out: sizes})
				pass := &nn.Pass[float64]{Training: true, Pool: nn.NewPool(2)}
				defer pass.Pool.Close()
				y := layer.Forward(pass, x)
				// at is where an input is read for element i of the output.
				at := func(input, i int) int {
					n, rest := i/tensor.Elements(sizes), i%tensor.Elements(sizes)
					place, step := n*tensor.Elements(in[input]), 1
					for k := 1; k <= len(sizes); k++ {
						axis := rest % sizes[len(sizes)-k]
						rest /= sizes[len(sizes)-k]
						if own := len(in[input]) - k; own >= 0 {
							if in[input][own] > 1 {
								place += axis * step
							}
							step *= in[input][own]
						}
					}
					return place
				}
				dy := tensor.New[float64](append([]int{batch}, sizes...)...)
				wave(dy.Data, 1, 0.7)
				wantY, slopes := make([]float64, len(y.Data)), [2][]float64{make([]float64, len(x[0].Data)), make([]float64, len(x[1].Data))}
				for i := range y.Data {
					v := []float64{x[0].Data[at(0, i)], x[1].Data[at(1, i)]}
					wantY[i] = c.join(v)
					for input := range v {
						const step = 1e-6
						v[input] += step
						above := c.join(v)
						v[input] -= 2 * step
						slopes[input][at(input, i)] += dy.Data[i] * (above - c.join(v)) / (2 * step)
						v[input] += step
					}
				}
				near(t, "y", y.Data, wantY, 1e-12)
				for input, dx := range layer.Backward(pass, dy, []bool{true, true}) {
					// A difference quotient has about so many digits.
					near(t, fmt.Sprintf("dx of input %d", input), dx.Data, slopes[input], 1e-7)
				}
			})
		}
	}
}
