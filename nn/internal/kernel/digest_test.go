package kernel

import (
	"math/rand/v2"
	"testing"
)

func digestOf(parts ...[]byte) [2]uint64 {
	d := new(Digest)
	d.Begin()
	for _, part := range parts {
		d.Add(part)
	}
	return d.Sum()
}

// TestDigest: engines agree on every length, and no two of many inputs that differ
// little share their bits, not even half of them.
func TestDigest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, 1000)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	met := map[uint64]int{}
	inputs := 0
	distinct := func(parts ...[]byte) {
		t.Helper()
		inputs++
		first, known := [2]uint64{}, false
		withEngines(t, func(t *testing.T) {
			sum := digestOf(parts...)
			if known && sum != first {
				t.Errorf("%s has other bits", single.name)
			}
			first, known = sum, true
		})
		for _, half := range first {
			if met[half] > 0 {
				t.Errorf("inputs %d and %d share 64 bits", met[half], inputs)
			}
			met[half] = inputs
		}
	}
	for n := range 200 {
		distinct(data[:n])
		distinct(make([]byte, n+1))
	}
	for bit := range 8 * 130 { // one bit of many, in noise and in zeros
		for _, from := range [][]byte{data[:130], make([]byte, 130)} {
			changed := append([]byte(nil), from...)
			changed[bit/8] ^= 1 << (bit % 8)
			distinct(changed)
		}
	}
	for word := range 20 { // words and stripes in another order
		swapped := append([]byte(nil), data[:320]...)
		copy(swapped[8*word:], data[8*word+8:8*word+16])
		copy(swapped[8*word+8:], data[8*word:8*word+8])
		distinct(swapped)
		swapped = append([]byte(nil), data[:320]...)
		copy(swapped[8*word:], data[8*word+64:8*word+128])
		copy(swapped[8*word+64:], data[8*word:8*word+64])
		distinct(swapped)
	}
	distinct(data[:63], data[63:65])
}

// TestDigestIsThatOfEarlierPrograms: what is kept on a disk is known by these bits.
func TestDigestIsThatOfEarlierPrograms(t *testing.T) {
	data := make([]byte, 300)
	for i := range data {
		data[i] = byte(i * i)
	}
	if got, want := digestOf(data), [2]uint64{0xe120a5ca882efcc9, 0xdd4efee8390d8da0}; got != want {
		t.Errorf("got %#x, want %#x", got, want)
	}
}
