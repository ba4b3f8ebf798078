package kernel

import "testing"

func TestMethods(t *testing.T) {
	cube := func(n, size, c, k int) Conv {
		return Conv{
			N: n, D: size, H: size, W: size, C: c, OD: size, OH: size, OW: size, K: k, KD: 3, KH: 3, KW: 3,
			SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, PD: 1, PH: 1, PW: 1, Groups: 1,
		}
	}
	with := func(g Conv, change func(g *Conv)) Conv {
		change(&g)
		return g
	}
	withEngines(t, func(t *testing.T) {
		for _, c := range []struct {
			what string
			g    Conv
			want Method
		}{
			{"many channels", cube(32, 14, 64, 128), Winograd},
			{"a smaller volume", cube(32, 10, 64, 128), Winograd},
			{"one channel", cube(32, 28, 1, 32), Few},
			{"few channels in and out", cube(8, 28, 2, 2), Direct},
			{"weights for a single voxel", cube(1, 1, 64, 64), Direct},
			{"a stride", with(cube(32, 14, 64, 128), func(g *Conv) { g.SW, g.OW = 2, 7 }), Direct},
			{"dilation", with(cube(32, 14, 64, 128), func(g *Conv) { g.EH, g.PH = 2, 2 }), Direct},
			{"groups", with(cube(32, 14, 64, 128), func(g *Conv) { g.Groups = 16 }), Direct},
			{"a flat kernel", with(cube(32, 14, 64, 128), func(g *Conv) { g.KD, g.PD = 1, 0 }), Direct},
			{"no neighbours", with(cube(32, 14, 64, 128), func(g *Conv) { g.KD, g.KH, g.KW, g.PD, g.PH, g.PW = 1, 1, 1, 0, 0, 0 }), Pointwise},
			{"channels by themselves", with(cube(32, 14, 64, 64), func(g *Conv) { g.Groups = 64 }), Depthwise},
		} {
			if got := Choose(&c.g); got != c.want {
				t.Errorf("%s: %v, want %v (costs %.3g direct, %.3g winograd)", c.what, got, c.want, c.g.directCost(), c.g.winogradCost())
			}
			c.g.N = 1
			if got := Choose(&c.g); got != c.want {
				t.Errorf("%s: %v for one example", c.what, got)
			}
		}
	})
}
