package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// SHP011 is reported by reshape, which knows the axes before and after it.
var SHP011 = &Rule{Code: shp011}

// CheckReshape finds a reshape whose sizes are those that there were, in another
// order. Axes of size 1 can stand anywhere.
func CheckReshape(c *pipeline.Check, before *pipeline.Dataset, to []int) {
	var was, is []int
	for _, axis := range before.Axes {
		size, known := axis.Size.Known()
		if !known {
			return
		}
		if size > 1 {
			was = append(was, size)
		}
	}
	for _, size := range to {
		if size < 1 {
			return
		}
		if size > 1 {
			is = append(is, size)
		}
	}
	if slices.Equal(was, is) || !slices.Equal(slices.Sorted(slices.Values(was)), slices.Sorted(slices.Values(is))) {
		return
	}
	c.Report(diag.New(shp011, c.At("to"), "the same sizes in another order").
		And(before.Axes[0].At.Span, fmt.Sprintf("an example is %s here", before.Shape())).
		Note("reshape keeps the values in their reading order: rows of the old axes are cut to the new lengths, and neighbours are torn apart").
		Suggest("move the axes instead: transpose with their order", transposed(c, was, is, len(before.Axes), len(to))...))
}

// transposed writes a transpose in place of the reshape, where no axis comes or
// goes. Axes of one size keep their order.
func transposed(c *pipeline.Check, was, is []int, axes, sizes int) []diag.Edit {
	to := c.Places.Node("to")
	entry, written := c.Item.Settings.Entry("to")
	if len(was) != axes || len(is) != sizes || !written || entry.Value != to {
		return nil
	}
	taken := make([]bool, len(was))
	order := make([]string, len(is))
	for i, size := range is {
		for axis, from := range was {
			if from == size && !taken[axis] {
				taken[axis], order[i] = true, fmt.Sprint(axis)
				break
			}
		}
	}
	return together(replace(c.Item.KindSpan, "transpose"), replace(entry.KeySpan, "order"), replace(entry.Value.Span, "["+strings.Join(order, ", ")+"]"))
}

var shp011 = &diag.Code{
	ID: "SHP011", Severity: diag.Warning,
	Title:  "reshape where the axes should be moved",
	Means:  "The new shape has the sizes of the old one in another order. `reshape` does not move a value: it only cuts the row of all values into other lengths. `transpose` brings the axes into another order.",
	Why:    "The volume comes out scrambled: it has the right shape, and voxels that were neighbours are far apart.",
	Ways:   []string{"`transpose: {order: [1, 2, 0]}`"},
	Fails:  stages("phantom: {samples: 40, size: [18, 64, 32]}", "reshape: {to: [64, 32, 18]}"),
	Mended: stages("phantom: {samples: 40, size: [18, 64, 32]}", "transpose: {order: [1, 2, 0]}"),
}
