package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// oraclePool visits the elements of each window in reading order: the place of
// the output, and the places of the window's elements, all in the whole arrays.
func oraclePool(g *Pooling, visit func(y int, window []int)) {
	for y := range g.N * g.OD * g.OH * g.OW * g.C {
		c, o := y%g.C, y/g.C
		n, od, oh, ow := o/g.OW/g.OH/g.OD, o/g.OW/g.OH%g.OD, o/g.OW%g.OH, o%g.OW
		var window []int
		for t := range g.KD * g.KH * g.KW {
			d, h, w := od*g.SD-g.PD+t/g.KW/g.KH, oh*g.SH-g.PH+t/g.KW%g.KH, ow*g.SW-g.PW+t%g.KW
			if d >= 0 && d < g.D && h >= 0 && h < g.H && w >= 0 && w < g.W {
				window = append(window, (((n*g.D+d)*g.H+h)*g.W+w)*g.C+c)
			}
		}
		visit(y, window)
	}
}

// randomPooling draws a geometry: "same" and "valid" padding, windows that
// overlap, meet, or leave gaps, or are longer than their axis.
func randomPooling(r *rand.Rand) *Pooling {
	pick := func(of ...int) int { return of[r.IntN(len(of))] }
	g := &Pooling{N: pick(1, 2, 3), C: pick(1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47)}
	axis := func(size int) (length, kernel, stride, padding, out int) {
		for {
			length, kernel, stride = 1+r.IntN(size), pick(1, 2, 2, 2, 3, 4), pick(1, 2, 2, 2, 3, 4)
			if r.IntN(2) == 0 {
				out = pieces(length, stride)
				padding = max((out-1)*stride+kernel-length, 0) / 2
				return
			}
			if kernel <= length {
				return length, kernel, stride, 0, (length-kernel)/stride + 1
			}
		}
	}
	g.D, g.KD, g.SD, g.PD, g.OD = axis(7)
	g.H, g.KH, g.SH, g.PH, g.OH = axis(9)
	g.W, g.KW, g.SW, g.PW, g.OW = axis(13)
	return g
}

func TestPooling(t *testing.T) {
	withEngines(t, func(t *testing.T) { testPooling[float32](t) })
	t.Run("float64", func(t *testing.T) { testPooling[float64](t) })
}

func testPooling[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	pool := NewPool(2)
	defer pool.Close()
	s := new(Scratch[T])
	for i := range 100 {
		g := randomPooling(r)
		about := fmt.Sprintf("%+v: ", *g)
		nx, ny := g.N*g.input(), g.N*g.output()
		x, dy := values[T](r, nx), values[T](r, ny)
		for i := range x {
			// Few different numbers make ties, and some are not numbers.
			x[i] = T(r.IntN(4))
			if r.IntN(40) == 0 {
				x[i] = T(math.NaN())
			}
		}
		y, argmax := make([]T, ny), make([]int32, ny)
		want, places := make([]float64, ny), make([]int32, ny)
		spread := make([]float64, nx)
		oraclePool(g, func(o int, window []int) {
			best := window[0]
			for _, at := range window[1:] {
				if x[at] > x[best] || x[at] != x[at] && x[best] == x[best] {
					best = at
				}
			}
			want[o], places[o] = float64(x[best]), int32(best%g.input())
			spread[best] += float64(dy[o])
		})
		if i%2 == 0 {
			MaxPoolForward(pool, s, g, x, y, nil)
			near(t, about+"maxima alone", 0, y, want)
		}
		MaxPoolForward(pool, s, g, x, y, argmax)
		near(t, about+"maxima", 0, y, want)
		if !slices.Equal(argmax, places) {
			t.Fatalf("%sthe places are %v, want %v", about, argmax, places)
		}
		dx := values[T](r, nx)
		MaxPoolBackward(pool, s, g, dy, argmax, dx)
		near(t, about+"gradient of the maxima", 64, dx, spread)

		x = values[T](r, nx)
		clear(spread)
		oraclePool(g, func(o int, window []int) {
			want[o] = 0
			for _, at := range window {
				want[o] += float64(x[at]) / float64(len(window))
				spread[at] += float64(dy[o]) / float64(len(window))
			}
		})
		AveragePoolForward(pool, s, g, x, y)
		near(t, about+"means", 64, y, want)
		dx = values[T](r, nx)
		AveragePoolBackward(pool, s, g, dy, dx)
		near(t, about+"gradient of the means", 64, dx, spread)
	}
}

func BenchmarkPooling(b *testing.B) {
	for _, g := range []*Pooling{
		{N: 32, D: 8, H: 62, W: 62, C: 32, OD: 4, OH: 31, OW: 31, KD: 2, KH: 2, KW: 2, SD: 2, SH: 2, SW: 2},
		{N: 32, D: 28, H: 28, W: 28, C: 32, OD: 14, OH: 14, OW: 14, KD: 2, KH: 2, KW: 2, SD: 2, SH: 2, SW: 2},
		{N: 32, D: 14, H: 14, W: 14, C: 64, OD: 7, OH: 7, OW: 7, KD: 3, KH: 3, KW: 3, SD: 2, SH: 2, SW: 2, PD: 1, PH: 1, PW: 1},
	} {
		r := rand.New(rand.NewPCG(1, 2))
		x, y, place := values[float32](r, g.N*g.input()), values[float32](r, g.N*g.output()), make([]int32, g.N*g.output())
		pool, scratch := NewPool(2), new(Scratch[float32])
		for _, kind := range []struct {
			name string
			work func()
		}{
			{"max", func() { MaxPoolForward(pool, scratch, g, x, y, place) }},
			{"maxback", func() { MaxPoolBackward(pool, scratch, g, y, place, x) }},
			{"average", func() { AveragePoolForward(pool, scratch, g, x, y) }},
			{"averageback", func() { AveragePoolBackward(pool, scratch, g, y, x) }},
			{"bias", func() { BiasGrad(pool, scratch, len(x)/g.C, g.C, x, y[:g.C]) }},
		} {
			b.Run(fmt.Sprintf("%dx%dx%dx%d-%d/%s", g.D, g.H, g.W, g.C, g.KD, kind.name), func(b *testing.B) {
				b.SetBytes(int64(len(x) * 4))
				b.ReportAllocs()
				for b.Loop() {
					kind.work()
				}
			})
		}
		pool.Close()
	}
}
