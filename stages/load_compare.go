package stages

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// compare reports where the headers of the arrays disagree with what was
// declared.
func (l *loading) compare(f form, v *arrays) {
	s := l.settings
	switch {
	case s.Axes != nil && len(f.names) != len(v.sizes):
		l.report(l.otherAxes(f, v))
	case f.sizes != nil && !l.shapeFits(f, v):
		l.report(l.otherShape(f, v))
	}
	if s.DType != "" && v.dtype != s.DType {
		l.report(diag.New(rules.SHP002.Code, l.At("dtype"), "declared "+s.DType).
			And(v.at, fmt.Sprintf("%s holds %s", v.what(), v.dtype)).
			Suggest("write dtype: "+v.dtype+", or leave it out", diag.Edit{Span: l.At("dtype"), Text: v.dtype}))
	}
}

func (l *loading) shapeFits(f form, v *arrays) bool {
	if f.examples.Number > 0 && f.examples.Number != v.count {
		return false
	}
	return slices.EqualFunc(f.sizes, v.sizes, func(declared DeclaredSize, size int) bool {
		return declared.Number == 0 || declared.Number == size
	})
}

func (l *loading) otherAxes(f form, v *arrays) diag.Diagnostic {
	named := strings.Join(l.settings.Axes, ", ")
	d := diag.New(rules.SHP002.Code, l.At("axes"), fmt.Sprintf("%d axes are named", len(l.settings.Axes))).
		And(v.at, fmt.Sprintf("%s holds %s", v.what(), v.show()))
	switch {
	case !v.single && len(v.sizes) == len(f.names)+1 && v.sizes[len(v.sizes)-1] == 1:
		return d.Note("the last axis, of size 1, has no name").
			Suggest("name it too: axes: [" + named + ", channel]")
	case v.single && len(v.sizes) == len(f.names)+1 && len(v.files) == 1:
		return d.Suggest("name the axis that counts the examples too: axes: [" + sampleAxis + ", " + named + "]")
	}
	return d.Suggest("name every axis of the array, in the order in which it has them")
}

// otherShape is a declared shape that is not that of the file.
func (l *loading) otherShape(f form, v *arrays) diag.Diagnostic {
	declared := l.settings.Shape
	holds := fmt.Sprintf("%s holds %s", v.what(), v.show())
	// Five sizes always have the sample axis, so that it is another one that lacks.
	if !v.single && len(declared) == len(v.sizes) && len(declared) < 5 && declared[0].Number == v.count {
		return diag.New(rules.SHP004.Code, l.At("shape"), fmt.Sprintf("%s begins with the number of examples", declared)).
			And(v.at, holds).
			Note("an example has %d axes: %s", len(v.sizes), shape.New(v.sizes...)).
			Suggest("write the whole shape of the file: "+v.show(), diag.Edit{Span: l.At("shape"), Text: v.show()})
	}
	if l.frames(f, v) {
		return diag.New(rules.SHP013.Code, l.At("shape"), fmt.Sprintf("declared %s: volumes of one channel", declared)).
			As(diag.Error).
			And(v.at, holds).
			Note("the last axis has %d entries, more than scanners give channels: a series in time, or the directions of a diffusion scan", v.sizes[len(v.sizes)-1]).
			Suggest("of frames choose one, or their mean, and save volumes of one channel").
			Suggest("if they are channels, write shape: " + v.show() + " and axes: [sample, depth, height, width, channel]")
	}
	d := diag.New(rules.SHP002.Code, l.At("shape"), fmt.Sprintf("declared %s", declared)).And(v.at, holds)
	if !v.single && !f.whole {
		d = d.Note("%s is read as one example's shape; an example of the file is %s", declared, shape.New(v.sizes...))
	}
	for _, note := range explanations(f, v) {
		d = d.Note("%s", note)
	}
	return d.Suggest("write shape: "+v.show()+", or leave it out", diag.Edit{Span: l.At("shape"), Text: v.show()})
}

// frames says that a volume of one channel was declared, and the file has so many
// entries in a last axis that they are the frames of a series.
func (l *loading) frames(f form, v *arrays) bool {
	declared, known := declaredNumbers(f.sizes)
	last := len(v.sizes) - 1
	if !known || l.settings.Axes != nil || last != 3 || len(declared) < last || !slices.Equal(declared[:last], v.sizes[:last]) {
		return false
	}
	return v.sizes[last] >= rules.ManyChannels && (len(declared) == last || declared[last] == 1)
}

// explanations say what may have happened: the axes are in another order, or one
// of size 1 is too many or missing.
func explanations(f form, v *arrays) []string {
	declared, known := declaredNumbers(f.sizes)
	if !known {
		return nil
	}
	if f.examples.Number > 0 && f.examples.Number != v.count && slices.Equal(declared, v.sizes) {
		return []string{fmt.Sprintf("an example's shape is right; declared are %d examples, there are %d", f.examples.Number, v.count)}
	}
	if len(declared) == len(v.sizes) && slices.Equal(slices.Sorted(slices.Values(declared)), slices.Sorted(slices.Values(v.sizes))) {
		return []string{fmt.Sprintf("the sizes are the same in another order: %s", permutation(declared, v.sizes, f.axesOf(len(declared))))}
	}
	longer, shorter, whose := v.sizes, declared, "the file has an axis of size 1 at place %d of an example that is not declared; squeeze or expand_dims of a reshape stage mends it"
	if len(declared) > len(v.sizes) {
		longer, shorter, whose = declared, v.sizes, "declared is an axis of size 1 at place %d of an example that the file does not have; reshape: {expand_dims: %[1]d} makes it"
	}
	if len(longer) == len(shorter)+1 {
		for i, size := range longer {
			if size == 1 && slices.Equal(slices.Delete(slices.Clone(longer), i, i+1), shorter) {
				return []string{fmt.Sprintf(whose, i)}
			}
		}
	}
	return nil
}

// permutation says which axis of the file has the size of each declared one that
// differs.
func permutation(declared, file []int, names []string) string {
	taken := make([]bool, len(file))
	var moves []string
	for i, size := range declared {
		if file[i] == size {
			taken[i] = true
		}
	}
	for i, size := range declared {
		if file[i] == size {
			continue
		}
		for k := range file {
			if !taken[k] && file[k] == size {
				taken[k] = true
				moves = append(moves, fmt.Sprintf("the %s of %d is axis %d of an example in the file", names[i], size, k))
				break
			}
		}
	}
	return strings.Join(moves, ", ")
}

// declaredNumbers are the sizes, if all of them are numbers.
func declaredNumbers(sizes []DeclaredSize) ([]int, bool) {
	list := make([]int, len(sizes))
	for i, s := range sizes {
		if s.Number == 0 {
			return nil, false
		}
		list[i] = s.Number
	}
	return list, true
}

// wholeNumbers says whether a type of numbers has no fractions.
func wholeNumbers(dtype string) bool { return pipeline.DType(dtype).Integer() }
