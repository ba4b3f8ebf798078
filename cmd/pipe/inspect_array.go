package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/nn/data/npy"
)

// content is what an array holds.
type content struct {
	header npy.Header
	// numbers are nil for an array of text.
	numbers *numbers
	// values are how often each value occurs: of texts, and of integers if they are
	// few.
	values []valueCount
	// moreValues is how many further texts there are.
	moreValues int
}

// numbers are the statistics of an array.
type numbers struct {
	count, nans, infinities int
	// min, max, mean and std are of the finite numbers; NaN if there are none.
	min, max, mean, std float64
	// bins are the finite numbers in stretches of equal length from min to max;
	// nil if the single values are shown instead.
	bins []int
}

// valueCount is how often a value occurs.
type valueCount struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

const (
	// fewValues is up to how many distinct integers are counted one by one.
	fewValues = 32
	// mostTexts is how many distinct texts are shown.
	mostTexts = 32
	// binCount is the number of bars of a histogram, longestBar their length in
	// letters.
	binCount   = 16
	longestBar = 40
	// exactly is up to how many elements an array is read whole, in double
	// precision; a larger one is read in blocks of about blockElements, in single.
	exactly       = 1 << 24
	blockElements = 1 << 20
)

func lookAtArray(ctx context.Context, array *npy.Array) (finding, error) {
	c := &content{header: array.Header}
	if array.DType.IsText() {
		texts, err := array.Texts()
		if err != nil {
			return nil, err
		}
		c.values, c.moreValues = countValues(texts)
		return c, nil
	}
	var err error
	if c.numbers, err = measure(ctx, array); err != nil {
		return nil, err
	}
	if array.DType.IsInteger() || array.DType.IsBool() {
		c.values, err = countFew(ctx, array)
	}
	if c.values != nil {
		c.numbers.bins = nil
	}
	return c, err
}

// blocks visits all elements of an array of numbers, some at a time.
func blocks(ctx context.Context, array *npy.Array, visit func([]float64)) error {
	if array.Elements() <= exactly {
		all, err := array.Floats()
		if err != nil {
			return err
		}
		visit(all)
		return nil
	}
	row := array.Elements() / array.Len()
	rows := min(max(blockElements/row, 1), array.Len())
	single, double := make([]float32, rows*row), make([]float64, rows*row)
	for first := 0; first < array.Len(); first += rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(rows, array.Len()-first)
		if err := array.Rows(first, n, single[:n*row]); err != nil {
			return err
		}
		for i, v := range single[:n*row] {
			double[i] = float64(v)
		}
		visit(double[:n*row])
	}
	return nil
}

// measure goes through an array twice: for the range and the mean, then for the
// spread and the histogram.
func measure(ctx context.Context, array *npy.Array) (*numbers, error) {
	s := &numbers{min: math.Inf(1), max: math.Inf(-1)}
	var sum float64
	err := blocks(ctx, array, func(block []float64) {
		s.count += len(block)
		for _, v := range block {
			switch {
			case math.IsNaN(v):
				s.nans++
			case math.IsInf(v, 0):
				s.infinities++
			default:
				s.min, s.max = min(s.min, v), max(s.max, v)
				sum += v
			}
		}
	})
	if err != nil {
		return nil, err
	}
	finite := s.count - s.nans - s.infinities
	if finite == 0 {
		s.min, s.max, s.mean, s.std = math.NaN(), math.NaN(), math.NaN(), math.NaN()
		return s, nil
	}
	s.mean = sum / float64(finite)
	s.bins = make([]int, binCount)
	var squares float64
	err = blocks(ctx, array, func(block []float64) {
		for _, v := range block {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				continue
			}
			squares += (v - s.mean) * (v - s.mean)
			s.bins[s.bin(v)]++
		}
	})
	s.std = math.Sqrt(squares / float64(finite))
	return s, err
}

// bin is the stretch that a number falls into; the last one includes the maximum.
func (s *numbers) bin(v float64) int {
	if s.max == s.min {
		return 0
	}
	return min(int((v-s.min)/(s.max-s.min)*binCount), binCount-1)
}

// edge is where a stretch begins.
func (s *numbers) edge(bin int) float64 { return s.min + (s.max-s.min)*float64(bin)/binCount }

