package stages

import (
	"fmt"
	"strings"

	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
)

// tellClasses notes how many examples of each class every partition has.
func tellClasses(r *pipeline.Run, v *pipeline.Volumes) {
	names := []string{pipeline.All}
	if len(v.Is.Partitions) > 0 {
		names = names[:0]
		for _, p := range v.Is.Partitions {
			names = append(names, p.Name)
		}
	}
	for _, name := range names {
		r.Watch.Note(r.Node, fmt.Sprintf("%s: %s", name, tellPartition(v, name)))
	}
}

// tellPartition says "140 examples: healthy 70, tumour 70", of masks
// "9 examples: background 97.2 %, lesion 2.8 % of the voxels".
func tellPartition(v *pipeline.Volumes, partition string) string {
	members := v.Members(partition)
	text := fmt.Sprintf("%d examples", len(members))
	counts := classCounts(v, members)
	if counts == nil {
		return text
	}
	names := classNames(v.Is.Labels)
	if v.Masks != nil {
		return text + ": " + strings.Join(firstOf(shares(names, counts), mostClasses), ", ") + " of the voxels"
	}
	parts := make([]string, len(counts))
	for k, count := range counts {
		parts[k] = fmt.Sprintf("%s %d", names[k], count)
	}
	return text + ": " + strings.Join(firstOf(parts, mostClasses), ", ")
}

// mostClasses is how many classes a line counts.
const mostClasses = 20

// shares says how large a part of the whole each class is, in percent.
func shares(names []string, counts []int) []string {
	whole := 0
	for _, count := range counts {
		whole += count
	}
	parts := make([]string, len(counts))
	for k, count := range counts {
		parts[k] = fmt.Sprintf("%s %.3g %%", names[k], 100*float64(count)/float64(max(whole, 1)))
	}
	return parts
}

// classCounts counts the classes of some examples, or of their voxels; nil for
// labels that do not name one class for each, or whose classes are unknown.
func classCounts(v *pipeline.Volumes, members []int) []int {
	l := v.Is.Labels
	if v.Masks != nil {
		if masks := v.Is.Facts.Masks; masks != nil && l.ClassesKnown && len(masks.Values) == l.Classes {
			return masks.Total(members)
		}
		return nil
	}
	if v.Labels == nil || !l.ClassesKnown || l.Kind != pipeline.ClassID && l.Kind != pipeline.OneHot {
		return nil
	}
	classes, ok := v.Labels.ClassOf()
	if !ok {
		return nil
	}
	return countClasses(classes, members, l.Classes)
}

// observe gives the observer of a training, and notes behind the first epoch what
// its metrics have to beat.
func observe(r *pipeline.Run, v *pipeline.Volumes, e examination, validated bool) train.Observer {
	partition := trainingPart(v.Is)
	if validated {
		partition = pipeline.Validation
	}
	return &compared{Observer: r.Watch.Training(r.Node), tell: func() {
		if trivial, err := e.trivial(v, partition); err == nil && len(trivial.values) > 0 {
			r.Watch.Note(r.Node, fmt.Sprintf("%s: %s", partition, trivial.tell()))
		}
	}}
}

// compared is an observer that tells something behind the first epoch.
type compared struct {
	train.Observer
	tell func()
}

// Epoch passes the result on.
func (c *compared) Epoch(result train.EpochResult) {
	c.Observer.Epoch(result)
	if result.Epoch == 1 {
		c.tell()
	}
}
