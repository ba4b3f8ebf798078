package scan_test

import (
	"testing"

	"github.com/voxelpipe/pipe/nn/data/scan"
)

// TestNear finds a volume with one voxel changed among many, wherever they lie, and
// not those that are the same, nor constant ones.
func TestNear(t *testing.T) {
	s := noise(700, 0, 8, 8, 8, 1)
	copy(s.Example(600), s.Example(5))
	copy(s.Example(650), s.Example(77))
	s.Example(650)[3] += 0.01
	clear(s.Example(20))
	clear(s.Example(21))
	near := result(t, s, scan.Settings{}, 2).Near()
	if len(near) != 1 || near[0].First != 77 || near[0].Second != 650 || near[0].Correlation < 0.999 {
		t.Errorf("nearly the same: %v", near)
	}
}

// TestNearNeedsSomeExamples to know what all have in common.
func TestNearNeedsSomeExamples(t *testing.T) {
	for _, examples := range []int{7, 8} {
		s := noise(examples, 0, 8, 8, 8, 1)
		copy(s.Example(1), s.Example(0))
		s.Example(1)[3] += 0.01
		if near := result(t, s, scan.Settings{}, 1).Near(); (len(near) == 1) != (examples == 8) {
			t.Errorf("of %d examples: %v", examples, near)
		}
	}
}

// TestNearTellsHeadsApart: what all examples have in common makes no two of them
// duplicates.
func TestNearTellsHeadsApart(t *testing.T) {
	s := noise(50, 0, 8, 8, 8, 1)
	for i := range s.Values() {
		s.Values()[i] = s.Values()[i]*0.01 + float32(i%512)
	}
	if near := result(t, s, scan.Settings{}, 2).Near(); near != nil {
		t.Errorf("got %v", near)
	}
}
