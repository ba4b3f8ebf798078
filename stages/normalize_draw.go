package stages

import (
	"encoding/json"
	"math"

	"github.com/voxelpipe/pipe/nn/onnx"
	"github.com/voxelpipe/pipe/nn/onnx/wire"
)

// Draw adds the lines of normalize to a graph. They are worked out in double
// precision, as here, so that both give the same numbers.
func (s *Normalize) Draw(b *onnx.Builder, x onnx.Value, learnt json.RawMessage, in []int) (onnx.Value, error) {
	restored, err := s.Restore(learnt, in)
	if err != nil {
		return "", err
	}
	t := restored.(*normalized)
	d := &drawing{Builder: b, settings: s, x: x, wide: b.Cast(x, wire.Double), sizes: in}
	if s.Mask == "nonzero" {
		d.blank = b.Op("Equal", []onnx.Value{x, b.Floats("zero", nil, 0)})
	}
	var from, factor onnx.Value
	to := d.number("to", s.Range[0])
	if t.lines != nil {
		from, factor, to = d.fixed(t.lines)
	} else {
		from, factor = d.own()
		if s.Method == "z_score" || s.Method == "max" {
			to = d.number("to", 0)
		}
	}
	scaled := b.Op("Sub", []onnx.Value{d.wide, from})
	scaled = b.Op("Mul", []onnx.Value{scaled, factor})
	scaled = b.Cast(b.Op("Add", []onnx.Value{scaled, to}), wire.Float)
	if s.Method == "percentile" {
		scaled = clip(b, scaled, s.Range)
	}
	if d.blank != "" {
		scaled = b.Op("Where", []onnx.Value{d.blank, x, scaled})
	}
	return scaled, nil
}

// drawing is a normalize stage on its way into a graph.
type drawing struct {
	*onnx.Builder
	settings *Normalize
	// x is what it takes, wide the same in double precision.
	x, wide onnx.Value
	// blank marks the voxels that are left out; "" if there are none.
	blank onnx.Value
	sizes []int
}

func (d *drawing) number(name string, v float64) onnx.Value { return d.Doubles(name, nil, v) }

// fixed are lines that are known, one for each channel.
func (d *drawing) fixed(lines []line) (from, factor, to onnx.Value) {
	var f, m, t []float64
	for _, l := range lines {
		f, m, t = append(f, l.from), append(m, l.factor), append(t, l.to)
	}
	sizes := []int{len(lines)}
	return d.Doubles("from", sizes, f...), d.Doubles("factor", sizes, m...), d.Doubles("to", sizes, t...)
}

// own takes each example's own numbers.
func (d *drawing) own() (from, factor onnx.Value) {
	lows, highs := d.x, d.x
	if d.blank != "" {
		lows = d.Op("Where", []onnx.Value{d.blank, d.Floats("above", nil, float32(math.Inf(1))), d.x})
		highs = d.Op("Where", []onnx.Value{d.blank, d.Floats("below", nil, float32(math.Inf(-1))), d.x})
	}
	switch d.settings.Method {
	case "percentile":
		low, high := d.percentiles(lows)
		return low, d.spread(low, high)
	case "min_max":
		low, high := d.bound("ReduceMin", lows), d.bound("ReduceMax", highs)
		return low, d.spread(low, high)
	case "max":
		high := d.bound("ReduceMax", highs)
		above := d.Op("Greater", []onnx.Value{high, d.number("none", 0)})
		return d.number("from", 0), d.Op("Where", []onnx.Value{above, d.Op("Reciprocal", []onnx.Value{high}), d.number("one", 1)})
	default: // z_score
		return d.moments(d.bound("ReduceMin", lows), d.bound("ReduceMax", highs))
	}
}

// axes are those over which an example's numbers are taken.
func (d *drawing) axes() onnx.Value {
	var axes []int
	for i := range d.sizes {
		if !d.perChannel() || i < len(d.sizes)-1 {
			axes = append(axes, i+1)
		}
	}
	return d.Ints("axes", axes...)
}

func (d *drawing) perChannel() bool { return d.settings.channels(d.sizes) > 1 }

// bound is the least or the greatest value, 0 if there are none.
func (d *drawing) bound(op string, values onnx.Value) onnx.Value {
	bound := d.Cast(d.Op(op, []onnx.Value{values, d.axes()}), wire.Double)
	if d.blank == "" {
		return bound
	}
	return d.Op("Where", []onnx.Value{d.Op("IsInf", []onnx.Value{d.Cast(bound, wire.Float)}), d.number("none", 0), bound})
}

// spread is the length of range over that from low to high.
func (d *drawing) spread(low, high onnx.Value) onnx.Value {
	return d.Op("Mul", []onnx.Value{
		d.number("length", d.settings.Range[1]-d.settings.Range[0]),
		d.inverse(d.Op("Sub", []onnx.Value{high, low})),
	})
}

// inverse is 1 / spread, and 1 where there is no spread.
func (d *drawing) inverse(spread onnx.Value) onnx.Value {
	one := d.number("one", 1)
	none := d.Op("Equal", []onnx.Value{spread, d.number("none", 0)})
	return d.Op("Reciprocal", []onnx.Value{d.Op("Where", []onnx.Value{none, one, spread})})
}

