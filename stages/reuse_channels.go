package stages

import (
	"context"
	"slices"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline"
)

const (
	// mostMisfits is up to how many channels all other orders are tried: 9 of 4.
	mostMisfits = 4
	// tried is how many examples an order is tried on.
	tried = 16
)

// misplaced is the order in which the channels of raw examples have to be taken to be
// like those of the training, where they are unlike them as they are; else nil. Seen
// is what they are after the preprocessing. Every order is led through the whole
// preprocessing: what it learnt of one channel makes nonsense of another.
func (p *preprocessing) misplaced(ctx context.Context, raw *pipeline.Volumes, seen *scan.Result) ([]int, error) {
	axis := slices.IndexFunc(raw.Is.Axes, func(a pipeline.Axis) bool { return a.Name == pipeline.ChannelAxis })
	misfits := p.Voxels.Misfits(seen)
	if axis < 0 || len(misfits) < 2 || len(misfits) > mostMisfits || raw.Source.Shape()[axis] != len(p.Voxels.Channels) {
		return nil, nil
	}
	few := beginning{raw.Source, min(raw.Source.Len(), tried)}
	for _, moved := range derangements(misfits) {
		take := make([]int, len(p.Voxels.Channels))
		for c := range take {
			take[c] = c
		}
		for i, c := range misfits {
			take[c] = moved[i]
		}
		prepared, err := p.apply(&pipeline.Volumes{Is: raw.Is, Source: data.Map(few, channelsTaken{raw.Source.Shape(), axis, take})})
		if err != nil {
			return nil, err
		}
		found, err := scan.Of(ctx, prepared.Source, scan.Settings{}, 1)
		if err != nil {
			return nil, err
		}
		if p.Voxels.Fits(found) {
			return take, nil
		}
	}
	return nil, nil
}

// beginning are the first examples of a source.
type beginning struct {
	data.Source
	examples int
}

func (b beginning) Len() int { return b.examples }

// derangements are the orders of a list in which nothing stays in its place.
func derangements(list []int) [][]int {
	var all [][]int
	var extend func(begun []int)
	extend = func(begun []int) {
		if len(begun) == len(list) {
			all = append(all, slices.Clone(begun))
			return
		}
		for _, v := range list {
			if v != list[len(begun)] && !slices.Contains(begun, v) {
				extend(append(begun, v))
			}
		}
	}
	extend(nil)
	return all
}

// channelsTaken gives examples of some sizes with the channels along an axis taken in
// another order.
type channelsTaken struct {
	sizes []int
	axis  int
	take  []int
}

func (channelsTaken) Output(in []int) []int { return in }

func (t channelsTaken) Apply(in, out []float32) {
	behind := 1
	for _, size := range t.sizes[t.axis+1:] {
		behind *= size
	}
	channels := len(t.take)
	for at := 0; at < len(in); at += channels * behind {
		for c, from := range t.take {
			copy(out[at+c*behind:at+(c+1)*behind], in[at+from*behind:])
		}
	}
}
