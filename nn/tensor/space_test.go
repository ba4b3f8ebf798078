package tensor

import (
	"math/rand/v2"
	"testing"
)

// Whatever is taken and given back in whatever order, what is out never overlaps,
// and all that came back is one free stretch again.
func TestSpace(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	for range 50 {
		var s Space
		const size = 4096
		s.Add(size)
		owner := make([]int, size)
		type taken struct{ from, n int }
		out := map[int]taken{}
		for number := 1; number < 200; number++ {
			if n := 1 + random.IntN(300); random.IntN(2) == 0 {
				if block, from, ok := s.Take(n); ok {
					if block != 0 || from+n > s.Top() {
						t.Fatalf("block %d from %d, the top is %d", block, from, s.Top())
					}
					for i := from; i < from+n; i++ {
						if owner[i] != 0 {
							t.Fatalf("element %d is handed out twice", i)
						}
						owner[i] = number
					}
					out[number] = taken{from, n}
				}
				continue
			}
			for key, o := range out {
				clear(owner[o.from : o.from+o.n])
				s.Give(0, o.from, o.n)
				delete(out, key)
				break
			}
		}
		for _, o := range out {
			s.Give(0, o.from, o.n)
		}
		if _, from, ok := s.Take(size); !ok || from != 0 {
			t.Fatalf("all came back, but the free stretches are %v", s.free)
		}
	}
}

func TestReleasedMemoryIsLentAgain(t *testing.T) {
	a := Arena[float32]{Poison: true}
	x := a.New(2, 100)
	v := a.View(x.Data, 200)
	a.Release(x)
	if y := a.New(200); &y.Data[0] == &v.Data[0] {
		t.Error("memory that a view holds is lent again")
	}
	a.Release(v)
	if z := a.New(200); &z.Data[0] != &v.Data[0] || z.Data[0] == z.Data[0] {
		t.Error("what was given back is not lent again, or not spoilt")
	}
	a.Release(From([]float32{1}, 1)) // not the arena's: left alone
}

func TestReserve(t *testing.T) {
	var a Arena[float32]
	a.Reserve(1000)
	if x := a.New(1000); a.Bytes() != 4*1008 || a.Used() != a.Bytes() || len(x.Data) != 1000 {
		t.Errorf("1000 elements take %d bytes, %d used", a.Bytes(), a.Used())
	}
	if a.Reserve(5000); a.Bytes() != 4*1008 {
		t.Error("memory is reserved anew while some is lent")
	}
}
