package stages

import (
	"encoding/json"
	"math"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/onnx"
	"github.com/voxelpipe/pipe/nn/onnx/wire"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/stages/rules"
)

// Cast gives the voxels another type of number. In memory every voxel is a
// float32 whatever its type; a cast changes the values to those that the type can
// store.
//
// To integers, values are cut off towards zero as NumPy does (2.9 becomes 2, -2.9
// becomes -2); values beyond the type's range become its least or its greatest
// number, they never wrap round; NaN becomes 0. To bool, 0 stays 0 and all else
// becomes 1. To float16, values are rounded to the nearest that it can store, and
// those beyond 65504 become infinite. float32 and float64 change nothing.
// Integers beyond 16777216 (2^24) are only stored to seven digits.
type Cast struct {
	// DType is the type: bool, uint8, uint16, uint32, uint64, int8, int16, int32,
	// int64, float16, float32 or float64.
	DType string `yaml:"dtype" validate:"required,oneof=bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 float16 float32 float64"`
}

// Takes one dataset.
func (*Cast) Takes() []pipeline.Want { return oneDataset }

// Gives a dataset.
func (*Cast) Gives() pipeline.Family { return pipeline.DatasetFamily }

// Check bounds the values by what the type can store.
func (s *Cast) Check(c *pipeline.Check, in []pipeline.Type) pipeline.Type {
	before := in[0].(*pipeline.Dataset)
	rules.CheckCast(c, before, pipeline.DType(s.DType))
	return settled(c, s.after(c.Node, before), nil)
}

// Run casts the values of every example as it is read.
func (s *Cast) Run(r *pipeline.Run, in []pipeline.Value) (pipeline.Value, error) {
	v := in[0].(*pipeline.Volumes)
	return through(r, v, s.after(r.Node, v.Is), s.transform(), nil)
}

// Restore learnt nothing.
func (s *Cast) Restore(json.RawMessage, []int) (data.Transform, error) { return s.transform(), nil }

// Draw changes the values in a graph, which stay float32. The operators that give
// whole numbers leave open what becomes of numbers out of range, so none is used.
func (s *Cast) Draw(b *onnx.Builder, x onnx.Value, _ json.RawMessage, _ []int) (onnx.Value, error) {
	zero := func() onnx.Value { return b.Floats("zero", nil, 0) }
	switch dtype := pipeline.DType(s.DType); dtype {
	case "float32", "float64":
		return x, nil
	case "float16":
		return b.Cast(b.Cast(x, wire.Half), wire.Float), nil
	case "bool":
		return b.Op("Where", []onnx.Value{b.Op("Equal", []onnx.Value{x, zero()}), zero(), b.Floats("one", nil, 1)}), nil
	default:
		size := b.Op("Floor", []onnx.Value{b.Op("Abs", []onnx.Value{x})})
		whole := b.Op("Mul", []onnx.Value{b.Op("Sign", []onnx.Value{x}), size})
		low, high, _ := dtype.Bounds()
		bounded := clip(b, whole, [2]float64{low, high})
		return b.Op("Where", []onnx.Value{b.Op("IsNaN", []onnx.Value{x}), zero(), bounded}), nil
	}
}

func (s *Cast) after(n *pipeline.Node, d *pipeline.Dataset) *pipeline.Dataset {
	changed := d.Clone()
	changed.DType, changed.DTypeAt = pipeline.DType(s.DType), n.Origin("dtype")
	switch low, high, bounded := changed.DType.Bounds(); {
	case d.Range != nil:
		number := s.number()
		changed.Range = &pipeline.Range{Low: number(d.Range.Low), High: number(d.Range.High), At: d.Range.At}
		if changed.DType == "bool" && d.Range.Low <= 0 && d.Range.High >= 0 {
			changed.Range.Low = 0
		}
	case bounded:
		changed.Range = &pipeline.Range{Low: low, High: high, At: n.Origin("dtype")}
	}
	step := stepOf(n)
	if s.DType != "float32" && s.DType != "float64" { // which leave the values as they are
		step.Does = "cast to " + s.DType
	}
	addStep(changed, step)
	return changed
}

// number gives the number that the type stores for a value.
func (s *Cast) number() func(float64) float64 {
	switch dtype := pipeline.DType(s.DType); dtype {
	case "bool":
		return func(v float64) float64 {
			if v == 0 {
				return 0
			}
			return 1
		}
	case "float16":
		return half
	case "float32", "float64":
		return func(v float64) float64 { return v }
	default:
		low, high, _ := dtype.Bounds()
		return func(v float64) float64 {
			if math.IsNaN(v) {
				return 0
			}
			return min(max(math.Trunc(v), low), high)
		}
	}
}

func (s *Cast) transform() data.Transform { return eachVoxel(s.number()) }

// eachVoxel changes every value by itself.
type eachVoxel func(float64) float64

func (eachVoxel) Output(in []int) []int { return in }

func (e eachVoxel) Apply(in, out []float32) {
	for i, v := range in {
		out[i] = float32(e(float64(v)))
	}
}

// half rounds to the nearest number that IEEE 754 binary16 can store, ties to
// even: 11 significant bits, spaced by 2^-24 below 2^-14, infinite from 65520 on.
func half(v float64) float64 {
	size := math.Abs(v)
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0) || v == 0:
		return v
	case size >= 65520:
		return math.Copysign(math.Inf(1), v)
	}
	_, exponent := math.Frexp(size) // size = fraction × 2^exponent, fraction in [0.5, 1)
	spacing := math.Ldexp(1, max(exponent-11, -24))
	return math.RoundToEven(v/spacing) * spacing
}
