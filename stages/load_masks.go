package stages

import (
	"context"
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// mostPlanned is up to how many voxels of masks the plan reads: masks are labels,
// which a plan reads, and as large as volumes, which it does not. So many take
// about a second.
const mostPlanned = 1 << 28

// readMasks holds the masks against their volumes, counts their values unless
// they are too many, and gives their source. It is nil if there is a problem,
// which is then reported, or if ctx ends.
func (l *loading) readMasks(ctx context.Context, d *pipeline.Dataset, parts []*loadedPart) data.Source {
	files := make([]*arrays, len(parts))
	for i, p := range parts {
		files[i] = p.labels.masks
		if !onGrid(files[i], d) {
			l.report(l.otherGrid(files[i], p, d))
			return nil
		}
	}
	regrid(d)
	source, problem := sourceOf(files)
	switch {
	case problem != nil:
		l.report(problem.diagnostic())
		return nil
	case l.masks != nil && len(l.masks.Of) == source.Len():
		d.Facts.Masks = l.masks
		return source
	case source.Len()*data.Elements(source.Shape()) > l.mostVoxels:
		return source
	}
	counts, refusal := countMasks(ctx, source)
	if refusal != nil {
		l.report(refusal.at(files[0].at))
	}
	if counts == nil {
		return nil
	}
	d.Facts.Masks = counts
	return source
}

// onGrid says whether masks have the sizes of the volumes' grid, and reads them
// as such: an axis of size 1 where the volumes have the channel, or behind the
// others, is left out.
func onGrid(masks *arrays, d *pipeline.Dataset) bool {
	grid := shape.Shape{}
	like := shape.Shape{} // the volume's axes, with a channel of 1
	for _, axis := range d.Axes {
		if axis.Name == pipeline.ChannelAxis {
			like = append(like, shape.Of(1))
			continue
		}
		grid, like = append(grid, axis.Size), append(like, axis.Size)
	}
	stored := shape.New(masks.stored...)
	if !stored.Equal(grid) && !stored.Equal(like) && !stored.Equal(append(slices.Clone(grid), shape.Of(1))) {
		return false
	}
	masks.sizes = grid.MustSizes()
	return true
}

// otherGrid is SHP017: masks, or weights of voxels, that do not lie on their
// volumes.
func (l *loading) otherGrid(masks *arrays, p *loadedPart, d *pipeline.Dataset) diag.Diagnostic {
	grid := d.MaskShape()
	what, all := "a mask", "the masks"
	if p.weights != nil && masks == p.weights.voxels {
		what, all = "the weights of a volume", "the weights"
	}
	problem := diag.New(rules.SHP017.Code, masks.at, fmt.Sprintf("%s: %s", what, shape.New(masks.stored...))).
		And(p.volumes.at, fmt.Sprintf("a volume: %s", named(d.Axes))).
		Note("with a value for each voxel it would be %s", grid)
	sizes := masks.stored
	last := len(sizes) - 1
	switch {
	case len(sizes) == len(grid)+1 && shape.New(sizes[:last]...).Equal(grid):
		return problem.Note("the last axis, of %d, looks like a value for each class", sizes[last]).
			Suggest("save the number of each voxel's class: np.save(..., arr.argmax(axis=-1))")
	case len(sizes) == len(grid)+1 && shape.New(sizes[1:]...).Equal(grid):
		return problem.Note("the first axis, of %d, looks like a value for each class", sizes[0]).
			Suggest("save the number of each voxel's class: np.save(..., arr.argmax(axis=1))")
	case len(d.Axes) > 3 && len(sizes) == len(d.Axes)-1 && d.Axes[len(d.Axes)-1].Name != pipeline.ChannelAxis:
		return problem.Suggest(fmt.Sprintf("if the %s holds several values of one voxel, name it so: axes: [sample, …, channel]", d.Axes[len(d.Axes)-1].Name))
	}
	if slices.Equal(slices.Sorted(slices.Values(sizes)), slices.Sorted(slices.Values(grid.MustSizes()))) {
		problem = problem.Note("the sizes are the same in another order")
	}
	return problem.Suggest("name " + all + " of these volumes, or bring them to the volumes' grid before loading them")
}
