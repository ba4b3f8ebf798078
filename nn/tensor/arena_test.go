package tensor

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// What is lent at the same time never overlaps, whatever the sizes.
func TestArenaLendsDisjointMemory(t *testing.T) {
	var arena Arena[float32]
	random := rand.New(rand.NewPCG(1, 1))
	for range 6 {
		var lent []*Tensor[float32]
		for i := range 40 {
			size := random.IntN(300)
			if random.IntN(10) == 0 {
				size = largestBlock/2 + random.IntN(largestBlock)
			}
			x := arena.New(2, size)
			if !slices.Equal(x.Shape, []int{2, size}) || len(x.Data) != 2*size {
				t.Fatalf("asked for [2 %d], got %v with %d elements", size, x.Shape, len(x.Data))
			}
			for j := range x.Data {
				x.Data[j] = float32(i)
			}
			lent = append(lent, x)
		}
		for i, x := range lent {
			for _, v := range x.Data {
				if v != float32(i) {
					t.Fatalf("tensor %d was written to through tensor %v", i, v)
				}
			}
		}
		arena.Reset()
	}
}

func TestArenaTakesNoMemoryForTheSameStepAgain(t *testing.T) {
	var arena Arena[float64]
	step := func() {
		arena.Reset()
		x := arena.New(3, 40, 50)
		arena.View(x.Data, 3, 2000)
		arena.Slice(largestBlock + 1)
		if z := arena.Zeros(7, 7); slices.Max(z.Data) != 0 {
			t.Error("cleared memory is not clear")
		} else {
			z.Data[3] = 1
		}
	}
	step()
	held := arena.Bytes()
	if allocations := testing.AllocsPerRun(10, step); allocations > 0 {
		t.Errorf("a step takes memory %g times", allocations)
	}
	if arena.Bytes() != held || held < 8*largestBlock {
		t.Errorf("the arena holds %d bytes, then %d", held, arena.Bytes())
	}
}

// A smaller batch fits where a larger one did.
func TestArenaTakesNoMemoryForSmallerSteps(t *testing.T) {
	var arena Arena[float32]
	random := rand.New(rand.NewPCG(1, 1))
	sizes := make([]int, 50)
	for i := range sizes {
		sizes[i] = random.IntN(5000)
	}
	held := 0
	for batch := 32; batch > 0; batch-- {
		arena.Reset()
		for _, size := range sizes {
			arena.New(batch, size)
		}
		if held == 0 {
			held = arena.Bytes()
		} else if arena.Bytes() != held {
			t.Fatalf("a batch of %d makes the arena grow from %d to %d bytes", batch, held, arena.Bytes())
		}
	}
}

func TestViewSharesElements(t *testing.T) {
	var arena Arena[float32]
	x := arena.New(2, 3, 2)
	v := arena.View(x.Data, 2, 6)
	v.Data[4] = 8
	if x.Data[4] != 8 || !slices.Equal(v.Shape, []int{2, 6}) {
		t.Errorf("the view is %v and shows %v", v.Shape, v.Data[4])
	}
}
