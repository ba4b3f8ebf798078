package stages

import (
	"fmt"
	"testing"
)

func TestOtherOrder(t *testing.T) {
	for _, c := range []struct {
		volumes, labels []string
		at              int
		torn            bool
	}{
		{[]string{"a", "b", "c"}, []string{"a", "b", "c"}, 0, false},
		{[]string{"a", "b", "c"}, []string{"a", "c", "b"}, 1, true},
		{[]string{"a", "b", "c"}, []string{"x", "z", "y"}, 0, false},                         // other names
		{[]string{"a", "b", "c"}, []string{"c", "b"}, 0, false},                              // SHP012
		{[]string{"scan_1", "scan_10", "scan_2"}, []string{"m_01", "m_02", "m_10"}, 1, true}, // sorted as text
		{[]string{"scan_1", "scan_2", "scan_3"}, []string{"m_01", "m_02", "m_03"}, 0, false}, // the same order
		{[]string{"scan_1", "scan_2", "scan_3"}, []string{"3", "2", "1"}, 0, false},          // numbers of something else
		{[]string{"s1_t1", "s1_t2"}, []string{"m1_2", "m1_1"}, 0, false},                     // two numbers each
		{[]string{"scan_1", "scan_2", "scan_2b"}, []string{"m_2", "m_1", "m_3"}, 0, false},   // one number twice
	} {
		if at, torn := otherOrder(c.volumes, c.labels); at != c.at || torn != c.torn {
			t.Errorf("%q and %q: %d, %v, want %d, %v", c.volumes, c.labels, at, torn, c.at, c.torn)
		}
	}
}

func TestStem(t *testing.T) {
	if got := fmt.Sprint(stem("/a/b/scan_7.npy"), " ", stem("scan_7"), " ", stem("s.npz")); got != "scan_7 scan_7 s" {
		t.Error(got)
	}
}
