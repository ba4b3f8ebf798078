package shape

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestArithmeticOfNumbers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		a, b, n := random.IntN(41)-20, random.IntN(41)-20, random.IntN(9)+1
		for _, c := range []struct {
			name string
			got  Dim
			want int
		}{
			{"+", Of(a).Add(Of(b)), a + b},
			{"-", Of(a).Sub(Of(b)), a - b},
			{"×", Of(a).Mul(Of(b)), a * b},
			{"floor", Of(a).FloorDiv(n), int(math.Floor(float64(a) / float64(n)))},
			{"ceil", Of(a).CeilDiv(n), int(math.Ceil(float64(a) / float64(n)))},
		} {
			if got, known := c.got.Known(); !known || got != c.want {
				t.Fatalf("%d %s %d (%d) = %s, want %d", a, c.name, b, n, c.got, c.want)
			}
		}
	}
}

func TestExpressions(t *testing.T) {
	d, h := Symbol("depth"), Symbol("h")
	for _, c := range []struct {
		got  Dim
		want string
	}{
		{d, "depth"},
		{d.Plus(-2), "depth-2"},
		{Of(3).Sub(d), "-depth+3"},
		{d.Add(d), "2×depth"},
		{d.Sub(d), "0"},
		{h.Mul(d).Times(64), "64×depth×h"},
		{d.Plus(1).Mul(d.Plus(-1)), "depth×depth-1"},
		{d.Times(4).Plus(2).FloorDiv(2), "2×depth+1"},
		{d.Times(2).Plus(1).FloorDiv(2), "depth"},
		{d.Plus(-2).FloorDiv(2).Plus(1), "floor(depth/2)"},
		{d.CeilDiv(2), "floor((depth+1)/2)"},
		{d.Times(3).FloorDiv(2), "depth+floor(depth/2)"},
		{d.FloorDiv(1), "depth"},
		{d.CeilDiv(1), "depth"},
		{Dim{}, "0"},
	} {
		if got := c.got.String(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// However an expression was come by, equal ones are equal values.
func TestExpressionsAreCanonical(t *testing.T) {
	a, b := Symbol("a"), Symbol("b")
	for _, c := range [][2]Dim{
		{a.Add(b), b.Add(a)},
		{a.Mul(b), b.Mul(a)},
		{a.Add(b).Mul(a), a.Mul(a).Add(a.Mul(b))},
		{a.Plus(3).FloorDiv(2).Sub(Of(1)), a.Plus(1).FloorDiv(2)},
		{a.Add(b).Sub(b), a},
	} {
		if !c[0].Equal(c[1]) || c[0].Differs(c[1]) || c[0].String() != c[1].String() {
			t.Errorf("%s and %s are not the same", c[0], c[1])
		}
	}
	if a.Equal(b) || a.Differs(b) {
		t.Error("two symbols may be equal or not")
	}
	if !a.Plus(1).Differs(a) {
		t.Error("a+1 can never be a")
	}
}

func TestDiv(t *testing.T) {
	a, b := Symbol("a"), Symbol("b")
	for _, c := range []struct {
		d, by, want Dim
	}{
		{a.Times(64), Of(64), a},
		{a.Mul(b), b, a},
		{a.Mul(b).Times(6), b.Times(2), a.Times(3)},
		{a.Mul(b).Add(b.Times(4)), b, a.Plus(4)},
		{Of(12), Of(-4), Of(-3)},
		{Of(0), a, Of(0)},
	} {
		if got, exact := c.d.Div(c.by); !exact || !got.Equal(c.want) {
			t.Errorf("%s / %s = %s (%v), want %s", c.d, c.by, got, exact, c.want)
		}
	}
	for _, c := range [][2]Dim{{Of(7), Of(2)}, {Of(7), Of(0)}, {a, b}, {a.Plus(1), a}, {a.Mul(b), a.Plus(1)}, {a.Times(3), a.Times(2)}} {
		if got, exact := c[0].Div(c[1]); exact {
			t.Errorf("%s / %s = %s, which is not exact", c[0], c[1], got)
		}
	}
}

// A size that no computer can hold must not wrap round to a small or negative
// one.
func TestTooLargeNumbersStayLarge(t *testing.T) {
	huge := Of(math.MaxInt / 2)
	for name, d := range map[string]Dim{
		"product":             huge.Mul(huge),
		"sum":                 huge.Add(huge).Add(huge),
		"product of negative": huge.Times(-3).Mul(huge.Times(-1)),
	} {
		if n, _ := d.Known(); n != math.MaxInt {
			t.Errorf("%s is %d", name, n)
		}
	}
	if n, _ := huge.Mul(huge.Times(-1)).Known(); n != -math.MaxInt {
		t.Errorf("the negative product is %d", n)
	}
}

func TestReceiversStayAsTheyAre(t *testing.T) {
	a := Symbol("a").Times(4).Plus(6)
	before := a.String()
	_ = a.Add(Symbol("b"))
	_ = a.Mul(a)
	_ = a.FloorDiv(2)
	_, _ = a.Div(Of(2))
	if a.String() != before {
		t.Errorf("%s has become %s", before, a)
	}
}