// count is how many values there are, at least 1.
func (d *drawing) count() onnx.Value {
	if d.blank == "" {
		n := 1
		for i, size := range d.sizes {
			if !d.perChannel() || i < len(d.sizes)-1 {
				n *= size
			}
		}
		return d.number("count", float64(n))
	}
	kept := d.Cast(d.Op("Not", []onnx.Value{d.blank}), wire.Double)
	return d.Op("Max", []onnx.Value{d.sum(kept), d.number("one", 1)})
}

func (d *drawing) sum(values onnx.Value) onnx.Value {
	return d.Op("ReduceSum", []onnx.Value{values, d.axes()})
}

// kept replaces the values that are left out by 0.
func (d *drawing) kept(values onnx.Value) onnx.Value {
	if d.blank == "" {
		return values
	}
	return d.Op("Where", []onnx.Value{d.blank, d.number("none", 0), values})
}

// moments give the mean, and 1 over the deviation. Where all values are equal
// there is no deviation, whatever the rounding of the mean says.
func (d *drawing) moments(low, high onnx.Value) (mean, inverse onnx.Value) {
	count := d.count()
	mean = d.Op("Div", []onnx.Value{d.sum(d.kept(d.wide)), count})
	apart := d.Op("Sub", []onnx.Value{d.wide, mean})
	squares := d.sum(d.kept(d.Op("Mul", []onnx.Value{apart, apart})))
	deviation := d.Op("Sqrt", []onnx.Value{d.Op("Div", []onnx.Value{squares, count})})
	equal := d.Op("Equal", []onnx.Value{low, high})
	mean = d.Op("Where", []onnx.Value{equal, low, mean})
	deviation = d.Op("Where", []onnx.Value{equal, d.number("none", 0), deviation})
	return mean, d.inverse(deviation)
}

// percentiles sorts the values of each example and looks between neighbours.
// Those that are left out are infinite, so they come last.
func (d *drawing) percentiles(values onnx.Value) (low, high onnx.Value) {
	channels := d.settings.channels(d.sizes)
	voxels := 1
	for _, n := range d.sizes {
		voxels *= n
	}
	voxels /= channels
	rows := d.Reshape(values, []int{voxels, channels})
	rows = d.Transpose(rows, []int{1, 0}) // [N, channels, voxels]
	sorted := d.Ops("TopK", 2, []onnx.Value{rows, d.Ints("voxels", voxels)}, onnx.Int("axis", -1), onnx.Int("largest", 0))[0]
	last := d.Op("Sub", []onnx.Value{d.perRow(d.count(), channels), d.number("one", 1)})
	at := func(percentage float64) onnx.Value {
		place := d.Op("Mul", []onnx.Value{last, d.number("share", percentage/100)})
		rank := d.Op("Floor", []onnx.Value{place})
		next := d.Op("Min", []onnx.Value{d.Op("Add", []onnx.Value{rank, d.number("one", 1)}), last})
		a, b := d.pick(sorted, rank), d.pick(sorted, next)
		way := d.Op("Sub", []onnx.Value{place, rank})
		value := d.Op("Add", []onnx.Value{a, d.Op("Mul", []onnx.Value{d.Op("Sub", []onnx.Value{b, a}), way})})
		if d.blank != "" { // no value at all
			none := d.Op("IsNaN", []onnx.Value{d.Op("Sub", []onnx.Value{a, a})})
			value = d.Op("Where", []onnx.Value{none, d.number("none", 0), value})
		}
		return d.perVoxel(value, channels)
	}
	return at(d.settings.Percentiles[0]), at(d.settings.Percentiles[1])
}

// pick takes the value at a rank of every sorted row.
func (d *drawing) pick(sorted, rank onnx.Value) onnx.Value {
	index := d.Cast(rank, wire.Int64)
	return d.Cast(d.Op("GatherElements", []onnx.Value{sorted, index}, onnx.Int("axis", -1)), wire.Double)
}

// perRow lays numbers of each channel out as [N, channels, 1]. A number that is
// the same for every example is given as many rows as there are examples.
func (d *drawing) perRow(numbers onnx.Value, channels int) onnx.Value {
	if d.blank != "" {
		return d.Reshape(numbers, []int{channels, 1})
	}
	zeros := d.Op("ReduceSum", []onnx.Value{d.Op("Mul", []onnx.Value{d.wide, d.number("none", 0)}), d.axes()})
	return d.Reshape(d.Op("Add", []onnx.Value{zeros, numbers}), []int{channels, 1})
}

// perVoxel lays numbers of each channel out so that they go with an example.
func (d *drawing) perVoxel(numbers onnx.Value, channels int) onnx.Value {
	sizes := make([]int, len(d.sizes))
	for i := range sizes {
		sizes[i] = 1
	}
	if d.perChannel() {
		sizes[len(sizes)-1] = channels
	}
	return d.Reshape(numbers, sizes)
}
