package main

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestAlternate(t *testing.T) {
	var turns []string
	make := func(name string, seconds ...float64) *side {
		return &side{name: name, turn: func() ([]float64, error) {
			turns = append(turns, name)
			each := seconds[:2]
			seconds = seconds[2:]
			return each, nil
		}}
	}
	a, b := make("a", 1, 2, 3, 4), make("b", 10, 20, 6, 8)
	if err := alternate(2, a, b); err != nil {
		t.Fatal(err)
	}
	if want := []string{"a", "b", "a", "b"}; !slices.Equal(turns, want) {
		t.Errorf("the turns were %v, want %v", turns, want)
	}
	if got, want := a.seconds(), (spread{2.5, 1, 4}); got != want {
		t.Errorf("a took %v, want %v", got, want)
	}
	// Medians 2.5 and 9 overall; 1.5 and 15, 3.5 and 7 in the rounds.
	if got, want := times(a, b), (spread{3.6, 2, 10}); got != want {
		t.Errorf("b took %v times as long, want %v", got, want)
	}
	if better(a, b) != a || better(b) != b || better() != nil {
		t.Error("the better side is not the faster one")
	}
}

func TestAlternateNamesWhoFails(t *testing.T) {
	broken := errors.New("out of paper")
	err := alternate(1, &side{name: "printer", turn: func() ([]float64, error) { return nil, broken }})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "printer") {
		t.Errorf("the error is %v", err)
	}
}

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   spread
	}{
		{[]float64{3}, spread{3, 3, 3}},
		{[]float64{9, 1, 2}, spread{2, 1, 9}},
		{[]float64{4, 1, 2, 9}, spread{3, 1, 9}},
	} {
		if got := spreadOf(c.values); got != c.want {
			t.Errorf("%v are %v, want %v", c.values, got, c.want)
		}
	}
	if none := spreadOf(nil); !math.IsNaN(none.median) {
		t.Errorf("nothing has a median of %g", none.median)
	}
}
