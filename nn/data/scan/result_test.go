package scan_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
)

func TestSame(t *testing.T) {
	s := noise(700, 0, 8, 8, 8, 1)
	copy(s.Example(600), s.Example(5))
	copy(s.Example(12), s.Example(5))
	clear(s.Example(20))
	clear(s.Example(21)) // constant ones are no duplicates
	r := result(t, s, scan.Settings{}, 2)
	if same := r.Same(); !reflect.DeepEqual(same, [][]int{{5, 12, 600}}) {
		t.Errorf("the same: %v", same)
	}
}

// TestHash: one bit of one value in any channel tells examples apart, and so does
// the order of the channels.
func TestHash(t *testing.T) {
	s := noise(4, 0, 2, 3, 3, 2)
	for i := 1; i < 4; i++ {
		copy(s.Example(i), s.Example(0))
	}
	s.Example(1)[35] += 1e-3
	for k := 0; k < 36; k += 2 {
		v := s.Example(2)
		v[k], v[k+1] = v[k+1], v[k]
	}
	r := result(t, s, scan.Settings{}, 1)
	if r.Hash(0) == r.Hash(1) || r.Hash(0) == r.Hash(2) || r.Hash(1) == r.Hash(2) || r.Hash(0) != r.Hash(3) {
		t.Errorf("%x %x %x %x", r.Hash(0), r.Hash(1), r.Hash(2), r.Hash(3))
	}
}

// TestWholeTellsTheFirstPlaceOfAll channels.
func TestWholeTellsTheFirstPlaceOfAll(t *testing.T) {
	s := noise(1, 0, 2, 2, 2, 2)
	s.Values()[9] /= 0
	s.Values()[6] /= 0
	r := result(t, s, scan.Settings{}, 1)
	if c := r.Whole(0); c.First != 6 || c.Inf != 2 || c.Count != 14 {
		t.Errorf("got %+v", c)
	}
	if place := r.Place(15); !slices.Equal(place, []int{1, 1, 1, 1}) {
		t.Errorf("the last place is %v", place)
	}
	if r.Len() != 1 || r.Sketched() {
		t.Errorf("%d examples, sketched %t", r.Len(), r.Sketched())
	}
}

func TestBlocks(t *testing.T) {
	values := make([]float32, 16*16*16)
	for i := range values {
		values[i] = float32(i / 256 / 4) // the block along the depth
	}
	for i, v := range result(t, data.NewMemory([]int{16, 16, 16}, values), scan.Settings{}, 1).Blocks(0) {
		if v != float64(i/16) {
			t.Fatalf("block %d is %g", i, v)
		}
	}
}
