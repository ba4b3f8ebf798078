package stages

import (
	"context"
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// weightColumn is the weights of one portion as they are in the file.
type weightColumn struct {
	at    diag.Span
	count int
	// values are those of the examples; nil for weights of voxels.
	values []float64
	// voxels are weights with a value for each voxel.
	voxels *arrays
	// what names the file, or the column of a table, for people.
	what string
}

// declareWeights says in a dataset's type whether there are weights.
func (l *loading) declareWeights(d *pipeline.Dataset, p portion) {
	if p.SampleWeight != "" {
		d.Weighted, d.WeightsAt = true, l.origin(p, "sample_weight")
	}
}

// weightsIn reads the weights of a portion, but none of voxels. It is nil if there
// is a problem, which is then reported, or if ctx ends.
func (l *loading) weightsIn(ctx context.Context, p portion) *weightColumn {
	at := l.at(p, "sample_weight")
	ref := parseReference(p.SampleWeight, l.resolve)
	if ref.isTable() {
		cells, name, ok := l.column(ref, at)
		if !ok {
			return nil
		}
		return l.weightsOf(labelsOfCells(cells, name, at))
	}
	files, pattern := l.files(p.SampleWeight, at)
	if files == nil {
		return nil
	}
	return l.weightArrays(ctx, files, pattern, at)
}

// tableWeights reads a column of weights: numbers, or files with those of each
// example's voxels.
func (l *loading) tableWeights(ctx context.Context, path, name string, cells []string) *weightColumn {
	if files := besideTable(path, cells); nameArrays(files) {
		return l.weightArrays(ctx, files, true, l.At("sample_weight"))
	}
	return l.weightsOf(labelsOfCells(cells, name, l.At("sample_weight")))
}

func (l *loading) weightArrays(ctx context.Context, files []reference, single bool, at diag.Span) *weightColumn {
	a, problem := arraysIn(ctx, files, single, at)
	if problem != nil {
		l.report(*problem)
	}
	if a == nil {
		return nil
	}
	const smallestVolume = 3
	switch {
	case a.dtype == "text", len(a.sizes) > 0 && len(a.sizes) < smallestVolume && data.Elements(a.sizes) != 1:
		l.report(diag.New(YML122, at, fmt.Sprintf("%s holds %s %s", a.what(), a.dtype, a.show())).
			Suggest("name weights [N], a number for each example, or those of voxels, in the shape of the masks"))
		return nil
	case len(a.sizes) >= smallestVolume:
		return &weightColumn{at: at, count: a.count, voxels: a, what: a.what()}
	}
	values, problem := labelNumbers(ctx, a)
	if problem != nil {
		l.report(*problem)
	}
	if values == nil {
		return nil
	}
	return l.weightsOf(&labelColumn{at: at, count: a.count, values: values, what: a.what()})
}

// weightsOf takes a column of numbers for weights, or reports what cannot be one.
func (l *loading) weightsOf(c *labelColumn) *weightColumn {
	if c.values.Texts != nil {
		l.report(diag.New(YML122, c.at, fmt.Sprintf("%s holds texts, such as %q", c.what, c.values.Texts[0])).
			Suggest("name a column of numbers"))
		return nil
	}
	w := &weightColumn{at: c.at, count: c.count, values: realLabels(c.values).Reals, what: c.what}
	var wrong []int
	sum := 0.0
	for i, value := range w.values {
		if !(value >= 0) || math.IsInf(value, 1) {
			wrong = append(wrong, i)
		}
		sum += value
	}
	switch {
	case wrong != nil:
		l.report(diag.New(YML122, c.at, fmt.Sprintf("%d of %d weights are no numbers from 0 up", len(wrong), c.count)).
			Note("%s: %s, counting from 0; the first is %g", c.what, rowList(wrong), w.values[wrong[0]]).
			Suggest("give every example a weight from 0 up; 1 is that of an ordinary example"))
		return nil
	case sum == 0:
		l.report(diag.New(YML122, c.at, "all weights are 0").
			Note("the loss of every example is multiplied with its weight: nothing would be learnt").
			Suggest("give the examples that count a weight of 1"))
		return nil
	}
	return w
}

// readWeights joins the weights of all portions. It is nil if there is a problem,
// which is then reported.
func (l *loading) readWeights(d *pipeline.Dataset, parts []*loadedPart) data.Source {
	voxels := parts[0].weights.voxels != nil
	var files []*arrays
	var values []float32
	for _, p := range parts {
		w := p.weights
		switch {
		case (w.voxels != nil) != voxels:
			l.report(diag.New(YML122, w.at, fmt.Sprintf("%s holds weights of another kind", w.what)).
				And(parts[0].weights.at, "some are of examples, some of voxels").
				Suggest("name weights of one form for all partitions"))
			return nil
		case !voxels:
			for _, value := range w.values {
				values = append(values, float32(value))
			}
			continue
		case d.Labels.Kind != pipeline.Mask:
			l.report(diag.New(YML122, w.at, fmt.Sprintf("the weights are of voxels: %s", shape.New(w.voxels.stored...))).
				And(d.Labels.At.Span, "the labels are no masks").
				Suggest("name a weight for each example, [N]"))
			return nil
		case !onGrid(w.voxels, d):
			l.report(l.otherGrid(w.voxels, p, d))
			return nil
		}
		files = append(files, w.voxels)
	}
	if !voxels {
		return data.NewMemory(nil, values)
	}
	source, problem := sourceOf(files)
	if problem != nil {
		l.report(problem.diagnostic())
		return nil
	}
	return source
}
