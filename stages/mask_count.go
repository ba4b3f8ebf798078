package stages

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

const (
	// mostMaskValues is how many different values masks may have: far more than the
	// largest atlas, far fewer than an image.
	mostMaskValues = 1024
	// smallValues are counted in a list, others in a map.
	smallValues = 256
	// largestID is up to where float32 tells whole numbers apart.
	largestID = 1 << 24
)

// maskRefusal is masks that hold no classes.
type maskRefusal struct {
	// example counts from 0 and holds value, which is no class id; values is how
	// many there are where they are too many.
	example int
	value   float64
	values  int
	// fractions are the different values of a mask that has fractions, where they are
	// few; nil where they are many.
	fractions []float64
	err       error
}

// countMasks counts the values in every mask. Counts are nil if there is a
// refusal, or if ctx ends.
func countMasks(ctx context.Context, masks data.Source) (*pipeline.MaskCounts, *maskRefusal) {
	every := make([]int, masks.Len())
	for i := range every {
		every[i] = i
	}
	found := make([]map[int64]int, len(every))
	strange := make([]*maskRefusal, len(every))
	err := sample{source: masks, examples: every}.each(ctx, runtime.GOMAXPROCS(0), func(_, i int, values []float32) {
		found[i], strange[i] = countValues(i, values)
	})
	for _, refusal := range strange {
		if refusal != nil {
			return nil, refusal
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, nil
	case err != nil:
		return nil, &maskRefusal{err: err}
	}
	return joined(found)
}

// joined lists the counts of all masks along the values of all of them.
func joined(found []map[int64]int) (*pipeline.MaskCounts, *maskRefusal) {
	places := make(map[int64]int)
	for _, counts := range found {
		for value := range counts {
			places[value] = 0
		}
	}
	if len(places) > mostMaskValues {
		return nil, &maskRefusal{values: len(places)}
	}
	m := &pipeline.MaskCounts{Of: make([][]int, len(found))}
	for value := range places {
		m.Values = append(m.Values, value)
	}
	slices.Sort(m.Values)
	for k, value := range m.Values {
		places[value] = k
	}
	for i, counts := range found {
		m.Of[i] = make([]int, len(m.Values))
		for value, n := range counts {
			m.Of[i][places[value]] = n
		}
	}
	return m, nil
}

// countValues counts the values of one mask, up to more than there may be.
func countValues(example int, values []float32) (map[int64]int, *maskRefusal) {
	var small [smallValues]int
	counts := make(map[int64]int)
	for _, v := range values {
		if v >= 0 && v < smallValues {
			if id := int(v); float32(id) == v {
				small[id]++
				continue
			}
		}
		whole := math.Trunc(float64(v))
		if whole != float64(v) || math.Abs(whole) > largestID {
			return nil, &maskRefusal{example: example, value: float64(v), fractions: few(values)}
		}
		if counts[int64(whole)]++; len(counts) > mostMaskValues {
			break
		}
	}
	for id, n := range small {
		if n > 0 {
			counts[int64(id)] = n
		}
	}
	return counts, nil
}

// few are the different numbers among values, in order; nil where they are as many as
// an image has.
func few(values []float32) []float64 {
	seen := make(map[float32]bool)
	for _, v := range values {
		if seen[v] = true; rules.LikeAnImage(len(seen), 0) {
			return nil
		}
	}
	var list []float64
	for v := range seen {
		list = append(list, float64(v))
	}
	slices.Sort(list)
	return list
}

// at gives a refusal its place, that of the masks.
func (r *maskRefusal) at(span diag.Span) diag.Diagnostic {
	const counted = "samples count from 0"
	var missing *notFinite
	switch {
	case errors.As(r.err, &missing):
		return diag.New(rules.LBL011.Code, span, fmt.Sprintf("the mask of sample %d has %d of %d voxels without a number", missing.example, missing.wrong, missing.of)).
			Note(counted).
			Suggest("give every voxel its class, or take the sample out of volumes and labels")
	case r.err != nil:
		return unreadable(r.err).at(span)
	case r.values > 0:
		return diag.New(rules.LBL018.Code, span, fmt.Sprintf("the masks have more than %d different values", mostMaskValues)).
			Suggest("name the masks, not the volumes")
	case math.Abs(r.value) > largestID:
		return diag.New(rules.LBL018.Code, span, fmt.Sprintf("a voxel of sample %d is %g", r.example, r.value)).
			Note("ids are told apart up to %d; %s", largestID, counted).
			Suggest("give the classes smaller numbers")
	case r.fractions != nil:
		return rules.Fractions(span, r.example, r.fractions)
	}
	return diag.New(rules.LBL018.Code, span, fmt.Sprintf("a voxel of sample %d is %.4g", r.example, r.value)).
		Note("the classes of voxels are whole numbers; fractions come from an interpolation, or from an image; %s", counted).
		Suggest("name the masks, not the volumes; resample masks by the nearest voxel")
}
