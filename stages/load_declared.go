package stages

import (
	"math"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
)

// declared is the dataset as far as the settings alone say it; nil if they
// disagree. Sizes that are not known are symbols: N, and the names of the axes.
func (l *loading) declared() *pipeline.Dataset {
	s := l.settings
	portions := l.portions()
	f, ok := l.form(s.Table != "" || isPattern(portions[0].Volumes))
	if !ok {
		return nil
	}
	d := l.dataset(pipeline.DType(s.DType))
	d.Axes = l.declaredAxes(f)
	d.Examples, d.ExamplesAt = f.examples.dim("N"), l.examplesAt(portions[0], f)
	switch {
	case portions[0].name != "":
		d.Examples = shape.Of(0)
		for _, p := range portions {
			part := pipeline.Partition{Name: p.name, Examples: f.examples.dim("N_" + p.name), At: l.origin(p, "volumes")}
			d.Partitions = append(d.Partitions, part)
			d.Examples = d.Examples.Add(part.Examples)
		}
	case s.Partition != "":
		// Which of them the table has is not known; a stage that asks for one is
		// right until the table says otherwise.
		for _, name := range partitionNames {
			d.Partitions = append(d.Partitions, pipeline.Partition{Name: name, Examples: shape.Symbol("N_" + name), At: l.Origin("partition")})
		}
	}
	d.Labels, d.Grouped = l.declaredLabels(portions[0]), portions[0].Groups != ""
	l.declareWeights(d, portions[0])
	regrid(d)
	return d
}

var partitionNames = []string{pipeline.Train, pipeline.Validation, pipeline.Test}

// dataset is a dataset of a type of numbers of which nothing else is known.
func (l *loading) dataset(dtype pipeline.DType) *pipeline.Dataset {
	at := l.Origin("volumes")
	if l.settings.DType != "" {
		at = l.Origin("dtype")
	}
	d := &pipeline.Dataset{DType: dtype, DTypeAt: at, Modality: l.settings.Modality}
	if r, ok := rangeOf(dtype); ok {
		r.At = at
		d.Range = &r
	}
	return d
}

// rangeOf is the values that a type of few bits can have. The wide types can have
// so many that to name them would say nothing.
func rangeOf(dtype pipeline.DType) (pipeline.Range, bool) {
	switch dtype {
	case "bool":
		return pipeline.Range{Low: 0, High: 1}, true
	case "uint8":
		return pipeline.Range{Low: 0, High: math.MaxUint8}, true
	case "int8":
		return pipeline.Range{Low: math.MinInt8, High: math.MaxInt8}, true
	case "uint16":
		return pipeline.Range{Low: 0, High: math.MaxUint16}, true
	case "int16":
		return pipeline.Range{Low: math.MinInt16, High: math.MaxInt16}, true
	}
	return pipeline.Range{}, false
}

// declaredAxes are those of one example; nil if not even their number was said.
func (l *loading) declaredAxes(f form) []pipeline.Axis {
	rank := len(f.sizes)
	if f.sizes == nil {
		rank = len(f.names)
	}
	if rank == 0 {
		return nil
	}
	axes := make([]pipeline.Axis, rank)
	for i, name := range f.axesOf(rank) {
		size := DeclaredSize{Name: name}
		if f.sizes != nil {
			size = f.sizes[i]
		}
		axes[i] = pipeline.Axis{Name: name, Size: size.dim(name), At: l.axesAt()}
	}
	return axes
}

// axesAt is where the axes of an example were decided.
func (l *loading) axesAt() pipeline.Origin {
	switch {
	case l.settings.Shape != nil:
		return l.Origin("shape")
	case l.settings.Axes != nil:
		return l.Origin("axes")
	}
	return l.origin(l.portions()[0], "volumes")
}

// examplesAt is where the number of examples was decided.
func (l *loading) examplesAt(p portion, f form) pipeline.Origin {
	if f.examples.Number > 0 {
		return l.Origin("shape")
	}
	return l.origin(p, "volumes")
}

// declaredLabels are the labels as far as the settings say them.
func (l *loading) declaredLabels(p portion) pipeline.Labels {
	if p.Labels == "" {
		return pipeline.Labels{Kind: pipeline.NoLabels, At: l.origin(p, "volumes")}
	}
	labels := pipeline.Labels{Kind: pipeline.UnknownLabels, At: l.origin(p, "labels")}
	if kind := l.settings.LabelKind; kind != "" {
		labels.Kind, labels.At, labels.ValuesAt = pipeline.LabelKind(kind), l.Origin("label_kind"), labels.At
	}
	switch labels.Kind {
	case pipeline.ClassID:
		labels.Shape = shape.New()
	case pipeline.OneHot, pipeline.MultiHot:
		labels.Shape = shape.Shape{shape.Symbol("classes")}
	}
	return labels
}
