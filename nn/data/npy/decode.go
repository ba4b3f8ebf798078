package npy

import (
	"encoding/binary"
	"math"
	"math/bits"
	"sync"
)

// number is what elements are decoded to.
type number interface{ float32 | float64 | int64 }

// decoder gives the function that turns a block of whole elements, their lowest
// byte first, into numbers, one for each. It is chosen once for an array, so that
// nothing is decided for each element. It panics for text.
//
// The loops do four or eight elements a turn on slices that are cut down as they
// go: the compiler then proves every index once a turn.
func decoder[T number](d DType) func(block []byte, into []T) {
	switch d {
	case DType{'b', 1}:
		return truths[T]
	case DType{'u', 1}:
		return unsigned8[T]
	case DType{'i', 1}:
		return signed8[T]
	case DType{'u', 2}:
		return unsigned16[T]
	case DType{'i', 2}:
		return signed16[T]
	case DType{'u', 4}:
		return unsigned32[T]
	case DType{'i', 4}:
		return signed32[T]
	case DType{'u', 8}:
		return unsigned64[T]
	case DType{'i', 8}:
		return signed64[T]
	case DType{'f', 2}:
		return halves[T]
	case DType{'f', 4}:
		return singles[T]
	case DType{'f', 8}:
		return doubles[T]
	}
	panic("npy: no numbers in an array of " + d.String())
}

// truths gives 1 for every byte that is not 0, as NumPy does.
func truths[T number](block []byte, into []T) {
	const low, ones = 0x7f7f7f7f7f7f7f7f, 0x0101010101010101
	for len(block) >= 8 && len(into) >= 8 {
		v := binary.LittleEndian.Uint64(block)
		// A sum that reaches a byte's highest bit says that a lower one is set.
		v = (v&low + low | v) >> 7 & ones
		into[0] = T(int32(uint8(v)))
		into[1] = T(int32(uint8(v >> 8)))
		into[2] = T(int32(uint8(v >> 16)))
		into[3] = T(int32(uint8(v >> 24)))
		into[4] = T(int32(uint8(v >> 32)))
		into[5] = T(int32(uint8(v >> 40)))
		into[6] = T(int32(uint8(v >> 48)))
		into[7] = T(int32(uint8(v >> 56)))
		block, into = block[8:], into[8:]
	}
	for i, v := range block {
		into[i] = 0
		if v != 0 {
			into[i] = 1
		}
	}
}

func unsigned8[T number](block []byte, into []T) {
	for len(block) >= 8 && len(into) >= 8 {
		v := binary.LittleEndian.Uint64(block)
		into[0] = T(int32(uint8(v)))
		into[1] = T(int32(uint8(v >> 8)))
		into[2] = T(int32(uint8(v >> 16)))
		into[3] = T(int32(uint8(v >> 24)))
		into[4] = T(int32(uint8(v >> 32)))
		into[5] = T(int32(uint8(v >> 40)))
		into[6] = T(int32(uint8(v >> 48)))
		into[7] = T(int32(uint8(v >> 56)))
		block, into = block[8:], into[8:]
	}
	for i, v := range block {
		into[i] = T(v)
	}
}

func signed8[T number](block []byte, into []T) {
	for len(block) >= 8 && len(into) >= 8 {
		v := binary.LittleEndian.Uint64(block)
		into[0] = T(int8(v))
		into[1] = T(int8(v >> 8))
		into[2] = T(int8(v >> 16))
		into[3] = T(int8(v >> 24))
		into[4] = T(int8(v >> 32))
		into[5] = T(int8(v >> 40))
		into[6] = T(int8(v >> 48))
		into[7] = T(int8(v >> 56))
		block, into = block[8:], into[8:]
	}
	for i, v := range block {
		into[i] = T(int8(v))
	}
}

func unsigned16[T number](block []byte, into []T) {
	for len(block) >= 8 && len(into) >= 4 {
		v := binary.LittleEndian.Uint64(block)
		into[0] = T(int32(uint16(v)))
		into[1] = T(int32(uint16(v >> 16)))
		into[2] = T(int32(uint16(v >> 32)))
		into[3] = T(int32(uint16(v >> 48)))
		block, into = block[8:], into[4:]
	}
	for i := 0; len(block) >= 2; i, block = i+1, block[2:] {
		into[i] = T(binary.LittleEndian.Uint16(block))
	}
}

func signed16[T number](block []byte, into []T) {
	for len(block) >= 8 && len(into) >= 4 {
		v := binary.LittleEndian.Uint64(block)
		into[0] = T(int16(v))
		into[1] = T(int16(v >> 16))
		into[2] = T(int16(v >> 32))
		into[3] = T(int16(v >> 48))
		block, into = block[8:], into[4:]
	}
	for i := 0; len(block) >= 2; i, block = i+1, block[2:] {
		into[i] = T(int16(binary.LittleEndian.Uint16(block)))
	}
}

