package shape

import (
	"slices"
	"testing"
)

func TestShape(t *testing.T) {
	volume, open := New(16, 32, 32, 1), Shape{Symbol("depth"), Of(32), Of(32), Of(1)}
	if sizes, known := volume.Sizes(); !known || !slices.Equal(sizes, []int{16, 32, 32, 1}) {
		t.Errorf("sizes are %v, %v", sizes, known)
	}
	if _, known := open.Sizes(); known {
		t.Error("a symbol counts as a known size")
	}
	if _, known := Shape(nil).Sizes(); known {
		t.Error("a shape of unknown rank has sizes")
	}
	for _, c := range []struct {
		s        Shape
		rank     int
		elements string
		batch    string
	}{
		{volume, 4, "16384", "[N, 16, 32, 32, 1]"},
		{open, 4, "1024×depth", "[N, depth, 32, 32, 1]"},
		{New(), 0, "1", "[N]"},
		{nil, -1, "?", "[N, ?]"},
	} {
		if c.s.Rank() != c.rank || c.s.Elements().String() != c.elements || c.s.Batch() != c.batch {
			t.Errorf("%v: rank %d, %s elements, batch %s", c.s, c.s.Rank(), c.s.Elements(), c.s.Batch())
		}
	}
}

func TestEqualAndDiffers(t *testing.T) {
	depth := Symbol("depth")
	for _, c := range []struct {
		a, b           Shape
		equal, differs bool
	}{
		{New(4, 2), New(4, 2), true, false},
		{New(4, 2), New(4, 3), false, true},
		{New(4, 2), New(4), false, true},
		{Shape{depth}, Shape{depth}, true, false},
		{Shape{depth}, New(4), false, false},
		{Shape{depth}, Shape{depth.Plus(1)}, false, true},
		{nil, New(4), false, false},
		{nil, nil, true, false},
		{nil, New(), false, false},
	} {
		if got := c.a.Equal(c.b); got != c.equal {
			t.Errorf("%v.Equal(%v) = %v", c.a, c.b, got)
		}
		if got := c.a.Differs(c.b); got != c.differs {
			t.Errorf("%v.Differs(%v) = %v", c.a, c.b, got)
		}
	}
}

func TestMustSizesPanicsOnSymbols(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it gives sizes that are not known")
		}
	}()
	Shape{Symbol("depth")}.MustSizes()
}

func TestMismatchInOneLine(t *testing.T) {
	m := &Mismatch{
		Fault: TooSmall, Input: New(3, 8, 8, 1), Axis: 0,
		Problem: "the kernel is longer than the depth", Arithmetic: "floor((3 - 5) / 1) + 1 = -1", Remedy: "use padding: same",
	}
	want := "the kernel is longer than the depth: input [N, 3, 8, 8, 1]: floor((3 - 5) / 1) + 1 = -1; use padding: same"
	if m.Error() != want {
		t.Errorf("got  %s\nwant %s", m, want)
	}
}

func TestAxisName(t *testing.T) {
	for _, c := range []struct {
		rank, axis int
		want       string
	}{{4, 0, "depth"}, {4, 3, "channel"}, {1, 0, "axis 1"}, {3, 2, "axis 3"}} {
		if got := AxisName(c.rank, c.axis); got != c.want {
			t.Errorf("axis %d of %d is %q, want %q", c.axis, c.rank, got, c.want)
		}
	}
}
