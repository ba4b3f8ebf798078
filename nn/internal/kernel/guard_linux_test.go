package kernel

import (
	"math/rand/v2"
	"os"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// guarded copies values to memory between two pages that nobody may touch,
// close to the second, or else to the first. To read or write beside it ends the
// test program.
func guarded[T any](t *testing.T, atEnd bool, values []T) []T {
	if values == nil {
		return nil
	}
	page := os.Getpagesize()
	size := len(values) * int(unsafe.Sizeof(values[0]))
	inner := pieces(max(size, 1), page) * page
	memory, err := unix.Mmap(-1, 0, inner+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Munmap(memory); err != nil {
			t.Error(err)
		}
	})
	for _, side := range [][]byte{memory[:page], memory[page+inner:]} {
		if err := unix.Mprotect(side, unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	from := page
	if atEnd {
		from = page + inner - size
	}
	into := unsafe.Slice((*T)(unsafe.Pointer(&memory[from])), len(values))
	copy(into, values)
	return into
}

// TestGuards runs everything with every slice beside forbidden memory, the
// kernels' workspace included.
func TestGuards(t *testing.T) {
	for _, atEnd := range []bool{true, false} {
		withEngines(t, func(t *testing.T) { testGuards(t, atEnd) })
	}
}

func testGuards(t *testing.T, atEnd bool) {
	r := rand.New(rand.NewPCG(11, 12))
	fresh := func(n int) []float32 { return guarded(t, atEnd, values[float32](r, n)) }
	for range 30 {
		g := randomConv(r)
		nx, nw, ny := g.sizes()
		x, w, dy := fresh(nx), fresh(nw), fresh(ny)
		var bias []float32
		if r.IntN(2) == 0 {
			bias = fresh(g.K)
		}
		// Exactly as much packed memory as is asked for.
		scratch := Scratch[float32]{weights: fresh(nw)}
		ConvForward(nil, &scratch, g, x, w, bias, fresh(ny))
		ConvInputGrad(nil, &scratch, g, dy, w, fresh(nx))
		ConvWeightGrad(nil, &scratch, g, x, dy, fresh(nw))
		BiasGrad(nil, &scratch, ny/g.K, g.K, dy, fresh(g.K))
	}
	for range 30 {
		var scratch Scratch[float32]
		g := randomPooling(r)
		nx, ny := g.N*g.input(), g.N*g.output()
		x, y, dx, argmax := fresh(nx), fresh(ny), fresh(nx), guarded(t, atEnd, make([]int32, ny))
		MaxPoolForward(nil, &scratch, g, x, y, argmax)
		MaxPoolForward(nil, &scratch, g, x, y, nil)
		MaxPoolBackward(nil, &scratch, g, y, argmax, dx)
		AveragePoolForward(nil, &scratch, g, x, y)
		AveragePoolBackward(nil, &scratch, g, y, dx)
	}
	for range 30 {
		m, n, k := 1+r.IntN(40), 1+r.IntN(70), 1+r.IntN(50)
		switch r.IntN(4) { // narrow ones
		case 0:
			m, n = fewestFeatures+m, 1+n%mostNarrow
		case 1:
			n, k = 1+n%mostNarrow, fewestFeatures+k
		}
		scratch := Scratch[float32]{weights: fresh(n * k)}
		MatMul(nil, &scratch, m, n, k, fresh(m*k), fresh(n*k), fresh(m*n), r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(2) == 0)
	}
}
