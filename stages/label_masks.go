package stages

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// afterMasks is the dataset after the stage where the labels are masks. Values
// are held against the classes as soon as they have been counted.
func (s *LabelEncode) afterMasks(n *pipeline.Node, d *pipeline.Dataset) (*pipeline.Dataset, *coding, *diag.Diagnostic) {
	if problem := s.unfit(n, d); problem != nil {
		return nil, nil, problem
	}
	var counts *pipeline.MaskCounts
	var values *pipeline.LabelValues // each that occurs, once
	if d.Facts != nil && d.Facts.Masks != nil {
		counts = d.Facts.Masks
		values = &pipeline.LabelValues{Width: 1, Ints: counts.Values}
	}
	how, problem := s.coding(n, d, values)
	if problem != nil {
		return nil, nil, problem
	}
	changed := d.Clone()
	changed.Labels = pipeline.Labels{
		Kind: pipeline.Mask, At: n.Origin("form"), ValuesAt: d.Labels.Source(), Rows: s.Form == "one_hot",
		Classes: how.Classes, ClassesKnown: how.Classes > 0, ClassesAt: how.at, Names: how.Names, Encoded: true,
	}
	regrid(changed)
	addStep(changed, stepOf(n))
	if counts == nil {
		return changed, how, nil
	}
	ids, outside := how.encode(values)
	if outside != nil {
		return nil, nil, refuse(s.voxelsOutside(n, d, how, outside))
	}
	facts := *d.Facts
	facts.Masks = recounted(counts, ids, how.Classes)
	changed.Facts = &facts
	return changed, how, nil
}

// recounted counts the classes instead of the values that are given their ids.
func recounted(counts *pipeline.MaskCounts, ids []int64, classes int) *pipeline.MaskCounts {
	m := &pipeline.MaskCounts{Values: make([]int64, classes), Of: make([][]int, len(counts.Of))}
	for k := range m.Values {
		m.Values[k] = int64(k)
	}
	for i, of := range counts.Of {
		m.Of[i] = make([]int, classes)
		for k, count := range of {
			m.Of[i][ids[k]] += count
		}
	}
	return m
}

// voxelsOutside says which values of the masks belong to no class, and the
// likeliest reason.
func (s *LabelEncode) voxelsOutside(n *pipeline.Node, d *pipeline.Dataset, how *coding, outside []int) diag.Diagnostic {
	counts := d.Facts.Masks
	if s.Map == nil {
		if problem, drawn := rules.BlackAndWhite(s.classesAt(n), d, counts.Values, n.Item); drawn {
			return problem
		}
		if problem, missing := rules.MissingVoxels(s.classesAt(n), d, counts.Values, how.Classes); missing {
			return problem
		}
	}
	voxels := 0
	for _, k := range outside {
		voxels += counts.All()[k]
	}
	problem := diag.New(s.astray(counts.Values, how.Classes), s.classesAt(n), fmt.Sprintf("outside the %d classes: %s", how.Classes, several(voxels, "voxel")))
	if rules.LikeAnImage(len(counts.Values), how.Classes) {
		problem = diag.New(rules.LBL018.Code, s.classesAt(n), fmt.Sprintf("there are %d classes, the masks have %d different values", how.Classes, len(counts.Values)))
	}
	problem = problem.As(diag.Error).And(d.Labels.At.Span, "the masks come from here").
		Note("outside are: %s", occurrences(counts, outside))
	switch {
	case problem.Code == rules.LBL018.Code:
		return problem.Suggest("name the masks, not the volumes; regions of an atlas are laid together with map")
	case s.Map != nil:
		return problem.Suggest("add them to the map")
	}
	return s.numbersOutside(problem, counts.Values, how)
}

// occurrences tells how many voxels have the values at some places, and in which
// samples: "7 (20 voxels in 2 samples, first in sample 3)".
func occurrences(counts *pipeline.MaskCounts, places []int) string {
	words := make([]string, 0, len(places))
	for _, k := range places {
		voxels, samples, first := 0, 0, -1
		for i, of := range counts.Of {
			if of[k] == 0 {
				continue
			}
			if first < 0 {
				first = i
			}
			voxels, samples = voxels+of[k], samples+1
		}
		words = append(words, fmt.Sprintf("%d (%s in %s, first in sample %d)", counts.Values[k], several(voxels, "voxel"), several(samples, "sample"), first))
	}
	return strings.Join(firstOf(words, mostLines), ", ") + "; samples count from 0"
}

// several is a number with its noun: "1 voxel", "20 voxels".
func several(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// runMasks encodes every voxel as its mask is read.
func (s *LabelEncode) runMasks(r *pipeline.Run, v *pipeline.Volumes) (pipeline.Value, error) {
	d, how, problem := s.afterMasks(r.Node, v.Is)
	if problem != nil {
		return nil, pipeline.Fail(*problem)
	}
	fitted, err := fittedStep(r.Node, v, unchanged{}, how)
	if err != nil {
		return nil, err
	}
	changed := *v
	changed.Masks = data.Map(v.Masks, how.ofVoxels(s.Form))
	changed.Is, changed.Steps = masksAsRead(d, changed.Masks), append(slices.Clone(v.Steps), fitted)
	return &changed, nil
}

// Remask encodes the masks of new data, whose values have been counted.
func (s *LabelEncode) Remask(learnt json.RawMessage, counts *pipeline.MaskCounts) (data.Transform, error) {
	how, err := codingOf(learnt)
	if err != nil {
		return nil, err
	}
	if _, outside := how.encode(&pipeline.LabelValues{Width: 1, Ints: counts.Values}); outside != nil {
		return nil, fmt.Errorf("voxels outside the %d classes that the model knows: %s", how.Classes, occurrences(counts, outside))
	}
	return how.ofVoxels(s.Form), nil
}

// ofVoxels is the transform of one mask.
func (c *coding) ofVoxels(form string) data.Transform {
	t := &voxelCoding{classes: c.Classes, rows: form == "one_hot", small: make([]float32, smallValues), others: make(map[float32]float32)}
	nowhere := float32(math.NaN())
	for i := range t.small {
		t.small[i] = nowhere
	}
	set := func(label int64, id int) {
		if label >= 0 && label < smallValues {
			t.small[label] = float32(id)
			return
		}
		t.others[float32(label)] = float32(id)
	}
	if c.Labels == nil {
		for id := range c.Classes {
			set(int64(id), id)
		}
		return t
	}
	for label, id := range c.Labels {
		if number, err := strconv.ParseInt(label, 10, 64); err == nil { // no voxel has a name
			set(number, id)
		}
	}
	return t
}

// voxelCoding gives every voxel the id of its class, or a row with a 1 for it. A
// value that is no class, which has been refused where the values were counted,
// becomes NaN: whoever trains on it says so.
type voxelCoding struct {
	classes int
	rows    bool
	small   []float32
	others  map[float32]float32
}

func (t *voxelCoding) Output(in []int) []int {
	if !t.rows {
		return in
	}
	return append(slices.Clone(in), t.classes)
}

func (t *voxelCoding) Apply(in, out []float32) {
	if t.rows {
		clear(out)
	}
	for i, v := range in {
		id := t.id(v)
		switch {
		case !t.rows:
			out[i] = id
		case id != id:
			out[i*t.classes] = id
		default:
			out[i*t.classes+int(id)] = 1
		}
	}
}

func (t *voxelCoding) id(v float32) float32 {
	if v >= 0 && v < smallValues {
		if whole := int(v); float32(whole) == v {
			return t.small[whole]
		}
	}
	if id, known := t.others[v]; known {
		return id
	}
	return float32(math.NaN())
}
