package npy

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// element is the value of the element at the beginning of b, its lowest byte
// first, worked out one by one.
func element(d DType, b []byte) float64 {
	var bits uint64
	for i := d.size - 1; i >= 0; i-- {
		bits = bits<<8 | uint64(b[i])
	}
	switch d.kind {
	case 'b':
		return float64(min(bits, 1))
	case 'u':
		return float64(bits)
	case 'i':
		unused := 64 - 8*d.size
		return float64(int64(bits<<unused) >> unused)
	}
	switch d.size {
	case 2:
		return halfValue(uint16(bits))
	case 4:
		return float64(math.Float32frombits(uint32(bits)))
	}
	return math.Float64frombits(bits)
}

// halfValue is that of a 16-bit float by its definition: 1 bit of sign, 5 of
// exponent with a bias of 15, 10 of mantissa.
func halfValue(h uint16) float64 {
	sign, exponent, mantissa := 1-2*float64(h>>15), int(h>>10&31), float64(h&1023)
	switch exponent {
	case 0:
		return sign * math.Ldexp(mantissa, -24)
	case 31:
		if mantissa != 0 {
			return math.NaN()
		}
		return sign * math.Inf(1)
	}
	return sign * math.Ldexp(1024+mantissa, exponent-25)
}

func same(a, b float64) bool {
	return a == b && math.Signbit(a) == math.Signbit(b) || math.IsNaN(a) && math.IsNaN(b)
}

// Whatever the length, each element has its value: the loops that take several at
// a time and those for the rest agree.
func TestDecoders(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, descr := range []string{"|b1", "|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f2", "<f4", "<f8"} {
		d, _, err := parseDescr(descr)
		if err != nil {
			t.Fatal(err)
		}
		for length := range 40 {
			block := make([]byte, length*d.size)
			for i := range block {
				block[i] = byte(random.Uint32())
				if random.IntN(8) == 0 {
					block[i] = []byte{0, 1, 0x80, 0xff}[random.IntN(4)]
				}
			}
			wide, narrow := make([]float64, length), make([]float32, length)
			decoder[float64](d)(block, wide)
			decoder[float32](d)(block, narrow)
			for i := range length {
				want := element(d, block[i*d.size:])
				if !same(wide[i], want) || !same(float64(narrow[i]), float64(float32(want))) {
					t.Fatalf("%s: element %d of %d is %v and %v, want %v", descr, i, length, wide[i], narrow[i], want)
				}
			}
		}
	}
}

func TestHalves(t *testing.T) {
	for h := range 1 << 16 {
		if got, want := float64(halfValues()[h]), halfValue(uint16(h)); !same(got, want) {
			t.Errorf("%#04x is %v, want %v", h, got, want)
		}
	}
}

func TestReverse(t *testing.T) {
	for _, word := range []int{1, 2, 4, 8} {
		for words := range 11 {
			block := make([]byte, words*word)
			for i := range block {
				block[i] = byte(i + 1)
			}
			want := slices.Clone(block)
			for i := 0; i < len(want); i += word {
				slices.Reverse(want[i : i+word])
			}
			if reverse(block, word); !slices.Equal(block, want) {
				t.Errorf("%d words of %d bytes become %v, want %v", words, word, block, want)
			}
		}
	}
}

// BenchmarkDecode times decoding alone, from a block in a processor's cache.
func BenchmarkDecode(b *testing.B) {
	for _, descr := range []string{"|b1", "|u1", "<i2", "<f2", "<f4", "<f8"} {
		d, _, err := parseDescr(descr)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(d), func(b *testing.B) {
			block := make([]byte, blockSize/4/d.size*d.size)
			for i := 0; i+8 <= len(block); i += 8 {
				binary.LittleEndian.PutUint64(block[i:], uint64(i)*0x9e3779b97f4a7c15)
			}
			into := make([]float32, len(block)/d.size)
			decode := decoder[float32](d)
			b.SetBytes(int64(len(block)))
			for b.Loop() {
				decode(block, into)
			}
		})
	}
}
