package pipeline

import "math"

// Bounds are the least and the greatest number that the type can store; false
// for real numbers and unknown types, which bound nothing worth knowing.
func (d DType) Bounds() (low, high float64, ok bool) {
	switch d {
	case "bool":
		return 0, 1, true
	case "uint8":
		return 0, math.MaxUint8, true
	case "uint16":
		return 0, math.MaxUint16, true
	case "uint32":
		return 0, math.MaxUint32, true
	case "uint64":
		return 0, math.MaxUint64, true
	case "int8":
		return math.MinInt8, math.MaxInt8, true
	case "int16":
		return math.MinInt16, math.MaxInt16, true
	case "int32":
		return math.MinInt32, math.MaxInt32, true
	case "int64":
		return math.MinInt64, math.MaxInt64, true
	}
	return 0, 0, false
}
