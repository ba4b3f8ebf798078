package stages

import (
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
)

func TestCastValues(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	in := []float32{2.9, -2.9, 0, 300, -300, 1e9, nan, inf, 0.1}
	for dtype, want := range map[string][]float32{
		"uint8":   {2, 0, 0, 255, 0, 255, 0, 255, 0},
		"int8":    {2, -2, 0, 127, -128, 127, 0, 127, 0},
		"int16":   {2, -2, 0, 300, -300, 32767, 0, 32767, 0},
		"bool":    {1, 1, 0, 1, 1, 1, 1, 1, 1},
		"float32": in,
		// numpy.float32(x).astype(numpy.float16)
		"float16": {2.900390625, -2.900390625, 0, 300, -300, inf, nan, inf, 0.0999755859375},
	} {
		got := values(t, mustRun(t, holding(in...), "cast: {dtype: "+dtype+"}"))
		if !slices.EqualFunc(got, want, func(a, b float32) bool { return a == b || a != a && b != b }) {
			t.Errorf("%s: got %v, want %v", dtype, got, want)
		}
	}
}

func TestHalf(t *testing.T) {
	// IEEE 754 binary16: largest number, smallest normal and subnormal, ties.
	for in, want := range map[float64]float64{
		65504: 65504, 65519.996: 65504, 65520: math.Inf(1), 2049: 2048, 2051: 2052,
		6.103515625e-05: 6.103515625e-05, 5.960464477539063e-08: 5.960464477539063e-08, 2.9e-08: 0, -1e6: math.Inf(-1),
	} {
		if got := half(in); got != want {
			t.Errorf("half(%v) = %v, want %v", in, got, want)
		}
	}
}

func TestCastRange(t *testing.T) {
	d := gives(t, volumes(), false, "cast: {dtype: uint8}")
	if d.DType != "uint8" || d.Range == nil || d.Range.Low != 0 || d.Range.High != 255 {
		t.Errorf("%s %+v", d.DType, d.Range)
	}
	g := volumes()
	g.bounds = &pipeline.Range{Low: -3.5, High: 1000}
	if d := gives(t, g, false, "cast: {dtype: int8}"); d.Range.Low != -3 || d.Range.High != 127 {
		t.Errorf("%+v", d.Range)
	}
	if d := gives(t, g, false, "cast: {dtype: bool}"); d.Range.Low != 0 || d.Range.High != 1 {
		t.Errorf("%+v", d.Range)
	}
}