// countFew counts the distinct integers of an array, nil if there are many.
func countFew(ctx context.Context, array *npy.Array) ([]valueCount, error) {
	counts := map[float64]int{}
	err := blocks(ctx, array, func(block []float64) {
		for _, v := range block {
			if len(counts) > fewValues {
				return
			}
			counts[v]++
		}
	})
	if err != nil || len(counts) > fewValues {
		return nil, err
	}
	list := []valueCount{}
	keys := make([]float64, 0, len(counts))
	for v := range counts {
		keys = append(keys, v)
	}
	slices.Sort(keys)
	for _, v := range keys {
		list = append(list, valueCount{strconv.FormatFloat(v, 'f', -1, 64), counts[v]})
	}
	return list, nil
}

// countValues counts texts, in alphabetical order, and says how many distinct
// ones are left out.
func countValues(texts []string) (list []valueCount, more int) {
	counts := countTexts(texts)
	for i, c := range counts {
		if i == mostTexts {
			return list, len(counts) - mostTexts
		}
		list = append(list, valueCount{c.Class, c.Examples})
	}
	return list, 0
}

// order names the layout in the file.
func order(h npy.Header) string {
	if h.Fortran {
		return "Fortran"
	}
	return "C"
}

func byteOrder(h npy.Header) string {
	switch {
	case h.DType.Size() == 1:
		return "does not matter"
	case h.BigEndian:
		return "big"
	}
	return "little"
}

func (c *content) tell(a *app) {
	h := c.header
	rows := [][]string{
		{"shape", sizeList(h.Shape)}, {"dtype", h.DType.String()},
		{"order", order(h) + ", the " + map[bool]string{true: "first", false: "last"}[h.Fortran] + " axis runs fastest"},
		{"byte order", byteOrder(h)},
	}
	if s := c.numbers; s != nil {
		rows = append(rows,
			[]string{"minimum", short(s.min)}, []string{"maximum", short(s.max)}, []string{"mean", short(s.mean)},
			[]string{"standard deviation", short(s.std)}, []string{"NaN", fmt.Sprintf("%d of %d", s.nans, s.count)})
		if s.infinities > 0 {
			rows = append(rows, []string{"infinite", fmt.Sprintf("%d of %d", s.infinities, s.count)})
		}
	}
	tabulate(a.out, "  ", rows)
	switch {
	case c.values != nil:
		tellCounts(a, c.values, c.moreValues)
	case c.numbers != nil && c.numbers.bins != nil:
		c.numbers.histogram(a)
	}
}

// histogram draws a bar for each stretch.
func (s *numbers) histogram(a *app) {
	fmt.Fprintln(a.out, "\nhistogram")
	rows := [][]string{}
	most := slices.Max(s.bins)
	for i, n := range s.bins {
		rows = append(rows, []string{short(s.edge(i)), "to " + short(s.edge(i+1)), strconv.Itoa(n), barOf(n, most)})
	}
	tabulate(a.out, "  ", rows, 0, 2)
}

// tellCounts draws a bar for each value, and says how large a part of the whole
// it is.
func tellCounts(a *app, values []valueCount, more int) {
	fmt.Fprintln(a.out, "\nvalues")
	rows := [][]string{}
	most, whole := 0, 0
	for _, v := range values {
		most, whole = max(most, v.Count), whole+v.Count
	}
	for _, v := range values {
		share := ""
		if more == 0 {
			share = fmt.Sprintf("%.3g %%", 100*float64(v.Count)/float64(whole))
		}
		rows = append(rows, []string{v.Value, strconv.Itoa(v.Count), share, barOf(v.Count, most)})
	}
	tabulate(a.out, "  ", rows, 0, 1, 2)
	if more > 0 {
		fmt.Fprintf(a.out, "  and %d more\n", more)
	}
}

// barOf is as long as n is great; anything above zero can be seen.
func barOf(n, most int) string {
	length := 0
	if n > 0 {
		length = max(n*longestBar/most, 1)
	}
	return strings.Repeat("#", length)
}

// short prints a number with as many digits as a reader takes in.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

func (c *content) record() report {
	h := c.header
	r := report{"header": report{"shape": h.Shape, "dtype": h.DType.String(), "order": order(h), "byte_order": byteOrder(h)}}
	if s := c.numbers; s != nil {
		r["stats"] = report{
			"count": s.count, "min": decimal(s.min), "max": decimal(s.max), "mean": decimal(s.mean), "std": decimal(s.std),
			"nan": s.nans, "infinite": s.infinities,
		}
		if s.bins != nil {
			bins := []report{}
			for i, n := range s.bins {
				bins = append(bins, report{"from": decimal(s.edge(i)), "to": decimal(s.edge(i + 1)), "count": n})
			}
			r["histogram"] = bins
		}
	}
	if c.values != nil {
		r["values"], r["more_values"] = c.values, c.moreValues
	}
	return r
}
