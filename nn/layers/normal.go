package layers

import (
	"math"
	"sync"

	"github.com/voxelpipe/pipe/nn/tensor"
)

// The ziggurat of Marsaglia and Tsang, "The ziggurat method for generating random
// variables" (2000): layers of one area cover the bell, so that a point in a layer
// drawn at random is below the curve in 98.8 % of cases without working it out.
const (
	zigguratLayers = 128
	// zigguratTail is where the tail begins, zigguratArea the area of each layer.
	zigguratTail = 3.442619855899
	zigguratArea = 9.91256303526217e-3
)

// zigguratLayer is a layer: distances of 31 bits are width each, and those below inside
// lie under the curve, whose height at the layer's edge is height.
type zigguratLayer struct {
	inside uint32
	width  float32
	height float64
}

// ziggurat is all layers, from the one with the tail to the top.
var ziggurat = sync.OnceValue(func() *[zigguratLayers]zigguratLayer {
	layers := new([zigguratLayers]zigguratLayer)
	const most = 1 << 31
	curve := func(x float64) float64 { return math.Exp(-x * x / 2) }
	edge := zigguratTail
	base := zigguratArea / curve(edge)
	layers[0] = zigguratLayer{uint32(edge / base * most), float32(base / most), 1}
	last := zigguratLayers - 1
	layers[last] = zigguratLayer{0, float32(edge / most), curve(edge)}
	for i := last - 1; i > 0; i-- {
		next := math.Sqrt(-2 * math.Log(zigguratArea/edge+curve(edge)))
		layers[i+1].inside = uint32(next / edge * most)
		layers[i].width, layers[i].height = float32(next/most), curve(next)
		edge = next
	}
	return layers
})

// addNormals sets y to x and numbers of a normal distribution, as many times a deviation,
// each of which follows from a key and its place. The first place is from.
func addNormals[T tensor.Float](key uint64, from int, deviation float64, x, y []T) {
	layers, scale := ziggurat(), T(deviation)
	place := key + uint64(from)*golden
	x = x[:len(y)]
	for i := range y {
		bits := scramble(place)
		place += golden
		distance, own := int32(bits>>32), &layers[bits%zigguratLayers]
		if magnitude(distance) < own.inside {
			y[i] = x[i] + scale*T(float32(distance)*own.width)
			continue
		}
		y[i] = x[i] + scale*T(unusual(layers, bits))
	}
}

// unusual is a number of the normal distribution where the layer that bits name does not
// say so by itself. Further bits follow from these.
func unusual(layers *[zigguratLayers]zigguratLayer, bits uint64) float64 {
	more := func() float64 { // between 0 and 1, and never either
		bits = scramble(bits + golden)
		return (float64(bits>>11) + 0.5) / (1 << 53)
	}
	for {
		i, distance := bits%zigguratLayers, int32(bits>>32)
		own := &layers[i]
		x := float64(distance) * float64(own.width)
		switch {
		case magnitude(distance) < own.inside:
			return x
		case i == 0:
			for {
				beyond, height := -math.Log(more())/zigguratTail, -math.Log(more())
				if height+height >= beyond*beyond {
					return math.Copysign(zigguratTail+beyond, x)
				}
			}
		case own.height+more()*(layers[i-1].height-own.height) < math.Exp(-x*x/2):
			return x
		}
		bits = scramble(bits + golden)
	}
}

// magnitude is a distance without its sign.
func magnitude(distance int32) uint32 {
	sign := distance >> 31
	return uint32((distance ^ sign) - sign)
}
