// Command elementwise writes the assembly of the functions of one number, of
// softmax and of steps of Adam. Run it by `go generate` in
// package kernel; its output is committed.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func main() {
	ConstraintExpr("!purego")
	constants = GLOBL("curveConstants", RODATA|NOPTR)
	for _, f := range []family{{"avx512", true}, {"avx2", false}} {
		for _, w := range functions {
			f.loop(w.name, w.compute)
		}
		f.contest()
		f.adam()
	}
	Generate()
}

// Offsets of the fields of kernel.strand; a test in that package holds them to the
// struct.
const (
	strandX     = 0
	strandY     = 24
	strandDy    = 48
	strandDx    = 72
	strandCount = 96
	strandAbove = 104
	strandBelow = 108
)

// step is one vector of a strand.
type step struct {
	family
	strand, at reg.GPVirtual
	bases      map[int]reg.GPVirtual
	numbers    map[int]vector
}

// loop writes the loop of a kernel over the vectors of its strand.
func (f family) loop(name string, compute func(s *step)) {
	TEXT(f.name+name, NOSPLIT, "func(s *byte)")
	s := &step{
		family: f, strand: Load(Param("s"), GP64()).(reg.GPVirtual), at: GP64(),
		bases: map[int]reg.GPVirtual{}, numbers: map[int]vector{},
	}
	for _, offset := range []int{strandX, strandY, strandDy, strandDx} {
		s.bases[offset] = GP64()
		MOVQ(Mem{Base: s.strand, Disp: offset}, s.bases[offset])
	}
	for _, offset := range []int{strandAbove, strandBelow} {
		s.numbers[offset] = f.fresh()
		VBROADCASTSS(Mem{Base: s.strand, Disp: offset}, s.numbers[offset])
	}
	left := GP64()
	MOVQ(Mem{Base: s.strand, Disp: strandCount}, left)
	XORQ(s.at, s.at)
	Label("vector")
	compute(s)
	ADDQ(U8(uint8(f.bytes())), s.at)
	SUBQ(U8(uint8(f.bytes()/4)), left)
	JNZ(LabelRef("vector"))
	VZEROUPPER()
	RET()
}

func (s *step) place(offset int) Mem {
	return Mem{Base: s.bases[offset], Index: s.at, Scale: 1}
}

func (s *step) x() vector { return s.load(s.place(strandX)) }
func (s *step) y() vector { return s.load(s.place(strandY)) }

// value stores the function.
func (s *step) value(v vector) { VMOVUPS(v, s.place(strandY)) }

// slope stores dy times the derivative.
func (s *step) slope(v vector) { VMOVUPS(s.mul(v, s.place(strandDy)), s.place(strandDx)) }
