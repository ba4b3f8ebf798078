package spec

import (
	"fmt"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

func TestSharedPlaces(t *testing.T) {
	text := `vars: {rate: 0.1}
x-one: &one {a: 1}
x-two: &two {b: 2}
stages:
  - first: *one
  - second: {<<: *two, c: 3}
  - third: "${vars.rate}"
  - fourth: &alone {d: 4}
`
	var got []string
	for _, s := range SharedPlaces("f", text) {
		got = append(got, fmt.Sprintf("%d:%d %s", s.Span.Start.Line, s.Span.Start.Column, s.Why))
	}
	want := []string{
		"1:7 it is the value of a variable",
		"2:13 an alias repeats it elsewhere", "5:12 it is an alias",
		"3:14 an alias repeats it elsewhere", "3:17 an alias repeats it elsewhere", "6:18 it is an alias",
		"7:12 a variable is put in there",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
	if SharedPlaces("f", "a: [") != nil {
		t.Error("a text that cannot be read has shared places")
	}
}

func TestOverlaps(t *testing.T) {
	span := func(from, to int) diag.Span {
		return diag.Span{File: "f", Start: diag.Position{Line: 1, Column: from}, End: diag.Position{Line: 1, Column: to}}
	}
	for _, c := range []struct {
		a, b diag.Span
		want bool
	}{
		{span(2, 4), span(3, 5), true}, {span(2, 4), span(4, 5), false}, {span(2, 4), span(3, 3), true},
		{span(2, 4), span(2, 2), false}, {span(3, 3), span(3, 3), true}, {span(2, 4), diag.Span{File: "g", Start: span(2, 4).Start, End: span(2, 4).End}, false},
	} {
		if Overlaps(c.a, c.b) != c.want || Overlaps(c.b, c.a) != c.want {
			t.Errorf("%v and %v: want %v", c.a, c.b, c.want)
		}
	}
}