func unsigned32[T number](block []byte, into []T) {
	for len(block) >= 16 && len(into) >= 4 {
		a, b := binary.LittleEndian.Uint64(block), binary.LittleEndian.Uint64(block[8:])
		into[0] = T(int64(uint32(a)))
		into[1] = T(int64(a >> 32))
		into[2] = T(int64(uint32(b)))
		into[3] = T(int64(b >> 32))
		block, into = block[16:], into[4:]
	}
	for i := 0; len(block) >= 4; i, block = i+1, block[4:] {
		into[i] = T(int64(binary.LittleEndian.Uint32(block)))
	}
}

func signed32[T number](block []byte, into []T) {
	for i := 0; len(block) >= 4; i, block = i+1, block[4:] {
		into[i] = T(int32(binary.LittleEndian.Uint32(block)))
	}
}

func unsigned64[T number](block []byte, into []T) {
	for i := 0; len(block) >= 8; i, block = i+1, block[8:] {
		into[i] = T(binary.LittleEndian.Uint64(block))
	}
}

func signed64[T number](block []byte, into []T) {
	for i := 0; len(block) >= 8; i, block = i+1, block[8:] {
		into[i] = T(int64(binary.LittleEndian.Uint64(block)))
	}
}

func halves[T number](block []byte, into []T) {
	values := halfValues()
	for len(block) >= 8 && len(into) >= 4 {
		v := binary.LittleEndian.Uint64(block)
		into[0] = T(values[uint16(v)])
		into[1] = T(values[uint16(v>>16)])
		into[2] = T(values[uint16(v>>32)])
		into[3] = T(values[v>>48])
		block, into = block[8:], into[4:]
	}
	for i := 0; len(block) >= 2; i, block = i+1, block[2:] {
		into[i] = T(values[binary.LittleEndian.Uint16(block)])
	}
}

// halfValues are the values of all 16-bit floats: looking one up takes half as
// long as working it out.
var halfValues = sync.OnceValue(func() *[1 << 16]float32 {
	values := new([1 << 16]float32)
	for h := range values {
		values[h] = half(uint16(h))
	}
	return values
})

// half is the value of a 16-bit IEEE 754 float. Its exponent and mantissa are
// moved to their places in 32 bits and the difference of the two biases, 127-15,
// is made up for by a product, which also normalizes what was denormal.
func half(h uint16) float32 {
	const exponent, biases = 0x7c00, 0x1p112
	magnitude := uint32(h&0x7fff) << 13
	if h&exponent == exponent { // infinite or not a number
		magnitude |= 0xff << 23
	} else {
		magnitude = math.Float32bits(math.Float32frombits(magnitude) * biases)
	}
	return math.Float32frombits(magnitude | uint32(h&0x8000)<<16)
}

func singles[T number](block []byte, into []T) {
	for len(block) >= 16 && len(into) >= 4 {
		a, b := binary.LittleEndian.Uint64(block), binary.LittleEndian.Uint64(block[8:])
		into[0] = T(math.Float32frombits(uint32(a)))
		into[1] = T(math.Float32frombits(uint32(a >> 32)))
		into[2] = T(math.Float32frombits(uint32(b)))
		into[3] = T(math.Float32frombits(uint32(b >> 32)))
		block, into = block[16:], into[4:]
	}
	for i := 0; len(block) >= 4; i, block = i+1, block[4:] {
		into[i] = T(math.Float32frombits(binary.LittleEndian.Uint32(block)))
	}
}

func doubles[T number](block []byte, into []T) {
	for i := 0; len(block) >= 8; i, block = i+1, block[8:] {
		into[i] = T(math.Float64frombits(binary.LittleEndian.Uint64(block)))
	}
}

// reverse turns the bytes of every word around, in place.
func reverse(block []byte, word int) {
	switch word {
	case 2:
		const low = 0x00ff00ff00ff00ff
		for ; len(block) >= 8; block = block[8:] {
			v := binary.LittleEndian.Uint64(block)
			binary.LittleEndian.PutUint64(block, v>>8&low|v&low<<8)
		}
		for ; len(block) >= 2; block = block[2:] {
			block[0], block[1] = block[1], block[0]
		}
	case 4:
		for ; len(block) >= 8; block = block[8:] {
			v := binary.LittleEndian.Uint64(block)
			binary.LittleEndian.PutUint64(block, bits.RotateLeft64(bits.ReverseBytes64(v), 32))
		}
		if len(block) >= 4 {
			binary.LittleEndian.PutUint32(block, bits.ReverseBytes32(binary.LittleEndian.Uint32(block)))
		}
	case 8:
		for ; len(block) >= 8; block = block[8:] {
			binary.LittleEndian.PutUint64(block, bits.ReverseBytes64(binary.LittleEndian.Uint64(block)))
		}
	}
}
