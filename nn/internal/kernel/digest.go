package kernel

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// stripe is how many bytes a digest takes at a time.
const stripe = 64

// Digest makes 128 bits of bytes that others share only by a chance of about one
// in 2¹²⁸; they are no protection against somebody who makes others on purpose.
// The bits are the same on every engine.
//
// The assembly knows the fields by their places.
type Digest struct {
	lanes, keys [stripe / 8]uint64
	data        *byte
	stripes     int
	pace        uint64

	length uint64
	last   [stripe]byte
}

// Multipliers and steps: odd, with their bits spread evenly.
const (
	spreadA = 0x9e3779b97f4a7c15
	spreadB = 0xd6e8feb86659fd93
	pace    = 0xc2b2ae3d27d4eb4f
)

// Begin starts anew.
func (d *Digest) Begin() {
	*d = Digest{pace: pace}
	for i := range d.keys {
		d.lanes[i] = spread(uint64(i+1) * spreadA)
		d.keys[i] = spread(uint64(i+1) * spreadB)
	}
}

// Add takes in some bytes, filled up with zeros to whole stripes of 64: where a
// call ends within a stripe is a part of what is digested.
func (d *Digest) Add(data []byte) {
	d.length += uint64(len(data))
	if whole := len(data) / stripe; whole > 0 {
		d.mix(data, whole)
		data = data[whole*stripe:]
	}
	if len(data) > 0 {
		clear(d.last[copy(d.last[:], data):])
		d.mix(d.last[:], 1)
	}
}

// AddFloats takes in the bits of some numbers.
func (d *Digest) AddFloats(values []float32) {
	d.Add(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), 4*len(values)))
}

func (d *Digest) mix(data []byte, stripes int) {
	d.data, d.stripes = unsafe.SliceData(data), stripes
	stripesOf(single.name)(d)
	d.data = nil
}

// Sum gives the bits.
func (d *Digest) Sum() [2]uint64 {
	a, b := spread(d.length+spreadA), spread(d.length+spreadB)
	for _, lane := range d.lanes {
		a = spread(a*spreadA + lane)
		b = spread(b*spreadB ^ bits.RotateLeft64(lane, 32))
	}
	return [2]uint64{a, b}
}

// spread spreads every bit over all of them: the finalizer of splitmix64.
func spread(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// plainStripes mixes as xxHash's XXH3 does: each lane takes the product of its
// word's halves under a key, and the word of its neighbour, so that a product of
// zero loses nothing. Keys change with every stripe.
func plainStripes(d *Digest) {
	data := unsafe.Slice(d.data, d.stripes*stripe)
	lanes, keys := d.lanes, d.keys
	for ; len(data) >= stripe; data = data[stripe:] {
		for i := range lanes {
			word := binary.LittleEndian.Uint64(data[8*i:])
			mixed := word ^ keys[i]
			lanes[i] += (mixed & 0xffffffff) * (mixed >> 32)
			lanes[i^1] += word
			keys[i] += pace
		}
	}
	d.lanes, d.keys = lanes, keys
}
