package stages

import (
	"context"
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// read is what headers, labels and groups say. It is nil if there is a problem,
// which is then reported, or if ctx ends.
func (l *loading) read(ctx context.Context) *contents {
	parts, members := l.parts(ctx)
	if parts == nil || interrupted(ctx) {
		return nil
	}
	var c contents
	for _, p := range parts {
		c.volumes = append(c.volumes, p.volumes)
	}
	d := l.dataset(commonType(c.volumes))
	f, ok := l.fits(parts)
	if !ok {
		return nil
	}
	first := parts[0]
	for i, name := range f.axesOf(len(first.volumes.sizes)) {
		d.Axes = append(d.Axes, pipeline.Axis{Name: name, Size: shape.Of(first.volumes.sizes[i]), At: l.axesAt()})
	}
	total := 0
	for _, p := range parts {
		if p.name != "" {
			members = addMembers(members, p.name, total, p.volumes.count)
		}
		total += p.volumes.count
	}
	d.Examples, d.ExamplesAt = shape.Of(total), l.examplesAt(first.portion, f)
	for _, name := range partitionNames {
		if list, ok := members[name]; ok {
			d.Partitions = append(d.Partitions, pipeline.Partition{Name: name, Examples: shape.Of(len(list)), At: l.partitionAt(name)})
		}
	}
	d.Facts = &pipeline.Facts{Members: members}
	if !l.counted(parts) || !l.together(parts) {
		return nil
	}
	for _, p := range parts {
		d.Facts.Groups = append(d.Facts.Groups, p.groups...)
	}
	d.Grouped = d.Facts.Groups != nil
	if d.Labels, c.labels, ok = l.labels(parts); !ok {
		return nil
	}
	d.Facts.Labels = c.labels
	if d.Labels.Kind == pipeline.Mask {
		if c.maskSource = l.readMasks(ctx, d, parts); c.maskSource == nil {
			return nil
		}
	}
	if l.declareWeights(d, first.portion); d.Weighted {
		if c.weights = l.readWeights(d, parts); c.weights == nil {
			return nil
		}
	}
	c.dataset = d
	return &c
}

// loadedPart is a portion whose headers, labels and groups have been read.
type loadedPart struct {
	portion
	volumes *arrays
	labels  *labelColumn
	groups  []string
	weights *weightColumn
}

// parts reads the headers, labels and groups of every portion. With a table, it
// also gives the examples of each partition. Nothing is given if there is a
// problem.
func (l *loading) parts(ctx context.Context) ([]*loadedPart, map[string][]int) {
	if l.settings.Table != "" {
		return l.tableParts(ctx)
	}
	var parts []*loadedPart
	for _, p := range l.portions() {
		part := &loadedPart{portion: p}
		at := l.at(p, "volumes")
		files, pattern := l.files(p.Volumes, at)
		if files == nil {
			continue
		}
		f, ok := l.form(pattern)
		if !ok {
			return nil, nil
		}
		var problem *diag.Diagnostic
		if part.volumes, problem = arraysIn(ctx, files, f.single, at); problem != nil {
			l.report(*problem)
		}
		if p.Labels != "" {
			part.labels = l.labelsIn(ctx, p)
		}
		if p.Groups != "" {
			part.groups = l.groupsIn(p)
		}
		if p.SampleWeight != "" {
			part.weights = l.weightsIn(ctx, p)
		}
		parts = append(parts, part)
	}
	if len(l.problems) > 0 || interrupted(ctx) {
		return nil, nil
	}
	return parts, nil
}

// commonType is the type of the numbers in all files: float32, as they are in
// memory, where the files differ.
func commonType(volumes []*arrays) pipeline.DType {
	for _, v := range volumes {
		if v.dtype != volumes[0].dtype {
			return "float32"
		}
	}
	return pipeline.DType(volumes[0].dtype)
}

// partitionAt is where a partition was decided.
func (l *loading) partitionAt(name string) pipeline.Origin {
	if l.settings.Table != "" {
		return l.Origin("partition")
	}
	return l.Origin(name)
}

// addMembers gives a partition the examples from first on.
func addMembers(members map[string][]int, name string, first, count int) map[string][]int {
	if members == nil {
		members = make(map[string][]int)
	}
	for i := range count {
		members[name] = append(members[name], first+i)
	}
	return members
}

// counted reports labels, groups and weights of another number than their volumes,
// and labels that belong to others of them.
func (l *loading) counted(parts []*loadedPart) bool {
	for _, p := range parts {
		if l.joined(p); len(l.problems) > 0 {
			return false
		}
		if p.labels != nil && p.labels.count != p.volumes.count {
			l.report(l.miscounted(parts, p, "labels", p.labels.count))
		}
		if p.groups != nil && len(p.groups) != p.volumes.count {
			l.report(l.miscounted(parts, p, "groups", len(p.groups)))
		}
		if p.weights != nil && p.weights.count != p.volumes.count {
			l.report(l.miscounted(parts, p, "sample_weight", p.weights.count))
		}
	}
	return len(l.problems) == 0
}

func (l *loading) miscounted(parts []*loadedPart, p *loadedPart, setting string, count int) diag.Diagnostic {
	at := l.at(p.portion, setting)
	if setting == "sample_weight" {
		setting = "weights"
	}
	d := diag.New(rules.SHP012.Code, at, fmt.Sprintf("%d %s", count, setting)).
		And(l.at(p.portion, "volumes"), fmt.Sprintf("%d volumes", p.volumes.count))
	for _, other := range parts {
		if other != p && other.volumes.count == count {
			return d.Note("there are %d volumes in %s", count, other.name).
				Suggest(fmt.Sprintf("name the %s of these volumes; the ones named may be those of %s", setting, other.name))
		}
	}
	return d.Suggest(fmt.Sprintf("name the file that has the %s of these volumes, in the same order", setting))
}

// together reports partitions of which some have labels, groups or weights and
// some have none.
func (l *loading) together(parts []*loadedPart) bool {
	for _, p := range parts[1:] {
		for _, has := range []struct {
			setting      string
			first, other bool
		}{
			{"labels", parts[0].labels != nil, p.labels != nil},
			{"groups", parts[0].groups != nil, p.groups != nil},
			{"sample_weight", parts[0].weights != nil, p.weights != nil},
		} {
			if has.first == has.other {
				continue
			}
			with, without := parts[0].name, p.name
			if has.other {
				with, without = without, with
			}
			l.report(diag.New(YML121, l.At(without), fmt.Sprintf("%s has no %s", without, has.setting)).
				And(l.At(with, has.setting), with+" has").
				Suggest(fmt.Sprintf("name the %s of every partition, or of none", has.setting)))
			return false
		}
	}
	return true
}

// fits compares what was declared with the headers, and gives how the files are
// to be read.
func (l *loading) fits(parts []*loadedPart) (form, bool) {
	first := parts[0].volumes
	f, ok := l.form(l.settings.Table != "" || isPattern(parts[0].Volumes))
	if !ok {
		return f, false
	}
	for _, p := range parts {
		v := p.volumes
		switch {
		case v.dtype == "text":
			l.report(unreadable(&dataProblem{code: rules.DAT011.Code, label: v.what() + " holds text", help: "name an array of numbers"}).at(v.at))
		case !slices.Equal(v.sizes, first.sizes):
			l.report(diag.New(rules.SHP016.Code, v.at, fmt.Sprintf("examples of %s", shape.New(v.sizes...))).
				And(first.at, fmt.Sprintf("examples of %s", shape.New(first.sizes...))).
				Suggest("bring the volumes of all partitions to one size before loading them"))
		default:
			l.compare(f, v)
		}
		if len(l.problems) > 0 {
			return f, false
		}
	}
	if f.axesOf(len(first.sizes)) == nil {
		rank := len(first.sizes)
		if !first.single {
			rank++
		}
		l.report(l.unnamed(rank))
		return f, false
	}
	return f, true
}
