package spec

import (
	"reflect"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// frame has the lists that may be written in several ways.
type frame struct {
	Ends [3][2]int `yaml:"ends" validate:"dive,dive,min=0"`
	Axes axes      `yaml:"axes" validate:"min=1,unique"`
	Rest *[3]int   `yaml:"rest" validate:"omitempty,dive,min=0"`
	Many units3    `yaml:"many"`
}

type axes []int

func (axes) Single() {}

type units3 []unit

func (units3) Single() {}

func decodeFrame(t *testing.T, text string) (*frame, *diag.List) {
	t.Helper()
	var problems diag.List
	n := Parse("f.yaml", text, &problems)
	settings := &frame{Axes: axes{7}}
	decoder.Decode(n, n.Span, settings, &problems)
	return settings, &problems
}

func TestListsThatMayBeWrittenShorter(t *testing.T) {
	for _, c := range []struct {
		text string
		want frame
	}{
		{"{}", frame{Axes: axes{7}}},
		{"{ends: 2}", frame{Axes: axes{7}, Ends: [3][2]int{{2, 2}, {2, 2}, {2, 2}}}},
		{"{ends: [1, 2, 3]}", frame{Axes: axes{7}, Ends: [3][2]int{{1, 1}, {2, 2}, {3, 3}}}},
		{"{ends: [[1, 0], [0, 2], [3, 4]]}", frame{Axes: axes{7}, Ends: [3][2]int{{1, 0}, {0, 2}, {3, 4}}}},
		{"{ends: [1, [0, 2], 3]}", frame{Axes: axes{7}, Ends: [3][2]int{{1, 1}, {0, 2}, {3, 3}}}},
		{"{axes: -1}", frame{Axes: axes{-1}}},
		{"{axes: [-1]}", frame{Axes: axes{-1}}},
		{"{axes: [1, 2]}", frame{Axes: axes{1, 2}}},
		{"{rest: 0}", frame{Axes: axes{7}, Rest: &[3]int{}}},
		{"{rest: [0, 1, 0]}", frame{Axes: axes{7}, Rest: &[3]int{0, 1, 0}}},
		{"{rest: null}", frame{Axes: axes{7}}},
		{"{many: dot}", frame{Axes: axes{7}, Many: units3{&dot{}}}},
	} {
		got, problems := decodeFrame(t, c.text)
		if problems.Len() > 0 || !reflect.DeepEqual(*got, c.want) {
			t.Errorf("%s: %+v, want %+v\n%s", c.text, *got, c.want, reported(problems))
		}
		again, problems := decodeFrame(t, Render(decoder.Encode(got)))
		if problems.Len() > 0 || !reflect.DeepEqual(again, got) {
			t.Errorf("%s: written as %q it is %+v\n%s", c.text, Render(decoder.Encode(got)), *again, reported(problems))
		}
	}
	one, _ := decodeFrame(t, "{axes: -1}")
	if value, _ := decoder.Encode(one).Get("axes"); value.Form != Scalar {
		t.Error("a list of one is written as a list")
	}
}

func TestListsThatMayBeWrittenShorterRefuse(t *testing.T) {
	for text, want := range map[string]string{
		"{ends: -1}":                "YML006 1:8-1:10 want a number at least 0, got -1",
		"{ends: [1, 2]}":            "YML005 1:8-1:14 want a whole number, or a list of 3 numbers or pairs of numbers, got a list of 2",
		"{ends: [1, [2, 3, 4], 5]}": "YML005 1:12-1:21 want a whole number, or a list of 3 numbers or pairs of numbers, got a list of 3",
		"{ends: [1, [2, -3], 5]}":   "YML006 1:16-1:18 want a number at least 0, got -3",
		"{ends: [1, [2, [3]], 5]}":  "YML005 1:16-1:19 want a whole number, or a list of 3 numbers or pairs of numbers, got a list of 1",
		"{ends: wide}":              "YML005 1:8-1:12 want a whole number, or a list of 3 numbers or pairs of numbers, got the text \"wide\"",
		"{ends: 2.0}":               "YML005 1:8-1:11 want a whole number without a point or an exponent, got 2.0",
		"{axes: channel}":           "YML005 1:8-1:15 want a whole number, or a list of whole numbers, got the text \"channel\"",
		"{axes: {a: 1}}":            "YML005 1:8-1:14 want a whole number, or a list of whole numbers, got a map",
		"{axes: null}":              "YML005 1:8-1:12 want a whole number, or a list of whole numbers, got nothing",
		"{axes: []}":                "YML006 1:8-1:10 want at least one entry, got an empty list",
		"{axes: [1, 1]}":            "YML006 1:12-1:13 1 a second time (1:9-1:10 the first time)",
		"{rest: -1}":                "YML006 1:8-1:10 want a number at least 0, got -1",
		"{rest: [0, 1]}":            "YML005 1:8-1:14 want a whole number or a list of 3 of them, got a list of 2",
		"{many: 3}":                 "YML005 1:8-1:9 want a unit, or a list of units, got 3",
	} {
		if _, problems := decodeFrame(t, text); reported(problems) != want {
			t.Errorf("%s:\ngot  %s\nwant %s", text, reported(problems), want)
		}
	}
}
