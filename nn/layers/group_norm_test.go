package layers

import (
	"fmt"
	"math"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// instance_norm is group_norm with as many groups as channels.
func TestInstanceNormIsGroupNorm(t *testing.T) {
	x := tensor.New[float32](3, 4, 5, 2, 6)
	wave(x.Data, 2, 0.3)
	want := alone[float32](t, New(func(g *GroupNorm) { g.Groups = 6 }), 4, 5, 2, 6).Forward(&nn.Pass[float32]{}, x, 1)
	for _, unit := range []nn.Unit{New(func(*InstanceNorm) {}), New(func(g *GroupNorm) { g.Groups = -1 })} {
		for i, v := range alone[float32](t, unit, 4, 5, 2, 6).Forward(&nn.Pass[float32]{}, x, 1).Data {
			if v != want.Data[i] {
				t.Fatalf("%T: element %d is %g, want %g", unit, i, v, want.Data[i])
			}
		}
	}
}

// Where the mathematics is finite, so are the numbers: equal values, a channel of
// one voxel, a batch of one, a large mean beside a small deviation, large values.
func TestNormalizationsStayFinite(t *testing.T) {
	for _, unit := range []nn.Unit{
		New(func(*LayerNorm) {}), New(func(n *LayerNorm) { n.Axis = Axes{1, 2, 3, 4} }), New(func(n *LayerNorm) { n.RMSScaling = true }),
		New(func(g *GroupNorm) { g.Groups = 2 }), New(func(*InstanceNorm) {}), New(func(*BatchNorm) {}),
	} {
		for _, sizes := range [][]int{{1, 1, 1, 2}, {3, 4, 2, 2}} {
			for name, value := range map[string]func(i int) float32{
				"equal":     func(int) float32 { return 7 },
				"all zero":  func(int) float32 { return 0 },
				"far":       func(i int) float32 { return 1e4 + float32(i%3)*1e-2 },
				"tiny":      func(i int) float32 { return float32(i%5) * 1e-20 },
				"huge":      func(i int) float32 { return float32(i%5-2) * 1e15 },
				"±1e4":      func(i int) float32 { return float32(i%2*2-1) * 1e4 },
				"subnormal": func(i int) float32 { return float32(i%3) * math.SmallestNonzeroFloat32 },
			} {
				t.Run(fmt.Sprintf("%T %v %s", unit, sizes, name), func(t *testing.T) {
					net := alone[float32](t, unit, sizes...)
					x := tensor.New[float32](append([]int{1}, sizes...)...)
					for i := range x.Data {
						x.Data[i] = value(i)
					}
					pass := &nn.Pass[float32]{Training: true, InputGrad: true}
					dy := tensor.New[float32](x.Shape...)
					y := net.Forward(pass, x, 1)
					wave(dy.Data, 1, 0.7)
					numbers := append(append([]float32{}, y.Data...), net.Backward(pass, dy, 1).Data...)
					for _, p := range net.Params() {
						numbers = append(append(numbers, p.Value...), p.Grad...)
					}
					for i, v := range numbers {
						if v != v || math.IsInf(float64(v), 0) {
							t.Fatalf("number %d is %g", i, v)
						}
					}
				})
			}
		}
	}
}

// What is not a number shows in everything that is normalised with it, and in
// nothing else.
func TestNormalizationsPassNaNOn(t *testing.T) {
	for _, unit := range []nn.Unit{New(func(*LayerNorm) {}), New(func(g *GroupNorm) { g.Groups = 2 }), New(func(*InstanceNorm) {})} {
		for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
			x := tensor.New[float32](2, 2, 2, 2, 4)
			wave(x.Data, 1, 0.3)
			x.Data[0] = bad
			y := alone[float32](t, unit, 2, 2, 2, 4).Forward(&nn.Pass[float32]{Training: true}, x, 1)
			for i, v := range y.Data {
				var with bool
				switch unit.(type) {
				case *LayerNorm:
					with = i < 4
				case *GroupNorm:
					with = i < len(y.Data)/2 && i%4 < 2
				default:
					with = i < len(y.Data)/2 && i%4 == 0
				}
				if (v != v) != with {
					t.Errorf("%T: with %g in front, element %d is %g", unit, bad, i, v)
				}
			}
		}
	}
}

func TestGroupNormRefuses(t *testing.T) {
	groups := []string{"groups"}
	of := func(n int) *GroupNorm { return New(func(g *GroupNorm) { g.Groups = n }) }
	for _, r := range []refusal{
		{"more groups than channels, as by default", of(32), single(4, 4, 4, 16), shape.Indivisible, groups, 3, "16 mod 32 = 16", "use groups: 16"},
		{"groups that do not divide", of(3), single(4, 4, 4, 4), shape.Indivisible, groups, 3, "4 mod 3 = 1", "use groups: 2"},
		{"groups that divide nothing", of(4), single(4, 4, 4, 7), shape.Indivisible, groups, 3, "7 mod 4 = 3", "use groups: 1"},
		{"no group", of(0), single(4, 4, 4, 4), shape.Setting, groups, -1, "0 is neither -1 nor at least 1", "use groups: -1 for one channel in each group, or a number that divides the channels"},
		{"a number", of(1), single(), shape.Setting, []string{"axis"}, -1, "the axes of [N] are 0 to 0, or -1 to -1 from the end", "give the input an axis with reshape: {target_shape: [1]}"},
	} {
		r.check(t)
	}
}
