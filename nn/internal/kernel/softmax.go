package kernel

import (
	"math"
	"unsafe"
)

// Softmax sets y, which may be x, to e^(x - s) with s = ln Σ eˣ over the values
// that compete. Both are rows of size times step elements, of which those compete
// that lie step apart. logs, unless it is nil, takes each s; there are step of them
// in a row. An element's result never depends on its place.
//
// No exponential overflows, and the sum is exact where one value wins by far.
func Softmax[T Float](x, y []T, size, step int, logs []float64) {
	if unsafe.Sizeof(T(0)) == unsafe.Sizeof(float32(0)) && size <= mostRivals {
		softmaxByPlanes(as32(x), as32(y), size, step, logs)
		return
	}
	row := size * step
	for from := 0; from < len(x); from += row {
		for i := from; i < from+step; i++ {
			highest := x[i]
			for j := i; j < from+row; j += step {
				highest = max(highest, x[j])
			}
			for j := i; j < from+row; j += step {
				y[j] = x[j] - highest
			}
			if logs != nil {
				logs[from/size+i-from] = float64(highest)
			}
		}
	}
	exponentials(y[:len(x)])
	for from := 0; from < len(x); from += row {
		for i := from; i < from+step; i++ {
			var sum float64
			for j := i; j < from+row; j += step {
				sum += float64(y[j])
			}
			if logs != nil {
				logs[from/size+i-from] += math.Log(sum)
			}
			share := 1 / sum
			for j := i; j < from+row; j += step {
				y[j] = T(float64(y[j]) * share)
			}
		}
	}
}

func as32[T Float](x []T) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}

// exponentials replaces numbers by their exponentials.
func exponentials[T Float](x []T) {
	if unsafe.Sizeof(T(0)) == unsafe.Sizeof(float32(0)) {
		Exponential().Value(as32(x), as32(x))
		return
	}
	for i, v := range x {
		x[i] = T(math.Exp(float64(v)))
	}
}

// contest is some groups of values that compete: size planes of count values, in
// each of which a group has one place. A kernel replaces values by their shares
// and sets, for each group, highest to its largest value and logs to ln Σ eˣ less
// that. count is a multiple of curveAlign.
//
// With a NaN among them all shares of a group are NaN, and so is its logarithm;
// highest may be anything then.
//
// Assembly reads the fields by their offsets.
type contest struct {
	planes, highest, logs []float32
	size, count           int
}

const (
	// mostRivals is how many competing values planes are worth their while for.
	mostRivals = 64
	// planesRoom is the room for all planes, mostPlaces that of one.
	planesRoom, mostPlaces = 1024, 256
)

// softmaxByPlanes goes through groups by blocks whose values it puts into planes,
// where a vector holds the values of many groups.
func softmaxByPlanes(x, y []float32, size, step int, logs []float64) {
	var planes [planesRoom]float32
	var highest, rest [mostPlaces]float32
	places := min(planesRoom/size/curveAlign*curveAlign, mostPlaces)
	groups := len(x) / size
	for first := 0; first < groups; {
		// The block's groups lie one behind the other: rows of one place each, or
		// places of one row.
		n, base := min(places, groups-first), first*size
		if step > 1 {
			n = min(places, step-first%step)
			base = first/step*size*step + first%step
		}
		c := contest{highest: highest[:], logs: rest[:], size: size, count: (n + curveAlign - 1) / curveAlign * curveAlign}
		c.planes = planes[:size*c.count]
		for k := range size {
			plane := c.planes[k*c.count:][:c.count]
			if step > 1 {
				copy(plane, x[base+k*step:][:n])
			} else {
				fromRows(plane[:n], x[base+k:], size)
			}
			clear(plane[n:])
		}
		c.run()
		for k := range size {
			plane := c.planes[k*c.count:][:n]
			if step > 1 {
				copy(y[base+k*step:], plane)
			} else {
				toRows(plane, y[base+k:], size)
			}
		}
		if logs != nil {
			for i := range n {
				logs[first+i] = float64(highest[i]) + float64(rest[i])
			}
		}
		first += n
	}
}

// fromRows fills a plane with every size-th value of x, toRows does the reverse.
func fromRows(plane, x []float32, size int) {
	at := 0
	for i := range plane {
		plane[i] = x[at]
		at += size
	}
}

func toRows(plane, y []float32, size int) {
	at := 0
	for _, v := range plane {
		y[at] = v
		at += size
	}
}

func (c *contest) run() {
	if !fastContest(single.name, c) {
		plainContest(c)
	}
}

// plainContest takes the same steps as the kernels in assembly.
func plainContest(c *contest) {
	for i := range c.count {
		highest := c.planes[i]
		for at := i; at < c.size*c.count; at += c.count {
			highest = max(highest, c.planes[at])
		}
		// Of the sum the first of the largest values, whose exponential is 1, is left
		// out: next to it, small ones would be lost.
		var others float32
		counted := float32(1)
		for at := i; at < c.size*c.count; at += c.count {
			v := c.planes[at]
			e := expOf(v - highest)
			c.planes[at] = e
			if v == highest {
				e -= counted
				counted = 0
			}
			others += e
		}
		sum := 1 + others
		for at := i; at < c.size*c.count; at += c.count {
			c.planes[at] /= sum
		}
		c.highest[i], c.logs[i] = highest, logFrom(others)
	}
}

// logFrom is ln(1 + x) for x ≥ 0. 1 + x is (1 + f)·2ⁿ with 1 + f between √½ and √2,
// and ln(1 + f) = 2·artanh(f / (2 + f)).
func logFrom(x float32) float32 {
	n := (int32(math.Float32bits(1+x)) - rootOfHalf) >> 23
	shrink := power(-n)
	f := x*shrink + (shrink - 1)
	g := f / (0.5*f + 1)
	z := g * g * 0.25
	return float32(n)*math.Ln2 + (g + g*(artanh(z)*z))
}

// rootOfHalf is √½ as its bits.
const rootOfHalf = 0x3f3504f3
